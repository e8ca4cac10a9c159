import { checkLayer, layerCases } from '../../runtime/testing/check-layer.ts';
import { checkProblems, floats } from '../../runtime/testing/check-problems.ts';
import layer from './pool2d.ts';

checkLayer(layer, layerCases('pictures', layer.id));

checkProblems(layer, [
  {
    name: 'vectors instead of pictures',
    inputs: { x: floats('B', 4) },
    problem: {
      code: 'network/pictures',
      message: 'Pool pictures needs pictures float32[B, channels, height, width], got float32[B, 4].',
      hint: 'Wire an Input that reads a column of images.',
      at: { port: 'x' },
    },
  },
  {
    name: 'more padding than half the window',
    params: { size: 2, padding: 2 },
    inputs: { x: floats('B', 1, 4, 4) },
    problem: {
      code: 'network/padding',
      message: 'Pool pictures needs a padding of at most half its window of 2, got 2.',
      at: { param: 'padding' },
    },
  },
]);
