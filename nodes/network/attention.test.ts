import { checkLayer, layerCases } from '../../runtime/testing/check-layer.ts';
import { checkProblems, floats, ids } from '../../runtime/testing/check-problems.ts';
import attention from './attention.ts';

checkLayer(attention, layerCases('attention', attention.id));

checkProblems(attention, [
  {
    name: 'ids instead of vectors',
    inputs: { query: ids(9, 'B', 4) },
    problem: {
      code: 'network/sequence',
      message: 'Attention needs float32[B, T, features] on query, got int32[B, 4].',
      hint: 'Put an Embedding before it if these are token ids.',
      at: { port: 'query' },
    },
  },
  {
    name: 'heads that do not divide the width',
    params: { heads: 5 },
    inputs: { query: floats('B', 4, 8) },
    problem: {
      code: 'network/heads',
      message: 'Attention needs a width that its 5 heads divide, got float32[B, 4, 8].',
      hint: 'Change the heads, or the width of the layer before.',
      at: { param: 'heads' },
    },
  },
  {
    name: 'rotary positions over heads of odd width',
    params: { heads: 2, positions: 'rotary' },
    inputs: { query: floats('B', 4, 6) },
    problem: {
      code: 'network/heads',
      message: 'Attention needs a width that its 2 heads divide into even parts, got float32[B, 4, 6].',
      hint: 'Change the heads, or the width of the layer before.',
      at: { param: 'heads' },
    },
  },
  {
    name: 'keys and values of two lengths',
    inputs: { query: floats('B', 4, 8), key: floats('B', 5, 8), value: floats('B', 6, 8) },
    problem: {
      code: 'network/sequence',
      message: 'Attention needs a value for each key, got float32[B, 5, 8] and float32[B, 6, 8].',
      hint: 'Wire keys and values from the same sequence.',
      at: { port: 'value' },
    },
  },
  {
    name: 'keys of other rows',
    inputs: { query: floats('B', 4, 8), key: floats('N', 5, 8) },
    problem: {
      code: 'network/sequence',
      message: 'Attention needs queries and keys of the same rows, got float32[B, 4, 8] and float32[N, 5, 8].',
      hint: 'Wire both from one data set.',
      at: { port: 'key' },
    },
  },
  {
    name: 'a mask of another length',
    inputs: { query: floats('B', 4, 8), mask: floats('B', 5) },
    problem: {
      code: 'network/mask',
      message: 'Attention needs a mask float32[B, 4] for query float32[B, 4, 8], got float32[B, 5].',
      hint: 'Wire an Input that reads the mask column of the Tokenize node.',
      at: { port: 'mask' },
    },
  },
]);
