import { z } from 'zod';
import { multiplySizes } from '../../ir/size.ts';
import { defineLayer, tensor } from '../kit/define-node.ts';
import {
  activationLabels,
  activationNames,
  activations,
  dropout,
  features,
  initialParams,
  linear,
  linearBias,
  linearWeight,
  needVectors,
  residualScale,
} from '../kit/layers.ts';
import { choice, flag, integer, real } from '../kit/params.ts';

export default defineLayer({
  id: 'network/feed-forward',
  version: 1,
  title: 'Feed-forward',
  keywords: ['mlp', 'ffn', 'position-wise', 'two linear layers'],
  inputs: { x: tensor('float32[…, features]') },
  outputs: { y: tensor('The same shape.') },
  params: z.object({
    ratio: integer({
      title: 'Ratio',
      description: 'How many times wider the hidden layer is.',
      default: 4,
      min: 1,
      max: 64,
    }),
    activation: choice(activationNames, {
      title: 'Activation',
      description: 'Between the two linear layers.',
      default: 'gelu',
      labels: activationLabels,
    }),
    bias: flag({ title: 'Bias', description: 'Adds a learned vector after each linear layer.', default: true }),
    dropout: real({
      title: 'Dropout',
      description: 'Share of the outputs that become zero while training.',
      default: 0,
      min: 0,
      max: 0.95,
      step: 0.05,
    }),
    ...initialParams,
    residualScale,
  }),
  weights({ x }, { ratio, bias, residualScale, ...initial }, check) {
    needVectors(check, 'Feed-forward', x, 'x');
    const width = features(x);
    const hidden = multiplySizes(ratio, width);
    const up = linearWeight(hidden, width, initial);
    const down = linearWeight(width, hidden, { ...initial, deviation: initial.deviation * residualScale });
    return {
      'up.weight': up,
      ...(bias && { 'up.bias': linearBias(hidden, width, initial) }),
      'down.weight': down,
      ...(bias && { 'down.bias': linearBias(width, hidden, initial) }),
    } as Record<'up.weight' | 'up.bias' | 'down.weight' | 'down.bias', typeof up>;
  },
  axes: () => ({ x: '… features', y: '… features' }),
  build(at, params, ir, mode) {
    const hidden = linear(ir, at.x, at['up.weight'], at['up.bias']);
    const y = linear(ir, activations[params.activation](ir, hidden), at['down.weight'], at['down.bias']);
    return { y: dropout(ir, y, params.dropout, mode) };
  },
  decodes: () => true,
  docs: {
    summary: 'Two linear layers with an activation between them, applied to each position alone.',
    equation: String.raw`y = W_2\,\phi(W_1 x + b_1) + b_2`,
    sources: [
      {
        title: 'Vaswani et al., Attention Is All You Need (2017), section 3.3',
        url: 'https://arxiv.org/abs/1706.03762',
      },
    ],
  },
  example: {
    nodes: {
      input: { type: 'network/input', params: { kind: 'vector', length: 4 } },
      mlp: { type: 'network/feed-forward', params: { ratio: 2 } },
      network: { type: 'network/network', params: { task: 'none' } },
    },
    edges: [
      ['input.y', 'mlp.x'],
      ['mlp.y', 'network.x'],
    ],
  },
});
