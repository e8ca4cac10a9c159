import { z } from 'zod';
import { showTensorType } from '../../ir/types.ts';
import { defineLayer, tensor } from '../kit/define-node.ts';
import { needVectors } from '../kit/layers.ts';
import { choice } from '../kit/params.ts';

export default defineLayer({
  id: 'network/concat',
  version: 1,
  title: 'Concatenate',
  keywords: ['concat', 'cat', 'join', 'append', 'skip connection'],
  inputs: { a: tensor('float32[B, …]'), b: tensor('Equal to a but for the axis along which they are joined.') },
  outputs: { y: tensor('a, then b.') },
  params: z.object({
    along: choice(['features', 'sequence'], {
      title: 'Along',
      description:
        'The last axis (features, channels of a vector), or the one after the batch (positions, channels of pictures).',
      default: 'features',
      labels: { features: 'Last axis', sequence: 'Axis after the batch' },
    }),
  }),
  weights({ a, b }, { along }, check) {
    needVectors(check, 'Concatenate', a, 'a');
    needVectors(check, 'Concatenate', b, 'b');
    const rank = a.shape.length;
    const axis = along === 'features' ? rank - 1 : 1;
    const fits =
      rank > 1 && rank === b.shape.length && a.shape.every((size, i) => i === axis || check.equal(size, b.shape[i]!));
    if (!fits)
      return check.fail(
        'network/concat-shape',
        `Concatenate needs two tensors that differ along ${along === 'features' ? 'the last axis' : 'the axis after the batch'} only, got a ${showTensorType(a)} and b ${showTensorType(b)}.`,
        { port: 'b', hint: 'Join along the other axis, or pool one of the two first.' },
      );
    return {};
  },
  axes: ({ along }) => {
    const names = along === 'features' ? '… features' : 'batch _ …';
    return { a: names, b: names, y: names };
  },
  build({ a, b }, { along }, ir) {
    return { y: ir.concat([a, b], { axis: along === 'features' ? a.type.shape.length - 1 : 1 }) };
  },
  decodes: ({ along }) => along === 'features' || 'Concatenate makes a sequence longer',
  docs: {
    summary: 'Puts two tensors side by side.',
    equation: 'y = [a; b]',
    sources: [{ title: 'PyTorch, torch.cat', url: 'https://docs.pytorch.org/docs/stable/generated/torch.cat.html' }],
  },
  example: {
    nodes: {
      input: { type: 'network/input', params: { kind: 'vector', length: 4 } },
      linear: { type: 'network/linear', params: { units: 2 } },
      concat: { type: 'network/concat' },
      network: { type: 'network/network', params: { task: 'none' } },
    },
    edges: [
      ['input.y', 'linear.x'],
      ['input.y', 'concat.a'],
      ['linear.y', 'concat.b'],
      ['concat.y', 'network.x'],
    ],
  },
});
