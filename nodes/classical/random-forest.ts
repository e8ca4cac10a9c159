import { z } from 'zod';
import type { Metric } from '../../graph/values.ts';
import type { Random } from '../../lib/random.ts';
import type { RunContext } from '../kit/context.ts';
import { dataset, defineStep, figure, metrics, model } from '../kit/define-node.ts';
import {
  columnParams,
  estimatorModel,
  estimatorType,
  type Lesson,
  prepareLesson,
  readColumns,
  readRows,
  textParams,
} from '../kit/estimators.ts';
import { featureNames } from '../kit/features.ts';
import { forestAnswer, importanceFigure, leavesOf, packTrees, treeParams, triedOf } from '../kit/forests.ts';
import { choice, flag, integer } from '../kit/params.ts';
import { denseColumns } from '../kit/sparse.ts';
import { importances, rankFeatures, type Tree, TreeGrower, type TreeOptions } from '../kit/trees.ts';

const TITLE = 'Random forest';
const targets = ['category', 'number'] as const;

export default defineStep({
  id: 'classical/random-forest',
  version: 1,
  title: TITLE,
  keywords: ['trees', 'bagging', 'ensemble', 'bootstrap', 'out of bag', 'feature importance', 'extra trees'],
  inputs: { dataset: dataset('Rows to learn from.') },
  outputs: {
    model: model('The mean of many trees.'),
    metrics: metrics('What trees say of rows that they did not learn from.'),
    figure: figure('How much each feature helped.'),
  },
  params: z.object({
    ...columnParams(['category', 'number']),
    trees: integer({
      title: 'Trees',
      description: 'More trees are steadier and take longer.',
      default: 100,
      min: 1,
      max: 10_000,
    }),
    criterion: choice(['gini', 'entropy'], {
      title: 'Impurity',
      description: 'What splits make small, where the target is a category. Numbers have their squared error.',
      default: 'gini',
      labels: { gini: 'Gini', entropy: 'Entropy' },
      advanced: true,
    }),
    ...treeParams({ depth: 0, tried: 'root' }),
    bootstrap: flag({
      title: 'Draw rows',
      description: 'Each tree learns from as many rows as there are, drawn with replacement.',
      default: true,
      advanced: true,
    }),
    ...textParams,
  }),
  random: true,
  types({ dataset: type }, params, check) {
    const reading = readColumns(type, params, { title: TITLE, targets }, check);
    return { model: estimatorType(reading, check), metrics: { kind: 'metrics' }, figure: { kind: 'figure' } };
  },
  async run({ dataset: rows }, params, context) {
    const lesson = prepareLesson(rows, params, { title: TITLE, targets });
    const { x, categories } = lesson;
    const { random } = context;
    const draws = Array.from({ length: params.trees }, (_, i) =>
      params.bootstrap ? bootstrap(x.rows, random.fork('rows', i)) : undefined,
    );
    const options = {
      criterion: categories ? params.criterion : 'squared',
      classes: categories?.length ?? 0,
      depth: params.depth,
      split: params.split,
      leaf: params.leaf,
      tried: triedOf(params.tried, x.width),
    } as const;
    const { trees, metrics: seen } = await growForest(lesson, options, draws, context);
    return {
      model: estimatorModel('classical/random-forest', lesson, packTrees(trees, Math.max(1, options.classes))),
      metrics: { values: seen },
      figure: importanceFigure(featureNames(lesson.features), meanImportances(trees, x.width)),
    };
  },
  predict: async (trained, rows) => forestAnswer(trained, readRows(trained, rows, TITLE)),
  docs: {
    summary: 'Grows many trees, each on other rows and by other features, and takes the mean of what they say.',
    equation: String.raw`p(c \mid x) = \tfrac{1}{T} \sum_t p_t(c \mid x)`,
    notes:
      'Each tree has not seen about a third of the rows; what the trees say of those (out of bag) tells how good the forest is without any rows held out. Hardly any param needs tuning.',
    sources: [
      { title: 'Breiman, Random forests (2001)', url: 'https://doi.org/10.1023/A:1010933404324' },
      {
        title: 'scikit-learn, random forests',
        url: 'https://scikit-learn.org/stable/modules/ensemble.html#random-forests-and-other-randomized-tree-ensembles',
      },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'iris' } },
      split: { type: 'data/split', params: { method: 'stratified', train: 0.7, validation: 0, test: 0.3 } },
      forest: { type: 'classical/random-forest', params: { trees: 20 } },
      predict: { type: 'models/predict' },
    },
    edges: [
      ['data.dataset', 'split.dataset'],
      ['split.train', 'forest.dataset'],
      ['forest.model', 'predict.model'],
      ['split.test', 'predict.dataset'],
    ],
  },
});

/** How often each row is drawn. */
function bootstrap(rows: number, random: Random): Float64Array {
  const weights = new Float64Array(rows);
  for (let i = 0; i < rows; i++) weights[random.integer(rows)]!++;
  return weights;
}

/** A tree for each of the draws of rows, and what they say of the rows that they did not draw. */
export async function growForest(
  { x, y, categories }: Lesson,
  options: TreeOptions,
  draws: readonly (Float64Array | undefined)[],
  context: Pick<RunContext, 'random' | 'progress' | 'breathe'>,
): Promise<{ trees: Tree[]; metrics: Metric[] }> {
  const columns = denseColumns(x);
  const grower = new TreeGrower(rankFeatures(columns, x.rows), y, options);
  const width = Math.max(1, options.classes);
  const sums = new Float64Array(x.rows * width);
  const counts = new Int32Array(x.rows);
  const trees: Tree[] = [];
  for (const [i, weights] of draws.entries()) {
    const { tree } = grower.grow(weights, context.random.fork('features', i));
    trees.push(tree);
    if (weights) {
      const outside = Int32Array.from({ length: x.rows }, (_, row) => row).filter((row) => weights[row] === 0);
      const leaves = leavesOf(tree, columns, outside);
      outside.forEach((row, at) => {
        for (let k = 0; k < width; k++) sums[row * width + k]! += tree.value[leaves[at]! * width + k]!;
        counts[row]!++;
      });
    }
    context.progress((i + 1) / draws.length, `${i + 1} of ${draws.length} trees`);
    await context.breathe();
  }
  return { trees, metrics: outOfBag(sums, counts, y, categories !== undefined, width) };
}

/** Accuracy, or R², over the rows that at least one tree has not seen. */
function outOfBag(
  sums: Float64Array,
  counts: Int32Array,
  y: Float64Array,
  classifies: boolean,
  width: number,
): Metric[] {
  const rows = Array.from(counts.keys()).filter((row) => counts[row]! > 0);
  if (rows.length === 0) return [];
  if (classifies) {
    const right = rows.filter((row) => {
      let best = 0;
      for (let k = 1; k < width; k++) if (sums[row * width + k]! > sums[row * width + best]!) best = k;
      return best === y[row];
    });
    return [{ name: 'out-of-bag.accuracy', value: right.length / rows.length, better: 'higher' }];
  }
  const mean = rows.reduce((sum, row) => sum + y[row]!, 0) / rows.length;
  const left = rows.reduce((sum, row) => sum + (y[row]! - sums[row]! / counts[row]!) ** 2, 0);
  const all = rows.reduce((sum, row) => sum + (y[row]! - mean) ** 2, 0);
  return [{ name: 'out-of-bag.r2', value: all > 0 ? 1 - left / all : null, better: 'higher' }];
}

/** Of trees that split at all; sums to 1. */
export function meanImportances(trees: readonly Tree[], features: number): Float64Array {
  const sums = new Float64Array(features);
  const split = trees.filter(({ feature }) => feature.length > 1);
  for (const tree of split)
    importances(tree, features).forEach((value, f) => {
      sums[f]! += value / split.length;
    });
  return sums;
}
