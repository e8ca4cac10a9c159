import { expect, test } from 'vitest';
import { checkDocument } from '../../compiler/compile.ts';
import type { DatasetType } from '../../graph/types.ts';
import { showWire } from '../../graph/types.ts';
import { checkProblems, graphAround, NODE } from '../../runtime/testing/check-problems.ts';
import { documentOf } from '../../runtime/testing/graphs.ts';
import input from './input.ts';

const given = (...columns: DatasetType['columns']): DatasetType => ({ kind: 'dataset', columns });
const outputOf = async (dataset: DatasetType | undefined, params = {}) => {
  const { check } = await graphAround(input, params, { dataset });
  expect(check.problems).toEqual([]);
  return showWire(check.nodes.get(NODE)!.outputs.y!);
};

test.each([
  ['numbers', { name: 'a', kind: 'number' }, 'float32[B, 1]'],
  ['classes', { name: 'a', kind: 'category', size: 3 }, 'int32[B]'],
  ['tokens', { name: 'a', kind: 'tokens', length: 8, vocabulary: 50 }, 'int32[B, 8]'],
  ['vectors', { name: 'a', kind: 'vector', size: 5 }, 'float32[B, 5]'],
  ['pictures', { name: 'a', kind: 'image', height: 6, width: 7, channels: 3 }, 'float32[B, 3, 6, 7]'],
] as const)('%s', async (_, column, type) => {
  expect(await outputOf(given(column))).toContain(type);
});

test('the feature is read where none is named, and another one where it is', async () => {
  const two = given({ name: 'x', kind: 'vector', size: 2, role: 'feature' }, { name: 'z', kind: 'vector', size: 9 });
  expect(await outputOf(two)).toContain('float32[B, 2]');
  expect(await outputOf(two, { column: 'z' })).toContain('float32[B, 9]');
});

test('without a data set its params say what will come', async () => {
  const document = documentOf({
    nodes: { input: { type: 'network/input', params: { kind: 'image', length: 28, channels: 3 } } },
    edges: [],
  });
  const check = await checkDocument(document);
  expect(showWire(check.nodes.get('input')!.outputs.y!)).toContain('float32[B, 3, 28, 28]');
});

checkProblems(input, [
  {
    name: 'a text',
    inputs: { dataset: given({ name: 'body', kind: 'text' }) },
    problem: {
      code: 'network/column-kind',
      message: 'Input needs numbers or ids, body is a column of text.',
      hint: 'Put a Tokenize node before it, or choose another column.',
      at: { param: 'column' },
    },
  },
  {
    name: 'a column that is not there',
    params: { column: 'tokens' },
    inputs: { dataset: given({ name: 'a', kind: 'number' }) },
    problem: {
      code: 'dataset/no-column',
      message: 'Input needs a column tokens, the data set has a.',
      hint: 'Choose a column.',
    },
  },
  {
    name: 'several columns and none that is meant',
    inputs: { dataset: given({ name: 'a', kind: 'number' }, { name: 'b', kind: 'number' }) },
    problem: {
      code: 'dataset/no-column',
      message: 'Input needs to know which column to read, the data set has a, b.',
      hint: 'Choose a column.',
    },
  },
]);
