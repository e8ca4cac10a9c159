import { z } from 'zod';
import type { Ir } from '../../ir/builder.ts';
import type { Value } from '../../ir/operation.ts';
import { multiplySizes } from '../../ir/size.ts';
import { defineStep, objective } from '../kit/define-node.ts';
import { choice, column, real } from '../kit/params.ts';

/** What a batch contributes, row by row: loss = Σ sum / Σ count. */
export interface LossTerms {
  /** float32[B] */
  readonly sum: Value;
  /** float32[B]: how many things the sum is over. */
  readonly count: Value;
  /** float32[B]: how many of them were right, where that can be told. */
  readonly correct?: Value;
}

interface LossInput {
  readonly output: Value;
  /** int32 ids or float32 numbers, by `targetDtype`. */
  readonly target: Value;
  /** float32[classes], where classes are weighted. */
  readonly classWeights?: Value;
  readonly smoothing: number;
}

interface Loss {
  readonly label: string;
  readonly target: 'ids' | 'numbers';
  terms(ir: Ir, input: LossInput): LossTerms;
}

/** Sums everything but the first axis. */
const perRow = (ir: Ir, x: Value): Value => ir.sum(x, { axes: x.type.shape.map((_, i) => i).slice(1) });

/** How many numbers a row has, as float32[B]. */
const perRowCount = (ir: Ir, x: Value): Value =>
  ir.broadcast(ir.constantSize(multiplySizes(1, ...x.type.shape.slice(1))), { shape: x.type.shape.slice(0, 1) });

/** Negative log-likelihood of ids under logits; ids below zero (missing, padding) do not count. */
function crossEntropy(ir: Ir, { output, target, classWeights, smoothing }: LossInput, everyId: boolean): LossTerms {
  const logs = ir.logSoftmax(output);
  const counted = everyId ? undefined : ir.not(ir.less(target, 0));
  const ids = counted ? ir.select(counted, target, 0) : target;
  let loss = ir.neg(ir.pick(logs, ids));
  const weights = classWeights && ir.gather(classWeights, ids);
  if (weights) loss = ir.mul(loss, weights);
  if (smoothing > 0) {
    const all = classWeights ? ir.mul(logs, classWeights) : logs;
    const smooth = ir.neg(ir.mean(all, { axes: [-1] }));
    loss = ir.add(ir.mul(loss, 1 - smoothing), ir.mul(smooth, smoothing));
  }
  const right = ir.cast(ir.equal(ir.argmax(output), ids), { to: 'float32' });
  if (!counted) return { sum: perRow(ir, loss), count: perRowCount(ir, loss), correct: perRow(ir, right) };
  const mask = ir.cast(counted, { to: 'float32' });
  const weight = weights ? ir.mul(mask, weights) : mask;
  return {
    sum: perRow(ir, ir.mul(loss, mask)),
    count: perRow(ir, weight),
    correct: perRow(ir, ir.mul(right, mask)),
  };
}

/** Every objective that trains a network against a target column. */
export const losses = {
  'cross-entropy': {
    label: 'Cross-entropy',
    target: 'ids',
    terms: (ir, input) => crossEntropy(ir, input, false),
  },
  'causal-lm': {
    label: 'Next token',
    target: 'ids',
    terms: (ir, input) => crossEntropy(ir, input, true),
  },
  'binary-cross-entropy': {
    label: 'Binary cross-entropy',
    target: 'numbers',
    // max(x, 0) − x·t + ln(1 + e^−|x|), as BCEWithLogitsLoss computes it
    terms: (ir, { output: x, target }) => {
      const tail = ir.log(ir.add(ir.exp(ir.neg(ir.abs(x))), 1));
      const loss = ir.add(ir.sub(ir.maximum(x, 0), ir.mul(x, target)), tail);
      return { sum: perRow(ir, loss), count: perRowCount(ir, loss) };
    },
  },
  'mean-squared-error': {
    label: 'Mean squared error',
    target: 'numbers',
    terms: (ir, { output, target }) => {
      const apart = ir.sub(output, target);
      return { sum: perRow(ir, ir.mul(apart, apart)), count: perRowCount(ir, apart) };
    },
  },
  hinge: {
    label: 'Hinge',
    target: 'ids',
    // torch.nn.MultiMarginLoss: Σ_{k≠t} max(0, 1 − x_t + x_k) / classes
    terms: (ir, { output, target }) => {
      const own = ir.pick(output, target);
      const shape = [...own.type.shape, 1];
      const margin = ir.relu(ir.add(ir.sub(output, ir.reshape(own, { shape })), 1));
      const others = ir.place(margin, target, ir.neg(ir.broadcast(ir.constant(1), { shape: own.type.shape })));
      const loss = ir.mean(others, { axes: [-1] });
      const right = ir.cast(ir.equal(ir.argmax(output), target), { to: 'float32' });
      return { sum: perRow(ir, loss), count: perRowCount(ir, loss), correct: perRow(ir, right) };
    },
  },
} as const satisfies Record<string, Loss>;
export type LossKind = keyof typeof losses;
const kinds = Object.keys(losses) as [LossKind, ...LossKind[]];

const params = z.object({
  loss: choice(kinds, {
    title: 'Loss',
    description: 'What training makes small.',
    default: 'cross-entropy',
    labels: Object.fromEntries(kinds.map((kind) => [kind, losses[kind].label])) as Record<LossKind, string>,
  }),
  target: column({
    title: 'Target',
    description: 'The column that holds the right answers. Left empty, the one whose role is target.',
    role: 'target',
  }),
  smoothing: real({
    title: 'Label smoothing',
    description: 'Share of the probability that is spread over all classes.',
    default: 0,
    min: 0,
    max: 0.9,
    step: 0.05,
    when: { loss: ['cross-entropy', 'causal-lm'] },
    advanced: true,
  }),
  classWeights: choice(['none', 'balanced'], {
    title: 'Class weights',
    description: 'Balanced: rare classes count more, n / (classes · count).',
    default: 'none',
    labels: { none: 'None', balanced: 'Balanced' },
    when: { loss: ['cross-entropy'] },
    advanced: true,
  }),
});
export type ObjectiveParams = z.infer<typeof params>;

export default defineStep({
  id: 'training/objective',
  version: 1,
  title: 'Objective',
  keywords: ['loss', 'criterion', 'cross-entropy', 'mse', 'hinge', 'nll'],
  inputs: {},
  outputs: { objective: objective('What to train for.') },
  params,
  types: (_, { loss, target }) => ({ objective: { kind: 'objective', objective: loss, target } }),
  run: async (_, chosen) => ({ objective: { type: 'training/objective', params: chosen } }),
  docs: {
    summary: 'Says what training makes small.',
    equation: String.raw`-\frac{1}{N}\sum_i \log \mathrm{softmax}(z_i)_{t_i}`,
    sources: [
      { title: 'PyTorch, torch.nn loss functions', url: 'https://docs.pytorch.org/docs/stable/nn.html#loss-functions' },
      {
        title: 'Szegedy et al., Rethinking the Inception Architecture (2016): label smoothing',
        url: 'https://arxiv.org/abs/1512.00567',
      },
    ],
  },
  example: { nodes: { objective: { type: 'training/objective', params: { smoothing: 0.1 } } }, edges: [] },
});
