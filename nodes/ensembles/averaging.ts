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

const TITLE = 'Averaging';

export default defineStep({
  id: 'ensembles/averaging',
  version: 1,
  title: TITLE,
  keywords: ['ensemble', 'mean', 'blend', 'combine', 'regression', 'weights', 'geometric'],
  inputs: { models: many(model('Models of the same target, neural or not.')) },
  outputs: { model: model('Answers with the mean of what they say.') },
  params: z.object({
    mean: choice(['soft', 'geometric'], {
      title: 'Mean',
      description: 'Of probabilities: the plain mean, or that of their logarithms. Numbers have the plain mean.',
      default: 'soft',
      labels: { soft: 'Arithmetic', geometric: 'Geometric' },
    }),
    weights: weightsParam,
  }),
  types({ models }, { weights }, check) {
    const target = commonTarget(TITLE, models, check);
    readWeights(weights, { title: TITLE, count: models.length }, check);
    return { model: ensembleType(models, target) };
  },
  async run({ models }, { mean, weights }) {
    const read = readWeights(weights, { title: TITLE, count: models.length }, atRun);
    return { model: ensembleModel('ensembles/averaging', models, { weights: read, how: mean }) };
  },
  predict: (trained, rows, context) => predictTogether(trained, rows, context),
  docs: {
    summary: 'Answers with the weighted mean of what several models say.',
    equation: String.raw`\hat y(x) = \frac{\sum_m w_m \, \hat y_m(x)}{\sum_m w_m}`,
    notes:
      'For numbers and for probabilities. The mean of models that err independently errs less than each of them. For classes by majority, take Voting; to learn the weights, Stacking.',
    sources: [
      {
        title: 'scikit-learn, VotingRegressor',
        url: 'https://scikit-learn.org/stable/modules/ensemble.html#voting-regressor',
      },
      {
        title: 'Hinton, Products of experts (1999): the geometric mean',
        url: 'https://doi.org/10.1049/cp:19991075',
      },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'iris' } },
      split: { type: 'data/split', params: { method: 'stratified', train: 0.7, validation: 0, test: 0.3 } },
      forest: { type: 'classical/random-forest', params: { trees: 10, target: 'petal width' } },
      boosting: { type: 'classical/gradient-boosting', params: { trees: 10, target: 'petal width' } },
      averaging: { type: 'ensembles/averaging', params: { weights: '1, 2' } },
      predict: { type: 'models/predict' },
    },
    edges: [
      ['data.dataset', 'split.dataset'],
      ['split.train', 'forest.dataset'],
      ['split.train', 'boosting.dataset'],
      ['forest.model', 'averaging.models'],
      ['boosting.model', 'averaging.models'],
      ['averaging.model', 'predict.model'],
      ['split.test', 'predict.dataset'],
    ],
  },
});
