import { checkLayer, layerCases } from '../../runtime/testing/check-layer.ts';
import { checkProblems, floats } from '../../runtime/testing/check-problems.ts';
import reshape from './reshape.ts';

checkLayer(reshape, layerCases('encoders', reshape.id));

checkProblems(reshape, [
  {
    name: 'rows that hold other numbers of numbers',
    params: { shape: '4, 4' },
    inputs: { x: floats('B', 3, 5) },
    problem: {
      code: 'network/shape',
      message: 'Reshape can’t make rows of 4 × 4 of float32[B, 3, 5].',
      hint: 'A row has to hold as many numbers after as before.',
      at: { param: 'shape' },
    },
  },
  {
    name: 'what is no shape',
    params: { shape: 'flat' },
    inputs: { x: floats('B', 3, 5) },
    problem: {
      code: 'network/shape',
      message: 'Reshape needs whole numbers with commas, one −1 at most, got flat.',
      hint: 'Write −1 for a vector, or sizes such as 4, 7, 7.',
      at: { param: 'shape' },
    },
  },
]);
