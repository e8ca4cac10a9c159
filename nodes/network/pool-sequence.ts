import { z } from 'zod';
import { type Size, subtractSizes } from '../../ir/size.ts';
import { defineLayer, optional, tensor } from '../kit/define-node.ts';
import { needMask, needSequence } from '../kit/layers.ts';
import { choice } from '../kit/params.ts';

export default defineLayer({
  id: 'network/pool-sequence',
  version: 1,
  title: 'Pool sequence',
  keywords: ['mean pooling', 'max pooling', 'average', 'cls', 'sentence vector'],
  inputs: {
    x: tensor('float32[B, T, features]'),
    mask: optional(tensor('float32[B, T]: 1 for tokens that count, 0 for padding.')),
  },
  outputs: { y: tensor('float32[B, features]') },
  params: z.object({
    kind: choice(['mean', 'max', 'first', 'last'], {
      title: 'Kind',
      description: 'How many positions become one. With a mask, padding does not count.',
      default: 'mean',
      labels: { mean: 'Mean', max: 'Maximum', first: 'First position', last: 'Last position' },
    }),
  }),
  weights({ x, mask }, _params, check) {
    needSequence(check, 'Pool sequence', x, 'x');
    if (mask) needMask(check, 'Pool sequence', mask, x, 'x');
    return {};
  },
  axes: () => ({ x: 'batch position features', mask: 'batch _', y: 'batch features' }),
  build({ x, mask }, { kind }, ir) {
    const [batch, time, width] = x.type.shape as [Size, Size, Size];
    const position = (start: Size) => ir.reshape(ir.slice(x, { axis: 1, start, length: 1 }), { shape: [batch, width] });
    // the last position that counts: one-hot over time, then a weighted sum
    const last = () => {
      if (!mask) return position(subtractSizes(time, 1));
      const count = ir.sum(mask, { axes: [1], keep: true }); // [B, 1]
      const positions = ir.cast(ir.iota({ shape: [batch, time], axis: 1 }), { to: 'float32' });
      const hot = ir.cast(ir.equal(positions, ir.sub(count, 1)), { to: 'float32' });
      return ir.sum(ir.mul(x, ir.reshape(hot, { shape: [batch, time, 1] })), { axes: [1] });
    };
    switch (kind) {
      case 'first':
        return { y: position(0) };
      case 'last':
        return { y: last() };
      case 'max': {
        if (!mask) return { y: ir.max(x, { axes: [1] }) };
        const counts = ir.less(0, ir.reshape(mask, { shape: [batch, time, 1] }));
        const largest = ir.max(ir.select(counts, x, -1e9), { axes: [1] });
        // a row of padding only, such as an empty text, gives zeros, as the mean does
        return { y: ir.select(ir.less(0, ir.sum(mask, { axes: [1], keep: true })), largest, 0) };
      }
      case 'mean': {
        if (!mask) return { y: ir.mean(x, { axes: [1] }) };
        const total = ir.sum(ir.mul(x, ir.reshape(mask, { shape: [batch, time, 1] })), { axes: [1] });
        return { y: ir.div(total, ir.maximum(ir.sum(mask, { axes: [1], keep: true }), 1)) };
      }
    }
  },
  docs: {
    summary: 'Makes one vector of a sequence of vectors.',
    equation: String.raw`y = \frac{\sum_t m_t x_t}{\sum_t m_t}`,
    sources: [
      { title: 'Reimers and Gurevych, Sentence-BERT (2019), section 3', url: 'https://arxiv.org/abs/1908.10084' },
    ],
  },
  example: {
    nodes: {
      input: { type: 'network/input', params: { length: 4, vocabulary: 8 } },
      embedding: { type: 'network/embedding', params: { width: 3 } },
      pool: { type: 'network/pool-sequence' },
      network: { type: 'network/network', params: { task: 'none' } },
    },
    edges: [
      ['input.y', 'embedding.x'],
      ['embedding.y', 'pool.x'],
      ['pool.y', 'network.x'],
    ],
  },
});
