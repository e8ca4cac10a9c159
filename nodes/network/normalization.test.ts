import { checkLayer, layerCases } from '../../runtime/testing/check-layer.ts';
import { checkProblems, ids } from '../../runtime/testing/check-problems.ts';
import normalization from './normalization.ts';

checkLayer(normalization, layerCases('layers', normalization.id));

checkProblems(normalization, [
  {
    name: 'ids instead of vectors',
    inputs: { x: ids(9, 'B', 4) },
    problem: {
      code: 'network/floats',
      message: 'Normalization needs vectors of floats, got int32[B, 4].',
      hint: 'Put an Embedding before it if these are token ids.',
      at: { port: 'x' },
    },
  },
]);
