import { z } from 'zod';
import { multiplySizes, type Size } from '../../ir/size.ts';
import { defineLayer, tensor } from '../kit/define-node.ts';
import { choice, integer } from '../kit/params.ts';
import { needPictures, needRoom, squareWindow } from '../kit/pictures.ts';

export default defineLayer({
  id: 'network/pool2d',
  version: 1,
  title: 'Pool pictures',
  keywords: ['max pooling', 'average pooling', 'global average', 'downsample', 'subsampling'],
  inputs: { x: tensor('Pictures float32[B, channels, height, width].') },
  outputs: { y: tensor('Smaller pictures, or float32[B, channels] for a global mean.') },
  params: z.object({
    kind: choice(['max', 'mean', 'global'], {
      title: 'Kind',
      description: 'The largest or the mean of each window, or the mean of the whole picture.',
      default: 'max',
      labels: { max: 'Maximum', mean: 'Mean', global: 'Global mean' },
    }),
    size: integer({
      title: 'Window',
      description: 'Height and width of the window, and how far it moves.',
      default: 2,
      min: 1,
      max: 1024,
      when: { kind: ['max', 'mean'] },
    }),
    padding: integer({
      title: 'Padding',
      description: 'Rows and columns around the picture that never win.',
      default: 0,
      min: 0,
      max: 1024,
      when: { kind: ['max'] },
      advanced: true,
    }),
  }),
  weights({ x }, { kind, size, padding }, check) {
    needPictures(check, 'Pool pictures', x);
    if (kind !== 'global') needRoom(check, 'Pool pictures', x, size, 1, kind === 'max' ? padding : 0);
    if (kind === 'max' && 2 * padding > size)
      check.fail(
        'network/padding',
        `Pool pictures needs a padding of at most half its window of ${size}, got ${padding}.`,
        { param: 'padding' },
      );
    return {};
  },
  axes: ({ kind }) => ({
    x: 'batch channels height width',
    y: kind === 'global' ? 'batch features' : 'batch channels height width',
  }),
  build({ x }, { kind, size, padding }, ir) {
    if (kind === 'global') return { y: ir.mean(x, { axes: [2, 3] }) };
    const window = squareWindow({ stride: size, padding: kind === 'max' ? padding : 0, dilation: 1 });
    if (kind === 'max') return { y: ir.maxPool(x, { ...window, size: [size, size] }) };
    // the mean of a window is a convolution of each channel alone with equal weights
    const [rows, channels, height, width] = x.type.shape as [Size, Size, Size, Size];
    const planes = ir.reshape(x, { shape: [multiplySizes(rows, channels), 1, height, width] });
    const equal = ir.constant(1 / (size * size), { shape: [1, 1, size, size] });
    const means = ir.convolution(planes, equal, { ...window, groups: 1 });
    return { y: ir.reshape(means, { shape: [rows, channels, ...means.type.shape.slice(2)] }) };
  },
  docs: {
    summary: 'Makes pictures smaller: one number for each window.',
    equation: String.raw`y_{c,i,j} = \max_{u,v} x_{c,\, k i + u,\, k j + v}`,
    sources: [
      {
        title: 'PyTorch, torch.nn.MaxPool2d and AvgPool2d',
        url: 'https://docs.pytorch.org/docs/stable/nn.html#pooling-layers',
      },
      {
        title: 'Lin, Chen and Yan, Network In Network (2014): global average pooling',
        url: 'https://arxiv.org/abs/1312.4400',
      },
    ],
  },
  example: {
    nodes: {
      input: { type: 'network/input', params: { kind: 'image', length: 8 } },
      pool: { type: 'network/pool2d' },
      network: { type: 'network/network', params: { task: 'none' } },
    },
    edges: [
      ['input.y', 'pool.x'],
      ['pool.y', 'network.x'],
    ],
  },
});
