import { checkLayer, layerCases } from '../../runtime/testing/check-layer.ts';
import { checkProblems, ids } from '../../runtime/testing/check-problems.ts';
import dropout from './dropout.ts';

checkLayer(dropout, layerCases('layers', dropout.id));

checkProblems(dropout, [
  {
    name: 'ids instead of numbers',
    inputs: { x: ids(9, 'B', 4) },
    problem: {
      code: 'network/floats',
      message: 'Dropout needs floats, got int32[B, 4].',
      hint: 'Put an Embedding before it if these are token ids.',
      at: { port: 'x' },
    },
  },
  {
    name: 'a rate that leaves nothing',
    params: { rate: 1 },
    inputs: { x: { kind: 'tensor', dtype: 'float32', shape: [2] } },
    problem: {
      code: 'param/invalid',
      message: 'Rate of Dropout does not fit: too big: expected number to be <=0.95, got 1.',
      at: { param: 'rate' },
    },
  },
]);
