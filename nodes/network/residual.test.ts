import { checkLayer, layerCases } from '../../runtime/testing/check-layer.ts';
import { checkProblems, floats, ids } from '../../runtime/testing/check-problems.ts';
import residual from './residual.ts';

checkLayer(residual, layerCases('layers', residual.id));

checkProblems(residual, [
  {
    name: 'two shapes',
    inputs: { a: floats('B', 4), b: floats('B', 5) },
    problem: {
      code: 'network/residual-shape',
      message: 'Residual needs two tensors of one shape, got a float32[B, 4] and b float32[B, 5].',
      hint: 'Make the layers between the two keep the width.',
      at: { port: 'b' },
    },
  },
  {
    name: 'numbers and ids',
    inputs: { a: floats('B', 4), b: ids(9, 'B', 4) },
    problem: {
      code: 'network/residual-shape',
      message: 'Residual needs two tensors of one shape, got a float32[B, 4] and b int32[B, 4].',
      hint: 'Make the layers between the two keep the width.',
      at: { port: 'b' },
    },
  },
]);
