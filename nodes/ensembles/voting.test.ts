import { describe, expect, test } from 'vitest';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { problemOfStep, runStep } from '../../runtime/testing/check-step.ts';
import { ask, fixtureRows } from '../../runtime/testing/classical.ts';
import { classifier, threeClassifiers, trained } from '../../runtime/testing/ensembles.ts';
import { expectClose, readFixture } from '../../runtime/testing/fixtures.ts';
import { documentOf, runDocument, temporaryFolder } from '../../runtime/testing/graphs.ts';
import naiveBayes from '../classical/naive-bayes.ts';
import { likeliest } from '../kit/predictions.ts';
import voting from './voting.ts';

const folder = temporaryFolder();

interface VotingCase {
  readonly name: string;
  readonly params: { readonly voting: 'soft' | 'hard'; readonly weights: string };
  readonly classes: readonly number[];
  readonly probabilities?: readonly (readonly number[])[];
}

describe('ensembles/voting votes as VotingClassifier', () => {
  const { voting: cases } = readFixture<{ voting: VotingCase[] }>('ensembles');
  test.each(cases.map((each) => [each.name, each] as const))('%s', async (_, { params, classes, probabilities }) => {
    const { train, test: others } = fixtureRows('kinds');
    const models = await threeClassifiers(train, folder);
    const run = await runStep(voting, { params, inputs: { models }, folder });
    const answer = await ask(run.value('model', 'model'), others, folder);
    if (answer.kind !== 'classes') return expect.fail('classes were asked for');
    expect(Array.from(likeliest(answer))).toEqual(classes);
    if (probabilities) expectClose(answer.probabilities, probabilities.flat(), 1e-5);
  });
});

test('a network on tokens and a naive Bayes on text vote on the same raw rows, and a vote may vote', async () => {
  const document = documentOf({
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'sentiment' } },
      split: { type: 'data/split', params: { train: 0.1, validation: 0, test: 0.02 } },
      rest: { type: 'data/split', params: { train: 0.02, validation: 0, test: 0.98 } },
      tokenizer: { type: 'text/tokenizer', params: { algorithm: 'word', vocabulary: 200 } },
      tokenize: { type: 'text/tokenize', params: { length: 16 } },
      input: { type: 'network/input' },
      embedding: { type: 'network/embedding', params: { width: 8 } },
      pool: { type: 'network/pool-sequence' },
      head: { type: 'network/linear' },
      network: { type: 'network/network', params: { task: 'classification' } },
      objective: { type: 'training/objective' },
      optimizer: { type: 'training/optimizer' },
      train: { type: 'training/train', params: { steps: 5 } },
      bayes: { type: 'classical/naive-bayes' },
      vote: { type: 'ensembles/voting' },
      again: { type: 'ensembles/voting', params: { weights: '3, 1' } },
      predict: { type: 'models/predict' },
    },
    edges: [
      ['data.dataset', 'split.dataset'],
      ['split.train', 'tokenizer.dataset'],
      ['split.train', 'tokenize.dataset'],
      ['tokenizer.tokenizer', 'tokenize.tokenizer'],
      ['tokenize.dataset', 'input.dataset'],
      ['input.y', 'embedding.x'],
      ['embedding.y', 'pool.x'],
      ['pool.y', 'head.x'],
      ['head.y', 'network.x'],
      ['network.model', 'train.model'],
      ['tokenize.dataset', 'train.dataset'],
      ['objective.objective', 'train.objective'],
      ['optimizer.optimizer', 'train.optimizer'],
      ['split.train', 'bayes.dataset'],
      ['train.model', 'vote.models'],
      ['bayes.model', 'vote.models'],
      ['vote.model', 'again.models'],
      ['bayes.model', 'again.models'],
      ['again.model', 'predict.model'],
      ['data.dataset', 'rest.dataset'],
      ['rest.train', 'predict.dataset'],
    ],
  });
  const ran = await runDocument(document, { folder });
  expect(ran.outcome.problem).toBeUndefined();
  const said = await ran.value('predict', 'dataset', 'dataset');
  const { size, values } = said.data('probabilities', 'vector');
  expect(size).toBe(2);
  for (let row = 0; row < said.rows; row++) expect(values[row * 2]! + values[row * 2 + 1]!).toBeCloseTo(1, 5);
});

describe('wrong inputs', () => {
  const sentiment = classifier('label', ['negative', 'positive']);
  checkProblems(voting, [
    {
      name: 'different targets',
      inputs: { models: [sentiment, classifier('species', ['setosa', 'virginica'])] },
      problem: {
        code: 'ensemble/targets',
        message:
          'Voting needs models of one target, got one for label (negative, positive) and one for species (setosa, virginica).',
        hint: 'Train all of them on the same target.',
        at: { port: 'models' },
      },
    },
    {
      name: 'a network that was never trained',
      inputs: { models: [sentiment, { ...sentiment, target: undefined } as unknown as typeof sentiment] },
      problem: {
        code: 'ensemble/untrained',
        message: 'Voting needs trained models, one for classification was never trained.',
        hint: 'Wire the model that Train gives.',
        at: { port: 'models' },
      },
    },
    {
      name: 'numbers',
      inputs: { models: [{ ...sentiment, task: 'regression', target: { name: 'price', kind: 'number' } }] },
      problem: {
        code: 'voting/numbers',
        message: 'Voting needs models of classes, price holds number.',
        hint: 'Take Averaging for models of numbers.',
        at: { port: 'models' },
      },
    },
    {
      name: 'a weight too few',
      params: { weights: '1' },
      inputs: { models: [sentiment, sentiment] },
      problem: {
        code: 'ensemble/weights',
        message: 'Voting has 2 models and needs as many weights, got 1.',
        hint: 'Type a weight for each wire, or leave it empty.',
        at: { param: 'weights' },
      },
    },
    {
      name: 'weights that are no numbers',
      params: { weights: '1, much' },
      inputs: { models: [sentiment, sentiment] },
      problem: {
        code: 'ensemble/weights',
        message: 'Voting needs weights of 0 or more, not all 0, separated by commas, got 1, much.',
        hint: 'Type numbers such as 2, 1, 1, or leave it empty.',
        at: { param: 'weights' },
      },
    },
    {
      name: 'nothing',
      inputs: {},
      problem: {
        code: 'ensemble/no-models',
        message: 'Voting needs at least one model, got none.',
        hint: 'Wire trained models to it.',
        at: { port: 'models' },
      },
    },
  ]);

  test('categories that differ where the types do not tell', async () => {
    const one = await trained(naiveBayes, {}, fixtureRows('iris').train, folder);
    const cut = { ...one, card: { ...one.card, signature: { ...one.card.signature, categories: ['a', 'b', 'c'] } } };
    const problem = await problemOfStep(voting, { inputs: { models: [one, cut] }, folder });
    expect(problem.code).toBe('ensemble/targets');
  });
});
