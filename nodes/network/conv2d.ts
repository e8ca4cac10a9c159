import { z } from 'zod';
import { divideSizes, type Size } from '../../ir/size.ts';
import { showTensorType } from '../../ir/types.ts';
import { defineLayer, tensor, type WeightSpec } from '../kit/define-node.ts';
import { flag, integer } from '../kit/params.ts';
import { needPictures, needRoom, squareWindow, windowParams } from '../kit/pictures.ts';

export default defineLayer({
  id: 'network/conv2d',
  version: 1,
  title: 'Convolution',
  keywords: ['conv2d', 'convolutional', 'cnn', 'filter', 'kernel', 'depthwise'],
  inputs: { x: tensor('Pictures float32[B, channels, height, width].') },
  outputs: { y: tensor('float32[B, filters, height′, width′]') },
  params: z.object({
    filters: integer({ title: 'Filters', description: 'Channels of the result.', default: 16, min: 1, max: 65_536 }),
    ...windowParams,
    groups: integer({
      title: 'Groups',
      description: 'Channels are split into so many groups that do not see each other.',
      default: 1,
      min: 1,
      max: 65_536,
      advanced: true,
    }),
    bias: flag({ title: 'Bias', description: 'Adds a learned number to each filter.', default: true, advanced: true }),
  }),
  weights({ x }, { filters, size, padding, dilation, groups, bias }, check) {
    const [, channels] = needPictures(check, 'Convolution', x);
    needRoom(check, 'Convolution', x, size, dilation, padding);
    const each = divideSizes(channels, groups);
    if (each === undefined || filters % groups !== 0)
      return check.fail(
        'network/groups',
        `Convolution needs channels and filters that its ${groups} groups divide, got ${showTensorType(x)} and ${filters} filters.`,
        {
          param: 'groups',
        },
      );
    const fanIn = typeof each === 'number' ? each * size * size : 1;
    const spec = (...shape: Size[]): WeightSpec => ({ shape, init: { uniform: 1 / Math.sqrt(fanIn) } });
    return { weight: spec(filters, each, size, size), ...(bias && { bias: spec(filters) }) } as Record<
      'weight' | 'bias',
      WeightSpec
    >;
  },
  axes: () => ({ x: 'batch channels height width', y: 'batch channels height width' }),
  build({ x, weight, bias }, { filters, groups, ...window }, ir) {
    const y = ir.convolution(x, weight, { ...squareWindow(window), groups });
    return { y: bias ? ir.add(y, ir.reshape(bias, { shape: [filters, 1, 1] })) : y };
  },
  docs: {
    summary: 'Moves learned windows over pictures: each filter answers to one pattern wherever it is.',
    equation: String.raw`y_{o,i,j} = b_o + \sum_{c,u,v} W_{o,c,u,v}\, x_{c,\, s i + d u - p,\, s j + d v - p}`,
    sources: [
      {
        title: 'LeCun et al., Gradient-Based Learning Applied to Document Recognition (1998)',
        url: 'https://doi.org/10.1109/5.726791',
      },
      { title: 'PyTorch, torch.nn.Conv2d', url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html' },
    ],
  },
  example: {
    nodes: {
      input: { type: 'network/input', params: { kind: 'image', length: 8 } },
      conv: { type: 'network/conv2d', params: { filters: 4 } },
      network: { type: 'network/network', params: { task: 'none' } },
    },
    edges: [
      ['input.y', 'conv.x'],
      ['conv.y', 'network.x'],
    ],
  },
});
