import { expect, test } from 'vitest';
import { Dataset } from '../../graph/dataset.ts';
import type { IndexType } from '../../graph/types.ts';
import type { Index } from '../../graph/values.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { problemOfStep, runStep } from '../../runtime/testing/check-step.ts';
import { expectClose, readFixture } from '../../runtime/testing/fixtures.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import { found, textColumnOf } from '../../runtime/testing/retrieval.ts';
import bm25Index from './bm25-index.ts';
import hybridIndex from './hybrid-index.ts';
import vectorIndex from './vector-index.ts';

const folder = temporaryFolder();
const { fused } = readFixture<{
  fused: readonly { k: number; weights: readonly number[]; scores: Readonly<Record<string, number>> }[];
}>('retrieval');

// passages x y z w: by words x, y, z match in this order, by vectors z, w, x are the three nearest
const names = ['x', 'y', 'z', 'w'];
const dataset = new Dataset([
  textColumnOf('name', names, 'id'),
  textColumnOf('text', ['sea sea sea sea', 'sea sea sand reef', 'sea hill moor fen', 'rock cave pine oak']),
  { name: 'vector', data: { kind: 'vector', size: 2, values: Float32Array.of(1, 1.5, 0, 1, 1, 0, 1, 1) } },
]);
const asked = new Dataset([
  textColumnOf('text', ['sea']),
  { name: 'vector', data: { kind: 'vector', size: 2, values: Float32Array.of(1, 0) } },
]);
const indexOf = async (node: typeof bm25Index | typeof vectorIndex, rows = dataset) =>
  (await runStep(node, { inputs: { dataset: rows }, folder })).value('index', 'index');
const fuse = async (indexes: readonly Index[], params = {}) =>
  (await runStep(hybridIndex, { params, inputs: { indexes }, folder })).value('index', 'index');

test.each(fused)('k $k, weights $weights: scores by the formula of the paper', async ({ k, weights, scores }) => {
  const index = await fuse([await indexOf(bm25Index), await indexOf(vectorIndex)], {
    k,
    weights: weights.join(', '),
    depth: 3,
  });
  const hits = await openTop(index, 3);
  expectClose(
    hits.map(({ score }) => score),
    hits.map(({ name }) => scores[name]!),
    1e-12,
  );
  const best = Object.entries(scores).sort(([, a], [, b]) => b - a);
  expect(hits[0]!.name).toBe(best[0]![0]);
});

async function openTop(index: Index, k: number) {
  const [hits] = await found({ ...index, passages: numbered(index.passages) }, asked, k, folder);
  return hits!.rows.map((row, i) => ({ name: names[row]!, score: hits!.scores[i]! }));
}
const numbered = (rows: Dataset) => rows.with([textColumnOf('name', ['1', '2', '3', '4'], 'id')]);

const wire = (rows: number, more: Partial<IndexType> = {}): IndexType => ({
  kind: 'index',
  passages: { kind: 'dataset', rows, columns: [] },
  text: 'text',
  id: 'id',
  byText: true,
  byVectors: [],
  ...more,
});

checkProblems(hybridIndex, [
  {
    name: 'one index alone',
    inputs: { indexes: [wire(4)] },
    problem: {
      code: 'index/few',
      message: 'Hybrid index needs two indexes or more, got 1.',
      hint: 'Wire a BM25 index and a Vector index of the same passages.',
    },
  },
  {
    name: 'other passages',
    inputs: { indexes: [wire(4), wire(5)] },
    problem: {
      code: 'index/passages',
      message: 'Hybrid index needs indexes of the same passages, these have others.',
      hint: 'Build all of them from one data set.',
    },
  },
  {
    name: 'a weight too few',
    params: { weights: '1' },
    inputs: { indexes: [wire(4), wire(4)] },
    problem: {
      code: 'index/weights',
      message: 'Hybrid index needs a weight for each of its 2 indexes, got 1.',
      hint: 'Write one for each index, or leave them empty.',
    },
  },
  {
    name: 'a weight that is no number',
    params: { weights: 'high, low' },
    inputs: { indexes: [wire(4), wire(4)] },
    problem: {
      code: 'index/weights',
      message: 'Weights are numbers of 0 or more, one of them above 0, got “high, low”.',
      hint: 'Write one for each index, such as 1, 0.5.',
    },
  },
]);

test('problem: passages of other names', async () => {
  const renamed = dataset.with([textColumnOf('name', ['x', 'y', 'z', 'v'], 'id')]);
  const indexes = [await indexOf(bm25Index), await indexOf(vectorIndex, renamed)];
  expect(await problemOfStep(hybridIndex, { inputs: { indexes }, folder })).toEqual({
    code: 'index/passages',
    message: 'Hybrid index needs indexes of the same passages, these have others.',
    hint: 'Build all of them from one data set.',
  });
});
