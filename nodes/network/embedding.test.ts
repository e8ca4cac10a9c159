import { checkLayer, layerCases } from '../../runtime/testing/check-layer.ts';
import { checkProblems, floats, ids } from '../../runtime/testing/check-problems.ts';
import embedding from './embedding.ts';

checkLayer(embedding, layerCases('layers', embedding.id));

checkProblems(embedding, [
  {
    name: 'vectors instead of ids',
    inputs: { x: floats('B', 4) },
    problem: {
      code: 'network/ids',
      message: 'Embedding needs token ids, got float32[B, 4].',
      hint: 'Wire an Input that reads a column of tokens.',
      at: { port: 'x' },
    },
  },
  {
    name: 'ids without an end',
    inputs: { x: ids(undefined, 'B', 4) },
    problem: {
      code: 'network/ids',
      message: 'Embedding needs to know how many different ids there are, got int32[B, 4] without a vocabulary.',
      hint: 'Wire it straight to an Input.',
      at: { port: 'x' },
    },
  },
]);
