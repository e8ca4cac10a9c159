import { z } from 'zod';
import { defineLayer, tensor } from '../kit/define-node.ts';
import { features, needVectors } from '../kit/layers.ts';
import { choice, real } from '../kit/params.ts';

export default defineLayer({
  id: 'network/normalization',
  version: 1,
  title: 'Normalization',
  keywords: ['layer norm', 'layernorm', 'rms norm', 'rmsnorm', 'ln'],
  inputs: { x: tensor('float32[…, features]') },
  outputs: { y: tensor('The same shape.') },
  params: z.object({
    kind: choice(['layer', 'rms'], {
      title: 'Kind',
      description: 'Layer norm centres and scales each vector; RMS norm only scales it.',
      default: 'layer',
      labels: { layer: 'Layer norm', rms: 'RMS norm' },
    }),
    epsilon: real({
      title: 'Epsilon',
      description: 'Added to the variance, so that nothing is divided by zero.',
      default: 1e-5,
      min: 0,
      max: 1,
      step: 1e-6,
      advanced: true,
    }),
  }),
  weights({ x }, { kind }, check) {
    needVectors(check, 'Normalization', x, 'x');
    const shape = [features(x)];
    return {
      weight: { shape, init: 'ones' },
      ...(kind === 'layer' && { bias: { shape, init: 'zeros' } }),
    } as Record<'weight' | 'bias', { shape: typeof shape; init: 'ones' | 'zeros' }>;
  },
  axes: () => ({ x: '… features', y: '… features' }),
  build({ x, weight, bias }, { kind, epsilon }, ir) {
    if (kind === 'layer') return { y: ir.add(ir.mul(ir.normalize(x, { epsilon }), weight), bias) };
    const meanSquare = ir.mean(ir.mul(x, x), { axes: [-1], keep: true });
    const scaled = ir.div(x, ir.sqrt(ir.add(meanSquare, epsilon)));
    return { y: ir.mul(scaled, weight) };
  },
  decodes: () => true,
  docs: {
    summary: 'Brings each vector to one scale, then lets the network scale it again.',
    equation: String.raw`y = \frac{x - \bar x}{\sqrt{\mathrm{var}(x) + \epsilon}} \odot g + b \quad\text{or}\quad y = \frac{x}{\sqrt{\overline{x^2} + \epsilon}} \odot g`,
    sources: [
      { title: 'Ba, Kiros and Hinton, Layer Normalization (2016)', url: 'https://arxiv.org/abs/1607.06450' },
      {
        title: 'Zhang and Sennrich, Root Mean Square Layer Normalization (2019)',
        url: 'https://arxiv.org/abs/1910.07467',
      },
    ],
  },
  example: {
    nodes: {
      input: { type: 'network/input', params: { kind: 'vector', length: 4 } },
      norm: { type: 'network/normalization' },
      network: { type: 'network/network', params: { task: 'none' } },
    },
    edges: [
      ['input.y', 'norm.x'],
      ['norm.y', 'network.x'],
    ],
  },
});
