import { expect, test } from 'vitest';
import { Dataset } from '../../graph/dataset.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { runStep } from '../../runtime/testing/check-step.ts';
import { expectClose, type Numbers, numbersOf, readFixture } from '../../runtime/testing/fixtures.ts';
import { documentOf, runDocument, temporaryFolder } from '../../runtime/testing/graphs.ts';
import similarity from './similarity.ts';

const folder = temporaryFolder();
const fixture = readFixture<{
  a: Numbers;
  b: Numbers;
  similarity: Readonly<Record<'cosine' | 'dot' | 'euclidean', Numbers>>;
}>('sentence_vectors');

test.each(['cosine', 'dot', 'euclidean'] as const)('%s of every pair as scikit-learn has it', async (metric) => {
  const [a, b] = [numbersOf(fixture.a), numbersOf(fixture.b)];
  const pairs = Array.from({ length: 20 }, (_, i) => [Math.floor(i / 5), i % 5] as const);
  const vectors = (name: string, all: Float64Array, which: 0 | 1) => ({
    name,
    data: {
      kind: 'vector' as const,
      size: 3,
      values: Float32Array.from(pairs.flatMap((pair) => [...all.subarray(pair[which] * 3, pair[which] * 3 + 3)])),
    },
  });
  const dataset = new Dataset([vectors('a', a, 0), vectors('b', b, 1)]);
  const ran = await runStep(similarity, { params: { a: 'a', b: 'b', metric }, inputs: { dataset }, folder });
  expectClose(
    ran.value('dataset', 'dataset').data('similarity', 'number').values,
    numbersOf(fixture.similarity[metric]),
    1e-6,
  );
});

test('its example runs', async () => {
  const { outcome } = await runDocument(documentOf(similarity.example), { folder });
  expect(outcome.problem).toBeUndefined();
});

checkProblems(similarity, [
  {
    name: 'no vectors',
    params: { a: 'text', b: 'text' },
    inputs: { dataset: { kind: 'dataset', columns: [{ name: 'text', kind: 'text' }] } },
    problem: {
      code: 'similarity/vectors',
      message: 'Similarity needs two columns of vectors, text is none; the data set has text (text).',
      hint: 'Make vectors with Sentence vectors, each under a name of its own.',
    },
  },
]);
