import { z } from 'zod';
import type { Prediction } from '../../graph/values.ts';
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
} from '../kit/estimators.ts';
import { featureNames } from '../kit/features.ts';
import { importanceFigure, leavesOf, packTrees, treeParams, triedOf, walkTrees } from '../kit/forests.ts';
import { integer, real } from '../kit/params.ts';
import { denseColumns } from '../kit/sparse.ts';
import { importanceSums, rankFeatures, type Tree, TreeGrower } from '../kit/trees.ts';

const TITLE = 'Gradient boosting';
const targets = ['category', 'number'] as const;

const params = z.object({
  ...columnParams(['category', 'number']),
  trees: integer({
    title: 'Rounds',
    description: 'Trees one after another; for more than two classes, so many for each class.',
    default: 100,
    min: 1,
    max: 10_000,
  }),
  rate: real({
    title: 'Shrinkage',
    description: 'How much of what a tree says is added: less needs more rounds and generalises better.',
    default: 0.1,
    min: 0.0001,
    max: 1,
    step: 0.01,
  }),
  subsample: real({
    title: 'Share of rows',
    description: 'Each round learns from so many of the rows, drawn without replacement.',
    default: 1,
    min: 0.01,
    max: 1,
    step: 0.05,
  }),
  ...treeParams({ depth: 3, tried: 'all' }),
  ...textParams,
});
type Params = z.infer<typeof params>;

export default defineStep({
  id: 'classical/gradient-boosting',
  version: 1,
  title: TITLE,
  keywords: ['GBM', 'boosted trees', 'gradient boosted', 'shrinkage', 'stochastic', 'MART', 'log-loss'],
  inputs: { dataset: dataset('Rows to learn from.') },
  outputs: {
    model: model('The sum of many small trees.'),
    metrics: metrics('The loss after each round.'),
    figure: figure('How much each feature helped.'),
  },
  params,
  random: true,
  types({ dataset: type }, chosen, check) {
    const reading = readColumns(type, chosen, { title: TITLE, targets }, check);
    return { model: estimatorType(reading, check), metrics: { kind: 'metrics' }, figure: { kind: 'figure' } };
  },
  async run({ dataset: rows }, chosen, context) {
    const lesson = prepareLesson(rows, chosen, { title: TITLE, targets });
    const { trees, start, losses, gains } = await boost(lesson, chosen, context);
    return {
      model: estimatorModel(
        'classical/gradient-boosting',
        lesson,
        { ...packTrees(trees, 1), start: float32([start.length], start) },
        { rate: chosen.rate },
      ),
      metrics: {
        values: [{ name: 'train.loss', value: losses.at(-1)!, better: 'lower' }],
        series: [{ name: 'loss', steps: losses.map((_, i) => i + 1), values: losses }],
      },
      figure: importanceFigure(featureNames(lesson.features), gains),
    };
  },
  async predict(trained, rows): Promise<Prediction> {
    const x = readRows(trained, rows, TITLE);
    const { rate } = trained.card.state as { rate: number };
    const start = trained.tensors.start!.data;
    const vectors = start.length;
    const scores = new Float64Array(x.rows * vectors);
    for (let row = 0; row < x.rows; row++) scores.set(start, row * vectors);
    walkTrees(trained, x, (row, tree, value, at) => {
      scores[row * vectors + (tree % vectors)]! += rate * value[at]!;
    });
    if (trained.card.task === 'regression') return { kind: 'numbers', values: scores };
    if (vectors > 1) return classAnswer(trained, softmaxRows(scores, vectors));
    // one score is that of the second class against the first
    const both = new Float64Array(x.rows * 2);
    for (let row = 0; row < x.rows; row++) both[row * 2 + 1] = scores[row]!;
    return classAnswer(trained, softmaxRows(both, 2));
  },
  docs: {
    summary: 'Adds small trees one after another, each fitted to what is still wrong.',
    equation: String.raw`F_m(x) = F_{m-1}(x) + \eta \, h_m(x), \quad h_m \approx -\partial \ell / \partial F_{m-1}`,
    notes:
      'Log-loss for categories, squared error for numbers; each leaf takes one Newton step. Often the best there is for tables, where a Random forest is the safe choice.',
    sources: [
      {
        title: 'Friedman, Greedy function approximation: a gradient boosting machine (2001)',
        url: 'https://doi.org/10.1214/aos/1013203451',
      },
      {
        title: 'scikit-learn, GradientBoostingClassifier',
        url: 'https://scikit-learn.org/stable/modules/generated/sklearn.ensemble.GradientBoostingClassifier.html',
      },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'iris' } },
      split: { type: 'data/split', params: { method: 'stratified', train: 0.7, validation: 0, test: 0.3 } },
      boosting: { type: 'classical/gradient-boosting', params: { trees: 20 } },
      predict: { type: 'models/predict' },
    },
    edges: [
      ['data.dataset', 'split.dataset'],
      ['split.train', 'boosting.dataset'],
      ['boosting.model', 'predict.model'],
      ['split.test', 'predict.dataset'],
    ],
  },
});

/** What is still wrong, and how large a step each leaf takes. */
interface Loss {
  /** Scores for a row: one, or one for each class. */
  readonly vectors: number;
  start(y: Float64Array): number[];
  /** The mean loss; writes −∂loss/∂score of one of the scores. */
  value(y: Float64Array, scores: Float64Array): number;
  residuals(y: Float64Array, scores: Float64Array, k: number, into: Float64Array): void;
  leaf(residuals: Float64Array, y: Float64Array, k: number, rows: Int32Array): number;
}

const squared: Loss = {
  vectors: 1,
  start: (y) => [y.reduce((a, b) => a + b, 0) / y.length],
  value: (y, scores) => y.reduce((sum, each, i) => sum + (each - scores[i]!) ** 2, 0) / y.length,
  residuals(y, scores, _, into) {
    for (let i = 0; i < y.length; i++) into[i] = y[i]! - scores[i]!;
  },
  leaf: (residuals, _y, _k, rows) => rows.reduce((sum, row) => sum + residuals[row]!, 0) / rows.length,
};

/** Denominators nearer to zero give no step. */
const TINY = 1e-150;

const binary: Loss = {
  vectors: 1,
  start(y) {
    const share = y.reduce((a, b) => a + b, 0) / y.length;
    return [Math.log(share / (1 - share))];
  },
  value: (y, scores) => {
    let sum = 0;
    for (let i = 0; i < y.length; i++) {
      const margin = y[i] === 1 ? scores[i]! : -scores[i]!;
      sum += margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin;
    }
    return sum / y.length;
  },
  residuals(y, scores, _, into) {
    for (let i = 0; i < y.length; i++) into[i] = y[i]! - 1 / (1 + Math.exp(-scores[i]!));
  },
  leaf(residuals, y, _k, rows) {
    let slope = 0;
    let curvature = 0;
    for (const row of rows) {
      const r = residuals[row]!;
      const p = y[row]! - r;
      slope += r;
      curvature += p * (1 - p);
    }
    return Math.abs(curvature) < TINY ? 0 : slope / curvature;
  },
};

const logOfSum = (scores: Float64Array, at: number, classes: number): number => {
  let largest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < classes; k++) largest = Math.max(largest, scores[at + k]!);
  let sum = 0;
  for (let k = 0; k < classes; k++) sum += Math.exp(scores[at + k]! - largest);
  return largest + Math.log(sum);
};

const multinomial = (classes: number): Loss => ({
  vectors: classes,
  start(y) {
    const counts = new Float64Array(classes);
    for (const code of y) counts[code]!++;
    return Array.from(counts, (count) => Math.log(count / y.length));
  },
  value(y, scores) {
    let sum = 0;
    for (let i = 0; i < y.length; i++) sum += logOfSum(scores, i * classes, classes) - scores[i * classes + y[i]!]!;
    return sum / y.length;
  },
  residuals(y, scores, k, into) {
    for (let i = 0; i < y.length; i++)
      into[i] = (y[i] === k ? 1 : 0) - Math.exp(scores[i * classes + k]! - logOfSum(scores, i * classes, classes));
  },
  leaf(residuals, y, k, rows) {
    let slope = 0;
    let curvature = 0;
    for (const row of rows) {
      const r = residuals[row]!;
      const p = (y[row] === k ? 1 : 0) - r;
      slope += r;
      curvature += p * (1 - p);
    }
    return Math.abs(curvature) < TINY ? 0 : (((classes - 1) / classes) * slope) / curvature;
  },
});

async function boost({ x, y, categories }: Lesson, chosen: Params, context: RunContext) {
  const { rate, subsample } = chosen;
  const loss = !categories ? squared : categories.length === 2 ? binary : multinomial(categories.length);
  const { vectors } = loss;
  const columns = denseColumns(x);
  const all = Int32Array.from({ length: x.rows }, (_, row) => row);
  const residuals = new Float64Array(x.rows);
  const grower = new TreeGrower(rankFeatures(columns, x.rows), residuals, {
    criterion: 'squared',
    classes: 0,
    depth: chosen.depth,
    split: chosen.split,
    leaf: chosen.leaf,
    tried: triedOf(chosen.tried, x.width),
  });
  const start = loss.start(y);
  const scores = new Float64Array(x.rows * vectors);
  for (let row = 0; row < x.rows; row++) scores.set(start, row * vectors);
  const trees: Tree[] = [];
  const losses: number[] = [];
  const gains = new Float64Array(x.width);
  for (let round = 0; round < chosen.trees; round++) {
    const weights = subsample < 1 ? drawn(x.rows, subsample, context.random.fork('rows', round)) : undefined;
    // every class of a round starts from the same scores
    const before = vectors > 1 ? scores.slice() : scores;
    for (let k = 0; k < vectors; k++) {
      loss.residuals(y, before, k, residuals);
      const { tree, samples, leaves } = grower.grow(weights, context.random.fork('features', round, k));
      for (const { node, start: from, end } of leaves)
        tree.value[node] = loss.leaf(residuals, y, k, samples.subarray(from, end));
      if (weights)
        leavesOf(tree, columns, all).forEach((leaf, row) => {
          scores[row * vectors + k]! += rate * tree.value[leaf]!;
        });
      else
        for (const { node, start: from, end } of leaves)
          for (let i = from; i < end; i++) scores[samples[i]! * vectors + k]! += rate * tree.value[node]!;
      importanceSums(tree, gains);
      trees.push(tree);
    }
    losses.push(loss.value(y, scores));
    context.point('loss', round + 1, losses.at(-1)!);
    context.progress((round + 1) / chosen.trees, `${round + 1} of ${chosen.trees} rounds`);
    await context.breathe();
  }
  const total = gains.reduce((a, b) => a + b, 0);
  return { trees, start, losses, gains: total > 0 ? gains.map((gain) => gain / total) : gains };
}

/** Weights of 1 for a share of the rows. */
function drawn(rows: number, share: number, random: RunContext['random']): Float64Array {
  const weights = new Float64Array(rows);
  for (const row of random.permutation(rows).subarray(0, Math.max(1, Math.floor(rows * share)))) weights[row] = 1;
  return weights;
}
