import { z } from 'zod';
import { defineStep, many, model } from '../kit/define-node.ts';
import {
  commonTarget,
  ensembleModel,
  ensembleType,
  predictTogether,
  readWeights,
  weightsParam,
} from '../kit/ensembles.ts';
import { atRun } from '../kit/estimators.ts';
import { choice } from '../kit/params.ts';

const TITLE = 'Voting';

export default defineStep({
  id: 'ensembles/voting',
  version: 1,
  title: TITLE,
  keywords: ['ensemble', 'majority', 'hard voting', 'soft voting', 'combine', 'committee'],
  inputs: { models: many(model('Models that tell the same classes apart, neural or not.')) },
  outputs: { model: model('Asks all of them, and answers what they agree on.') },
  params: z.object({
    voting: choice(['soft', 'hard'], {
      title: 'Voting',
      description: 'The mean of the probabilities, or one vote for each model.',
      default: 'soft',
      labels: { soft: 'Soft (probabilities)', hard: 'Hard (votes)' },
    }),
    weights: weightsParam,
  }),
  types({ models }, { weights }, check) {
    const target = commonTarget(TITLE, models, check);
    if (target.kind !== 'category')
      return check.fail('voting/numbers', `${TITLE} needs models of classes, ${target.name} holds ${target.kind}.`, {
        port: 'models',
        hint: 'Take Averaging for models of numbers.',
      });
    readWeights(weights, { title: TITLE, count: models.length }, check);
    return { model: ensembleType(models, target) };
  },
  async run({ models }, { voting, weights }) {
    const read = readWeights(weights, { title: TITLE, count: models.length }, atRun);
    return { model: ensembleModel('ensembles/voting', models, { weights: read, how: voting }) };
  },
  predict: (trained, rows, context) => predictTogether(trained, rows, context),
  docs: {
    summary: 'Lets several models vote on the class of each row.',
    equation: String.raw`p(c \mid x) = \frac{\sum_m w_m \, p_m(c \mid x)}{\sum_m w_m}`,
    notes:
      'Models err in different places where they are of different kinds: a vote of a network and a Naive Bayes is often better than either. Each reads what it reads of the same rows. In a hard vote the probabilities are shares of the votes; of equally many, the first class wins.',
    sources: [
      {
        title: 'scikit-learn, VotingClassifier',
        url: 'https://scikit-learn.org/stable/modules/ensemble.html#voting-classifier',
      },
      {
        title: 'Kittler et al., On combining classifiers (1998)',
        url: 'https://doi.org/10.1109/34.667881',
      },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'iris' } },
      split: { type: 'data/split', params: { method: 'stratified', train: 0.7, validation: 0, test: 0.3 } },
      bayes: { type: 'classical/naive-bayes' },
      tree: { type: 'classical/decision-tree', params: { depth: 3 } },
      voting: { type: 'ensembles/voting' },
      predict: { type: 'models/predict' },
    },
    edges: [
      ['data.dataset', 'split.dataset'],
      ['split.train', 'bayes.dataset'],
      ['split.train', 'tree.dataset'],
      ['bayes.model', 'voting.models'],
      ['tree.model', 'voting.models'],
      ['voting.model', 'predict.model'],
      ['split.test', 'predict.dataset'],
    ],
  },
});
