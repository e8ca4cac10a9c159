import { z } from 'zod';
import { showTensorType } from '../../ir/types.ts';
import { defineLayer, optional, tensor } from '../kit/define-node.ts';
import { features, initialParams, linear, linearBias, linearWeight, needVectors } from '../kit/layers.ts';
import { blank, flag } from '../kit/params.ts';

export default defineLayer({
  id: 'network/linear',
  version: 1,
  title: 'Linear',
  keywords: ['dense', 'fully connected', 'affine', 'projection', 'head', 'output'],
  inputs: {
    x: tensor('float32[…, features]'),
    weight: optional(
      tensor('A weight [units, features] from elsewhere, such as an embedding table: tied, not learned twice.'),
    ),
  },
  outputs: { y: tensor('float32[…, units]') },
  params: z.object({
    units: blank({
      title: 'Units',
      description: 'Size of each output vector. Left blank, it is solved from what the layer is wired to.',
      max: 1_048_576,
    }),
    bias: flag({ title: 'Bias', description: 'Adds a learned vector.', default: true }),
    ...initialParams,
  }),
  weights({ x, weight }, { units, bias, ...initial }, check) {
    needVectors(check, 'Linear', x, 'x');
    if (weight) {
      const fits = weight.shape.length === 2 && check.equal(weight.shape[0]!, units);
      if (!fits || !check.equal(weight.shape[1]!, features(x)))
        return check.fail(
          'network/tied-weight',
          `Linear needs a tied weight [${typeof units === 'number' ? units : 'units'}, features] for x ${showTensorType(x)}, got ${showTensorType(weight)}.`,
          { port: 'weight', hint: 'Make the widths equal, or take the wire away.' },
        );
    }
    return {
      ...(weight ? {} : { weight: linearWeight(units, features(x), initial) }),
      ...(bias && { bias: linearBias(units, features(x), initial) }),
    } as Record<'bias', { shape: typeof x.shape; init: 'zeros' }>;
  },
  axes: () => ({ x: '… features', weight: '_ features', y: '… features' }),
  build({ x, weight, bias }, _params, ir) {
    return { y: linear(ir, x, weight!, bias) };
  },
  decodes: () => true,
  docs: {
    summary: 'A learned linear map followed by a learned shift.',
    equation: String.raw`y = x W^\top + b`,
    notes: 'The weight is laid out [units, features], as in PyTorch.',
    sources: [
      { title: 'PyTorch, torch.nn.Linear', url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html' },
    ],
  },
  example: {
    nodes: {
      input: { type: 'network/input', params: { kind: 'vector', length: 4 } },
      linear: { type: 'network/linear', params: { units: 3 } },
      network: { type: 'network/network', params: { task: 'classification' } },
    },
    edges: [
      ['input.y', 'linear.x'],
      ['linear.y', 'network.x'],
    ],
  },
});
