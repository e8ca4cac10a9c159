import { checkLayer, layerCases } from '../../runtime/testing/check-layer.ts';
import { checkProblems, floats } from '../../runtime/testing/check-problems.ts';
import positionalEncoding from './positional-encoding.ts';

checkLayer(positionalEncoding, layerCases('layers', positionalEncoding.id));

checkProblems(positionalEncoding, [
  {
    name: 'no sequence',
    inputs: { x: floats('B', 4) },
    problem: {
      code: 'network/sequence',
      message: 'Positional encoding needs float32[B, T, features] on x, got float32[B, 4].',
      hint: 'Put an Embedding before it if these are token ids.',
      at: { port: 'x' },
    },
  },
  {
    name: 'waves over an odd width',
    params: { kind: 'sinusoidal' },
    inputs: { x: floats('B', 4, 5) },
    problem: {
      code: 'network/even-width',
      message: 'Sinusoidal positions need an even width, got float32[B, 4, 5].',
      hint: 'Make the width of the Embedding even.',
      at: { port: 'x' },
    },
  },
]);
