import { expect, test } from 'vitest';
import { Dataset } from '../../graph/dataset.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { problemOfStep, runStep } from '../../runtime/testing/check-step.ts';
import { expectClose } from '../../runtime/testing/fixtures.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import { found, passages, queries, retrievalFixture, textColumnOf } from '../../runtime/testing/retrieval.ts';
import bm25Index from './bm25-index.ts';

const folder = temporaryFolder();
const build = async (params = {}, dataset = passages) =>
  (await runStep(bm25Index, { params, inputs: { dataset }, folder })).value('index', 'index');

test.each(retrievalFixture.bm25)(
  '$variant, k1 $k1, b $b: scores as rank_bm25 and the papers have them',
  async (wanted) => {
    const { scores, ...params } = wanted;
    const count = passages.rows;
    const hits = await found(await build(params), queries, count, folder);
    hits.forEach((each, q) => {
      const byPassage = Array.from({ length: count }, (_, p) => each.scores[each.rows.indexOf(p)]!);
      expectClose(byPassage, scores[q]!, 1e-9, retrievalFixture.queries[q]);
      expect(each.scores, 'best first').toEqual([...each.scores].sort((a, b) => b - a));
    });
  },
);

test('stop words are left out, endings are cut off, in passages and queries alike', async () => {
  const ask = async (params: object, text: string) => {
    const [hits] = await found(await build(params), new Dataset([textColumnOf('text', [text])]), 7, folder);
    return hits!.rows.filter((_, i) => hits!.scores[i]! !== 0);
  };
  expect(await ask({}, 'hunting')).toEqual([]);
  expect(await ask({ stem: true }, 'hunting')).toEqual([2]);
  expect(await ask({ stem: true }, 'whales')).toEqual([0, 2, 4]);
  expect((await ask({}, 'the')).length).toBeGreaterThan(0);
  expect(await ask({ stopWords: true }, 'the')).toEqual([]);
});

test('shared words: how many different words of the query a passage has', async () => {
  const asked = new Dataset([textColumnOf('text', ['the sea the ship'])]);
  const [hits] = await found(await build({ variant: 'overlap' }), asked, 3, folder);
  expect(hits).toEqual({ rows: [1, 4, 2], scores: [3, 3, 2] });
});

test('an index keeps the passages with their names and what else is known of them', async () => {
  const named = new Dataset([
    textColumnOf('key', ['a', 'b'], 'id'),
    textColumnOf('text', ['one two', 'two three']),
    textColumnOf('title', ['One', 'Two'], 'target'),
    { name: 'vector', data: { kind: 'vector', size: 1, values: Float32Array.of(1, 2) } },
  ]);
  const index = await build({}, named);
  expect(index.passages.columns.map(({ name }) => name)).toEqual(['key', 'text', 'title']);
  expect([index.id, index.text]).toEqual(['key', 'text']);
});

checkProblems(bm25Index, [
  {
    name: 'numbers instead of texts',
    inputs: { dataset: { kind: 'dataset', columns: [{ name: 'width', kind: 'number' }] } },
    problem: {
      code: 'text/column',
      message: 'BM25 index needs a column of text, the data set on dataset has width (number).',
      hint: 'Choose a column of text.',
      at: { param: 'column' },
    },
  },
]);

test('problem: passages without words', async () => {
  const dataset = new Dataset([textColumnOf('text', ['!', '…'])]);
  expect(await problemOfStep(bm25Index, { inputs: { dataset }, folder })).toEqual({
    code: 'index/empty',
    message: 'BM25 index needs passages with words, the column text has none.',
    hint: 'Choose another column.',
  });
});
