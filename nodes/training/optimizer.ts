import { z } from 'zod';
import type { Ir } from '../../ir/builder.ts';
import type { Value } from '../../ir/operation.ts';
import { defineStep, optimizer } from '../kit/define-node.ts';
import { choice, flag, real } from '../kit/params.ts';

const methods = ['sgd', 'rmsprop', 'adam', 'adamw', 'adafactor'] as const;
export type OptimizerKind = (typeof methods)[number];
const labels = { sgd: 'SGD', rmsprop: 'RMSProp', adam: 'Adam', adamw: 'AdamW', adafactor: 'Adafactor' } as const;

const params = z.object({
  method: choice(methods, {
    title: 'Method',
    description: 'How a gradient becomes a step.',
    default: 'adamw',
    labels,
  }),
  learningRate: real({
    title: 'Learning rate',
    description: 'Length of a step; a Schedule multiplies it.',
    default: 0.001,
    min: 0,
    max: 100,
    step: 0.0001,
  }),
  momentum: real({
    title: 'Momentum',
    description: 'How much of the last step is kept.',
    default: 0,
    min: 0,
    max: 0.9999,
    step: 0.05,
    when: { method: ['sgd', 'rmsprop'] },
  }),
  nesterov: flag({
    title: 'Nesterov',
    description: 'Looks ahead along the momentum, which has to be above 0.',
    default: false,
    when: { method: ['sgd'] },
  }),
  alpha: real({
    title: 'α',
    description: 'Decay of the mean of squared gradients.',
    default: 0.99,
    min: 0,
    max: 0.99999,
    step: 0.01,
    when: { method: ['rmsprop'] },
    advanced: true,
  }),
  beta1: real({
    title: 'β₁',
    description: 'Decay of the mean of gradients.',
    default: 0.9,
    min: 0,
    max: 0.9999,
    step: 0.01,
    when: { method: ['adam', 'adamw'] },
    advanced: true,
  }),
  beta2: real({
    title: 'β₂',
    description: 'Decay of the mean of squared gradients.',
    default: 0.999,
    min: 0,
    max: 0.99999,
    step: 0.001,
    when: { method: ['adam', 'adamw'] },
    advanced: true,
  }),
  epsilon: real({
    title: 'Epsilon',
    description: 'Keeps the division away from zero.',
    default: 1e-8,
    min: 0,
    max: 1,
    step: 1e-8,
    when: { method: ['rmsprop', 'adam', 'adamw'] },
    advanced: true,
  }),
  decay: real({
    title: 'Decay rate',
    description: 'At step t the mean of squared gradients keeps 1 − t^−rate of itself.',
    default: 0.8,
    min: 0.01,
    max: 2,
    step: 0.05,
    when: { method: ['adafactor'] },
    advanced: true,
  }),
  threshold: real({
    title: 'Clip update',
    description: 'Largest root mean square of the update of one parameter.',
    default: 1,
    min: 0.01,
    max: 1000,
    step: 0.1,
    when: { method: ['adafactor'] },
    advanced: true,
  }),
  scaled: flag({
    title: 'Scale by parameter',
    description: 'Steps are as long as the root mean square of the parameter is large.',
    default: true,
    when: { method: ['adafactor'] },
    advanced: true,
  }),
  relative: flag({
    title: 'Relative step',
    description: 'At step t the learning rate is at most 1/√t.',
    default: false,
    when: { method: ['adafactor'] },
    advanced: true,
  }),
  weightDecay: real({
    title: 'Weight decay',
    description:
      'Pulls parameters toward zero. AdamW and Adafactor apply it to the parameters, the others to the gradient.',
    default: 0.01,
    min: 0,
    max: 10,
    step: 0.01,
  }),
});
export type OptimizerParams = z.infer<typeof params>;

/** Where a parameter lies in the one long vector of all that are trained. */
export interface Placed {
  readonly name: string;
  readonly shape: readonly number[];
  readonly start: number;
  readonly length: number;
}

interface Update {
  /** All trained parameters side by side, and the gradient likewise. */
  readonly parameter: Value;
  readonly gradient: Value;
  readonly slots: readonly Value[];
  readonly placed: readonly Placed[];
  /** float32 scalar, this step's. */
  readonly learningRate: Value;
  /** float32 scalar: 1 at the first step. */
  readonly step: Value;
  readonly params: OptimizerParams;
}

/** A further vector, zero at first. */
export interface Slot {
  readonly name: string;
  /** Left out: as long as the parameters. */
  length?(placed: readonly Placed[]): number;
}

interface Rule {
  slots(params: OptimizerParams): readonly Slot[];
  update(ir: Ir, at: Update): { readonly parameter: Value; readonly slots: readonly Value[] };
}

/** 1 − βᵗ without cancellation: −expm1(t ln β) = −2u / (1 − u) with u = tanh(t ln β / 2). */
function bias(ir: Ir, beta: number, step: Value): Value {
  if (beta === 0) return ir.constant(1);
  const u = ir.tanh(ir.mul(step, Math.log(beta) / 2));
  return ir.div(ir.mul(u, -2), ir.sub(1, u));
}

/**
 * Kingma and Ba (2015), as torch.optim.Adam. The slots hold m/(1 − β₁) and v/(1 − β₂), which takes two passes over the
 * parameters less: θ −= lr·√c₂·(1 − β₁)/(c₁·√(1 − β₂)) · M / (√V + ε·√c₂/√(1 − β₂)), c = 1 − βᵗ.
 */
function adam(ir: Ir, { parameter, gradient, slots, learningRate, step, params }: Update) {
  const { beta1, beta2, epsilon } = params;
  const [m, v] = slots as [Value, Value];
  const first = ir.add(ir.mul(m, beta1), gradient);
  const second = ir.add(ir.mul(v, beta2), ir.mul(gradient, gradient));
  const root = ir.sqrt(ir.div(bias(ir, beta2, step), 1 - beta2));
  const rate = ir.div(ir.mul(ir.mul(learningRate, 1 - beta1), root), bias(ir, beta1, step));
  const move = ir.div(ir.mul(first, rate), ir.add(ir.sqrt(second), ir.mul(root, epsilon)));
  return { parameter: ir.sub(parameter, move), slots: [first, second] };
}

/** L2 regularisation: the decay joins the gradient. */
const decayed = (ir: Ir, { gradient, parameter, params }: Update): Value =>
  params.weightDecay === 0 ? gradient : ir.add(gradient, ir.mul(parameter, params.weightDecay));

/** Shazeer and Stern (2018): what keeps a division from zero, and the smallest scale of a parameter. */
const TINY = 1e-30;
const SMALLEST_SCALE = 1e-3;

/** A matrix (or the matrices of a stack) has a mean square for each row and each column instead of one for each number. */
const matrices = ({ shape }: Placed): { lead: number; rows: number; columns: number } | undefined => {
  if (shape.length < 2) return undefined;
  const [rows, columns] = shape.slice(-2) as [number, number];
  return { lead: shape.slice(0, -2).reduce((a, b) => a * b, 1), rows, columns };
};

const adafactorLength =
  (part: 'rows' | 'columns' | 'vectors') =>
  (placed: readonly Placed[]): number => {
    const lengths = placed.map((each) => {
      const matrix = matrices(each);
      if (part === 'vectors') return matrix ? 0 : each.length;
      return matrix ? matrix.lead * matrix[part] : 0;
    });
    // where no parameter needs it, one number that stays as it is: tensors are never empty
    return Math.max(
      1,
      lengths.reduce((a, b) => a + b, 0),
    );
  };

/** Shazeer and Stern (2018), as transformers.Adafactor without a first moment: parameter by parameter. */
function adafactor(ir: Ir, at: Update): { parameter: Value; slots: readonly Value[] } {
  const { params, placed, step } = at;
  const fresh = ir.pow(step, ir.constant(-params.decay));
  const rate = params.relative ? ir.minimum(at.learningRate, ir.div(1, ir.sqrt(step))) : at.learningRate;
  const rms = (x: Value) => ir.sqrt(ir.mean(ir.mul(x, x)));
  const root = (x: Value) => ir.div(1, ir.sqrt(x));
  const slots = at.slots.map((slot) => {
    let start = 0;
    const next: Value[] = [];
    /** The next numbers of a slot, moved toward what is new. */
    const moved = (to: Value): Value => {
      const shape = to.type.shape;
      const length = (shape as readonly number[]).reduce((a, b) => a * b, 1);
      const old = ir.reshape(ir.slice(slot, { axis: 0, start, length }), { shape });
      start += length;
      const now = ir.add(ir.mul(old, ir.sub(1, fresh)), ir.mul(to, fresh));
      next.push(ir.reshape(now, { shape: [length] }));
      return now;
    };
    return { moved, all: () => (next.length > 0 ? ir.concat(next, { axis: 0 }) : slot) };
  });
  const [rows, columns, vectors] = slots as [(typeof slots)[0], (typeof slots)[0], (typeof slots)[0]];
  const parameters = placed.map((each) => {
    const { start, length, shape } = each;
    const matrix = matrices(each);
    const inner = matrix ? [matrix.lead, matrix.rows, matrix.columns] : shape;
    const own = (x: Value) => ir.reshape(ir.slice(x, { axis: 0, start, length }), { shape: inner });
    const [parameter, gradient] = [own(at.parameter), own(at.gradient)];
    const square = ir.add(ir.mul(gradient, gradient), TINY);
    let update: Value;
    if (matrix) {
      const row = rows.moved(ir.mean(square, { axes: [2], keep: true })); // [lead, rows, 1]
      const column = columns.moved(ir.mean(square, { axes: [1], keep: true })); // [lead, 1, columns]
      const share = root(ir.div(row, ir.mean(row, { axes: [1], keep: true })));
      update = ir.mul(ir.mul(share, root(column)), gradient);
    } else update = ir.mul(root(vectors.moved(square)), gradient);
    update = ir.div(update, ir.maximum(ir.div(rms(update), params.threshold), 1));
    const stride = params.scaled ? ir.mul(rate, ir.maximum(rms(parameter), SMALLEST_SCALE)) : rate;
    const kept =
      params.weightDecay === 0 ? parameter : ir.mul(parameter, ir.sub(1, ir.mul(stride, params.weightDecay)));
    return ir.reshape(ir.sub(kept, ir.mul(update, stride)), { shape: [length] });
  });
  return {
    parameter: parameters.length > 1 ? ir.concat(parameters, { axis: 0 }) : parameters[0]!,
    slots: slots.map((slot) => slot.all()),
  };
}

/** One row per optimizer: its slots and its formula. */
export const updateRules: { readonly [K in OptimizerKind]: Rule } = {
  sgd: {
    slots: ({ momentum }) => (momentum > 0 ? [{ name: 'momentum' }] : []),
    update(ir, at) {
      const { momentum, nesterov } = at.params;
      const gradient = decayed(ir, at);
      const [old] = at.slots;
      const velocity = old && ir.add(ir.mul(old, momentum), gradient);
      const direction = !velocity ? gradient : nesterov ? ir.add(gradient, ir.mul(velocity, momentum)) : velocity;
      return {
        parameter: ir.sub(at.parameter, ir.mul(direction, at.learningRate)),
        slots: velocity ? [velocity] : [],
      };
    },
  },
  rmsprop: {
    slots: ({ momentum }) => [{ name: 'mean-square' }, ...(momentum > 0 ? [{ name: 'momentum' }] : [])],
    // Tieleman and Hinton (2012), with ε outside the root as torch.optim.RMSprop has it
    update(ir, at) {
      const { alpha, epsilon, momentum } = at.params;
      const gradient = decayed(ir, at);
      const [old, velocity] = at.slots as [Value, Value | undefined];
      const mean = ir.add(ir.mul(old, alpha), ir.mul(ir.mul(gradient, gradient), 1 - alpha));
      const scaled = ir.div(gradient, ir.add(ir.sqrt(mean), epsilon));
      const move = velocity ? ir.add(ir.mul(velocity, momentum), scaled) : scaled;
      return {
        parameter: ir.sub(at.parameter, ir.mul(move, at.learningRate)),
        slots: velocity ? [mean, move] : [mean],
      };
    },
  },
  adam: {
    slots: () => [{ name: 'first-moment' }, { name: 'second-moment' }],
    update: (ir, at) => adam(ir, { ...at, gradient: decayed(ir, at) }),
  },
  adamw: {
    slots: () => [{ name: 'first-moment' }, { name: 'second-moment' }],
    // Loshchilov and Hutter (2019): the decay goes to the parameter itself, times the learning rate
    update(ir, at) {
      const { weightDecay } = at.params;
      if (weightDecay === 0) return adam(ir, at);
      const shrink = ir.sub(1, ir.mul(at.learningRate, weightDecay));
      return adam(ir, { ...at, parameter: ir.mul(at.parameter, shrink) });
    },
  },
  adafactor: {
    slots: () =>
      (['rows', 'columns', 'vectors'] as const).map((part) => ({
        name: `mean-square-${part}`,
        length: adafactorLength(part),
      })),
    update: adafactor,
  },
};

export default defineStep({
  id: 'training/optimizer',
  version: 1,
  title: 'Optimizer',
  keywords: [
    'sgd',
    'momentum',
    'nesterov',
    'rmsprop',
    'adam',
    'adamw',
    'adafactor',
    'gradient descent',
    'learning rate',
  ],
  inputs: {},
  outputs: { optimizer: optimizer('How to step.') },
  params,
  types: (_, chosen, check) => {
    if (chosen.method === 'sgd' && chosen.nesterov && chosen.momentum === 0)
      return check.fail('training/nesterov', 'Nesterov needs a momentum above 0, got 0.', {
        param: 'momentum',
        hint: 'Set the momentum to 0.9, or switch Nesterov off.',
      });
    if (chosen.learningRate > 0.1 && chosen.method !== 'sgd')
      check.warn(
        'training/learning-rate',
        `A learning rate of ${chosen.learningRate} is far above what ${labels[chosen.method]} is used with.`,
        {
          param: 'learningRate',
          hint: 'Start with 0.001.',
        },
      );
    return {
      optimizer: {
        kind: 'optimizer',
        optimizer: chosen.method,
        // those that are as long as the parameters; the others take next to nothing
        slots: updateRules[chosen.method].slots(chosen).filter(({ length }) => !length).length,
      },
    };
  },
  run: async (_, chosen) => ({ optimizer: { type: 'training/optimizer', params: chosen } }),
  docs: {
    summary: 'Says how a gradient changes the parameters.',
    equation: String.raw`\theta \leftarrow \theta - \eta\,\frac{\hat m}{\sqrt{\hat v} + \epsilon}`,
    sources: [
      {
        title: 'Sutskever et al., On the importance of initialization and momentum in deep learning (2013): Nesterov',
        url: 'https://proceedings.mlr.press/v28/sutskever13.html',
      },
      {
        title: 'Tieleman and Hinton, Lecture 6.5: RMSProp (2012)',
        url: 'https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf',
      },
      { title: 'Kingma and Ba, Adam (2015)', url: 'https://arxiv.org/abs/1412.6980' },
      {
        title: 'Loshchilov and Hutter, Decoupled Weight Decay Regularization (2019)',
        url: 'https://arxiv.org/abs/1711.05101',
      },
      {
        title: 'Shazeer and Stern, Adafactor: Adaptive Learning Rates with Sublinear Memory Cost (2018)',
        url: 'https://arxiv.org/abs/1804.04235',
      },
      { title: 'PyTorch, torch.optim', url: 'https://docs.pytorch.org/docs/stable/optim.html' },
    ],
  },
  example: { nodes: { optimizer: { type: 'training/optimizer' } }, edges: [] },
});
