import { z } from 'zod';
import { defineLayer, tensor } from '../kit/define-node.ts';
import { dropout, needFloats } from '../kit/layers.ts';
import { real } from '../kit/params.ts';

export default defineLayer({
  id: 'network/dropout',
  version: 1,
  title: 'Dropout',
  keywords: ['regularization', 'noise'],
  inputs: { x: tensor('float32[…]') },
  outputs: { y: tensor('The same shape.') },
  params: z.object({
    rate: real({
      title: 'Rate',
      description: 'Share of the numbers that become zero while training.',
      default: 0.1,
      min: 0,
      max: 0.95,
      step: 0.05,
    }),
  }),
  weights({ x }, _params, check) {
    needFloats(check, 'Dropout', x, 'x');
    return {};
  },
  axes: () => ({ x: '…', y: '…' }),
  build({ x }, { rate }, ir, mode) {
    return { y: dropout(ir, x, rate, mode) };
  },
  decodes: () => true,
  docs: {
    summary: 'Sets random numbers to zero while training and scales the rest up; does nothing in prediction.',
    equation: String.raw`y = \frac{m \odot x}{1 - p},\quad m_i \sim \mathrm{Bernoulli}(1 - p)`,
    sources: [{ title: 'Srivastava et al., Dropout (2014)', url: 'https://jmlr.org/papers/v15/srivastava14a.html' }],
  },
  example: {
    nodes: {
      input: { type: 'network/input', params: { kind: 'vector', length: 4 } },
      dropout: { type: 'network/dropout' },
      network: { type: 'network/network', params: { task: 'none' } },
    },
    edges: [
      ['input.y', 'dropout.x'],
      ['dropout.y', 'network.x'],
    ],
  },
});
