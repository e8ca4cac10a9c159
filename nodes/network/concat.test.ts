import { checkLayer, layerCases } from '../../runtime/testing/check-layer.ts';
import { checkProblems, floats } from '../../runtime/testing/check-problems.ts';
import concat from './concat.ts';

checkLayer(concat, layerCases('encoders', concat.id));

checkProblems(concat, [
  {
    name: 'sequences of two lengths side by side',
    inputs: { a: floats('B', 3, 2), b: floats('B', 4, 2) },
    problem: {
      code: 'network/concat-shape',
      message:
        'Concatenate needs two tensors that differ along the last axis only, got a float32[B, 3, 2] and b float32[B, 4, 2].',
      hint: 'Join along the other axis, or pool one of the two first.',
      at: { port: 'b' },
    },
  },
]);
