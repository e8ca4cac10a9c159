import { z } from 'zod';
import { defineStep, figure, many, metrics } from '../kit/define-node.ts';
import { foldParams, foldVariations } from '../kit/folds.ts';
import { line } from '../kit/params.ts';
import { plotRepetitions, summarize } from '../kit/repetitions.ts';

const TITLE = 'Cross-validate';

export default defineStep({
  id: 'training/cross-validate',
  version: 1,
  title: TITLE,
  keywords: ['k-fold', 'folds', 'cross validation', 'stratified', 'generalisation', 'spread', 'model selection'],
  inputs: { metrics: many(metrics('What is measured on the validation rows of a fold: one wire.')) },
  outputs: {
    metrics: metrics('Mean and standard deviation over the folds, and a table of them.'),
    figure: figure('One metric over the folds.'),
  },
  params: z.object({
    ...foldParams,
    metric: line({
      title: 'Metric',
      description: 'What the figure shows. Left empty, the first one.',
      default: '',
      max: 100,
      advanced: true,
    }),
  }),
  types({ metrics: wired }, _params, check) {
    if (wired.length !== 1)
      return check.fail('cross-validate/wires', `${TITLE} needs one wire on metrics, got ${wired.length}.`, {
        port: 'metrics',
        hint: 'Wire what is measured on the validation rows; put several together with Compare.',
      });
    return { metrics: { kind: 'metrics' }, figure: { kind: 'figure' } };
  },
  variations: (params, above, check) => foldVariations(TITLE, params, above, check),
  async run({ metrics: measured }, { metric }, { labels }) {
    return {
      metrics: summarize(measured, labels, 'Folds'),
      figure: plotRepetitions(measured, labels, metric),
    };
  },
  docs: {
    summary: 'Leaves out one fold of the rows after another, trains on the others, and tells the mean and the spread.',
    equation: String.raw`\bar m = \frac1k \sum_{i=1}^{k} m\bigl(f_{-i}, D_i\bigr)`,
    notes:
      'Everything between the Split and this node is run again for each fold: any estimator, any training. What the Split keeps for the test is in no fold. Wire what is measured on its validation rows. With the method Stratified each fold has the same share of each class. The deviation is that of the folds (n − 1); the folds share rows, so it is a little too small.',
    sources: [
      {
        title: 'scikit-learn, cross-validation',
        url: 'https://scikit-learn.org/stable/modules/cross_validation.html',
      },
      {
        title: 'Kohavi, A study of cross-validation and bootstrap for accuracy estimation (1995)',
        url: 'https://www.ijcai.org/Proceedings/95-2/Papers/016.pdf',
      },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'iris' } },
      split: { type: 'data/split', params: { method: 'stratified', train: 0.6, validation: 0.2, test: 0.2 } },
      tree: { type: 'classical/decision-tree', params: { depth: 3 } },
      predict: { type: 'models/predict' },
      metrics: { type: 'metrics/classification-metrics' },
      folds: { type: 'training/cross-validate', params: { folds: 4 } },
    },
    edges: [
      ['data.dataset', 'split.dataset'],
      ['split.train', 'tree.dataset'],
      ['tree.model', 'predict.model'],
      ['split.validation', 'predict.dataset'],
      ['predict.dataset', 'metrics.dataset'],
      ['metrics.metrics', 'folds.metrics'],
    ],
  },
});
