import { expect, test } from 'vitest';
import { Dataset } from '../../graph/dataset.ts';
import { Random } from '../../lib/random.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { problemOfStep, runStep } from '../../runtime/testing/check-step.ts';
import { expectClose } from '../../runtime/testing/fixtures.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import { found, retrievalFixture, textColumnOf, vectorColumn } from '../../runtime/testing/retrieval.ts';
import { openRanker } from '../kit/ranking.ts';
import vectorIndex from './vector-index.ts';

const folder = temporaryFolder();
const numbered = (count: number) =>
  textColumnOf(
    'text',
    Array.from({ length: count }, (_, i) => `passage ${i}`),
  );
const documents = new Dataset([numbered(40), vectorColumn('vector', retrievalFixture.documents)]);
const questions = new Dataset([vectorColumn('vector', retrievalFixture.questions)]);
const build = async (params = {}, dataset = documents) =>
  (await runStep(vectorIndex, { params, inputs: { dataset }, folder })).value('index', 'index');

test.each(retrievalFixture.vectors)(
  '$metric: the nearest rows as numpy finds them',
  async ({ metric, found: wanted }) => {
    const hits = await found(await build({ metric }), questions, 5, folder);
    hits.forEach(({ rows, scores }, q) => {
      expect(rows).toEqual(wanted[q]!.rows);
      expectClose(scores, wanted[q]!.scores, 1e-6);
    });
  },
);

test('a graph finds nearly all that exact search finds, again the same; without its library the search is exact', async () => {
  const random = new Random([1, 2]);
  const size = 16;
  const cloud = (rows: number) => Float32Array.from({ length: rows * size }, () => random.normal());
  const data = (rows: number) =>
    new Dataset([numbered(rows), { name: 'vector', data: { kind: 'vector', size, values: cloud(rows) } }]);
  const [many, asked] = [data(2000), data(50)];
  const exact = await found(await build({ search: 'exact' }, many), asked, 10, folder);
  const graph = await build({ search: 'hnsw' }, many);
  const near = await found(graph, asked, 10, folder);
  const kept = exact.map(({ rows }, q) => rows.filter((row) => near[q]!.rows.includes(row)).length);
  expect(kept.reduce((a, b) => a + b, 0) / 500).toBeGreaterThan(0.9);
  expect(await found(await build({ search: 'hnsw' }, many), asked, 10, folder)).toEqual(near);

  const here = await openRanker(graph.method, { missing: 'Not here.' });
  const { values } = asked.data('vector', 'vector');
  const [first] = [here({ text: '', vectors: { vector: values.subarray(0, size) } }, 10)];
  expect(first.map(({ passage }) => passage)).toEqual(exact[0]!.rows);
});

checkProblems(vectorIndex, [
  {
    name: 'no vectors',
    inputs: { dataset: { kind: 'dataset', columns: [{ name: 'text', kind: 'text' }] } },
    problem: {
      code: 'index/vectors',
      message: 'Vector index needs a column of vectors, the data set has text (text).',
      hint: 'Make vectors of the texts first, with Sentence vectors.',
      at: { param: 'vectors' },
    },
  },
]);

test('problem: a number that is none', async () => {
  const broken = new Dataset([
    numbered(2),
    { name: 'vector', data: { kind: 'vector', size: 1, values: Float32Array.of(1, Number.NaN) } },
  ]);
  expect(await problemOfStep(vectorIndex, { inputs: { dataset: broken }, folder })).toEqual({
    code: 'index/not-finite',
    message: 'Vector index needs finite numbers, row 2 has others.',
    hint: 'Leave that row out.',
  });
});
