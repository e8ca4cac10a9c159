import { describe, expect, test } from 'vitest';
import { Dataset } from '../../graph/dataset.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { problemOfStep, runStep } from '../../runtime/testing/check-step.ts';
import { readFixture } from '../../runtime/testing/fixtures.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import rankingMetrics from './ranking-metrics.ts';

interface Query {
  readonly grades: readonly number[];
  readonly relevants: number;
}
interface Case {
  readonly name: string;
  readonly queries: readonly Query[];
  readonly metrics: Readonly<Record<string, number>>;
}

const folder = temporaryFolder();
const found = (queries: readonly Query[], ranks = (query: Query) => query.grades.map((_, i) => i + 1)) => {
  const rows = queries.flatMap((query, q) =>
    ranks(query).map((rank, i) => ({ query: `q${q}`, rank, relevant: query.grades[i]!, relevants: query.relevants })),
  );
  const numbers = (name: 'rank' | 'relevant' | 'relevants') => ({
    name,
    data: { kind: 'number' as const, values: Float64Array.from(rows, (row) => row[name]) },
  });
  return new Dataset([
    { name: 'query', role: 'id', data: { kind: 'text', values: rows.map((row) => row.query) } },
    { name: 'document', data: { kind: 'text', values: rows.map((_, i) => `d${i}`) } },
    numbers('rank'),
    numbers('relevant'),
    numbers('relevants'),
  ]);
};
const measure = async (dataset: Dataset, at = '1, 5, 10') => {
  const ran = await runStep(rankingMetrics, { inputs: { dataset }, params: { at }, folder });
  const metrics = ran.value('metrics', 'metrics');
  return { metrics, values: Object.fromEntries(metrics.values.map(({ name, value }) => [name, value])) };
};

describe('every metric is scikit-learn’s', () => {
  const { ranking } = readFixture<{ ranking: Case[] }>('scores');
  test.each(ranking.map((each) => [each.name, each] as const))('%s', async (_, { queries, metrics }) => {
    const { values } = await measure(found(queries));
    for (const [name, wanted] of Object.entries(metrics)) expect(values[name], name).toBeCloseTo(wanted, 12);
  });
});

test('what is relevant and was not found is missed', async () => {
  const { values } = await measure(found([{ grades: [1, 0], relevants: 4 }]), '2');
  expect(values).toMatchObject({ 'recall@2': 0.25, 'precision@2': 0.5, mrr: 1, map: 0.25 });
  expect(values['ndcg@2']).toBeCloseTo(1 / (1 + 1 / Math.log2(3)));
});

test('a query that nothing is relevant to is left out; one that found nothing counts 0', async () => {
  const { values, metrics } = await measure(
    found([
      { grades: [0, 0], relevants: 0 },
      { grades: [0, 0], relevants: 1 },
      { grades: [0, 1], relevants: 1 },
    ]),
    '2',
  );
  expect(values).toMatchObject({ queries: 2, 'recall@2': 0.5, mrr: 0.25 });
  expect(metrics.tables![0]!.rows).toEqual([
    ['q1', null, 0, 1],
    ['q2', 2, 0.5, 1],
  ]);
});

test('rows may come in any order', async () => {
  const { values } = await measure(
    found([{ grades: [1, 0, 0], relevants: 1 }], () => [3, 1, 2]),
    '1, 3',
  );
  expect(values).toMatchObject({ 'recall@1': 0, 'recall@3': 1, mrr: 1 / 3 });
});

test('two queries under one id', async () => {
  const dataset = found([{ grades: [1, 0], relevants: 1 }], () => [1, 1]);
  expect(await problemOfStep(rankingMetrics, { inputs: { dataset }, folder })).toEqual({
    code: 'ranking/rank',
    message: 'Ranking metrics needs each rank of a query once, q0 has rank 1 twice.',
    hint: 'Give every query an id of its own.',
  });
});

const columns = [
  { name: 'query', kind: 'text' },
  { name: 'rank', kind: 'number' },
  { name: 'relevant', kind: 'number' },
  { name: 'relevants', kind: 'number' },
];
const dataset = (...given: readonly object[]) => ({ kind: 'dataset', columns: given }) as never;

checkProblems(rankingMetrics, [
  {
    name: 'queries without right documents',
    inputs: { dataset: dataset(columns[0]!, columns[1]!) },
    problem: {
      code: 'ranking/column',
      message:
        'Ranking metrics needs a column relevant, 1 where the document is right; the data set has query (text), rank (number).',
      hint: 'Give the queries a target, the id of the right document, before Retrieve.',
    },
  },
  {
    name: 'rows that no search gave',
    inputs: { dataset: dataset({ name: 'text', kind: 'text' }) },
    problem: {
      code: 'ranking/column',
      message: 'Ranking metrics needs a column query, which says what was asked; the data set has text (text).',
      hint: 'Wire what Retrieve gives.',
    },
  },
  {
    name: 'ranks that are texts',
    inputs: { dataset: dataset(columns[0]!, { name: 'rank', kind: 'text' }, columns[2]!, columns[3]!) },
    problem: {
      code: 'ranking/column-kind',
      message: 'Ranking metrics needs rank as number, got text.',
      hint: 'Wire what Retrieve gives.',
    },
  },
  {
    name: 'a cut-off that is no number',
    params: { at: '1, ten' },
    inputs: { dataset: dataset(...columns) },
    problem: {
      code: 'ranking/cut-off',
      message: 'Cut-offs are whole numbers from 1, got ten.',
      hint: 'Write them as 1, 5, 10.',
      at: { param: 'at' },
    },
  },
]);
