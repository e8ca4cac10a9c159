import { z } from 'zod';
import type { Ir } from '../../ir/builder.ts';
import type { Value } from '../../ir/operation.ts';
import { defineStep, optimizer } from '../kit/define-node.ts';
import { choice, flag, real } from '../kit/params.ts';

const methods = ['sgd', 'rmsprop', 'adam', 'adamw'] as const;
export type OptimizerKind = (typeof methods)[number];
const labels = { sgd: 'SGD', rmsprop: 'RMSProp', adam: 'Adam', adamw: 'AdamW' } as const;

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
  weightDecay: real({
    title: 'Weight decay',
    description: 'Pulls parameters toward zero. AdamW applies it to the parameters, the others to the gradient.',
    default: 0.01,
    min: 0,
    max: 10,
    step: 0.01,
  }),
});
export type OptimizerParams = z.infer<typeof params>;

interface Update {
  readonly parameter: Value;
  readonly gradient: Value;
  readonly slots: readonly Value[];
  /** float32 scalar, this step's. */
  readonly learningRate: Value;
  /** float32 scalar: 1 at the first step. */
  readonly step: Value;
  readonly params: OptimizerParams;
}

interface Rule {
  /** Further tensors of the parameter's shape, zero at first. */
  slots(params: OptimizerParams): readonly string[];
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

/** One row per optimizer: its slots and its formula. */
export const updateRules: { readonly [K in OptimizerKind]: Rule } = {
  sgd: {
    slots: ({ momentum }) => (momentum > 0 ? ['momentum'] : []),
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
    slots: ({ momentum }) => ['mean-square', ...(momentum > 0 ? ['momentum'] : [])],
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
    slots: () => ['first-moment', 'second-moment'],
    update: (ir, at) => adam(ir, { ...at, gradient: decayed(ir, at) }),
  },
  adamw: {
    slots: () => ['first-moment', 'second-moment'],
    // Loshchilov and Hutter (2019): the decay goes to the parameter itself, times the learning rate
    update(ir, at) {
      const { weightDecay } = at.params;
      if (weightDecay === 0) return adam(ir, at);
      const shrink = ir.sub(1, ir.mul(at.learningRate, weightDecay));
      return adam(ir, { ...at, parameter: ir.mul(at.parameter, shrink) });
    },
  },
};

export default defineStep({
  id: 'training/optimizer',
  version: 1,
  title: 'Optimizer',
  keywords: ['sgd', 'momentum', 'nesterov', 'rmsprop', 'adam', 'adamw', 'gradient descent', 'learning rate'],
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
        slots: updateRules[chosen.method].slots(chosen).length,
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
      { title: 'PyTorch, torch.optim', url: 'https://docs.pytorch.org/docs/stable/optim.html' },
    ],
  },
  example: { nodes: { optimizer: { type: 'training/optimizer' } }, edges: [] },
});
