import { describe, expect, test } from 'vitest';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { runStep } from '../../runtime/testing/check-step.ts';
import { ask, fixtureRows } from '../../runtime/testing/classical.ts';
import { classifier, threeClassifiers, trained } from '../../runtime/testing/ensembles.ts';
import { expectClose, readFixture } from '../../runtime/testing/fixtures.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import decisionTree from '../classical/decision-tree.ts';
import averaging from './averaging.ts';

const folder = temporaryFolder();

describe('ensembles/averaging of numbers is VotingRegressor', () => {
  const { averaging: cases } = readFixture<{ averaging: { weights: string; numbers: number[] }[] }>('ensembles');
  test.each(cases.map((each) => [each.weights || 'all alike', each] as const))(
    '%s',
    async (_, { weights, numbers }) => {
      const { train, test: others } = fixtureRows('diabetes');
      const models = [
        await trained(decisionTree, { leaf: 8 }, train, folder),
        await trained(decisionTree, { leaf: 8, depth: 2 }, train, folder),
      ];
      const run = await runStep(averaging, { params: { weights }, inputs: { models }, folder });
      const answer = await ask(run.value('model', 'model'), others, folder);
      expectClose(answer.kind === 'numbers' ? answer.values : [], numbers, 1e-6);
    },
  );
});

test('the geometric mean of probabilities', async () => {
  const { train, test: others } = fixtureRows('kinds');
  const models = (await threeClassifiers(train, folder)).filter((_, i) => i !== 1);
  const run = await runStep(averaging, { params: { mean: 'geometric' }, inputs: { models }, folder });
  const answers = [];
  for (const each of [...models, run.value('model', 'model')]) {
    const answer = await ask(each, others, folder);
    answers.push(answer.kind === 'classes' ? answer.probabilities : expect.fail('classes were asked for'));
  }
  const [a, b, mean] = answers;
  const wanted = Array.from(a!, (p, i) => Math.sqrt(p * b![i]!));
  for (let at = 0; at < wanted.length; at += 3) {
    const sum = wanted[at]! + wanted[at + 1]! + wanted[at + 2]!;
    for (let k = 0; k < 3; k++) wanted[at + k]! /= sum;
  }
  expectClose(mean!, wanted, 1e-5);
});

describe('wrong inputs', () => {
  checkProblems(averaging, [
    {
      name: 'a number and a class',
      inputs: {
        models: [
          classifier('label', ['no', 'yes']),
          { ...classifier('price', []), task: 'regression', target: { name: 'price', kind: 'number' } },
        ],
      },
      problem: {
        code: 'ensemble/targets',
        message: 'Averaging needs models of one target, got one for label (no, yes) and one for price (number).',
        hint: 'Train all of them on the same target.',
        at: { port: 'models' },
      },
    },
  ]);
});
