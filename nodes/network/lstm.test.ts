import { checkLayer, layerCases } from '../../runtime/testing/check-layer.ts';
import { checkProblems, floats } from '../../runtime/testing/check-problems.ts';
import lstm from './lstm.ts';

checkLayer(lstm, layerCases('recurrent', lstm.id));

checkProblems(lstm, [
  {
    name: 'one vector in a row instead of a sequence',
    inputs: { x: floats('B', 4) },
    problem: {
      code: 'network/sequence',
      message: 'LSTM needs float32[B, T, features], got float32[B, 4].',
      hint: 'Put an Embedding before it if these are token ids.',
      at: { port: 'x' },
    },
  },
  {
    name: 'a sequence whose length only a run can tell',
    inputs: { x: floats('B', 'T', 4) },
    problem: {
      code: 'network/sequence-length',
      message: 'LSTM needs to know how long its sequences are, got float32[B, T, 4].',
      hint: 'Give the windows or tokens before it a length.',
      at: { port: 'x' },
    },
  },
]);
