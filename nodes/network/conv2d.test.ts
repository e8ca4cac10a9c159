import { checkLayer, layerCases } from '../../runtime/testing/check-layer.ts';
import { checkProblems, floats } from '../../runtime/testing/check-problems.ts';
import layer from './conv2d.ts';

checkLayer(layer, layerCases('pictures', layer.id));

checkProblems(layer, [
  {
    name: 'vectors instead of pictures',
    inputs: { x: floats('B', 4) },
    problem: {
      code: 'network/pictures',
      message: 'Convolution needs pictures float32[B, channels, height, width], got float32[B, 4].',
      hint: 'Wire an Input that reads a column of images.',
      at: { port: 'x' },
    },
  },
  {
    name: 'a window larger than the picture',
    params: { size: 5 },
    inputs: { x: floats('B', 1, 4, 4) },
    problem: {
      code: 'network/window',
      message: 'Convolution needs pictures of at least 5 × 5 with padding, got float32[B, 1, 4, 4].',
      hint: 'Make the window smaller, or pad more.',
      at: { port: 'x' },
    },
  },
  {
    name: 'groups that do not divide the channels',
    params: { groups: 2 },
    inputs: { x: floats('B', 3, 4, 4) },
    problem: {
      code: 'network/groups',
      message:
        'Convolution needs channels and filters that its 2 groups divide, got float32[B, 3, 4, 4] and 16 filters.',
      at: { param: 'groups' },
    },
  },
]);
