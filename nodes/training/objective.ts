import { z } from 'zod';
import type { Ir } from '../../ir/builder.ts';
import type { Value } from '../../ir/operation.ts';
import { multiplySizes } from '../../ir/size.ts';
import { recordOf } from '../../lib/record.ts';
import { defineStep, objective } from '../kit/define-node.ts';
import { choice, column, real } from '../kit/params.ts';

/** What a batch contributes, row by row, each float32[B]: loss = Σ sum / Σ weight, accuracy = Σ correct / Σ count. */
export interface LossTerms {
  readonly sum: Value;
  /** How many things the sum is over; where classes are weighted, the sum of their weights. */
  readonly weight: Value;
  /** How many things were judged. */
  readonly count: Value;
  /** How many of them were right, where that can be told. */
  readonly correct?: Value;
}

interface LossInput {
  readonly output: Value;
  /** int32 ids or float32 numbers, by the loss's `target`. */
  readonly target: Value;
  /** float32[classes], where classes are weighted. */
  readonly classWeights?: Value;
  readonly smoothing: number;
}

interface Loss {
  readonly label: string;
  /** What the target column holds: ids from 0 on, ids of which those below 0 do not count, or numbers. */
  readonly target: 'tokens' | 'ids' | 'numbers';
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
  return judged(ir, { loss, output, ids, counted, weights });
}

/** The terms of losses over classes. Class weights change what an error costs, never what is right. */
function judged(
  ir: Ir,
  at: {
    readonly loss: Value;
    readonly output: Value;
    readonly ids: Value;
    /** Which ids count; all where nothing is said. */
    readonly counted: Value | undefined;
    readonly weights?: Value | undefined;
  },
): LossTerms {
  const { loss, weights } = at;
  const right = ir.cast(ir.equal(ir.argmax(at.output), at.ids), { to: 'float32' });
  if (!at.counted) {
    const count = perRowCount(ir, loss);
    return { sum: perRow(ir, loss), weight: count, count, correct: perRow(ir, right) };
  }
  const mask = ir.cast(at.counted, { to: 'float32' });
  const count = perRow(ir, mask);
  return {
    sum: perRow(ir, ir.mul(loss, mask)),
    weight: weights ? perRow(ir, ir.mul(mask, weights)) : count,
    count,
    correct: perRow(ir, ir.mul(right, mask)),
  };
}

/** The terms of losses over numbers. */
function measured(ir: Ir, loss: Value): LossTerms {
  const count = perRowCount(ir, loss);
  return { sum: perRow(ir, loss), weight: count, count };
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
    target: 'tokens',
    terms: (ir, input) => crossEntropy(ir, input, true),
  },
  'binary-cross-entropy': {
    label: 'Binary cross-entropy',
    target: 'numbers',
    // max(x, 0) − x·t + ln(1 + e^−|x|), as BCEWithLogitsLoss computes it
    terms: (ir, { output: x, target }) => {
      const tail = ir.log(ir.add(ir.exp(ir.neg(ir.abs(x))), 1));
      return measured(ir, ir.add(ir.sub(ir.maximum(x, 0), ir.mul(x, target)), tail));
    },
  },
  'mean-squared-error': {
    label: 'Mean squared error',
    target: 'numbers',
    terms: (ir, { output, target }) => {
      const apart = ir.sub(output, target);
      return measured(ir, ir.mul(apart, apart));
    },
  },
  hinge: {
    label: 'Hinge',
    target: 'ids',
    // torch.nn.MultiMarginLoss: Σ_{k≠t} max(0, 1 − x_t + x_k) / classes
    terms: (ir, { output, target }) => {
      const counted = ir.not(ir.less(target, 0));
      const ids = ir.select(counted, target, 0);
      const own = ir.pick(output, ids);
      const shape = [...own.type.shape, 1];
      const margin = ir.relu(ir.add(ir.sub(output, ir.reshape(own, { shape })), 1));
      const others = ir.place(margin, ids, ir.neg(ir.broadcast(ir.constant(1), { shape: own.type.shape })));
      return judged(ir, { loss: ir.mean(others, { axes: [-1] }), output, ids, counted });
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
    labels: recordOf(kinds, (kind) => losses[kind].label),
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
