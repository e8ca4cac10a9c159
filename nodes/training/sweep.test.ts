import { expect, test } from 'vitest';
import { checkDocument } from '../../compiler/compile.ts';
import { isError } from '../../lib/problem.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { documentOf, runDocument, temporaryFolder } from '../../runtime/testing/graphs.ts';
import sweep from './sweep.ts';

const folder = temporaryFolder();
const withVary = (vary: string, more = {}) => {
  const document = documentOf(sweep.example);
  document.nodes.sweep!.params = { vary, ...more };
  return document;
};
const run = async (vary: string, more = {}) => {
  const ran = await runDocument(withVary(vary, more), { folder });
  expect(ran.outcome.problem).toBeUndefined();
  return ran.value('sweep', 'metrics', 'metrics');
};

test('a grid has every combination, each with what it would give alone', async () => {
  const { tables } = await run('train.steps = 2, 4\ngraph.seed = 0, 1');
  expect(tables![0]!.rows.map(([label]) => label)).toEqual([
    'train.steps 2, seed 0',
    'train.steps 4, seed 0',
    'train.steps 2, seed 1',
    'train.steps 4, seed 1',
  ]);
  const alone = documentOf(sweep.example, 1);
  alone.nodes.train!.params = { ...alone.nodes.train!.params, steps: 4 };
  const ran = await runDocument(alone, { folder, targets: ['train'] });
  const column = tables![0]!.columns.findIndex(({ name }) => name === 'validation.loss');
  expect(tables![0]!.rows[3]![column]).toBe(await ran.metric('train', 'validation.loss'));
});

test('mean and sample deviation over the repetitions', async () => {
  const { values, tables } = await run('graph.seed = 0, 1, 2');
  const column = tables![0]!.columns.findIndex(({ name }) => name === 'loss');
  const losses = tables![0]!.rows.map((row) => Number(row[column]));
  const mean = losses.reduce((a, b) => a + b) / 3;
  const deviation = Math.sqrt(losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / 2);
  const of = (name: string) => values.find((each) => each.name === name)!.value!;
  expect(of('loss.mean')).toBeCloseTo(mean, 10);
  expect(of('loss.deviation')).toBeCloseTo(deviation, 10);
});

test('random draws are some of the combinations, none twice, the same each time', async () => {
  const vary = 'train.steps = 1, 2, 3\ngraph.seed = 0, 1, 2, 3';
  const labels = async () => (await run(vary, { kind: 'random', draws: 5 })).tables![0]!.rows.map(([label]) => label);
  const drawn = await labels();
  expect(new Set(drawn).size).toBe(5);
  expect(await labels()).toEqual(drawn);
});

test.each([
  ['train', 'Sweep reads lines such as train.steps = 100, 200, got train.'],
  ['nothing.steps = 1', /^Sweep can vary what is above it, and nothing is not; there are .*\.$/],
  ['train.stepps = 1', /^Train has no param stepps; it has .*steps.*\.$/],
  ['', 'Sweep needs at least one param to vary, got none.'],
  [
    `train.steps = ${Array.from({ length: 1001 }, (_, i) => i + 1).join(', ')}`,
    'Sweep may have 1000 repetitions, these are 1,001.',
  ],
])('what can’t be varied: %.30s', async (vary, message) => {
  const { problems } = await checkDocument(withVary(vary));
  const [problem, ...more] = problems.filter(isError);
  expect(more).toEqual([]);
  if (typeof message === 'string') expect(problem!.message).toBe(message);
  else expect(problem!.message).toMatch(message);
});

checkProblems(sweep, [
  {
    name: 'two wires',
    inputs: { metrics: [{ kind: 'metrics' }, { kind: 'metrics' }] },
    problem: {
      code: 'sweep/wires',
      message: 'Sweep needs one wire on metrics, got 2.',
      hint: 'Wire what is measured at the end of each repetition; put several together with Compare.',
    },
  },
]);
