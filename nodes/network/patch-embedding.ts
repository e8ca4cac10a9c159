import { z } from 'zod';
import { divideSizes, multiplySizes, type Size } from '../../ir/size.ts';
import { showTensorType } from '../../ir/types.ts';
import { defineLayer, tensor, type WeightSpec } from '../kit/define-node.ts';
import { linear } from '../kit/layers.ts';
import { integer } from '../kit/params.ts';
import { needPictures } from '../kit/pictures.ts';

export default defineLayer({
  id: 'network/patch-embedding',
  version: 1,
  title: 'Patch embedding',
  keywords: ['vit', 'vision transformer', 'patches', 'image tokens'],
  inputs: { x: tensor('Pictures float32[B, channels, height, width].') },
  outputs: { y: tensor('A vector for each patch, row by row: float32[B, patches, width].') },
  params: z.object({
    patch: integer({ title: 'Patch', description: 'Height and width of a patch.', default: 4, min: 1, max: 1024 }),
    width: integer({ title: 'Width', description: 'Numbers in each vector.', default: 64, min: 1, max: 65_536 }),
  }),
  weights({ x }, { patch, width }, check) {
    const [, channels, height, across] = needPictures(check, 'Patch embedding', x);
    if (divideSizes(height, patch) === undefined || divideSizes(across, patch) === undefined)
      return check.fail(
        'network/patches',
        `Patch embedding needs pictures that patches of ${patch} × ${patch} fill, got ${showTensorType(x)}.`,
        {
          param: 'patch',
          hint: 'Choose a patch that divides height and width.',
        },
      );
    const fanIn = multiplySizes(channels, patch, patch);
    const bound = typeof fanIn === 'number' ? 1 / Math.sqrt(fanIn) : 0;
    const spec = (...shape: Size[]): WeightSpec => ({ shape, init: { uniform: bound } });
    return { weight: spec(width, fanIn), bias: spec(width) };
  },
  axes: () => ({ x: 'batch channels height width', y: 'batch patch features' }),
  build({ x, weight, bias }, { patch }, ir) {
    const [rows, channels, height, width] = x.type.shape as [Size, Size, Size, Size];
    const [down, across] = [divideSizes(height, patch)!, divideSizes(width, patch)!];
    // [B, C, down, patch, across, patch] → [B, down, across, C, patch, patch]
    const cells = ir.reshape(x, { shape: [rows, channels, down, patch, across, patch] });
    const patches = ir.transpose(cells, { order: [0, 2, 4, 1, 3, 5] });
    const flat = ir.reshape(patches, {
      shape: [rows, multiplySizes(down, across), multiplySizes(channels, patch, patch)],
    });
    return { y: linear(ir, flat, weight, bias) };
  },
  docs: {
    summary: 'Cuts pictures into patches and makes a vector of each, so that a transformer reads them as a sequence.',
    notes:
      'The weight is laid out [width, channels · patch · patch]: a convolution whose stride is its window, flattened.',
    sources: [
      { title: 'Dosovitskiy et al., An Image is Worth 16x16 Words (2021)', url: 'https://arxiv.org/abs/2010.11929' },
    ],
  },
  example: {
    nodes: {
      input: { type: 'network/input', params: { kind: 'image', length: 8 } },
      patches: { type: 'network/patch-embedding', params: { width: 6 } },
      network: { type: 'network/network', params: { task: 'none' } },
    },
    edges: [
      ['input.y', 'patches.x'],
      ['patches.y', 'network.x'],
    ],
  },
});
