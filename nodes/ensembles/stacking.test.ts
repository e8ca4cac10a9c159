import { describe, expect, test } from 'vitest';
import type { Dataset } from '../../graph/dataset.ts';
import type { Model } from '../../graph/values.ts';
import { ProblemError } from '../../lib/problem.ts';
import { ask, fixtureRows } from '../../runtime/testing/classical.ts';
import { threeClassifiers, trained } from '../../runtime/testing/ensembles.ts';
import { expectClose, readFixture } from '../../runtime/testing/fixtures.ts';
import { documentOf, runDocument, temporaryFolder } from '../../runtime/testing/graphs.ts';
import decisionTree from '../classical/decision-tree.ts';
import { ensembleModel } from '../kit/ensembles.ts';
import { answerNumbers } from '../kit/predictions.ts';
import { fitStack } from '../kit/stacks.ts';

const folder = temporaryFolder();
const quiet = {
  models: { predict: (model: Model, rows: Dataset) => ask(model, rows, folder) },
  point: () => undefined,
  progress: () => undefined,
  breathe: async (): Promise<void> => undefined,
};
const membersOf: Readonly<Record<string, (rows: Dataset) => Promise<Model[]>>> = {
  kinds: (rows) => threeClassifiers(rows, folder),
  diabetes: async (rows) => [
    await trained(decisionTree, { leaf: 8 }, rows, folder),
    await trained(decisionTree, { leaf: 8, depth: 2 }, rows, folder),
  ],
};

describe('with the same folds the stack is that of scikit-learn', () => {
  const { stacking: cases } = readFixture<{ stacking: { data: string; answers: number[] }[] }>('ensembles');
  test.each(cases.map((each) => [each.data, each] as const))('%s', async (data, { answers }) => {
    const { train, test: others } = fixtureRows(data);
    const all = Array.from({ length: train.rows }, (_, i) => i);
    const folds = [];
    for (const k of [0, 1, 2])
      folds.push({
        rows: train.take(all.filter((i) => i % 3 === k)),
        models: await membersOf[data]!(train.take(all.filter((i) => i % 3 !== k))),
      });
    const members = await membersOf[data]!(train);
    const last = await fitStack(folds, members[0]!.card.signature, 1, quiet);
    const answer = await ask(ensembleModel('ensembles/stacking', members, {}, last), others, folder);
    expectClose(answerNumbers(answer), answers, 1e-5);
  });
});

const graph = (params: Record<string, unknown>, method = 'stratified') =>
  documentOf({
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'iris' } },
      split: { type: 'data/split', params: { method, train: 0.7, validation: 0, test: 0.3 } },
      bayes: { type: 'classical/naive-bayes' },
      tree: { type: 'classical/decision-tree', params: { depth: 3 } },
      stacking: { type: 'ensembles/stacking', params },
      predict: { type: 'models/predict' },
      scores: { type: 'metrics/classification-metrics' },
    },
    edges: [
      ['data.dataset', 'split.dataset'],
      ['split.train', 'bayes.dataset'],
      ['split.train', 'tree.dataset'],
      ['bayes.model', 'stacking.models'],
      ['tree.model', 'stacking.models'],
      ['split.validation', 'stacking.dataset'],
      ['stacking.model', 'predict.model'],
      ['split.test', 'predict.dataset'],
      ['predict.dataset', 'scores.dataset'],
    ],
  });

test('in a graph the members are trained again for each fold, and those that are wired answer', async () => {
  const ran = await runDocument(graph({ folds: 3 }), { folder });
  expect(ran.outcome.problem).toBeUndefined();
  const ids = ran.outcome.steps.map(({ step }) => step.id);
  for (const id of ['bayes', 'tree', 'split'])
    expect(ids.filter((each) => each.startsWith(`${id}#stacking.`))).toEqual(
      [2, 3, 4].map((i) => `${id}#stacking.${i}`),
    );
  const stack = await ran.value('stacking', 'model', 'model');
  const wired = await ran.value('bayes', 'model', 'model');
  expect(stack.tensors['0.mean']!.data).toEqual(wired.tensors.mean!.data);
  const fold = await ran.value('bayes#stacking.2', 'model', 'model');
  expect(fold.tensors.mean!.data).not.toEqual(wired.tensors.mean!.data);
  expect(await ran.metric('scores', 'accuracy')).toBeGreaterThan(0.9);
});

describe('wrong inputs', () => {
  test.each([
    ['no rows to learn the last model from', [], 'Stacking needs one wire on dataset, got 0.'],
    [
      'rows without the right answers',
      [['others.dataset', 'stacking.dataset']],
      'Stacking needs the right answers in species, which the models learn; the data set has text, label, source.',
    ],
  ] as const)('%s', async (_, wires, sentence) => {
    const document = graph({});
    const edges = Object.values(document.edges).filter(({ to }) => to.join('.') !== 'stacking.dataset');
    const wrong = documentOf({
      nodes: { ...document.nodes, others: { type: 'data/dataset', params: { dataset: 'sentiment' } } },
      edges: [...edges.map(({ from, to }) => [from.join('.'), to.join('.')] as const), ...wires],
    });
    const problem = await runDocument(wrong, { folder }).catch((error) => error as ProblemError);
    expect(problem).toBeInstanceOf(ProblemError);
    expect((problem as ProblemError).problem.message).toBe(sentence);
  });

  test.each([
    [{ split: 'other' }, 'stratified', 'Stacking needs a Split above it with the id other'],
    [{}, 'ordered', 'Stacking needs folds, and Split takes its parts in order.'],
  ])('%j, %s: refused before anything runs', async (params, method, sentence) => {
    const problem = await runDocument(graph(params, method), { folder }).catch((error) => error as ProblemError);
    expect(problem).toBeInstanceOf(ProblemError);
    expect((problem as ProblemError).message).toContain(sentence);
  });
});
