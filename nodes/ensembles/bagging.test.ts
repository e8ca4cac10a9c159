import { describe, expect, test } from 'vitest';
import { ProblemError } from '../../lib/problem.ts';
import { documentOf, runDocument, temporaryFolder } from '../../runtime/testing/graphs.ts';
import type { ExampleGraph } from '../kit/define-node.ts';

const folder = temporaryFolder();

const graph = (
  bagging: Record<string, unknown>,
  { target = '', sampled = true }: { target?: string; sampled?: boolean } = {},
): ExampleGraph => ({
  nodes: {
    data: { type: 'data/dataset', params: { dataset: 'iris' } },
    split: { type: 'data/split', params: { method: 'stratified', train: 0.7, validation: 0, test: 0.3 } },
    sample: { type: 'data/sample-rows', params: { replacement: true } },
    tree: { type: 'classical/decision-tree', params: { target } },
    bagging: { type: 'ensembles/bagging', params: bagging },
    predict: { type: 'models/predict' },
  },
  edges: [
    ['data.dataset', 'split.dataset'],
    ['split.train', 'sample.dataset'],
    [sampled ? 'sample.dataset' : 'split.train', 'tree.dataset'],
    ['tree.model', 'bagging.models'],
    ['bagging.model', 'predict.model'],
    ['split.test', 'predict.dataset'],
  ],
});

test('the model is trained once for each bag, each on another bootstrap, and the mean of all answers', async () => {
  const ran = await runDocument(documentOf(graph({ bags: 4 })), { folder });
  expect(ran.outcome.problem).toBeUndefined();
  const trees = ran.outcome.steps.filter(({ step }) => step.op === 'classical/decision-tree');
  // the first bag is the draw that is wired
  expect(trees.map(({ step }) => step.id).sort()).toEqual([
    'tree',
    'tree#bagging.2',
    'tree#bagging.3',
    'tree#bagging.4',
  ]);
  const rows = await Promise.all(
    ['sample', 'sample#bagging.2'].map(
      async (id) => (await ran.value(id, 'dataset', 'dataset')).data('petal length', 'number').values,
    ),
  );
  expect(rows[0]).not.toEqual(rows[1]);
  const bag = await ran.value('bagging', 'model', 'model');
  expect((bag.card.state as { members: unknown[] }).members).toHaveLength(4);
  const said = await ran.value('predict', 'dataset', 'dataset');
  // full trees are sure of what they say: four of them give quarters
  for (const p of said.data('probabilities', 'vector').values)
    expect(Math.abs(p * 4 - Math.round(p * 4))).toBeLessThan(1e-5);
  const { codes } = said.data('species', 'category');
  const right = Array.from(said.data('prediction', 'category').codes).filter((code, i) => code === codes[i]);
  expect(right.length / said.rows).toBeGreaterThan(0.85);
});

test('numbers have their mean, votes are shares', async () => {
  const numbers = await runDocument(documentOf(graph({ bags: 3 }, { target: 'petal width' })), { folder });
  const said = await numbers.value('predict', 'dataset', 'dataset');
  expect(said.column('prediction').data.kind).toBe('number');
  const votes = await runDocument(documentOf(graph({ bags: 5, combine: 'hard' })), { folder });
  const shares = (await votes.value('predict', 'dataset', 'dataset')).data('probabilities', 'vector').values;
  for (const share of shares) expect(Math.abs(share * 5 - Math.round(share * 5))).toBeLessThan(1e-5);
});

describe('wrong inputs are refused before anything runs', () => {
  test.each([
    [
      'nothing draws the bags',
      graph({}, { sampled: false }),
      'Bagging needs a Sample rows above it, which draws the bags; there is none.',
    ],
    [
      'a sample that is not above',
      graph({ sample: 'other' }),
      'Bagging needs a Sample rows above it with the id other, which draws the bags; there is none.',
    ],
    [
      'votes on numbers',
      graph({ combine: 'hard' }, { target: 'petal width' }),
      'Bagging takes votes on classes, petal width holds number.',
    ],
  ])('%s', async (_, example, sentence) => {
    const problem = await runDocument(documentOf(example), { folder }).catch((error) => error as ProblemError);
    expect(problem).toBeInstanceOf(ProblemError);
    expect((problem as ProblemError).problem.message).toBe(sentence);
  });
});
