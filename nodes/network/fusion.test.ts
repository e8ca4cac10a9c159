import { checkLayer, layerCases } from '../../runtime/testing/check-layer.ts';
import { checkProblems, floats, ids } from '../../runtime/testing/check-problems.ts';
import fusion from './fusion.ts';

checkLayer(fusion, layerCases('encoders', fusion.id));

checkProblems(fusion, [
  {
    name: 'pictures that are not vectors yet',
    inputs: { a: floats('B', 4), b: floats('B', 1, 8, 8) },
    problem: {
      code: 'network/modality',
      message:
        'Fusion needs vectors float32[B, width] or sequences float32[B, T, width] on b, got float32[B, 1, 8, 8].',
      hint: 'Pool pictures, embed patches or embed tokens first.',
      at: { port: 'b' },
    },
  },
  {
    name: 'a sequence beside a vector',
    inputs: { a: floats('B', 4), b: floats('B', 3, 8) },
    problem: {
      code: 'network/fusion-shape',
      message: 'Fusion needs two tensors that differ in width only, got a float32[B, 4] and b float32[B, 3, 8].',
      hint: 'Pool the sequences, or choose another kind.',
      at: { port: 'b' },
    },
  },
  {
    name: 'a mask of ids',
    inputs: { a: floats('B', 4), b: floats('B', 8), bMask: ids(2, 'B', 1) },
    problem: {
      code: 'network/mask',
      message: 'Fusion needs a mask float32[B, 1] for b float32[B, 8], got int32[B, 1].',
      hint: 'Wire an Input that reads which rows have this modality.',
      at: { port: 'bMask' },
    },
  },
]);
