import { describe, expect, test } from 'vitest';
import { Dataset } from '../../graph/dataset.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { problemOfStep, runStep } from '../../runtime/testing/check-step.ts';
import { ask, estimatorCases, fixtureRows, runCase, wanted } from '../../runtime/testing/classical.ts';
import { expectClose } from '../../runtime/testing/fixtures.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import naiveBayes from './naive-bayes.ts';

const folder = temporaryFolder();

describe('classical/naive-bayes gives the probabilities of scikit-learn', () => {
  test.each(estimatorCases('naive-bayes').map((each) => [each.name, each] as const))('%s', async (_, each) => {
    const { answers } = await runCase(naiveBayes, each, folder);
    expectClose(answers, wanted(each), 1e-5);
  });
});

test('text without a kind is counted, numbers get bell curves', async () => {
  for (const [data, kind] of [
    ['text', 'multinomial'],
    ['iris', 'gaussian'],
  ] as const) {
    const run = await runStep(naiveBayes, { inputs: { dataset: fixtureRows(data).train }, folder });
    expect(run.value('model', 'model').card.state?.kind).toBe(kind);
  }
});

test('a class without rows has no chance', async () => {
  const { train, test: others } = fixtureRows('iris');
  const { codes } = train.data('target', 'category');
  const two = train.take(Array.from(codes.keys()).filter((i) => codes[i] !== 1));
  const run = await runStep(naiveBayes, { inputs: { dataset: two }, folder });
  const answer = await ask(run.value('model', 'model'), others, folder);
  if (answer.kind !== 'classes') return expect.fail('classes were asked for');
  for (let row = 0; row < others.rows; row++) expect(answer.probabilities[row * 3 + 1]).toBe(0);
});

describe('wrong inputs', () => {
  const { train } = fixtureRows('iris');
  const text = fixtureRows('text').train;
  checkProblems(naiveBayes, [
    {
      name: 'text for bell curves',
      params: { kind: 'gaussian' },
      inputs: { dataset: text.type },
      problem: {
        code: 'naive-bayes/text',
        message: 'Gaussian naive Bayes needs numbers, text is a column of text.',
        hint: 'Choose Multinomial, which counts words.',
        at: { param: 'kind' },
      },
    },
    {
      name: 'a target of numbers',
      params: { target: 'sepal length (cm)' },
      inputs: { dataset: train.type },
      problem: {
        code: 'estimator/target-kind',
        message: 'Naive Bayes learns a category, the target sepal length (cm) holds number.',
        hint: 'Choose another target.',
        at: { param: 'target' },
      },
    },
    {
      name: 'the target among the features',
      params: { features: 'sepal width (cm), target' },
      inputs: { dataset: train.type },
      problem: {
        code: 'estimator/target-read',
        message: "Naive Bayes can't read target: it is what it has to answer.",
        hint: 'Leave it out of the features.',
        at: { param: 'features' },
      },
    },
  ]);

  test('rows of one class', async () => {
    const { codes } = train.data('target', 'category');
    const one = train.take(Array.from(codes.keys()).filter((i) => codes[i] === 2));
    expect(await problemOfStep(naiveBayes, { inputs: { dataset: one }, folder })).toEqual({
      code: 'estimator/one-class',
      message: `Naive Bayes needs rows of at least two classes, all ${one.rows} are class 2.`,
      hint: 'Split by a stratified method, or wire more rows.',
    });
  });

  test('an empty cell, unless it is filled', async () => {
    const values = train.data('petal width (cm)', 'number').values.slice();
    values[3] = Number.NaN;
    const holed = train.with([{ name: 'petal width (cm)', role: 'feature', data: { kind: 'number', values } }]);
    expect(await problemOfStep(naiveBayes, { inputs: { dataset: holed }, folder })).toEqual({
      code: 'estimator/empty-cells',
      message: 'Naive Bayes needs a number in every row, petal width (cm) has 1 empty cell.',
      hint: 'Choose Mean under Empty cells, or fill them before.',
    });
    await runStep(naiveBayes, { params: { missing: 'mean' }, inputs: { dataset: holed }, folder });
  });

  test('counts below zero', async () => {
    const negative = new Dataset([
      { name: 'x', role: 'feature', data: { kind: 'number', values: Float64Array.of(1, -2) } },
      { name: 'y', role: 'target', data: { kind: 'category', codes: Int32Array.of(0, 1), categories: ['a', 'b'] } },
    ]);
    const problem = await problemOfStep(naiveBayes, {
      params: { kind: 'multinomial' },
      inputs: { dataset: negative },
      folder,
    });
    expect(problem.message).toBe('Naive Bayes counts, and a count is never below 0; a column holds -2.');
  });
});
