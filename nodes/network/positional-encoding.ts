import { z } from 'zod';
import { divideSizes, multiplySizes, type Size } from '../../ir/size.ts';
import { showTensorType } from '../../ir/types.ts';
import { defineLayer, tensor } from '../kit/define-node.ts';
import { needSequence, positionsAlong } from '../kit/layers.ts';
import { choice, real } from '../kit/params.ts';

export default defineLayer({
  id: 'network/positional-encoding',
  version: 1,
  title: 'Positional encoding',
  keywords: ['position', 'sinusoidal', 'learned positions', 'wpe'],
  inputs: { x: tensor('float32[B, T, features]') },
  outputs: { y: tensor('The same shape.') },
  params: z.object({
    kind: choice(['learned', 'sinusoidal'], {
      title: 'Kind',
      description:
        'Learned: a vector for each position. Sinusoidal: fixed waves. Rotary positions are a mode of Attention.',
      default: 'learned',
      labels: { learned: 'Learned', sinusoidal: 'Sinusoidal' },
    }),
    deviation: real({
      title: 'Initial deviation',
      description: 'Standard deviation of the normal numbers that learned positions start from.',
      default: 0.02,
      min: 0,
      max: 10,
      step: 0.01,
      when: { kind: ['learned'] },
      advanced: true,
    }),
  }),
  weights({ x }, { kind, deviation }, check) {
    needSequence(check, 'Positional encoding', x, 'x');
    const [, time, width] = x.shape as [Size, Size, Size];
    if (kind === 'sinusoidal' && divideSizes(width, 2) === undefined)
      return check.fail('network/even-width', `Sinusoidal positions need an even width, got ${showTensorType(x)}.`, {
        port: 'x',
        hint: 'Make the width of the Embedding even.',
      });
    const learned = { weight: { shape: [time, width], init: { normal: deviation } } };
    return (kind === 'learned' ? learned : {}) as typeof learned;
  },
  decodes: () => true,
  axes: () => ({ x: 'batch position features', y: 'batch position features' }),
  build({ x, weight }, { kind }, ir, { decode }) {
    if (kind === 'learned') return { y: ir.add(x, decode ? ir.gather(weight, decode.positions) : weight) };
    const [, time, width] = x.type.shape as [Size, Size, Size];
    const half = divideSizes(width, 2)!;
    const float = (axis: number) => positionsAlong(ir, [time, half], axis, decode?.positions);
    // angle[t, i] = t / 10000^(2i / width)
    const rate = ir.exp(ir.mul(ir.div(float(1), ir.constantSize(half)), -Math.log(10_000)));
    const angle = ir.mul(float(0), rate);
    const pair = { shape: [time, half, 1] };
    const waves = ir.concat([ir.reshape(ir.sin(angle), pair), ir.reshape(ir.cos(angle), pair)], { axis: 2 });
    return { y: ir.add(x, ir.reshape(waves, { shape: [time, multiplySizes(2, half)] })) };
  },
  docs: {
    summary: 'Tells each vector of a sequence where it stands.',
    equation: String.raw`p_{t,2i} = \sin\frac{t}{10000^{2i/d}},\quad p_{t,2i+1} = \cos\frac{t}{10000^{2i/d}}`,
    sources: [
      {
        title: 'Vaswani et al., Attention Is All You Need (2017), section 3.5',
        url: 'https://arxiv.org/abs/1706.03762',
      },
    ],
  },
  example: {
    nodes: {
      input: { type: 'network/input', params: { length: 4, vocabulary: 8 } },
      embedding: { type: 'network/embedding', params: { width: 6 } },
      positions: { type: 'network/positional-encoding', params: { kind: 'sinusoidal' } },
      network: { type: 'network/network', params: { task: 'none' } },
    },
    edges: [
      ['input.y', 'embedding.x'],
      ['embedding.y', 'positions.x'],
      ['positions.y', 'network.x'],
    ],
  },
});
