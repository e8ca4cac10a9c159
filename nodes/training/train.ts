import { z } from 'zod';
import { leftBehind, SESSION_BYTES } from '../../ir/estimate.ts';
import { addSizes, floorDivide, multiplySizes, type Size, substitute } from '../../ir/size.ts';
import { dataset, defineStep, metrics, model, objective, optimizer, optional, schedule } from '../kit/define-node.ts';
import { checkData } from '../kit/targets.ts';
import { Training } from '../kit/training-loop.ts';
import { trainingParams } from '../kit/training-params.ts';
import { namedTrainingPrograms, stepsOf } from '../kit/training-programs.ts';
import type { ObjectiveParams } from './objective.ts';

export default defineStep({
  id: 'training/train',
  version: 1,
  title: 'Train',
  keywords: ['fit', 'learn', 'loop', 'backpropagation', 'epochs'],
  inputs: {
    model: model('A network. Its weights are where training starts.'),
    dataset: dataset('What to learn from.'),
    validation: optional(dataset('What to look at without learning from it.')),
    objective: objective('What to make small.'),
    optimizer: optimizer('How to step.'),
    schedule: optional(schedule('How the learning rate changes; constant where nothing is wired.')),
  },
  outputs: { model: model('The trained network.'), metrics: metrics('Loss curves and final numbers.') },
  params: z.object(trainingParams),
  random: true,
  computes: true,
  types({ model: input, dataset: data, validation, objective: goal }, _params, check) {
    if (!input.capabilities.includes('differentiable') || !input.output)
      return check.fail('training/not-differentiable', 'Train needs a network, got a model without gradients.', {
        port: 'model',
        hint: 'Wire a Network to it.',
      });
    const loss = goal.objective as ObjectiveParams['loss'];
    const target = goal.target ?? '';
    const column = checkData(check, { title: 'Train', model: input, dataset: data, port: 'dataset', loss, target });
    if (validation)
      checkData(check, {
        title: 'Train',
        model: input,
        dataset: validation,
        port: 'validation',
        loss,
        target: column.name,
      });
    else
      check.warn('training/no-validation', 'Nothing shows whether this training helps on rows that it has not seen.', {
        port: 'validation',
        hint: 'Wire the validation part of a Split to it.',
      });
    return { model: { ...input, target: column }, metrics: { kind: 'metrics' } };
  },
  layers: ({ layers }) => layers.model,
  programs: ({ dataset: data, validation }, chosen, { network, recipe }) =>
    namedTrainingPrograms(
      {
        network: network('model'),
        dataset: data,
        validation,
        objective: recipe('objective'),
        optimizer: recipe('optimizer'),
      },
      chosen,
    ),
  // a backward pass is twice a forward pass, and with Recompute there are two of those; weights are the model's,
  // go in, come out and are copied; slots are written over and copied. What a run compiles says it more exactly (ir/estimate.ts).
  cost({ model: input, dataset: data, optimizer: how }, chosen) {
    const rows = chosen.batch * chosen.accumulation;
    const atBatch = (size: Size, batch: number) => substitute(size, (symbol) => (symbol === 'B' ? batch : undefined));
    const steps = stepsOf(chosen, data.rows);
    const copies = 4 + 2 * (how.slots ?? 0);
    const { trainable } = input;
    const results = typeof trainable === 'number' ? 4 * (1 + (how.slots ?? 0)) * trainable : 0;
    const between = atBatch(input.memory ?? 0, chosen.batch);
    return {
      flops: multiplySizes(chosen.recompute ? 4 : 3, steps, atBatch(input.flops ?? 0, rows)),
      memory: addSizes(
        SESSION_BYTES + leftBehind(results),
        multiplySizes(4 * copies, trainable),
        chosen.recompute ? floorDivide(between, 2) : between,
      ),
    };
  },
  async run(inputs, chosen, context) {
    const training = await Training.begin(inputs, chosen, context);
    await training.loop();
    return training.finish();
  },
  docs: {
    summary: "Changes a network's weights, batch by batch, so that the objective gets smaller.",
    equation: String.raw`\theta_{t+1} = \mathrm{step}\bigl(\theta_t, \nabla_\theta \tfrac{1}{|b|}\textstyle\sum_{i \in b} \ell_i(\theta_t)\bigr)`,
    notes:
      'A step is one tensor program: forward, backward, clipping, update. The state is saved every few seconds; a training that was cut off goes on from there with the same numbers.',
    sources: [
      {
        title: 'PyTorch, Optimizing Model Parameters',
        url: 'https://docs.pytorch.org/tutorials/beginner/basics/optimization_tutorial.html',
      },
      {
        title: 'Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks (2013): clipping',
        url: 'https://arxiv.org/abs/1211.5063',
      },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'iris' } },
      split: { type: 'data/split', params: { train: 0.8, validation: 0.2, test: 0 } },
      input: { type: 'network/input', params: { column: 'petal length' } },
      hidden: { type: 'network/linear', params: { units: 8 } },
      act: { type: 'network/activation', params: { function: 'relu' } },
      head: { type: 'network/linear', params: { name: 'head' } },
      network: { type: 'network/network', params: { task: 'classification' } },
      objective: { type: 'training/objective' },
      optimizer: { type: 'training/optimizer', params: { learningRate: 0.01 } },
      train: { type: 'training/train', params: { steps: 20, evaluateEvery: 10 } },
    },
    edges: [
      ['data.dataset', 'split.dataset'],
      ['split.train', 'input.dataset'],
      ['input.y', 'hidden.x'],
      ['hidden.y', 'act.x'],
      ['act.y', 'head.x'],
      ['head.y', 'network.x'],
      ['network.model', 'train.model'],
      ['split.train', 'train.dataset'],
      ['split.validation', 'train.validation'],
      ['objective.objective', 'train.objective'],
      ['optimizer.optimizer', 'train.optimizer'],
    ],
  },
});
