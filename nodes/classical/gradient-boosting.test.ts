import { describe, expect, test } from 'vitest';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { runStep } from '../../runtime/testing/check-step.ts';
import { ask, estimatorCases, fixtureRows, runCase, wanted } from '../../runtime/testing/classical.ts';
import { expectClose } from '../../runtime/testing/fixtures.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import gradientBoosting from './gradient-boosting.ts';

const folder = temporaryFolder();
/** scikit-learn reports the deviance of two classes, twice the log-loss. */
const reported: Readonly<Record<string, number>> = { 'two classes': 2 };

describe('classical/gradient-boosting adds the trees of scikit-learn', () => {
  test.each(estimatorCases('gradient-boosting').map((each) => [each.name, each] as const))('%s', async (_, each) => {
    const { run, answers } = await runCase(gradientBoosting, each, folder);
    expectClose(answers, wanted(each), 1e-5);
    const metrics = run.value('metrics', 'metrics');
    const losses = metrics.series![0]!.values.map((loss) => loss! * (reported[each.name] ?? 1));
    expectClose(losses, each.loss!, 1e-7, 'loss after each round');
    const figure = run.value('figure', 'figure');
    if (figure.kind !== 'bar') return expect.fail('importances are bars');
    const sorted = each.importances!.filter((value) => value > 0).sort((a, b) => b - a);
    const bars = figure.bars.map(({ value }) => value);
    expectClose(bars, sorted, 1e-7);
  });
});

test('with a share of the rows in each round the loss still falls, and rows that were not drawn are answered', async () => {
  const { train, test: others } = fixtureRows('cells');
  const run = await runStep(gradientBoosting, {
    params: { subsample: 0.5, trees: 30, seed: 4 },
    inputs: { dataset: train },
    folder,
  });
  const losses = run.value('metrics', 'metrics').series![0]!.values as number[];
  expect(losses.at(-1)!).toBeLessThan(losses[0]!);
  const answer = await ask(run.value('model', 'model'), others, folder);
  if (answer.kind !== 'classes') return expect.fail('classes were asked for');
  const { codes } = others.data('target', 'category');
  const right = Array.from(codes).filter((code, row) => (answer.probabilities[row * 2 + 1]! > 0.5 ? 1 : 0) === code);
  expect(right.length / others.rows).toBeGreaterThan(0.75);
});

describe('wrong inputs', () => {
  checkProblems(gradientBoosting, [
    {
      name: 'a target of text',
      params: { target: 'text' },
      inputs: { dataset: fixtureRows('text').train.type },
      problem: {
        code: 'estimator/target-kind',
        message: 'Gradient boosting learns a category or numbers, the target text holds text.',
        hint: 'Choose another target.',
        at: { param: 'target' },
      },
    },
  ]);
});
