import { checkLayer, layerCases } from '../../runtime/testing/check-layer.ts';
import { checkProblems, floats, ids } from '../../runtime/testing/check-problems.ts';
import poolSequence from './pool-sequence.ts';

const row = { shape: [1, 3], data: [0, 0, 0] };
checkLayer(poolSequence, [
  ...layerCases<typeof poolSequence.params>('layers', poolSequence.id),
  ...(['mean', 'max', 'last'] as const).map((kind) => ({
    name: `${kind} of nothing but padding is zero`,
    params: { kind },
    inputs: { x: { shape: [1, 3, 2], data: [1, -2, 3, 4, -5, 6] }, mask: row },
    outputs: { y: { shape: [1, 2], data: [0, 0] } },
  })),
]);

checkProblems(poolSequence, [
  {
    name: 'ids instead of vectors',
    inputs: { x: ids(9, 'B', 4) },
    problem: {
      code: 'network/sequence',
      message: 'Pool sequence needs float32[B, T, features] on x, got int32[B, 4].',
      hint: 'Put an Embedding before it if these are token ids.',
      at: { port: 'x' },
    },
  },
  {
    name: 'a mask of another length',
    inputs: { x: floats('B', 4, 8), mask: floats('B', 5) },
    problem: {
      code: 'network/mask',
      message: 'Pool sequence needs a mask float32[B, 4] for x float32[B, 4, 8], got float32[B, 5].',
      hint: 'Wire an Input that reads the mask column of the Tokenize node.',
      at: { port: 'mask' },
    },
  },
  {
    name: 'ids as a mask',
    inputs: { x: floats('B', 4, 8), mask: ids(9, 'B', 4) },
    problem: {
      code: 'network/mask',
      message: 'Pool sequence needs a mask float32[B, 4] for x float32[B, 4, 8], got int32[B, 4].',
      hint: 'Wire an Input that reads the mask column of the Tokenize node.',
      at: { port: 'mask' },
    },
  },
]);
