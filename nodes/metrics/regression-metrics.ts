import { z } from 'zod';
import type { Dataset } from '../../graph/dataset.ts';
import type { Metric } from '../../graph/values.ts';
import { fail } from '../../lib/problem.ts';
import { dataset, defineStep, figure, metrics, optional } from '../kit/define-node.ts';
import { column } from '../kit/params.ts';
import { answerColumns, complain, predictionPrefix } from '../kit/scored-columns.ts';

const TITLE = 'Regression metrics';
/** Points in the figure; of more rows every k-th is drawn. */
const MOST_POINTS = 2_000;

export default defineStep({
  id: 'metrics/regression-metrics',
  version: 1,
  title: TITLE,
  keywords: ['rmse', 'mae', 'mse', 'r2', 'mape', 'median error', 'explained variance', 'error', 'evaluate'],
  inputs: {
    dataset: dataset('Rows with the right numbers and what a model said: from Predict.'),
    baseline: optional(dataset('The rows that were learned from: the mean is taken over them.')),
  },
  outputs: {
    metrics: metrics('rmse, mae, r2 and the rest, and those of always saying the mean.'),
    figure: figure('What was said against what is right.'),
  },
  params: z.object({
    prefix: predictionPrefix,
    target: column({
      title: 'Target',
      description: 'The right numbers. Left empty, the column whose role is target.',
      port: 'dataset',
      kinds: ['number'],
      role: 'target',
    }),
  }),
  types({ dataset: type, baseline }, { prefix, target }, check) {
    const found = answerColumns(type, { title: TITLE, prefix, target, kind: 'number' }, check.fail);
    if (baseline && baseline.columns.find(({ name }) => name === found.target.name)?.kind !== 'number')
      check.fail(
        'metrics/baseline',
        `${TITLE} takes the mean of ${found.target.name}, which the rows on baseline do not have as numbers.`,
        { port: 'baseline', hint: 'Wire the rows that the model was trained on.' },
      );
    return { metrics: { kind: 'metrics' }, figure: { kind: 'figure' } };
  },
  async run({ dataset: rows, baseline }, { prefix, target }) {
    const found = answerColumns(rows.type, { title: TITLE, prefix, target, kind: 'number' }, complain);
    const name = found.target.name;
    const [truth, said] = knownPairs(rows, name, found.prediction.name);
    const learned = baseline ? baseline.data(name, 'number').values.filter((value) => !Number.isNaN(value)) : truth;
    const mean = learned.length === 0 ? Number.NaN : sum(learned) / learned.length;
    const always = regressionMetrics(truth, new Float64Array(truth.length).fill(mean));
    const every = Math.max(1, Math.ceil(truth.length / MOST_POINTS));
    const part = every === 1 ? '' : `, one row in ${every}`;
    return {
      metrics: {
        values: [
          ...regressionMetrics(truth, said),
          ...always
            .filter(({ name: metric }) => ['rmse', 'mae', 'r2'].includes(metric))
            .map((metric) => ({ ...metric, name: `baseline.mean.${metric.name}` })),
        ],
      },
      figure: {
        kind: 'scatter',
        title: `Predicted against true ${name}${part}`,
        x: { title: name },
        y: { title: found.prediction.name },
        points: Array.from(truth, (x, i) => ({ x, y: said[i]! })).filter((_, i) => i % every === 0),
      },
    };
  },
  docs: {
    summary: 'How far predicted numbers are from the right ones, beside always saying the mean.',
    equation: String.raw`R^2 = 1 - \frac{\sum_i (y_i - \hat y_i)^2}{\sum_i (y_i - \bar y)^2}`,
    notes:
      'RMSE weighs large errors more than MAE; the median error hides them. MAPE is a share of the right number and misleads near 0. Rows without a right number are left out.',
    sources: [
      {
        title: 'scikit-learn, regression metrics',
        url: 'https://scikit-learn.org/stable/modules/model_evaluation.html#regression-metrics',
      },
    ],
  },
  example: {
    nodes: {
      data: {
        type: 'data/upload',
        params: {
          source: 'pasted',
          pasted: 'y,prediction\n1,1.5\n2,1.9\n3,2.4\n',
          columns: [{ name: 'y', role: 'target' }],
        },
      },
      scores: { type: 'metrics/regression-metrics' },
    },
    edges: [['data.dataset', 'scores.dataset']],
  },
});

const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);

function knownPairs(rows: Dataset, target: string, prediction: string): [Float64Array, Float64Array] {
  const truth = rows.data(target, 'number').values;
  const said = rows.data(prediction, 'number').values;
  const kept = Array.from(truth.keys()).filter((row) => !Number.isNaN(truth[row]!));
  if (kept.length === 0)
    fail('metrics/no-answers', `${TITLE} needs the right number of at least one row, ${target} has none.`, {
      hint: 'Wire rows whose numbers are known.',
    });
  const silent = kept.filter((row) => Number.isNaN(said[row]!)).length;
  if (silent > 0)
    fail('metrics/no-prediction', `${TITLE} needs a prediction for each row, ${silent} of ${kept.length} have none.`, {
      hint: 'Apply the model to all rows.',
    });
  return [Float64Array.from(kept, (row) => truth[row]!), Float64Array.from(kept, (row) => said[row]!)];
}

/** As scikit-learn has them; MAPE is a share, not a percentage. */
export function regressionMetrics(truth: Float64Array, said: Float64Array): Metric[] {
  const n = truth.length;
  const errors = truth.map((value, i) => value - said[i]!);
  const sizes = errors.map(Math.abs);
  const squares = sum(errors.map((error) => error ** 2));
  const variance = (values: Float64Array) => {
    const mean = sum(values) / n;
    return sum(values.map((value) => (value - mean) ** 2));
  };
  const spread = variance(truth);
  // where all right numbers are the same there is no variance to explain
  const share = (left: number) => (spread > 0 ? 1 - left / spread : left === 0 ? 1 : 0);
  const sorted = sizes.slice().sort();
  const median = n % 2 === 1 ? sorted[(n - 1) / 2]! : (sorted[n / 2 - 1]! + sorted[n / 2]!) / 2;
  const relative = sum(sizes.map((size, i) => size / Math.max(Math.abs(truth[i]!), Number.EPSILON)));
  return [
    { name: 'rmse', value: Math.sqrt(squares / n), better: 'lower' },
    { name: 'mae', value: sum(sizes) / n, better: 'lower' },
    { name: 'median-ae', value: median, better: 'lower' },
    { name: 'mape', value: relative / n, better: 'lower' },
    { name: 'r2', value: n < 2 ? null : share(squares), better: 'higher' },
    { name: 'explained-variance', value: share(variance(errors)), better: 'higher' },
  ];
}
