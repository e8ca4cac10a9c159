import { z } from 'zod';
import type { Figure } from '../../graph/values.ts';
import { float32 } from '../../ir/tensor.ts';
import type { RunContext } from '../kit/context.ts';
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
import { minimise, type Objective } from '../kit/minimise.ts';
import { choice, flag, integer, real } from '../kit/params.ts';
import type { SparseRows } from '../kit/sparse.ts';

const TITLE = 'Logistic regression';
/** No entry of the gradient of the mean loss is larger at the end. */
const TOLERANCE = 1e-8;
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
type Params = z.infer<typeof params>;

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
    const { weight, intercept, ...fit } = await fitWeights(lesson, chosen, context);
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

/** W x + b for each row and class. */
function scoresOf(x: SparseRows, weight: ArrayLike<number>, intercept: ArrayLike<number>): Float64Array {
  const classes = intercept.length;
  const scores = new Float64Array(x.rows * classes);
  for (let row = 0; row < x.rows; row++)
    for (let k = 0; k < classes; k++) {
      let score = intercept[k]!;
      for (let at = x.starts[row]!; at < x.starts[row + 1]!; at++)
        score += x.values[at]! * weight[k * x.width + x.indices[at]!]!;
      scores[row * classes + k] = score;
    }
  return scores;
}

/**
 * Weights [classes, width] and intercepts. Two classes share one row of weights, that of the second against the first;
 * a class without rows has no chance.
 */
async function fitWeights(
  { x, y, present, categories }: Lesson,
  { penalty, c, iterations }: Params,
  context: RunContext,
) {
  const { width, rows } = x;
  const place = new Map(present.map((code, i) => [code, i]));
  const answers = Int32Array.from(y, (code) => place.get(code)!);
  const vectors = present.length === 2 ? 1 : present.length;
  const weights = vectors * width;
  const strength = penalty === 'none' ? 0 : 1 / (c * rows);
  const square = penalty === 'l2' ? strength : 0;
  const loss = vectors === 1 ? binaryLoss(x, answers, square) : softmaxLoss(x, answers, vectors, square);
  const found = await minimise(loss, new Float64Array(weights + vectors), {
    ...(penalty === 'l1' && { l1: new Float64Array(weights + vectors).fill(strength, 0, weights) }),
    tolerance: TOLERANCE,
    iterations,
    async progress(iteration, value) {
      context.point('loss', iteration, value);
      await context.breathe();
    },
  });
  const weight = new Float64Array(categories!.length * width);
  const intercept = new Float64Array(categories!.length).fill(Number.NEGATIVE_INFINITY);
  const codes = vectors === 1 ? [present[1]!] : present;
  if (vectors === 1) intercept[present[0]!] = 0;
  codes.forEach((code, i) => {
    weight.set(found.x.subarray(i * width, (i + 1) * width), code * width);
    intercept[code] = found.x[weights + i]!;
  });
  return { weight, intercept, loss: found.value, iterations: found.iterations, converged: found.converged };
}

/** Adds half the squared weights, the intercepts left out, and its gradient. */
function addSquares(at: Float64Array, gradient: Float64Array, weights: number, strength: number): number {
  if (strength === 0) return 0;
  let sum = 0;
  for (let i = 0; i < weights; i++) {
    sum += at[i]! ** 2;
    gradient[i]! += strength * at[i]!;
  }
  return (strength / 2) * sum;
}

function binaryLoss(x: SparseRows, answers: Int32Array, strength: number): Objective {
  const { rows, width, starts, indices, values } = x;
  return (at, gradient) => {
    gradient.fill(0);
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      let score = at[width]!;
      for (let i = starts[row]!; i < starts[row + 1]!; i++) score += values[i]! * at[indices[i]!]!;
      const sign = answers[row] === 1 ? -1 : 1;
      const margin = sign * score;
      sum += margin > 0 ? margin + Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin));
      const slope = sign / (1 + Math.exp(-margin)) / rows;
      for (let i = starts[row]!; i < starts[row + 1]!; i++) gradient[indices[i]!]! += slope * values[i]!;
      gradient[width]! += slope;
    }
    return sum / rows + addSquares(at, gradient, width, strength);
  };
}

function softmaxLoss(x: SparseRows, answers: Int32Array, classes: number, strength: number): Objective {
  const { rows, width, starts, indices, values } = x;
  const weights = classes * width;
  return (at, gradient) => {
    gradient.fill(0);
    const scores = scoresOf(x, at, at.subarray(weights));
    let sum = 0;
    for (let row = 0; row < rows; row++) sum -= scores[row * classes + answers[row]!]!;
    for (let row = 0; row < rows; row++) {
      let largest = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < classes; k++) largest = Math.max(largest, scores[row * classes + k]!);
      let total = 0;
      for (let k = 0; k < classes; k++) total += Math.exp(scores[row * classes + k]! - largest);
      sum += largest + Math.log(total);
      for (let k = 0; k < classes; k++) {
        const p = Math.exp(scores[row * classes + k]! - largest) / total;
        const slope = (p - (answers[row] === k ? 1 : 0)) / rows;
        for (let i = starts[row]!; i < starts[row + 1]!; i++) gradient[k * width + indices[i]!]! += slope * values[i]!;
        gradient[weights + k]! += slope;
      }
    }
    return sum / rows + addSquares(at, gradient, weights, strength);
  };
}

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
