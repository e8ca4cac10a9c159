import { z } from 'zod';
import type { DatasetType } from '../../graph/types.ts';
import { float32, type Tensor } from '../../ir/tensor.ts';
import { fail } from '../../lib/problem.ts';
import { dataset, defineStep, model } from '../kit/define-node.ts';
import {
  atRun,
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
} from '../kit/estimators.ts';
import { choice, flag, real } from '../kit/params.ts';
import type { SparseRows } from '../kit/sparse.ts';

const kinds = ['gaussian', 'multinomial', 'complement', 'bernoulli'] as const;
type Kind = (typeof kinds)[number];
const TITLE = 'Naive Bayes';

export default defineStep({
  id: 'classical/naive-bayes',
  version: 1,
  title: TITLE,
  keywords: [
    'bayes',
    'multinomial',
    'gaussian',
    'bernoulli',
    'complement',
    'text classification',
    'spam',
    'bag of words',
  ],
  inputs: { dataset: dataset('Rows to learn from.') },
  outputs: { model: model('Gives a probability for each class.') },
  params: z.object({
    ...columnParams(['category']),
    kind: choice(['auto', ...kinds], {
      title: 'Kind',
      description:
        'Numbers with a bell curve for each class; counts; counts of all other classes, for uneven classes; or there or not. By the columns: counts where there is text, else bell curves.',
      default: 'auto',
      labels: {
        auto: 'By the columns',
        gaussian: 'Gaussian',
        multinomial: 'Multinomial (counts)',
        complement: 'Complement (counts)',
        bernoulli: 'Bernoulli (there or not)',
      },
    }),
    smoothing: real({
      title: 'Smoothing',
      description: 'Added to every count, so that a word that was never seen in a class is unlikely, not impossible.',
      default: 1,
      min: 1e-10,
      max: 1000,
      step: 0.1,
      when: { kind: ['auto', 'multinomial', 'complement', 'bernoulli'] },
    }),
    fitPrior: flag({
      title: 'Learn how frequent classes are',
      description: 'Otherwise all classes are taken as equally likely before anything is read.',
      default: true,
      advanced: true,
    }),
    ...textParams,
  }),
  types({ dataset: type }, params, check) {
    const reading = readColumns(type, params, { title: TITLE, targets: ['category'] }, check);
    const text = reading.columns.find(({ kind }) => kind === 'text');
    if (params.kind === 'gaussian' && text)
      return check.fail('naive-bayes/text', `Gaussian naive Bayes needs numbers, ${text.name} is a column of text.`, {
        param: 'kind',
        hint: 'Choose Multinomial, which counts words.',
      });
    return { model: estimatorType(reading, check) };
  },
  async run({ dataset: rows }, params) {
    const kind = kindFor(rows.type, params);
    const lesson = prepareLesson(
      rows,
      { ...params, weighting: kind === 'bernoulli' ? 'binary' : 'counts' },
      { title: TITLE, targets: ['category'] },
    );
    const tensors = kind === 'gaussian' ? fitGaussian(lesson) : fitCounts(lesson, kind, params.smoothing);
    const classes = lesson.categories!.length;
    return {
      model: estimatorModel(
        'classical/naive-bayes',
        lesson,
        { ...tensors, prior: float32([classes], priors(lesson, kind, params.fitPrior)) },
        { kind },
      ),
    };
  },
  async predict(trained, rows) {
    const { kind } = trained.card.state as { kind: Kind };
    const x = readRows(trained, rows, TITLE);
    const prior = trained.tensors.prior!.data;
    const classes = prior.length;
    const scores = new Float64Array(x.rows * classes);
    for (let row = 0; row < x.rows; row++) scores.set(prior, row * classes);
    if (kind === 'gaussian') addGaussian(scores, x, trained.tensors);
    else addCounts(scores, x, trained.tensors);
    return classAnswer(trained, softmaxRows(scores, classes));
  },
  docs: {
    summary: 'Multiplies how likely each feature is in each class, as if features did not depend on one another.',
    equation: String.raw`p(c \mid x) \propto p(c) \prod_i p(x_i \mid c)`,
    notes:
      'Learns in one pass over the rows. A column of text becomes counts of its words, with the words of the rows learned from; other columns are read as numbers. Its probabilities are often too sure: where they matter, take Logistic regression.',
    sources: [
      {
        title: 'scikit-learn, naive Bayes',
        url: 'https://scikit-learn.org/stable/modules/naive_bayes.html',
      },
      {
        title: 'Rennie et al., Tackling the poor assumptions of naive Bayes text classifiers (2003)',
        url: 'https://aaai.org/papers/icml03-081-tackling-the-poor-assumptions-of-naive-bayes-text-classifiers/',
      },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'sentiment' } },
      split: { type: 'data/split', params: { method: 'stratified', train: 0.8, validation: 0, test: 0.2 } },
      bayes: { type: 'classical/naive-bayes' },
      predict: { type: 'models/predict' },
    },
    edges: [
      ['data.dataset', 'split.dataset'],
      ['split.train', 'bayes.dataset'],
      ['bayes.model', 'predict.model'],
      ['split.test', 'predict.dataset'],
    ],
  },
});

function kindFor(
  type: DatasetType,
  params: { kind: 'auto' | Kind; target: string; features: string; missing: 'refuse' | 'mean' },
): Kind {
  if (params.kind !== 'auto') return params.kind;
  const { columns } = readColumns(type, params, { title: TITLE, targets: ['category'] }, atRun);
  return columns.some(({ kind }) => kind === 'text') ? 'multinomial' : 'gaussian';
}

/** ln p(class); minus infinity for classes without rows. Complement counts have no prior. */
function priors({ y, present, categories }: Lesson, kind: Kind, fitted: boolean): number[] {
  const counts = categories!.map(() => 0);
  for (const code of y) counts[code]!++;
  return counts.map((count) =>
    count === 0
      ? Number.NEGATIVE_INFINITY
      : kind === 'complement'
        ? 0
        : Math.log(fitted ? count / y.length : 1 / present.length),
  );
}

const filled = (length: number) => new Float64Array(length);

/** Mean and variance of each feature in each class. A share of the largest variance keeps all above zero. */
function fitGaussian({ x, y, categories }: Lesson): Record<string, Tensor> {
  const classes = categories!.length;
  const { width } = x;
  const counts = filled(classes);
  const mean = filled(classes * width);
  const variance = filled(classes * width);
  for (const code of y) counts[code]!++;
  eachValue(x, (row, column, value) => {
    mean[y[row]! * width + column]! += value;
  });
  for (let i = 0; i < mean.length; i++) mean[i]! /= Math.max(1, counts[Math.floor(i / width)]!);
  const stored = filled(classes * width);
  eachValue(x, (row, column, value) => {
    const at = y[row]! * width + column;
    variance[at]! += (value - mean[at]!) ** 2;
    stored[at]!++;
  });
  // zeros are not stored
  for (let i = 0; i < variance.length; i++)
    variance[i]! += (counts[Math.floor(i / width)]! - stored[i]!) * mean[i]! ** 2;
  const added = 1e-9 * largestVariance(x);
  for (let i = 0; i < variance.length; i++)
    variance[i] = Math.max(0, variance[i]! / Math.max(1, counts[Math.floor(i / width)]!)) + added;
  return { mean: float32([classes, width], mean), variance: float32([classes, width], variance) };
}

function largestVariance(x: SparseRows): number {
  const sum = filled(x.width);
  const squares = filled(x.width);
  const seen = filled(x.width);
  eachValue(x, (_, column, value) => {
    sum[column]! += value;
    seen[column]!++;
  });
  eachValue(x, (_, column, value) => {
    squares[column]! += (value - sum[column]! / x.rows) ** 2;
  });
  let largest = 0;
  for (let i = 0; i < x.width; i++)
    largest = Math.max(largest, (squares[i]! + (x.rows - seen[i]!) * (sum[i]! / x.rows) ** 2) / x.rows);
  // all features constant: any share will do
  return largest || 1;
}

function addGaussian(scores: Float64Array, x: SparseRows, { mean, variance }: Readonly<Record<string, Tensor>>): void {
  const [classes, width] = mean!.shape as [number, number];
  const normal = (k: number, column: number, value: number) => {
    const v = variance!.data[k * width + column]!;
    return -0.5 * (Math.log(2 * Math.PI * v) + (value - mean!.data[k * width + column]!) ** 2 / v);
  };
  for (let k = 0; k < classes; k++) {
    let zeros = 0;
    for (let column = 0; column < width; column++) zeros += normal(k, column, 0);
    for (let row = 0; row < x.rows; row++) scores[row * classes + k]! += zeros;
    eachValue(x, (row, column, value) => {
      scores[row * classes + k]! += normal(k, column, value) - normal(k, column, 0);
    });
  }
}

/** ln p(word | class) for counts and for there-or-not; for the complement, minus that of all other classes. */
function fitCounts({ x, y, categories, features }: Lesson, kind: Kind, smoothing: number): Record<string, Tensor> {
  const classes = categories!.length;
  const { width } = x;
  const counts = filled(classes * width);
  const rows = filled(classes);
  for (const code of y) rows[code]!++;
  eachValue(x, (row, column, value) => {
    if (value < 0 && kind !== 'bernoulli')
      fail('naive-bayes/negative', `${TITLE} counts, and a count is never below 0; a column holds ${value}.`, {
        hint: `Choose Gaussian for columns such as ${features[0]!.column}.`,
      });
    counts[y[row]! * width + column]! += kind === 'bernoulli' ? Number(value > 0) : value;
  });
  const logs = filled(classes * width);
  if (kind === 'bernoulli') {
    const absent = logs.map((_, i) => {
      const all = rows[Math.floor(i / width)]!;
      return Math.log((all - counts[i]! + smoothing) / (all + 2 * smoothing));
    });
    for (let i = 0; i < logs.length; i++)
      logs[i] = Math.log((counts[i]! + smoothing) / (rows[Math.floor(i / width)]! + 2 * smoothing)) - absent[i]!;
    return { weight: float32([classes, width], logs), absent: float32([classes, width], absent) };
  }
  for (let k = 0; k < classes; k++) {
    let total = 0;
    for (let column = 0; column < width; column++) {
      let count = counts[k * width + column]!;
      if (kind === 'complement') {
        count = -count;
        for (let other = 0; other < classes; other++) count += counts[other * width + column]!;
      }
      logs[k * width + column] = count + smoothing;
      total += count + smoothing;
    }
    const sign = kind === 'complement' ? -1 : 1;
    for (let column = 0; column < width; column++)
      logs[k * width + column] = sign * Math.log(logs[k * width + column]! / total);
  }
  return { weight: float32([classes, width], logs) };
}

function addCounts(scores: Float64Array, x: SparseRows, { weight, absent }: Readonly<Record<string, Tensor>>): void {
  const [classes, width] = weight!.shape as [number, number];
  // there or not: what is not there tells something too
  for (let k = 0; absent && k < classes; k++) {
    let all = 0;
    for (let column = 0; column < width; column++) all += absent.data[k * width + column]!;
    for (let row = 0; row < x.rows; row++) scores[row * classes + k]! += all;
  }
  eachValue(x, (row, column, value) => {
    const count = absent ? Number(value > 0) : value;
    for (let k = 0; k < classes; k++) scores[row * classes + k]! += count * weight!.data[k * width + column]!;
  });
}

/** Every stored number of every row; zeros are not stored. */
function eachValue(x: SparseRows, visit: (row: number, column: number, value: number) => void): void {
  for (let row = 0; row < x.rows; row++)
    for (let at = x.starts[row]!; at < x.starts[row + 1]!; at++) visit(row, x.indices[at]!, x.values[at]!);
}
