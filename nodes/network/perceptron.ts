import { z } from 'zod';
import type { Ir } from '../../ir/builder.ts';
import type { Value } from '../../ir/operation.ts';
import { defineLayer, tensor } from '../kit/define-node.ts';
import { features, linear, linearBias, linearWeight, needVectors } from '../kit/layers.ts';
import { choice, integer } from '../kit/params.ts';

/** 1 from 0 on. Its gradient is passed straight through: with squared errors that is Rosenblatt's own rule. */
function step(ir: Ir, z: Value): Value {
  const fires = ir.cast(ir.not(ir.less(z, 0)), { to: 'float32' });
  return ir.add(fires, ir.sub(z, ir.stopGradient(z)));
}

const fire = {
  step,
  sigmoid: (ir: Ir, z: Value) => ir.sigmoid(z),
  tanh: (ir: Ir, z: Value) => ir.tanh(z),
  none: (_: Ir, z: Value) => z,
} as const satisfies Record<string, (ir: Ir, z: Value) => Value>;

export default defineLayer({
  id: 'network/perceptron',
  version: 1,
  title: 'Perceptron',
  keywords: ['rosenblatt', 'neuron', 'single unit', 'threshold', 'step'],
  inputs: { x: tensor('float32[B, features]') },
  outputs: { y: tensor('float32[B, units]') },
  params: z.object({
    units: integer({
      title: 'Units',
      description: 'Perceptrons side by side.',
      default: 1,
      min: 1,
      max: 65_536,
      advanced: true,
    }),
    activation: choice(['step', 'sigmoid', 'tanh', 'none'], {
      title: 'Activation',
      description: 'What becomes of the weighted sum.',
      default: 'step',
      labels: { step: 'Step (0 or 1)', sigmoid: 'Sigmoid', tanh: 'Tanh', none: 'None' },
    }),
  }),
  weights({ x }, { units }, check) {
    needVectors(check, 'Perceptron', x, 'x');
    return { weight: linearWeight(units, features(x)), bias: linearBias(units, features(x)) };
  },
  axes: () => ({ x: '… features', y: '… features' }),
  build: ({ x, weight, bias }, { activation }, ir) => ({ y: fire[activation](ir, linear(ir, x, weight, bias)) }),
  decodes: () => true,
  docs: {
    summary: 'A single unit: a weighted sum, and whether it is large enough.',
    equation: String.raw`y = [\,w \cdot x + b \ge 0\,]`,
    notes:
      'The step is flat, so its gradient is that of the sum (straight-through). With Mean squared error and SGD a step changes w by 2η(t − y)x: the perceptron rule.',
    sources: [
      { title: 'Rosenblatt, The Perceptron (1958)', url: 'https://doi.org/10.1037/h0042519' },
      {
        title: 'Bengio, Léonard and Courville, Estimating or Propagating Gradients Through Stochastic Neurons (2013)',
        url: 'https://arxiv.org/abs/1308.3432',
      },
    ],
  },
  example: {
    nodes: {
      input: { type: 'network/input', params: { kind: 'vector', length: 2 } },
      unit: { type: 'network/perceptron' },
      network: { type: 'network/network', params: { task: 'regression' } },
    },
    edges: [
      ['input.y', 'unit.x'],
      ['unit.y', 'network.x'],
    ],
  },
});
