import { z } from 'zod';
import type { Capability, ModelType } from '../../graph/types.ts';
import { showTensorType, type TensorType, tensorTypeToJson } from '../../ir/types.ts';
import { defineStep, model, tensor } from '../kit/define-node.ts';
import { embedWithNetwork } from '../kit/embedding.ts';
import { choice } from '../kit/params.ts';
import { predictWithNetwork } from '../kit/predictions.ts';
import { predictionProgram } from '../kit/training-step.ts';

/** What a network's output is, by task: how many axes, and what the last one counts. */
const shapes = {
  'causal-lm': {
    rank: 3,
    needs: 'a score for each token of the vocabulary at each position, float32[B, T, vocabulary]',
  },
  classification: { rank: 2, needs: 'a score for each class, float32[B, classes]' },
  'token-classification': { rank: 3, needs: 'a score for each tag at each position, float32[B, T, tags]' },
  regression: { rank: 2, needs: 'a number for each row, float32[B, 1]' },
} as const;

function capabilitiesOf(
  task: keyof typeof shapes | 'none',
  network: { readonly inputs: readonly { readonly type: TensorType }[]; readonly hasAttention: boolean },
): Capability[] {
  return [
    'differentiable',
    ...(task === 'none' || task === 'regression' ? [] : (['probabilities'] as const)),
    network.inputs.some(({ type }) => type.dtype === 'int32') ? 'tokens' : 'vectors',
    ...(task === 'causal-lm' ? (['generates'] as const) : []),
    ...(network.hasAttention ? (['attention'] as const) : []),
  ];
}

export default defineStep({
  id: 'network/network',
  version: 1,
  title: 'Network',
  keywords: ['model', 'close', 'layers', 'neural network', 'output'],
  inputs: { x: tensor('What the network gives.') },
  outputs: { model: model('The network with new weights.') },
  params: z.object({
    task: choice(['causal-lm', 'classification', 'token-classification', 'regression', 'none'], {
      title: 'Task',
      description: 'What the output means. It decides what training compares it with.',
      default: 'causal-lm',
      labels: {
        'causal-lm': 'Next token (language model)',
        classification: 'Class of a row',
        'token-classification': 'Class of each token',
        regression: 'A number',
        none: 'Nothing in particular',
      },
    }),
  }),
  random: true,
  types({ x }, { task }, check) {
    const network = check.network('x');
    if (task !== 'none') {
      const { rank, needs } = shapes[task];
      if (x.dtype !== 'float32' || x.shape.length !== rank)
        return check.fail('network/task', `Network needs ${needs}, got ${showTensorType(x)}.`, {
          port: 'x',
          hint:
            task === 'causal-lm' || task === 'token-classification'
              ? 'Choose another task, or end the network with a Linear over each position.'
              : 'Choose another task, or make one vector of each row, for example with Pool sequence.',
        });
    }
    const last = x.shape.at(-1);
    const vocabulary = network.inputs.find(({ type }) => type.below !== undefined)?.type.below;
    if (task === 'causal-lm' && vocabulary !== undefined && !check.equal(last!, vocabulary))
      return check.fail(
        'network/vocabulary',
        `A language model needs a score for each token that it reads, got ${showTensorType(x)}.`,
        { port: 'x', hint: 'Leave the units of the last Linear blank.' },
      );
    if (task === 'regression' && !check.equal(last!, 1))
      return check.fail('network/task', `Network needs ${shapes.regression.needs}, got ${showTensorType(x)}.`, {
        port: 'x',
        hint: 'End it with a Linear of 1 unit.',
      });
    const type: ModelType = {
      kind: 'model',
      task,
      inputs: network.inputs,
      output: { dtype: x.dtype, shape: x.shape },
      parameters: network.parameters,
      trainable: network.trainable,
      flops: network.flops,
      memory: network.memory,
      sites: network.sites,
      capabilities: capabilitiesOf(task, network),
    };
    return { model: type };
  },
  layers: ({ layers }) => layers.x,
  programs: (_inputs, _params, { network }) => [
    {
      title: 'Prediction, one row',
      program: predictionProgram(network('x'), 1, (_ir, y) => ({ y })).program,
    },
  ],
  async run({ x: layers }, { task }, context) {
    const network = await context.networks.fromLayers(layers);
    const tensors = network.initialize();
    return {
      model: {
        card: {
          task,
          signature: {
            inputs: network.inputs.map(({ column, type }) => ({ column, type: tensorTypeToJson(type) })),
            output: tensorTypeToJson(network.output),
          },
          capabilities: capabilitiesOf(task, network),
          implementation: 'network/network',
          version: 1,
          transforms: {},
          layers,
          parameters: network.parameters.map(({ name, shape, trainable }) => ({ name, shape: [...shape], trainable })),
        },
        tensors,
      },
    };
  },
  predict: (trained, rows, context) => predictWithNetwork(trained, rows, context),
  embed: (trained, rows, pooling, context) => embedWithNetwork(trained, rows, pooling, context),
  docs: {
    summary: 'Closes layers into a model with new weights.',
    notes:
      'The layers above it are part of this one step. Each weight is drawn from the seed of the graph, or of this node, and its own name, so equal graphs start from equal weights.',
    sources: [
      { title: 'PyTorch, torch.nn.Module', url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html' },
    ],
  },
  example: {
    nodes: {
      input: { type: 'network/input', params: { length: 8, vocabulary: 16 } },
      embedding: { type: 'network/embedding', params: { width: 4 } },
      head: { type: 'network/linear' },
      network: { type: 'network/network' },
    },
    edges: [
      ['input.y', 'embedding.x'],
      ['embedding.y', 'head.x'],
      ['head.y', 'network.x'],
    ],
  },
});
