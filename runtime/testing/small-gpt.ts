import type { GraphDocument } from '../../graph/document.ts';
import { emptyTensor, scalar, type Tensor, tensorOf } from '../../ir/tensor.ts';
import type { Compute } from '../../nodes/kit/compute.ts';
import type { Network } from '../../nodes/kit/context.ts';
import { joinParameters, splitParameters, type TrainingStep, trainingStep } from '../../nodes/kit/training-step.ts';
import type { OptimizerParams } from '../../nodes/training/optimizer.ts';
import { type ScheduleParams, scheduleFactor } from '../../nodes/training/schedule.ts';
import { optimising } from '../optimising.ts';
import { type Numbers, numbersOf, readFixture } from './fixtures.ts';
import { openNetwork, readTemplate } from './graphs.ts';

/** What fixtures/small_gpt.py wrote. */
export interface SmallGpt {
  readonly sizes: {
    readonly vocabulary: number;
    readonly length: number;
    readonly width: number;
    readonly batch: number;
  };
  readonly training: Readonly<Record<'warmup' | 'floor' | 'learningRate' | 'weightDecay' | 'clip', number>>;
  readonly losses: readonly number[];
  readonly norms: readonly number[];
  /** Rows of one token more than the network reads: a step reads all but the last and learns all but the first. */
  readonly batches: readonly Numbers[];
  readonly weights: Readonly<Record<string, Numbers>>;
  readonly gradients: Readonly<Record<string, Numbers>>;
  readonly trained: Readonly<Record<string, Numbers>>;
}
export const smallGpt = (): SmallGpt => readFixture<SmallGpt>('small-gpt');

/** The network of templates/small-gpt.json at another size, its window and vocabulary given rather than learned from a book. */
function documentOf({ sizes, training }: SmallGpt): GraphDocument {
  const template = readTemplate('small-gpt');
  const kept = [
    'tokens',
    'embedding',
    'positions',
    'block',
    'norm',
    'head',
    'network',
    'objective',
    'optimizer',
    'schedule',
  ];
  const changed: Record<string, object> = {
    tokens: { length: sizes.length, vocabulary: sizes.vocabulary },
    embedding: { width: sizes.width },
    optimizer: { learningRate: training.learningRate, weightDecay: training.weightDecay },
    schedule: { warmup: training.warmup, floor: training.floor },
  };
  const nodes = kept.map((id) => {
    const node = template.nodes[id]!;
    return [id, { ...node, params: { ...node.params, ...changed[id] } }];
  });
  const edges = Object.entries(template.edges).filter(
    ([, { from, to }]) => kept.includes(from[0]) && kept.includes(to[0]),
  );
  return { ...template, nodes: Object.fromEntries(nodes), edges: Object.fromEntries(edges) };
}

export interface SmallGptStep {
  readonly fixture: SmallGpt;
  readonly network: Network;
  readonly step: TrainingStep;
  readonly schedule: ScheduleParams;
  readonly learningRate: number;
}

/** Its training step as one program. `optimizer` may stand for the template's own. */
export async function smallGptStep(optimizer: Partial<OptimizerParams> = {}): Promise<SmallGptStep> {
  const fixture = smallGpt();
  const document = documentOf(fixture);
  const network = await openNetwork(document);
  const { nodes } = document;
  const params = { ...defaults, ...nodes.optimizer!.params, ...optimizer } as unknown as OptimizerParams;
  const { batch, length, vocabulary } = fixture.sizes;
  const step = trainingStep(network, {
    objective: { type: 'training/objective', params: { smoothing: 0, ...nodes.objective!.params } },
    optimizer: { type: 'training/optimizer', params },
    target: { dtype: 'int32', shape: [batch, length], below: vocabulary },
    batch,
    accumulation: 1,
    clip: optimizer.method ? 0 : fixture.training.clip,
  });
  const schedule = { rise: 'linear', ...nodes.schedule!.params } as unknown as ScheduleParams;
  return { fixture, network, step, schedule, learningRate: params.learningRate };
}

const defaults = { momentum: 0, nesterov: false, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, alpha: 0.99 };

const tensor = (numbers: Numbers): Tensor => tensorOf('float32', numbers.shape, numbersOf(numbers));

/** Takes the first steps on a device, from the fixture's weights: losses, gradient norms, and the weights after them. */
export async function takeSteps(
  { fixture, step, schedule, learningRate }: SmallGptStep,
  compute: Compute,
  steps: number,
): Promise<{ losses: number[]; norms: number[]; weights: Record<string, Tensor> }> {
  const running = await optimising(compute).compile(step.program, { carry: step.carry, keep: step.frozen });
  const start = Object.fromEntries(Object.entries(fixture.weights).map(([name, numbers]) => [name, tensor(numbers)]));
  const trained = joinParameters(step.trained, start);
  const slots = step.slots.map(({ name, length }) => [name, emptyTensor('float32', [length])]);
  await running.write({ step: scalar(1), trained, ...Object.fromEntries(slots) });
  const { batch, length } = fixture.sizes;
  const losses: number[] = [];
  const norms: number[] = [];
  for (let i = 0; i < steps; i++) {
    const rows = numbersOf(fixture.batches[i % fixture.batches.length]!);
    const cut = (from: number) =>
      tensorOf(
        'int32',
        [batch, length],
        rows.filter((_, at) => at % (length + 1) >= from && at % (length + 1) < from + length),
      );
    const results = await running.run({
      'data:tokens': cut(0),
      target: cut(1),
      counter: tensorOf('uint32', [2], [i, 0]),
      'learning-rate': scalar(learningRate * scheduleFactor(schedule, i, fixture.losses.length)),
    });
    losses.push(results.loss!.data[0]!);
    norms.push(results['gradient-norm']!.data[0]!);
  }
  const weights = splitParameters(step.trained, (await running.read(['trained'])).trained!);
  await running.dispose();
  return { losses, norms, weights };
}
