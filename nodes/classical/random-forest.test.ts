import { describe, expect, test } from 'vitest';
import { Random } from '../../lib/random.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { runStep } from '../../runtime/testing/check-step.ts';
import { ask, classicalFixture, fixtureRows } from '../../runtime/testing/classical.ts';
import { expectClose } from '../../runtime/testing/fixtures.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import { estimatorModel, prepareLesson, readRows } from '../kit/estimators.ts';
import { forestAnswer, packTrees } from '../kit/forests.ts';
import { answerNumbers } from '../kit/predictions.ts';
import randomForest, { growForest, meanImportances } from './random-forest.ts';

const folder = temporaryFolder();
const random = new Random([1, 2]);
const quiet = { random, progress: () => undefined, breathe: async (): Promise<void> => undefined };

describe('given the rows that scikit-learn drew, the forest is that of scikit-learn', () => {
  test.each(classicalFixture().forests.map((each) => [each.data, each] as const))('%s', async (_, forest) => {
    const { train, test: others } = fixtureRows(forest.data);
    const lesson = prepareLesson(
      train,
      { target: '', features: '', missing: 'refuse' },
      { title: 'Random forest', targets: ['category', 'number'] },
    );
    const classes = lesson.categories?.length ?? 0;
    const draws = forest.samples.map((rows) => {
      const weights = new Float64Array(train.rows);
      for (const row of rows) weights[row]!++;
      return weights;
    });
    const { trees } = await growForest(
      lesson,
      {
        criterion: classes ? 'gini' : 'squared',
        classes,
        depth: 0,
        split: 2,
        leaf: forest.leaf,
        tried: lesson.x.width,
      },
      draws,
      quiet,
    );
    const model = estimatorModel('classical/random-forest', lesson, packTrees(trees, Math.max(1, classes)));
    const answer = forestAnswer(model, readRows(model, others, 'Random forest'));
    expectClose(answerNumbers(answer), forest.answers, 1e-6);
    expectClose(meanImportances(trees, lesson.x.width), forest.importances, 1e-8);
  });
});

test('trees that draw features and rows beat one tree; out of bag tells how good they are', async () => {
  const { train, test: others } = fixtureRows('cells');
  const accuracy = async (params: Record<string, unknown>) => {
    const run = await runStep(randomForest, { params, inputs: { dataset: train }, folder });
    const answer = await ask(run.value('model', 'model'), others, folder);
    if (answer.kind !== 'classes') return expect.fail('classes were asked for');
    const { codes } = others.data('target', 'category');
    const right = Array.from(codes).filter((code, row) => (answer.probabilities[row * 2 + 1]! > 0.5 ? 1 : 0) === code);
    const [seen] = run.value('metrics', 'metrics').values;
    return { right: right.length / others.rows, outOfBag: seen?.value ?? null };
  };
  const forest = await accuracy({ trees: 60, seed: 1 });
  const tree = await accuracy({ trees: 1, bootstrap: false, tried: 'all' });
  expect(forest.right).toBeGreaterThanOrEqual(tree.right);
  expect(forest.outOfBag).toBeGreaterThan(0.75);
  expect(tree.outOfBag).toBeNull();
  expect(await accuracy({ trees: 60, seed: 1 })).toEqual(forest);
});

describe('wrong inputs', () => {
  checkProblems(randomForest, [
    {
      name: 'no target',
      inputs: {
        dataset: {
          kind: 'dataset',
          columns: [
            { name: 'x', kind: 'number', role: 'feature' },
            { name: 'z', kind: 'number', role: 'feature' },
          ],
        },
      },
      problem: {
        code: 'estimator/target',
        message: 'Random forest needs a column with the right answers, the data set has x, z.',
        hint: 'Choose the target.',
        at: { param: 'target' },
      },
    },
    {
      name: 'pictures',
      params: { features: 'image' },
      inputs: {
        dataset: {
          kind: 'dataset',
          columns: [
            { name: 'image', kind: 'image', height: 2, width: 2, channels: 1, role: 'feature' },
            { name: 'y', kind: 'number', role: 'target' },
          ],
        },
      },
      problem: {
        code: 'estimator/column-kind',
        message: 'Random forest reads numbers, categories, vectors and text, image is a column of image.',
        hint: 'Name other columns, or train a network on it.',
        at: { param: 'features' },
      },
    },
  ]);
});
