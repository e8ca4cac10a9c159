import { compile } from '../../compiler/compile.ts';
import type { GraphDocument } from '../../graph/document.ts';
import type { RunEvent } from '../../graph/events.ts';
import type { Metrics } from '../../graph/values.ts';
import { hashJson } from '../../lib/hash.ts';
import { isError, ProblemError } from '../../lib/problem.ts';
import type { Compute } from '../../nodes/kit/compute.ts';
import type { ExampleGraph } from '../../nodes/kit/define-node.ts';
import { execute } from '../execute.ts';
import { nodePlatform } from '../node/platform.ts';
import type { ValueStore } from '../store.ts';
import { loadValue } from '../values/codec.ts';
import { documentOf } from './graphs.ts';

/** Everything that a training carries from step to step: dropout, shuffling, accumulation, AdamW, a schedule, early stopping. */
const graph: ExampleGraph = {
  nodes: {
    data: { type: 'data/dataset', params: { dataset: 'iris' } },
    split: { type: 'data/split', params: { train: 0.7, validation: 0.3, test: 0 } },
    input: { type: 'network/input', params: { column: 'petal length' } },
    hidden: { type: 'network/linear', params: { units: 12, name: 'hidden' } },
    act: { type: 'network/activation', params: { function: 'gelu' } },
    drop: { type: 'network/dropout', params: { rate: 0.3 } },
    head: { type: 'network/linear', params: { name: 'head' } },
    network: { type: 'network/network', params: { task: 'classification' } },
    objective: { type: 'training/objective' },
    optimizer: { type: 'training/optimizer', params: { method: 'adamw', learningRate: 0.05 } },
    schedule: { type: 'training/schedule', params: { shape: 'cosine', warmup: 10, floor: 0.5 } },
    train: {
      type: 'training/train',
      params: { steps: 400, batch: 8, accumulation: 2, evaluateEvery: 5, patience: 12, shuffle: true },
    },
  },
  edges: [
    ['data.dataset', 'split.dataset'],
    ['split.train', 'input.dataset'],
    ['input.y', 'hidden.x'],
    ['hidden.y', 'act.x'],
    ['act.y', 'drop.x'],
    ['drop.y', 'head.x'],
    ['head.y', 'network.x'],
    ['network.model', 'train.model'],
    ['split.train', 'train.dataset'],
    ['split.validation', 'train.validation'],
    ['objective.objective', 'train.objective'],
    ['optimizer.optimizer', 'train.optimizer'],
    ['schedule.schedule', 'train.schedule'],
  ],
};
export const interruptedTraining = (seed = 0): GraphDocument => documentOf(graph, seed);

export interface Attempt {
  readonly status: 'succeeded' | 'failed' | 'cancelled';
  readonly logs: readonly string[];
  /** Hashes of what Train gave: every weight; every number of every curve and of the report, but for the time it took. */
  readonly model?: string;
  readonly metrics?: string;
  readonly losses?: readonly (number | null)[];
}

/** Runs the training, by default with a checkpoint after every step, until it is done or `step` calls it off. */
export async function attempt(
  document: GraphDocument,
  {
    store,
    compute,
    folder,
    step,
    checkpointSeconds = -1,
    continues,
  }: {
    store: ValueStore;
    compute: Compute;
    folder: string;
    step?: (count: number) => boolean;
    checkpointSeconds?: number;
    /** Step → SHA-256 of a checkpoint among the store's values. */
    continues?: Readonly<Record<string, string>>;
  },
): Promise<Attempt> {
  const { plan, problems } = await compile(document, { device: compute.device, ...(continues && { continues }) });
  if (!plan) throw new ProblemError(problems.find(isError)!);
  const control = new AbortController();
  const logs: string[] = [];
  let points = 0;
  const outcome = await execute({
    run: 'test',
    plan,
    platform: {
      ...nodePlatform(store, compute, folder),
      checkpointSeconds,
      // called after each step
      async breathe() {
        if (step?.(points++)) control.abort();
      },
    },
    signal: control.signal,
    emit: (event: RunEvent) => {
      if (event.kind === 'log') logs.push(event.data.message);
    },
  });
  if (outcome.problem) throw new ProblemError(outcome.problem);
  const outputs = outcome.steps.find(({ step: { id } }) => id === 'train')?.outputs;
  const metrics = outputs && ((await loadValue(outputs.metrics!, store)) as Metrics);
  const { status } = outcome;
  return {
    status,
    logs,
    ...(metrics && {
      model: outputs.model!.sha256,
      metrics: hashJson({ ...metrics, values: metrics.values.filter(({ name }) => name !== 'time') }),
      losses: metrics.series!.find(({ name }) => name === 'loss')!.values,
    }),
  };
}
