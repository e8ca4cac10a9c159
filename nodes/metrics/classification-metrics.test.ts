import { describe, expect, test } from 'vitest';
import { Dataset, type DatasetColumn } from '../../graph/dataset.ts';
import type { Metrics } from '../../graph/values.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { problemOfStep, runStep } from '../../runtime/testing/check-step.ts';
import { expectClose, readFixture } from '../../runtime/testing/fixtures.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import classificationMetrics from './classification-metrics.ts';

interface Case {
  readonly name: string;
  readonly classes: number;
  readonly positive: number;
  readonly truth: readonly number[];
  readonly predicted: readonly number[];
  readonly probabilities?: readonly number[];
  readonly scores?: readonly number[];
  readonly metrics: Readonly<Record<string, number>>;
  /** Precision, recall, F1 and support of each class. */
  readonly perClass: readonly (readonly number[])[];
  readonly confusion: readonly (readonly number[])[];
}

const folder = temporaryFolder();
const named = (classes: number) => Array.from({ length: classes }, (_, i) => `class ${i}`);
const category = (name: string, codes: readonly number[], categories: readonly string[]): DatasetColumn => ({
  name,
  ...(name === 'label' && { role: 'target' as const }),
  data: { kind: 'category', codes: Int32Array.from(codes), categories },
});
const rowsOf = ({ classes, truth, predicted, probabilities, scores }: Case) =>
  new Dataset([
    category('label', truth, named(classes)),
    category('prediction', predicted, named(classes)),
    ...(probabilities
      ? [
          {
            name: 'probabilities',
            data: { kind: 'vector', size: classes, values: Float32Array.from(probabilities) },
          } as const,
        ]
      : []),
    ...(scores ? [{ name: 'score', data: { kind: 'number', values: Float64Array.from(scores) } } as const] : []),
  ]);
const measuredAs = ({ values }: Metrics, name: string) => {
  const found = values.find((each) => each.name === name);
  return found ? found.value : expect.fail(`no ${name}`);
};

describe('every metric is scikit-learn’s', () => {
  const { classification } = readFixture<{ classification: Case[] }>('scores');
  test.each(classification.map((each) => [each.name, each] as const))('%s', async (_, each) => {
    const ran = await runStep(classificationMetrics, {
      inputs: { dataset: rowsOf(each) },
      params: { positive: `class ${each.positive}` },
      folder,
    });
    const metrics = ran.value('metrics', 'metrics');
    for (const [name, wanted] of Object.entries(each.metrics))
      expect(measuredAs(metrics, name), name).toBeCloseTo(wanted, name === 'log-loss' ? 5 : 9);
    const [matrix, perClass] = metrics.tables!;
    expect(matrix!.rows.map((row) => row.slice(1))).toEqual(each.confusion);
    for (const [i, row] of perClass!.rows.entries()) expectClose(row.slice(1, 5).map(Number), each.perClass[i]!, 1e-9);
    expect(ran.value('figure', 'figure')).toMatchObject({
      kind: 'matrix',
      counts: each.confusion,
      rows: named(each.classes),
    });
    if (!each.probabilities) expect(measuredAs(metrics, 'log-loss')).toBeNull();
    if (!each.probabilities && !each.scores) expect(measuredAs(metrics, 'roc-auc')).toBeNull();
  });
});

const yes = ['no', 'yes'];
const measure = async (columns: readonly DatasetColumn[], params = {}, baseline?: Dataset) =>
  (await runStep(classificationMetrics, { inputs: { dataset: new Dataset(columns), baseline }, params, folder })).value(
    'metrics',
    'metrics',
  );

describe('what the metrics are taken over', () => {
  test('rows without a right class are left out', async () => {
    const metrics = await measure([category('label', [0, 1, -1, 1], yes), category('prediction', [0, 1, 0, 0], yes)]);
    expect(measuredAs(metrics, 'accuracy')).toBeCloseTo(2 / 3);
  });

  test('classes meet by name, whatever their order', async () => {
    const metrics = await measure([
      category('label', [0, 1, 1], yes),
      category('prediction', [1, 0, 0], ['yes', 'no']),
      {
        name: 'probabilities',
        data: { kind: 'vector', size: 2, values: Float32Array.of(0.2, 0.8, 0.9, 0.1, 0.7, 0.3) },
      },
    ]);
    expect(measuredAs(metrics, 'accuracy')).toBe(1);
    expect(measuredAs(metrics, 'roc-auc')).toBe(1);
  });

  test('a prefix chooses one of several models', async () => {
    const columns = [
      category('label', [0, 1], yes),
      category('prediction', [0, 0], yes),
      category('b prediction', [0, 1], yes),
    ];
    expect(measuredAs(await measure(columns), 'accuracy')).toBe(0.5);
    expect(measuredAs(await measure(columns, { prefix: 'b ' }), 'accuracy')).toBe(1);
  });

  test('the majority is that of the rows that were learned from', async () => {
    const columns = [category('label', [0, 0, 0, 1], yes), category('prediction', [0, 0, 1, 1], yes)];
    expect(measuredAs(await measure(columns), 'baseline.majority.accuracy')).toBe(0.75);
    const learned = new Dataset([category('label', [1, 1, 0], yes)]);
    expect(measuredAs(await measure(columns, {}, learned), 'baseline.majority.accuracy')).toBe(0.25);
  });
});

describe('in a run', () => {
  test('a row that nobody answered', async () => {
    const dataset = new Dataset([category('label', [0, 1], yes), category('prediction', [0, -1], yes)]);
    expect(await problemOfStep(classificationMetrics, { inputs: { dataset }, folder })).toEqual({
      code: 'metrics/no-prediction',
      message: 'Classification metrics needs a prediction for each row, 1 of 2 have none.',
      hint: 'Apply the model to all rows.',
    });
  });

  test('no row with a right class', async () => {
    const dataset = new Dataset([category('label', [-1], yes), category('prediction', [0], yes)]);
    expect(await problemOfStep(classificationMetrics, { inputs: { dataset }, folder })).toEqual({
      code: 'metrics/no-answers',
      message: 'Classification metrics needs the right class of at least one row, label has none.',
      hint: 'Wire rows whose classes are known.',
    });
  });
});

const label = { name: 'label', kind: 'category', size: 2, categories: yes, role: 'target' } as const;
const prediction = { name: 'prediction', kind: 'category', size: 2, categories: yes } as const;
const dataset = (...columns: readonly object[]) => ({ kind: 'dataset', columns }) as never;

checkProblems(classificationMetrics, [
  {
    name: 'rows that no model has answered for',
    inputs: { dataset: dataset(label, { name: 'text', kind: 'text' }) },
    problem: {
      code: 'metrics/no-prediction',
      message:
        'Classification metrics needs a column prediction with what a model said, the data set has label (category), text (text).',
      hint: 'Put Predict in between.',
      at: { port: 'dataset' },
    },
  },
  {
    name: 'another prefix',
    params: { prefix: 'b ' },
    inputs: { dataset: dataset(label, { ...prediction, name: 'a prediction' }) },
    problem: {
      code: 'metrics/no-prediction',
      message:
        'Classification metrics needs a column b prediction with what a model said, the data set has label (category), a prediction (category).',
      hint: 'Set the prefix to that of a prediction.',
      at: { param: 'prefix' },
    },
  },
  {
    name: 'a target of numbers',
    inputs: { dataset: dataset({ name: 'price', kind: 'number', role: 'target' }, prediction) },
    problem: {
      code: 'metrics/no-target',
      message: 'Classification metrics compares classes, the target price holds number.',
      hint: 'Use Regression metrics for numbers.',
      at: { param: 'target' },
    },
  },
  {
    name: 'a prediction of numbers',
    inputs: { dataset: dataset(label, { name: 'prediction', kind: 'number' }) },
    problem: {
      code: 'metrics/column-kind',
      message: 'Classification metrics compares classes, prediction holds number.',
      hint: 'Use Regression metrics for numbers.',
    },
  },
  {
    name: 'no target',
    params: { target: 'species' },
    inputs: { dataset: dataset(label, prediction) },
    problem: {
      code: 'metrics/no-target',
      message:
        'Classification metrics needs a column with the right classes named species, the data set has label (category), prediction (category).',
      hint: 'Choose the column with the right answers.',
      at: { param: 'target' },
    },
  },
  {
    name: 'one class only',
    inputs: { dataset: dataset({ ...label, size: 1, categories: ['yes'] }, prediction) },
    problem: {
      code: 'metrics/one-class',
      message: 'Classification metrics needs two or more classes, label has one: yes.',
      hint: 'Choose another target.',
    },
  },
  {
    name: 'a model for another target',
    inputs: { dataset: dataset(label, { ...prediction, categories: ['cat', 'dog'] }) },
    problem: {
      code: 'metrics/other-classes',
      message: 'prediction says cat, dog, label holds no, yes: no class is in both.',
      hint: 'Apply a model that was trained on this target.',
    },
  },
  {
    name: 'a positive class that is none',
    params: { positive: 'maybe' },
    inputs: { dataset: dataset(label, prediction) },
    problem: {
      code: 'metrics/positive',
      message: "The positive class maybe is none of label's: no, yes.",
      hint: 'Choose one of them.',
      at: { param: 'positive' },
    },
  },
  {
    name: 'a baseline without the target',
    inputs: { dataset: dataset(label, prediction), baseline: dataset({ name: 'text', kind: 'text' }) },
    problem: {
      code: 'metrics/baseline',
      message:
        'Classification metrics counts the majority class in label, which the rows on baseline do not have as classes.',
      hint: 'Wire the rows that the model was trained on.',
      at: { port: 'baseline' },
    },
  },
]);
