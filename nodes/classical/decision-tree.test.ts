import { describe, expect, test } from 'vitest';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { estimatorCases, fixtureRows, runCase, wanted } from '../../runtime/testing/classical.ts';
import { expectClose } from '../../runtime/testing/fixtures.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import decisionTree from './decision-tree.ts';

const folder = temporaryFolder();

describe('classical/decision-tree grows the trees of scikit-learn', () => {
  test.each(estimatorCases('decision-tree').map((each) => [each.name, each] as const))('%s', async (_, each) => {
    const { run, answers } = await runCase(decisionTree, each, folder);
    const { feature } = run.value('model', 'model').tensors;
    expect(feature!.data.length).toBe(each.nodes);
    const metrics = run.value('metrics', 'metrics');
    expect(metrics.values.find(({ name }) => name === 'depth')?.value).toBe(each.depth);
    expectClose(answers, wanted(each), 1e-6);
    const figure = run.value('figure', 'figure');
    if (figure.kind !== 'bar') return expect.fail('importances are bars');
    const bars = figure.bars.map(({ value }) => value);
    const sorted = each.importances!.filter((value) => value > 0).sort((a, b) => b - a);
    expectClose(bars, sorted, 1e-8);
  });
});

describe('wrong inputs', () => {
  const { train } = fixtureRows('text');
  checkProblems(decisionTree, [
    {
      name: 'a target of text',
      params: { target: 'text' },
      inputs: { dataset: train.type },
      problem: {
        code: 'estimator/target-kind',
        message: 'Decision tree learns a category or numbers, the target text holds text.',
        hint: 'Choose another target.',
        at: { param: 'target' },
      },
    },
    {
      name: 'nothing to read',
      inputs: { dataset: { kind: 'dataset', columns: [{ name: 'y', kind: 'number', role: 'target' }] } },
      problem: {
        code: 'estimator/no-features',
        message:
          'Decision tree needs columns of numbers, categories, vectors or text beside the target y; the data set has y.',
        hint: 'Wire rows that have something to learn from.',
        at: { port: 'dataset' },
      },
    },
  ]);
});
