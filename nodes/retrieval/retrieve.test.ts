import { expect, test } from 'vitest';
import { Dataset } from '../../graph/dataset.ts';
import type { IndexType } from '../../graph/types.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { problemOfStep, runStep } from '../../runtime/testing/check-step.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import { textColumnOf } from '../../runtime/testing/retrieval.ts';
import bm25Index from './bm25-index.ts';
import retrieve from './retrieve.ts';

const folder = temporaryFolder();
const rows = new Dataset([
  textColumnOf('page', ['p1', 'p2', 'p3', 'p4'], 'id'),
  textColumnOf('text', ['red fox', 'red red hen', 'blue whale', 'grey stone'], 'feature'),
  textColumnOf('book', ['birds', 'birds', 'sea', 'land']),
]);
const index = async () =>
  (await runStep(bm25Index, { params: { variant: 'plus' }, inputs: { dataset: rows }, folder })).value(
    'index',
    'index',
  );
const asked = new Dataset([
  textColumnOf('name', ['q1', 'q2'], 'id'),
  textColumnOf('question', ['red', 'whale']),
  textColumnOf('answer', ['p1\np2', 'p9'], 'target'),
]);
const ask = async (params = {}, queries = asked) =>
  (await runStep(retrieve, { params, inputs: { index: await index(), queries }, folder })).value('dataset', 'dataset');

test('a row for each query and rank, with what is right; what does not match comes last with the score 0', async () => {
  const hits = await ask({ k: 3 });
  expect(hits.data('query', 'text').values).toEqual(['q1', 'q1', 'q1', 'q2', 'q2', 'q2']);
  expect(hits.data('document', 'text').values).toEqual(['p2', 'p1', 'p3', 'p3', 'p1', 'p2']);
  expect(Array.from(hits.data('rank', 'number').values)).toEqual([1, 2, 3, 1, 2, 3]);
  expect(Array.from(hits.data('score', 'number').values, (score) => score > 0)).toEqual([
    true,
    true,
    false,
    true,
    false,
    false,
  ]);
  expect(hits.data('passage', 'text').values.slice(0, 2)).toEqual(['red red hen', 'red fox']);
  expect(Array.from(hits.data('relevant', 'number').values)).toEqual([1, 1, 0, 0, 0, 0]);
  expect(Array.from(hits.data('relevants', 'number').values)).toEqual([2, 2, 2, 1, 1, 1]);
});

test('passages of one document count once, the best for all', async () => {
  const hits = await ask({ k: 2, document: 'book', column: 'question' });
  expect(hits.data('document', 'text').values).toEqual(['birds', 'sea', 'sea', 'birds']);
  expect(hits.data('passage', 'text').values[0]).toBe('red red hen');
});

test('queries without a name have their number, without right documents no mark', async () => {
  const hits = await ask({ k: 1 }, new Dataset([textColumnOf('question', ['red', 'stone'])]));
  expect(hits.data('query', 'text').values).toEqual(['1', '2']);
  expect(hits.columns.map(({ name }) => name)).toEqual(['query', 'document', 'rank', 'score', 'passage']);
});

const wire: IndexType = {
  kind: 'index',
  passages: { kind: 'dataset', rows: 4, columns: [{ name: 'id', kind: 'text' }] },
  text: 'text',
  id: 'id',
  byText: true,
  byVectors: [],
};
const texts = { kind: 'dataset', columns: [{ name: 'text', kind: 'text' }] } as const;

checkProblems(retrieve, [
  {
    name: 'k larger than the index',
    params: { k: 5 },
    inputs: { index: wire, queries: texts },
    problem: {
      code: 'retrieve/k',
      message: 'Retrieve needs at least k = 5 passages, the index has 4.',
      hint: 'Set k to 4 or less.',
      at: { param: 'k' },
    },
  },
  {
    name: 'queries without text',
    params: { k: 1 },
    inputs: { index: wire, queries: { kind: 'dataset', columns: [{ name: 'n', kind: 'number' }] } },
    problem: {
      code: 'text/column',
      message: 'Retrieve needs a column of text, the data set on queries has n (number).',
      hint: 'Choose a column of text.',
    },
  },
  {
    name: 'queries without vectors',
    params: { k: 1 },
    inputs: { index: { ...wire, byVectors: [{ column: 'vector', size: 8 }] }, queries: texts },
    problem: {
      code: 'index/vector',
      message: 'Retrieve needs queries with a column vector of vectors as the index has them, got none.',
      hint: 'Make the vectors of queries and passages with the same nodes.',
    },
  },
  {
    name: 'a column of documents that is not there',
    params: { k: 1, document: 'book' },
    inputs: { index: wire, queries: texts },
    problem: {
      code: 'retrieve/document',
      message: 'Retrieve needs passages with a column book that names documents, the index has id.',
      hint: 'Name a column of the passages, or leave it empty.',
    },
  },
]);

test('problem: k larger than the number of documents, which only the rows tell', async () => {
  const options = { params: { k: 4, document: 'book' }, inputs: { index: await index(), queries: asked }, folder };
  expect(await problemOfStep(retrieve, options)).toEqual({
    code: 'retrieve/k',
    message: 'Retrieve needs at least k = 4 documents, the index has 3.',
    hint: 'Set k to 3 or less.',
  });
});
