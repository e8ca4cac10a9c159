import { checkLayer, layerCases } from '../../runtime/testing/check-layer.ts';
import { checkProblems, ids } from '../../runtime/testing/check-problems.ts';
import activation from './activation.ts';

checkLayer(activation, layerCases('layers', activation.id));

checkProblems(activation, [
  {
    name: 'ids instead of numbers',
    inputs: { x: ids(9, 'B', 4) },
    problem: {
      code: 'network/floats',
      message: 'Activation needs floats, got int32[B, 4].',
      hint: 'Put an Embedding before it if these are token ids.',
      at: { port: 'x' },
    },
  },
]);
