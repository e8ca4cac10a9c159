import { z } from 'zod';
import { dataset, defineStep, figure, metrics, model } from '../kit/define-node.ts';
import {
  columnParams,
  estimatorModel,
  estimatorType,
  prepareLesson,
  readColumns,
  readRows,
  textParams,
} from '../kit/estimators.ts';
import { featureNames } from '../kit/features.ts';
import { forestAnswer, importanceFigure, packTrees, prune, treeParams, triedOf } from '../kit/forests.ts';
import { choice, real } from '../kit/params.ts';
import { denseColumns } from '../kit/sparse.ts';
import { depthOf, importances, rankFeatures, TreeGrower } from '../kit/trees.ts';

const TITLE = 'Decision tree';
const targets = ['category', 'number'] as const;

export default defineStep({
  id: 'classical/decision-tree',
  version: 1,
  title: TITLE,
  keywords: ['CART', 'gini', 'entropy', 'regression tree', 'rules', 'pruning', 'feature importance'],
  inputs: { dataset: dataset('Rows to learn from.') },
  outputs: {
    model: model('Asks about one feature after another.'),
    metrics: metrics('Leaves and depth.'),
    figure: figure('How much each feature helped.'),
  },
  params: z.object({
    ...columnParams(['category', 'number']),
    criterion: choice(['gini', 'entropy'], {
      title: 'Impurity',
      description: 'What splits make small, where the target is a category. Numbers have their squared error.',
      default: 'gini',
      labels: { gini: 'Gini', entropy: 'Entropy' },
    }),
    ...treeParams({ depth: 0, tried: 'all' }),
    pruning: real({
      title: 'Pruning',
      description: 'Takes away branches that lower the impurity by less than this for each of their leaves.',
      default: 0,
      min: 0,
      max: 1e9,
      step: 0.001,
    }),
    ...textParams,
  }),
  random: true,
  types({ dataset: type }, params, check) {
    const reading = readColumns(type, params, { title: TITLE, targets }, check);
    return { model: estimatorType(reading, check), metrics: { kind: 'metrics' }, figure: { kind: 'figure' } };
  },
  async run({ dataset: rows }, params, { random }) {
    const lesson = prepareLesson(rows, params, { title: TITLE, targets });
    const { x, y, categories } = lesson;
    const classes = categories?.length ?? 0;
    const width = Math.max(1, classes);
    const grower = new TreeGrower(rankFeatures(denseColumns(x), x.rows), y, {
      criterion: categories ? params.criterion : 'squared',
      classes,
      depth: params.depth,
      split: params.split,
      leaf: params.leaf,
      tried: triedOf(params.tried, x.width),
    });
    const tree = prune(grower.grow(undefined, random).tree, params.pruning, width);
    return {
      model: estimatorModel('classical/decision-tree', lesson, packTrees([tree], width)),
      metrics: {
        values: [
          { name: 'leaves', value: tree.feature.filter((f) => f < 0).length, better: 'lower' },
          { name: 'depth', value: depthOf(tree), better: 'lower' },
        ],
      },
      figure: importanceFigure(featureNames(lesson.features), importances(tree, x.width)),
    };
  },
  predict: async (trained, rows) => forestAnswer(trained, readRows(trained, rows, TITLE)),
  docs: {
    summary: 'Divides the rows by one question after another, each the one that makes both sides purest.',
    equation: String.raw`\min_{f, t} \; \tfrac{n_l}{n} I(\{x_f \le t\}) + \tfrac{n_r}{n} I(\{x_f > t\})`,
    notes:
      'Easy to read, and easily too sure of what it has seen: limit its depth or prune it, or take many as a Random forest. Of equally good splits the first feature is taken.',
    sources: [
      { title: 'scikit-learn, decision trees', url: 'https://scikit-learn.org/stable/modules/tree.html' },
      {
        title: 'Breiman et al., Classification and Regression Trees (1984)',
        url: 'https://doi.org/10.1201/9781315139470',
      },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'iris' } },
      split: { type: 'data/split', params: { method: 'stratified', train: 0.7, validation: 0, test: 0.3 } },
      tree: { type: 'classical/decision-tree', params: { depth: 3 } },
      predict: { type: 'models/predict' },
    },
    edges: [
      ['data.dataset', 'split.dataset'],
      ['split.train', 'tree.dataset'],
      ['tree.model', 'predict.model'],
      ['split.test', 'predict.dataset'],
    ],
  },
});
