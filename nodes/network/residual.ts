import { z } from 'zod';
import { showTensorType } from '../../ir/types.ts';
import { defineLayer, tensor } from '../kit/define-node.ts';
import { needFloats } from '../kit/layers.ts';

export default defineLayer({
  id: 'network/residual',
  version: 1,
  title: 'Residual',
  keywords: ['add', 'skip connection', 'sum', 'shortcut'],
  inputs: { a: tensor('float32[…]'), b: tensor('The same shape as a, or 1 where it is repeated.') },
  outputs: { y: tensor('a + b, the same shape.') },
  params: z.object({}),
  weights({ a, b }, _params, check) {
    needFloats(check, 'Residual', a, 'a');
    if (
      a.dtype !== b.dtype ||
      a.shape.length !== b.shape.length ||
      !a.shape.every((size, i) => check.equal(size, b.shape[i]!) || b.shape[i] === 1)
    )
      return check.fail(
        'network/residual-shape',
        `Residual needs two tensors of one shape, got a ${showTensorType(a)} and b ${showTensorType(b)}.`,
        { port: 'b', hint: 'Make the layers between the two keep the width.' },
      );
    return {};
  },
  axes: () => ({ a: '…', b: '…', y: '…' }),
  build({ a, b }, _params, ir) {
    return { y: ir.add(a, b) };
  },
  decodes: () => true,
  docs: {
    summary: 'Adds what went around some layers to what came through them.',
    equation: 'y = a + b',
    notes: 'Along an axis where b has size 1, it is repeated: one vector is added to every position.',
    sources: [
      {
        title: 'He et al., Deep Residual Learning for Image Recognition (2016)',
        url: 'https://arxiv.org/abs/1512.03385',
      },
    ],
  },
  example: {
    nodes: {
      input: { type: 'network/input', params: { kind: 'vector', length: 4 } },
      linear: { type: 'network/linear' },
      residual: { type: 'network/residual' },
      network: { type: 'network/network', params: { task: 'none' } },
    },
    edges: [
      ['input.y', 'linear.x'],
      ['input.y', 'residual.a'],
      ['linear.y', 'residual.b'],
      ['residual.y', 'network.x'],
    ],
  },
});
