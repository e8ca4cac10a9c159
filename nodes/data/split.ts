import { z } from 'zod';
import type { Dataset } from '../../graph/dataset.ts';
import type { DatasetType } from '../../graph/types.ts';
import { fail } from '../../lib/problem.ts';
import type { Random } from '../../lib/random.ts';
import { dataset, defineStep } from '../kit/define-node.ts';
import { choice, column, integer, real } from '../kit/params.ts';

const share = (title: string, value: number) =>
  real({
    title,
    description: 'Share of the rows. The three shares are scaled to sum to 1.',
    default: value,
    min: 0,
    max: 1,
    step: 0.05,
  });

export default defineStep({
  id: 'data/split',
  version: 1,
  title: 'Split',
  keywords: ['train test split', 'validation', 'holdout', 'stratified', 'partition'],
  inputs: { dataset: dataset('All rows.') },
  outputs: {
    train: dataset('Rows to learn from.'),
    validation: dataset('Rows to choose by.'),
    test: dataset('Rows to judge by, once.'),
  },
  params: z.object({
    train: share('Train', 0.8),
    validation: share('Validation', 0.1),
    test: share('Test', 0.1),
    method: choice(['random', 'stratified', 'ordered'], {
      title: 'Method',
      description:
        'Random rows; random rows with equal shares of each class; or the first rows, then the next, then the last.',
      default: 'random',
      labels: { random: 'Random', stratified: 'Stratified', ordered: 'In order' },
    }),
    by: column({
      title: 'Classes',
      description: 'The category whose shares are kept equal. Left empty, the one whose role is target.',
      port: 'dataset',
      kinds: ['category'],
      role: 'target',
      when: { method: ['stratified'] },
    }),
    measure: choice(['rows', 'characters'], {
      title: 'Measured in',
      description: 'For ordered splits of texts of unequal length: shares of the rows, or of the characters in them.',
      default: 'rows',
      labels: { rows: 'Rows', characters: 'Characters' },
      when: { method: ['ordered'] },
      advanced: true,
    }),
    folds: integer({
      title: 'Folds',
      description:
        'Divides what is not for the test into so many folds: one is the validation, the others are the training. 0: by shares.',
      default: 0,
      min: 0,
      max: 1000,
      when: { method: ['random', 'stratified'] },
      advanced: true,
    }),
    fold: integer({
      title: 'Fold',
      description: 'Which of the folds is the validation, from 1. Cross-validate goes through all of them.',
      default: 1,
      min: 1,
      max: 1000,
      when: { method: ['random', 'stratified'] },
      advanced: true,
    }),
  }),
  random: true,
  types({ dataset: type }, params, check) {
    const { train, validation, test } = params;
    if (train + validation + test <= 0)
      return check.fail('split/empty', 'Split needs at least one share above 0.', { param: 'train' });
    if (params.method !== 'ordered' && params.folds > 0) {
      if (params.folds === 1)
        return check.fail('split/folds', 'Split needs at least 2 folds, got 1.', {
          param: 'folds',
          hint: 'Choose 5, or 0 to divide by shares.',
        });
      if (params.fold > params.folds)
        return check.fail('split/fold', `Split has ${params.folds} folds, and fold ${params.fold} is none of them.`, {
          param: 'fold',
          hint: `Choose a number from 1 to ${params.folds}.`,
        });
    }
    if (params.method === 'stratified' && !classColumn(type, params.by))
      return check.fail(
        'split/classes',
        `Stratified needs a category${params.by ? ` named ${params.by}` : ''}, the data set has ${names(type)}.`,
        {
          param: 'by',
          hint: 'Choose a column of categories, or another method.',
        },
      );
    if (params.method === 'ordered' && params.measure === 'characters' && !textColumn(type))
      return check.fail(
        'split/text',
        `Measuring in characters needs a column of text, the data set has ${names(type)}.`,
        {
          param: 'measure',
        },
      );
    const part: DatasetType = { kind: 'dataset', columns: type.columns };
    return { train: part, validation: part, test: part };
  },
  async run({ dataset: all }, params, { random }) {
    const total = params.train + params.validation + params.test;
    const first = params.train / total;
    const second = (params.train + params.validation) / total;
    const [train, validation, test] = partition(all, params, random, first, second);
    if (params.method !== 'ordered' && [train, validation].some((rows) => params.folds > 0 && rows.length === 0))
      return fail(
        'split/folds',
        `${params.folds} folds need as many rows, ${all.rows.toLocaleString('en')} are too few for them.`,
        { hint: 'Choose fewer folds, or a smaller share for the test.' },
      );
    return { train: all.take(train), validation: all.take(validation), test: all.take(test) };
  },
  docs: {
    summary: 'Divides rows into a part to learn from, a part to choose by and a part to judge by.',
    notes: 'Split before anything is fitted (tokenizers, scalers): what is fitted on all rows has seen the test rows.',
    sources: [
      {
        title: 'scikit-learn, train_test_split',
        url: 'https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.train_test_split.html',
      },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'iris' } },
      split: { type: 'data/split', params: { method: 'stratified' } },
    },
    edges: [['data.dataset', 'split.dataset']],
  },
});

const names = (type: DatasetType): string =>
  type.columns.map((each) => `${each.name} (${each.kind})`).join(', ') || 'no columns';
const classColumn = (type: DatasetType, name: string) =>
  type.columns.find((each) => each.kind === 'category' && (name ? each.name === name : each.role === 'target'));
const textColumn = (type: DatasetType) => type.columns.find((each) => each.kind === 'text');

function partition(
  all: Dataset,
  { method, by, measure, folds, fold }: { method: string; by: string; measure: string; folds: number; fold: number },
  random: Random,
  first: number,
  second: number,
): [number[], number[], number[]] {
  const cut = (rows: readonly number[]): [number[], number[], number[]] => {
    const a = Math.round(rows.length * first);
    const b = Math.round(rows.length * second);
    return [rows.slice(0, a), rows.slice(a, b), rows.slice(b)];
  };
  const inOrder = Array.from({ length: all.rows }, (_, i) => i);
  if (method === 'ordered') {
    if (measure === 'rows') return cut(inOrder);
    const { values } = all.data(textColumn(all.type)!.name, 'text');
    const length = values.reduce((sum, each) => sum + each.length, 0);
    const parts: [number[], number[], number[]] = [[], [], []];
    let before = 0;
    values.forEach((value, i) => {
      // a row belongs where its middle lies
      const at = (before + value.length / 2) / Math.max(1, length);
      parts[at < first ? 0 : at < second ? 1 : 2].push(i);
      before += value.length;
    });
    return parts;
  }
  const shuffled = Array.from(random.permutation(all.rows));
  const sorted = (parts: [number[], number[], number[]]) =>
    parts.map((rows) => rows.sort((a, b) => a - b)) as typeof parts;
  // each row that is not for the test goes to the next fold, on from where the class before it ended
  let dealt = 0;
  const divide = (rows: readonly number[]): [number[], number[], number[]] => {
    const [a, b, test] = cut(rows);
    if (folds === 0) return [a, b, test];
    const train: number[] = [];
    const validation: number[] = [];
    for (const row of [...a, ...b]) (dealt++ % folds === fold - 1 ? validation : train).push(row);
    return [train, validation, test];
  };
  if (method === 'random') return sorted(divide(shuffled));
  const column = classColumn(all.type, by);
  if (!column) return fail('split/classes', 'Stratified needs a category.');
  const { codes, categories } = all.data(column.name, 'category');
  const parts: [number[], number[], number[]] = [[], [], []];
  for (let code = -1; code < categories.length; code++)
    divide(shuffled.filter((i) => codes[i] === code)).forEach((rows, k) => {
      parts[k as 0 | 1 | 2].push(...rows);
    });
  return sorted(parts);
}
