import { describe, expect, test } from 'vitest';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { problemOfStep } from '../../runtime/testing/check-step.ts';
import {
  ask,
  classicalFixture,
  estimatorCases,
  fixtureRows,
  runCase,
  wanted,
} from '../../runtime/testing/classical.ts';
import { expectClose } from '../../runtime/testing/fixtures.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import { countWords, fitWords } from '../kit/bag-of-words.ts';
import logisticRegression from './logistic-regression.ts';

const folder = temporaryFolder();

describe('classical/logistic-regression finds the optimum of scikit-learn', () => {
  test.each(estimatorCases('logistic-regression').map((each) => [each.name, each] as const))('%s', async (_, each) => {
    const { answers } = await runCase(logisticRegression, each, folder);
    expectClose(answers, wanted(each), 1e-5);
  });
});

test('L1 makes weights zero', async () => {
  const each = estimatorCases('logistic-regression').find(({ name }) => name === 'L1, two classes')!;
  const { run } = await runCase(logisticRegression, each, folder);
  const { weight } = run.value('model', 'model').tensors;
  const zeros = Array.from(weight!.data).filter((value) => value === 0).length;
  // the row of the first class is all zeros
  expect(zeros).toBeGreaterThan(weight!.shape[1]! + 1);
});

test('TF-IDF is that of TfidfVectorizer', () => {
  const { texts, split, bag } = classicalFixture();
  const fitted = fitWords(texts.slice(0, split), { weighting: 'tfidf', ngrams: 2, minimum: 2, most: 0 });
  expect(fitted.words).toEqual(bag.words);
  const places = new Map(fitted.words.map((word, i) => [word, i]));
  texts.slice(split).forEach((text, row) => {
    const found: Record<string, number> = {};
    countWords(text, fitted, places, (place, value) => {
      found[fitted.words[place]!] = value;
    });
    expect(Object.keys(found).sort()).toEqual(Object.keys(bag.rows[row]!).sort());
    for (const [word, value] of Object.entries(bag.rows[row]!)) expect(found[word]).toBeCloseTo(value, 8);
  });
});

describe('wrong inputs', () => {
  const { train, test: others } = fixtureRows('iris');
  checkProblems(logisticRegression, [
    {
      name: 'a column that is not there',
      params: { features: 'petals' },
      inputs: { dataset: train.type },
      problem: {
        code: 'estimator/no-column',
        message: `Logistic regression needs a column petals, the data set has ${train.type.columns.map(({ name }) => name).join(', ')}.`,
        hint: 'Name columns that are there, separated by commas.',
        at: { param: 'features' },
      },
    },
    {
      name: 'one class',
      inputs: {
        dataset: {
          kind: 'dataset',
          columns: [
            { name: 'x', kind: 'number', role: 'feature' },
            { name: 'y', kind: 'category', size: 1, categories: ['only'], role: 'target' },
          ],
        },
      },
      problem: {
        code: 'estimator/one-class',
        message: 'Logistic regression needs at least two classes to tell apart, the target y has one.',
        hint: 'Wire rows of several classes.',
        at: { port: 'dataset' },
      },
    },
  ]);

  test('rows to predict without a column that it learned from', async () => {
    const [each] = estimatorCases('logistic-regression').filter(({ data }) => data === 'iris');
    const { run } = await runCase(logisticRegression, each!, folder);
    const fewer = others.select(others.columns.slice(1).map(({ name }) => name));
    await expect(ask(run.value('model', 'model'), fewer, folder)).rejects.toThrow(
      'Predict needs a column sepal length (cm) of number, which the model reads',
    );
  });

  test('no rows', async () => {
    const problem = await problemOfStep(logisticRegression, { inputs: { dataset: train.take([]) }, folder });
    expect(problem.message).toBe('Logistic regression needs rows with an answer in target, got none.');
  });
});
