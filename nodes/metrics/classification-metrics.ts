import { z } from 'zod';
import type { Dataset } from '../../graph/dataset.ts';
import type { DatasetType } from '../../graph/types.ts';
import type { Figure, Table } from '../../graph/values.ts';
import { fail } from '../../lib/problem.ts';
import {
  type Answers,
  classificationMetrics,
  classTable,
  confusion,
  majorityMetrics,
} from '../kit/classification-scores.ts';
import { dataset, defineStep, figure, metrics, optional } from '../kit/define-node.ts';
import { column, line } from '../kit/params.ts';
import { answerColumns, type Complain, complain } from '../kit/scored-columns.ts';

const TITLE = 'Classification metrics';

/** A confusion matrix of more classes is no picture any more. */
const MOST_CLASSES = 100;

const params = z.object({
  prefix: line({
    title: 'Prefix',
    description: 'What stands before prediction and probabilities, where Predict was given a prefix.',
    default: '',
    max: 100,
  }),
  target: column({
    title: 'Target',
    description: 'The right classes. Left empty, the column whose role is target.',
    port: 'dataset',
    kinds: ['category'],
    role: 'target',
  }),
  positive: line({
    title: 'Positive class',
    description: 'Of two classes the one that precision, recall and F1 are about. Left empty, the last one.',
    default: '',
    max: 200,
  }),
});

export default defineStep({
  id: 'metrics/classification-metrics',
  version: 1,
  title: TITLE,
  keywords: [
    ...['accuracy', 'precision', 'recall', 'f1', 'roc', 'auc', 'confusion matrix', 'mcc', 'log loss'],
    ...['average precision', 'balanced accuracy', 'per class', 'majority', 'evaluate'],
  ],
  inputs: {
    dataset: dataset('Rows with the right classes and what a model said: from Predict.'),
    baseline: optional(dataset('The rows that were learned from: the majority class is counted on them.')),
  },
  outputs: {
    metrics: metrics(
      'accuracy, f1.macro and the rest, those of the majority class, and tables of classes and confusions.',
    ),
    figure: figure('The confusion matrix.'),
  },
  params,
  types({ dataset: type, baseline }, chosen, check) {
    const { target } = classColumns(type, chosen, check.fail);
    if (target.categories && chosen.positive && !target.categories.includes(chosen.positive))
      check.fail(
        'metrics/positive',
        `The positive class ${chosen.positive} is none of ${target.name}'s: ${target.categories.join(', ')}.`,
        { param: 'positive', hint: 'Choose one of them.' },
      );
    if (baseline && baseline.columns.find(({ name }) => name === target.name)?.kind !== 'category')
      check.fail(
        'metrics/baseline',
        `${TITLE} counts the majority class in ${target.name}, which the rows on baseline do not have as classes.`,
        { port: 'baseline', hint: 'Wire the rows that the model was trained on.' },
      );
    return { metrics: { kind: 'metrics' }, figure: { kind: 'figure' } };
  },
  async run({ dataset: rows, baseline }, chosen) {
    const { target } = classColumns(rows.type, chosen, complain);
    const answers = answersOf(rows, target.name, chosen);
    const majority = majorityOf(answers, baseline?.data(target.name, 'category'));
    const counts = confusion(answers);
    const matrix = { title: 'Confusion matrix, true by predicted', rows: [...answers.classes] };
    const drawn: Figure = { kind: 'matrix', columns: matrix.rows, counts, ...matrix };
    const table: Table = {
      title: matrix.title,
      columns: [{ name: 'true', kind: 'text' }, ...answers.classes.map((name) => ({ name, kind: 'number' as const }))],
      rows: answers.classes.map((name, i) => [name, ...counts[i]!]),
    };
    const tables = answers.classes.length > MOST_CLASSES ? [] : [table];
    return {
      metrics: {
        values: [...classificationMetrics(answers), ...majorityMetrics(answers, majority)],
        tables: [...tables, classTable(answers)],
      },
      figure:
        tables.length > 0
          ? drawn
          : { kind: 'text', title: matrix.title, text: `${answers.classes.length} classes are too many for a matrix.` },
    };
  },
  docs: {
    summary: 'How well a model tells classes apart, beside always saying the most frequent one.',
    equation: String.raw`F_1 = \frac{2\,TP}{2\,TP + FP + FN}`,
    notes:
      'Accuracy alone says little where one class is much more frequent: look at F1 macro, balanced accuracy or MCC. ROC-AUC, average precision and log loss need probabilities; of more than two classes the areas are means over one class against the rest. Rows without a right class are left out.',
    sources: [
      {
        title: 'scikit-learn, classification metrics',
        url: 'https://scikit-learn.org/stable/modules/model_evaluation.html#classification-metrics',
      },
      {
        title: 'Gorodkin, Comparing two K-category assignments by a K-category correlation coefficient (2004)',
        url: 'https://doi.org/10.1016/j.compbiolchem.2004.09.006',
      },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'iris' } },
      split: { type: 'data/split', params: { train: 0.8, validation: 0, test: 0.2, method: 'stratified' } },
      input: { type: 'network/input', params: { column: 'petal length' } },
      head: { type: 'network/linear' },
      network: { type: 'network/network', params: { task: 'classification' } },
      objective: { type: 'training/objective' },
      optimizer: { type: 'training/optimizer', params: { learningRate: 0.1 } },
      train: { type: 'training/train', params: { steps: 50 } },
      predict: { type: 'models/predict' },
      scores: { type: 'metrics/classification-metrics' },
    },
    edges: [
      ['data.dataset', 'split.dataset'],
      ['split.train', 'input.dataset'],
      ['input.y', 'head.x'],
      ['head.y', 'network.x'],
      ['network.model', 'train.model'],
      ['split.train', 'train.dataset'],
      ['objective.objective', 'train.objective'],
      ['optimizer.optimizer', 'train.optimizer'],
      ['train.model', 'predict.model'],
      ['split.test', 'predict.dataset'],
      ['predict.dataset', 'scores.dataset'],
      ['split.train', 'scores.baseline'],
    ],
  },
});

function classColumns(type: DatasetType, { prefix, target }: z.infer<typeof params>, say: Complain) {
  const found = answerColumns(type, { title: TITLE, prefix, target, kind: 'category' }, say);
  if (found.target.kind !== 'category' || found.prediction.kind !== 'category')
    throw new Error('answerColumns checks it');
  const [known, said] = [found.target.categories, found.prediction.categories];
  if (known?.length === 1)
    return say('metrics/one-class', `${TITLE} needs two or more classes, ${found.target.name} has one: ${known[0]}.`, {
      port: 'dataset',
      hint: 'Choose another target.',
    });
  if (known && said && !said.some((name) => known.includes(name)))
    return say(
      'metrics/other-classes',
      `${found.prediction.name} says ${said.join(', ')}, ${found.target.name} holds ${known.join(', ')}: no class is in both.`,
      { port: 'dataset', hint: 'Apply a model that was trained on this target.' },
    );
  return { target: found.target, prediction: found.prediction };
}

/** Rows with a right class, as indices of the classes of both columns. */
function answersOf(rows: Dataset, target: string, { prefix, positive }: z.infer<typeof params>): Answers {
  const truth = rows.data(target, 'category');
  const said = rows.data(`${prefix}prediction`, 'category');
  const classes = [...truth.categories, ...said.categories.filter((name) => !truth.categories.includes(name))];
  const place = said.categories.map((name) => classes.indexOf(name));
  const kept = Array.from({ length: rows.rows }, (_, row) => row).filter((row) => truth.codes[row]! >= 0);
  if (kept.length === 0)
    fail('metrics/no-answers', `${TITLE} needs the right class of at least one row, ${target} has none.`, {
      hint: 'Wire rows whose classes are known.',
    });
  const silent = kept.filter((row) => said.codes[row]! < 0).length;
  if (silent > 0)
    fail('metrics/no-prediction', `${TITLE} needs a prediction for each row, ${silent} of ${kept.length} have none.`, {
      hint: 'Apply the model to all rows.',
    });
  const index = positive ? classes.indexOf(positive) : classes.length - 1;
  if (index < 0)
    fail('metrics/positive', `The positive class ${positive} is none of ${target}'s: ${classes.join(', ')}.`, {
      hint: 'Choose one of them.',
    });
  const width = said.categories.length;
  const given = rows.find(`${prefix}probabilities`)?.data;
  const scores = rows.find(`${prefix}score`)?.data;
  let probabilities: Float64Array | undefined;
  if (given?.kind === 'vector' && given.size === width) {
    probabilities = new Float64Array(kept.length * classes.length);
    for (const [i, row] of kept.entries())
      for (let k = 0; k < width; k++) probabilities[i * classes.length + place[k]!] = given.values[row * width + k]!;
  }
  return {
    classes,
    truth: Int32Array.from(kept, (row) => truth.codes[row]!),
    predicted: Int32Array.from(kept, (row) => place[said.codes[row]!]!),
    ...(probabilities && { probabilities }),
    ...(!probabilities &&
      scores?.kind === 'number' && { scores: Float64Array.from(kept, (row) => scores.values[row]!) }),
    positive: index,
  };
}

/** The class that is most frequent in the rows that were learned from, else in the answers; the first of equal ones. */
function majorityOf(
  { classes, truth }: Answers,
  learned: { readonly codes: Int32Array; readonly categories: readonly string[] } | undefined,
): number {
  const counts = classes.map(() => 0);
  if (learned)
    for (const code of learned.codes) {
      const at = code < 0 ? -1 : classes.indexOf(learned.categories[code]!);
      if (at >= 0) counts[at]!++;
    }
  else for (const code of truth) counts[code]!++;
  return counts.indexOf(Math.max(...counts));
}
