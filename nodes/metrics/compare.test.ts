import { expect, test } from 'vitest';
import type { Metrics } from '../../graph/values.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { runStep } from '../../runtime/testing/check-step.ts';
import { documentOf, runDocument, temporaryFolder } from '../../runtime/testing/graphs.ts';
import compare from './compare.ts';

const folder = temporaryFolder();
const measured = (values: Readonly<Record<string, number | null>>): Metrics => ({
  values: Object.entries(values).map(([name, value]) => ({
    name,
    value,
    better: name.includes('loss') ? 'lower' : 'higher',
  })),
});
const run = async (metrics: readonly Metrics[], params = {}) => {
  const ran = await runStep(compare, { inputs: { metrics }, params, folder });
  return { metrics: ran.value('metrics', 'metrics'), figure: ran.value('figure', 'figure') };
};

test('each metric in a row, the best named by what is better', async () => {
  const { metrics, figure } = await run([
    measured({ accuracy: 0.9, 'log-loss': 0.5, f1: 0.7, only: 1 }),
    measured({ accuracy: 0.8, 'log-loss': 0.4, f1: 0.7 }),
    measured({ accuracy: null, 'log-loss': 0.6, f1: 0.7 }),
  ]);
  const [a, b, c] = ['Source of metrics', 'Source of metrics 2', 'Source of metrics 3'];
  expect(metrics.tables![0]!.columns.map(({ name }) => name)).toEqual(['metric', a, b, c, 'best', 'better']);
  expect(metrics.tables![0]!.rows).toEqual([
    ['accuracy', 0.9, 0.8, null, a, 'higher'],
    ['log-loss', 0.5, 0.4, 0.6, b, 'lower'],
    ['f1', 0.7, 0.7, 0.7, 'all', 'higher'],
    ['only', 1, null, null, '', 'higher'],
  ]);
  expect(metrics.values).toContainEqual({ name: `${b}.log-loss`, value: 0.4, better: 'lower' });
  // the first metric that all have
  expect(figure).toMatchObject({
    kind: 'bar',
    title: 'log-loss',
    bars: [{ value: 0.5 }, { value: 0.4 }, { value: 0.6 }],
  });
});

test('baselines are drawn beside the metric that they are of', async () => {
  const values = { accuracy: 0.9, 'baseline.majority.accuracy': 0.5, 'baseline.majority.f1': 0.3 };
  const both = [measured(values), measured({ ...values, accuracy: 0.8 })];
  const { figure } = await run(both, { metric: 'accuracy' });
  expect(figure.kind === 'bar' && figure.bars.map(({ value }) => value)).toEqual([0.9, 0.8, 0.5]);
  const without = await run(both, { metric: 'accuracy', baselines: false });
  expect(without.figure.kind === 'bar' && without.figure.bars.length).toBe(2);
});

test('columns are called as the nodes that the wires come from, in the order of the wires', async () => {
  const document = documentOf(compare.example);
  document.nodes['good-scores']!.title = 'The good one';
  const ran = await runDocument(document, { folder });
  const { tables } = await ran.value('compare', 'metrics', 'metrics');
  expect(tables![0]!.columns.slice(1, 3).map(({ name }) => name)).toEqual(['The good one', 'Regression metrics']);
  expect(tables![0]!.rows.find(([name]) => name === 'r2')!.at(-2)).toBe('The good one');
});

checkProblems(compare, [
  {
    name: 'nothing to compare',
    inputs: {},
    problem: {
      code: 'compare/nothing',
      message: 'Compare needs something to compare, nothing is wired to it.',
      hint: 'Wire the metrics of two or more models.',
    },
  },
]);
