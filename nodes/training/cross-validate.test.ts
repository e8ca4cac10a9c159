import { describe, expect, test } from 'vitest';
import type { ProblemError } from '../../lib/problem.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { documentOf, runDocument, temporaryFolder } from '../../runtime/testing/graphs.ts';
import type { ExampleGraph } from '../kit/define-node.ts';
import crossValidate from './cross-validate.ts';

const folder = temporaryFolder();

const graph = (params: Record<string, unknown>, split: Record<string, unknown> = {}): ExampleGraph => ({
  nodes: {
    data: { type: 'data/dataset', params: { dataset: 'iris' } },
    split: {
      type: 'data/split',
      params: { method: 'stratified', train: 0.6, validation: 0.2, test: 0.2, ...split },
    },
    sample: { type: 'data/sample-rows', params: { replacement: true } },
    tree: { type: 'classical/decision-tree', params: { depth: 3 } },
    bagging: { type: 'ensembles/bagging', params: { bags: 2 } },
    predict: { type: 'models/predict' },
    scores: { type: 'metrics/classification-metrics' },
    folds: { type: 'training/cross-validate', params },
  },
  edges: [
    ['data.dataset', 'split.dataset'],
    ['split.train', 'sample.dataset'],
    ['sample.dataset', 'tree.dataset'],
    ['tree.model', 'bagging.models'],
    ['bagging.model', 'predict.model'],
    ['split.validation', 'predict.dataset'],
    ['predict.dataset', 'scores.dataset'],
    ['scores.metrics', 'folds.metrics'],
  ],
});

test('each fold trains without its rows and is measured on them; bags within folds are trained for each', async () => {
  const ran = await runDocument(documentOf(graph({ folds: 3 })), { folder });
  expect(ran.outcome.problem).toBeUndefined();
  const measured = await ran.value('folds', 'metrics', 'metrics');
  const table = measured.tables![0]!;
  expect(table.title).toBe('Folds');
  expect(table.rows.map(([name]) => name)).toEqual(['Fold 1', 'Fold 2', 'Fold 3']);
  const accuracies: number[] = [];
  const seen: number[] = [];
  for (const i of [1, 2, 3]) {
    accuracies.push((await ran.metric(`scores#folds.${i}`, 'accuracy'))!);
    seen.push((await ran.value(`split#folds.${i}`, 'validation', 'dataset')).rows);
    expect(ran.outcome.steps.some(({ step }) => step.id.startsWith(`tree#bagging.2#folds.${i}`))).toBe(true);
  }
  expect(seen).toEqual([40, 40, 40]);
  const mean = accuracies.reduce((a, b) => a + b) / 3;
  const spread = Math.sqrt(accuracies.reduce((sum, each) => sum + (each - mean) ** 2, 0) / 2);
  const value = (name: string) => measured.values.find((each) => each.name === name)!.value!;
  expect(value('accuracy.mean')).toBeCloseTo(mean, 12);
  expect(value('accuracy.deviation')).toBeCloseTo(spread, 12);
  expect(mean).toBeGreaterThan(0.85);
  // run again, everything comes from the store
  const again = await runDocument(documentOf(graph({ folds: 3 })), { folder });
  expect(again.outcome.steps.every(({ cached }) => cached)).toBe(true);
});

describe('wrong inputs', () => {
  checkProblems(crossValidate, [
    {
      name: 'no Split above',
      inputs: { metrics: { kind: 'metrics' } },
      problem: {
        code: 'folds/no-split',
        message: 'Cross-validate needs a Split above it, whose folds it goes through; there is none.',
        hint: 'Put a Split before everything that learns from rows.',
      },
    },
  ]);

  test('two wires', async () => {
    const { nodes, edges } = graph({});
    const two = documentOf({ nodes, edges: [...edges, ['scores.metrics', 'folds.metrics']] });
    const problem = await runDocument(two, { folder }).catch((error) => error as ProblemError);
    expect((problem as ProblemError).problem.message).toBe('Cross-validate needs one wire on metrics, got 2.');
  });

  test('a Split that takes its parts in order', async () => {
    const problem = await runDocument(documentOf(graph({}, { method: 'ordered' })), { folder }).catch(
      (error) => error as ProblemError,
    );
    expect((problem as ProblemError).problem.message).toBe(
      'Cross-validate needs folds, and Split takes its parts in order.',
    );
  });
});
