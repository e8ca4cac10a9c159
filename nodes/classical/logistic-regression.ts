import { z } from 'zod';
import type { Figure } from '../../graph/values.ts';
import { float32 } from '../../ir/tensor.ts';
import { dataset, defineStep, figure, metrics, model } from '../kit/define-node.ts';
import {
  classAnswer,
  columnParams,
  estimatorModel,
  estimatorType,
  type Lesson,
  prepareLesson,
  readColumns,
  readRows,
  softmaxRows,
  textParams,
  weightingParam,
} from '../kit/estimators.ts';
import { featureNames } from '../kit/features.ts';
import { fitLogistic, scoresOf } from '../kit/logistic.ts';
import { choice, flag, integer, real } from '../kit/params.ts';

const TITLE = 'Logistic regression';
/** Bars in the figure. */
const SHOWN = 20;

const params = z.object({
  ...columnParams(['category']),
  penalty: choice(['l2', 'l1', 'none'], {
    title: 'Penalty',
    description: 'What keeps weights small: their squares, their sizes (many become zero), or nothing.',
    default: 'l2',
    labels: { l2: 'L2', l1: 'L1', none: 'None' },
  }),
  c: real({
    title: 'C',
    description: 'How much the rows weigh against the penalty: smaller makes the weights smaller.',
    default: 1,
    min: 1e-6,
    max: 1e6,
    step: 0.1,
    when: { penalty: ['l2', 'l1'] },
  }),
  standardise: flag({
    title: 'Standardise numbers',
    description: 'Columns of numbers get mean 0 and deviation 1 first, so that the penalty treats them alike.',
    default: true,
    advanced: true,
  }),
  weighting: weightingParam('tfidf'),
  ...textParams,
  iterations: integer({
    title: 'Most iterations',
    description: 'It ends by itself where the loss is smallest, and after so many iterations at the latest.',
    default: 1000,
    min: 1,
    max: 100_000,
    advanced: true,
  }),
});

export default defineStep({
  id: 'classical/logistic-regression',
  version: 1,
  title: TITLE,
  keywords: ['logit', 'softmax regression', 'multinomial', 'maximum entropy', 'linear classifier', 'TF-IDF', 'lasso'],
  inputs: { dataset: dataset('Rows to learn from.') },
  outputs: {
    model: model('Gives a probability for each class.'),
    metrics: metrics('The loss at the end, iterations, and weights that are not zero.'),
    figure: figure('The largest weights.'),
  },
  params,
  types({ dataset: type }, chosen, check) {
    const reading = readColumns(type, chosen, { title: TITLE, targets: ['category'] }, check);
    return { model: estimatorType(reading, check), metrics: { kind: 'metrics' }, figure: { kind: 'figure' } };
  },
  async run({ dataset: rows }, chosen, context) {
    const lesson = prepareLesson(rows, chosen, { title: TITLE, targets: ['category'] });
    const { weight, intercept, ...fit } = await fitLogistic(lesson, chosen, context);
    if (!fit.converged) context.log(`Stopped after ${fit.iterations} iterations, before the loss was smallest.`);
    const classes = lesson.categories!.length;
    const { width } = lesson.x;
    return {
      model: estimatorModel('classical/logistic-regression', lesson, {
        weight: float32([classes, width], weight),
        intercept: float32([classes], intercept),
      }),
      metrics: {
        values: [
          { name: 'train.loss', value: fit.loss, unit: 'nats per row', better: 'lower' },
          { name: 'iterations', value: fit.iterations, better: 'lower' },
          { name: 'weights.not-zero', value: weight.filter((each) => each !== 0).length, better: 'lower' },
        ],
      },
      figure: weightFigure(lesson, weight),
    };
  },
  async predict(trained, rows) {
    const x = readRows(trained, rows, TITLE);
    const { weight, intercept } = trained.tensors;
    return classAnswer(trained, softmaxRows(scoresOf(x, weight!.data, intercept!.data), intercept!.data.length));
  },
  docs: {
    summary: 'Weighs the features for each class so that the right classes become as likely as they can.',
    equation: String.raw`\min_w \; C \sum_i -\ln \mathrm{softmax}(W x_i + b)_{y_i} + \tfrac12 \lVert W \rVert^2`,
    notes:
      'A column of text is read as TF-IDF of its words, a category as one number for each of its values. The smallest loss is found by L-BFGS; with L1 by its orthant-wise form, which makes weights exactly zero.',
    sources: [
      {
        title: 'scikit-learn, LogisticRegression',
        url: 'https://scikit-learn.org/stable/modules/linear_model.html#logistic-regression',
      },
      {
        title: 'Andrew and Gao, Scalable training of L1-regularized log-linear models (2007)',
        url: 'https://www.microsoft.com/en-us/research/publication/scalable-training-of-l1-regularized-log-linear-models/',
      },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'iris' } },
      split: { type: 'data/split', params: { method: 'stratified', train: 0.7, validation: 0, test: 0.3 } },
      regression: { type: 'classical/logistic-regression' },
      predict: { type: 'models/predict' },
    },
    edges: [
      ['data.dataset', 'split.dataset'],
      ['split.train', 'regression.dataset'],
      ['regression.model', 'predict.model'],
      ['split.test', 'predict.dataset'],
    ],
  },
});

function weightFigure({ features, x, present, categories }: Lesson, weight: Float64Array): Figure {
  const names = featureNames(features);
  const several = present.length > 2;
  const bars = Array.from(weight, (value, i) => ({ value, at: i }))
    .filter(({ value }) => value !== 0)
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
    .slice(0, SHOWN)
    .sort((a, b) => b.value - a.value)
    .map(({ value, at }) => {
      const name = names[at % x.width]!;
      return { label: several ? `${name} → ${categories![Math.floor(at / x.width)]}` : name, value };
    });
  const title = several ? 'Largest weights' : `Largest weights for ${categories![present.at(-1)!]}`;
  return { kind: 'bar', title, y: { title: 'weight' }, bars };
}
