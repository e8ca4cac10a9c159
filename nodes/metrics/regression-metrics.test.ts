import { describe, expect, test } from 'vitest';
import { Dataset, type DatasetColumn } from '../../graph/dataset.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { problemOfStep, runStep } from '../../runtime/testing/check-step.ts';
import { readFixture } from '../../runtime/testing/fixtures.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import regressionMetrics from './regression-metrics.ts';

interface Case {
  readonly name: string;
  readonly truth: readonly number[];
  readonly predicted: readonly number[];
  readonly metrics: Readonly<Record<string, number>>;
}

const folder = temporaryFolder();
const numbers = (name: string, values: readonly number[]): DatasetColumn => ({
  name,
  ...(name === 'y' && { role: 'target' as const }),
  data: { kind: 'number', values: Float64Array.from(values) },
});
const measure = async (truth: readonly number[], predicted: readonly number[], baseline?: readonly number[]) => {
  const ran = await runStep(regressionMetrics, {
    inputs: {
      dataset: new Dataset([numbers('y', truth), numbers('prediction', predicted)]),
      baseline: baseline && new Dataset([numbers('y', baseline)]),
    },
    folder,
  });
  const { values } = ran.value('metrics', 'metrics');
  return { ran, metrics: Object.fromEntries(values.map(({ name, value }) => [name, value])) };
};

describe('every metric is scikit-learn’s', () => {
  const { regression } = readFixture<{ regression: Case[] }>('scores');
  test.each(regression.map((each) => [each.name, each] as const))('%s', async (_, { truth, predicted, metrics }) => {
    const got = (await measure(truth, predicted)).metrics;
    for (const [name, wanted] of Object.entries(metrics))
      expect(Math.abs(got[name]! - wanted) / Math.max(1, Math.abs(wanted)), name).toBeLessThan(1e-12);
  });
});

test('the baseline always says the mean of the rows that were learned from', async () => {
  const { metrics } = await measure([1, 3], [1, 3], [4, 6]);
  expect(metrics).toMatchObject({ rmse: 0, r2: 1, 'baseline.mean.mae': 3, 'baseline.mean.rmse': Math.sqrt(10) });
  expect((await measure([1, 3], [1, 3])).metrics).toMatchObject({ 'baseline.mean.mae': 1, 'baseline.mean.r2': 0 });
});

test('rows without a right number are left out, of the figure too', async () => {
  const { ran, metrics } = await measure([1, Number.NaN, 3], [2, 9, 3]);
  expect(metrics.mae).toBe(0.5);
  expect(ran.value('figure', 'figure')).toMatchObject({
    kind: 'scatter',
    points: [
      { x: 1, y: 2 },
      { x: 3, y: 3 },
    ],
  });
});

test('a row that nobody answered', async () => {
  const dataset = new Dataset([numbers('y', [1, 2]), numbers('prediction', [1, Number.NaN])]);
  expect(await problemOfStep(regressionMetrics, { inputs: { dataset }, folder })).toEqual({
    code: 'metrics/no-prediction',
    message: 'Regression metrics needs a prediction for each row, 1 of 2 have none.',
    hint: 'Apply the model to all rows.',
  });
});

const dataset = (...columns: readonly object[]) => ({ kind: 'dataset', columns }) as never;
const y = { name: 'y', kind: 'number', role: 'target' } as const;

checkProblems(regressionMetrics, [
  {
    name: 'rows that no model has answered for',
    inputs: { dataset: dataset(y) },
    problem: {
      code: 'metrics/no-prediction',
      message: 'Regression metrics needs a column prediction with what a model said, the data set has y (number).',
      hint: 'Put Predict in between.',
    },
  },
  {
    name: 'a text column where numbers are needed',
    inputs: {
      dataset: dataset({ name: 'note', kind: 'text', role: 'target' }, { name: 'prediction', kind: 'number' }),
    },
    problem: {
      code: 'metrics/no-target',
      message: 'Regression metrics compares numbers, the target note holds text.',
      hint: 'Use BLEU or ROUGE for texts.',
    },
  },
  {
    name: 'classes where numbers are needed',
    inputs: { dataset: dataset(y, { name: 'prediction', kind: 'category', size: 2 }) },
    problem: {
      code: 'metrics/column-kind',
      message: 'Regression metrics compares numbers, prediction holds category.',
      hint: 'Use Classification metrics for classes.',
    },
  },
  {
    name: 'a baseline without the target',
    inputs: {
      dataset: dataset(y, { name: 'prediction', kind: 'number' }),
      baseline: dataset({ name: 'x', kind: 'number' }),
    },
    problem: {
      code: 'metrics/baseline',
      message: 'Regression metrics takes the mean of y, which the rows on baseline do not have as numbers.',
      hint: 'Wire the rows that the model was trained on.',
      at: { port: 'baseline' },
    },
  },
]);
