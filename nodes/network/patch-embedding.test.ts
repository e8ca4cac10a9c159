import { checkLayer, layerCases } from '../../runtime/testing/check-layer.ts';
import { checkProblems, floats } from '../../runtime/testing/check-problems.ts';
import layer from './patch-embedding.ts';

checkLayer(layer, layerCases('pictures', layer.id));

checkProblems(layer, [
  {
    name: 'vectors instead of pictures',
    inputs: { x: floats('B', 4) },
    problem: {
      code: 'network/pictures',
      message: 'Patch embedding needs pictures float32[B, channels, height, width], got float32[B, 4].',
      hint: 'Wire an Input that reads a column of images.',
      at: { port: 'x' },
    },
  },
  {
    name: 'patches that do not fill the picture',
    params: { patch: 3 },
    inputs: { x: floats('B', 1, 8, 8) },
    problem: {
      code: 'network/patches',
      message: 'Patch embedding needs pictures that patches of 3 × 3 fill, got float32[B, 1, 8, 8].',
      hint: 'Choose a patch that divides height and width.',
      at: { param: 'patch' },
    },
  },
]);
