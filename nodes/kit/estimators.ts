import type { Dataset } from '../../graph/dataset.ts';
import type { Column, DatasetType, ModelType } from '../../graph/types.ts';
import type { Model, Prediction } from '../../graph/values.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { fail } from '../../lib/problem.ts';
import type { Weighting } from './bag-of-words.ts';
import type { TypeContext } from './define-node.ts';
import { type Feature, featureColumns, fitFeatures, type Missing, makeFeatures } from './features.ts';
import { choice, column, integer, line } from './params.ts';
import type { SparseRows } from './sparse.ts';
import { targetColumn } from './targets.ts';

/** The params that every estimator has: what it answers, what it reads, and how. */
export const columnParams = (kinds: readonly Column['kind'][]) => ({
  target: column({
    title: 'Target',
    description: 'The column with the right answers. Left empty, the one whose role is target.',
    port: 'dataset',
    kinds,
    role: 'target',
  }),
  features: line({
    title: 'Features',
    description: 'The columns to read, separated by commas. Left empty, all whose role is feature.',
    default: '',
    max: 10_000,
  }),
  missing: choice(['refuse', 'mean'], {
    title: 'Empty cells',
    description: 'Columns of numbers with empty cells are refused, or filled with the mean of the rows learned from.',
    default: 'refuse',
    labels: { refuse: 'Refuse', mean: 'Mean' },
    advanced: true,
  }),
});

/** How a column of text becomes numbers. */
export const textParams = {
  ngrams: integer({
    title: 'Words in a row',
    description: 'For columns of text: runs of up to so many words count as words of their own.',
    default: 1,
    min: 1,
    max: 5,
    advanced: true,
  }),
  minimum: integer({
    title: 'Least rows',
    description: 'For columns of text: words that stand in fewer rows are left out.',
    default: 1,
    min: 1,
    max: 1_000_000,
    advanced: true,
  }),
  most: integer({
    title: 'Most words',
    description: 'For columns of text: the most frequent so many words are read; 0 reads all.',
    default: 0,
    min: 0,
    max: 1_000_000,
    advanced: true,
  }),
};

export const weightingParam = (value: Weighting) =>
  choice(['counts', 'binary', 'tfidf'], {
    title: 'Weight of words',
    description:
      'For columns of text: how often a word stands there, whether it does, or TF-IDF, which makes words of many rows light.',
    default: value,
    labels: { counts: 'Count', binary: 'There or not', tfidf: 'TF-IDF' },
    advanced: true,
  });

export interface EstimatorParams {
  readonly target: string;
  readonly features: string;
  readonly missing: Missing;
}
interface TextParams {
  readonly ngrams: number;
  readonly minimum: number;
  readonly most: number;
}

/** What an estimator is going to learn from, found while editing. */
export interface Reading {
  readonly target: Column;
  readonly columns: readonly Column[];
}

const indefinite = { category: 'a category', number: 'numbers' } as const;

/** The target and the columns of a data set, or a sentence about what is wrong with them. */
export function readColumns(
  dataset: DatasetType,
  { target, features }: EstimatorParams,
  { title, targets }: { title: string; targets: readonly ('category' | 'number')[] },
  check: Pick<TypeContext, 'fail'>,
): Reading {
  const found = targetColumn(dataset, target);
  if (!found)
    return check.fail(
      'estimator/target',
      `${title} needs a column with the right answers${target ? ` named ${target}` : ''}, the data set has ${dataset.columns.map(({ name }) => name).join(', ') || 'none'}.`,
      { param: 'target', hint: 'Choose the target.' },
    );
  if (!targets.some((kind) => kind === found.kind))
    return check.fail(
      'estimator/target-kind',
      `${title} learns ${targets.map((kind) => indefinite[kind]).join(' or ')}, the target ${found.name} holds ${found.kind}.`,
      { param: 'target', hint: 'Choose another target.' },
    );
  if (found.kind === 'category' && found.size === 1)
    return check.fail(
      'estimator/one-class',
      `${title} needs at least two classes to tell apart, the target ${found.name} has one.`,
      { port: 'dataset', hint: 'Wire rows of several classes.' },
    );
  return { target: found, columns: featureColumns(dataset, found, { named: features, title }, check) };
}

/** The type of the model that comes of it. */
export const estimatorType = ({ target, columns }: Reading, check: Pick<TypeContext, 'symbol'>): ModelType => ({
  kind: 'model',
  task: target.kind === 'category' ? 'classification' : 'regression',
  inputs: [],
  columns,
  target,
  parameters: check.symbol('parameters'),
  trainable: 0,
  capabilities: target.kind === 'category' ? ['probabilities'] : [],
});

/** Rows as an estimator learns from them. */
export interface Lesson {
  readonly title: string;
  readonly target: string;
  readonly features: readonly Feature[];
  readonly x: SparseRows;
  /** Classes as numbers from 0, or the numbers themselves. */
  readonly y: Float64Array;
  /** Of classes only; `present` are those that have rows. */
  readonly categories?: readonly string[];
  readonly present: readonly number[];
}

/** What is wrong at run time is said by the same sentences as while editing. */
export const atRun: Pick<TypeContext, 'fail'> = {
  fail: (code, message, place) => fail(code, message, place?.hint ? { hint: place.hint } : {}),
};

/** Reads the rows that have an answer; fits how columns become numbers. */
export function prepareLesson(
  dataset: Dataset,
  params: EstimatorParams & Partial<TextParams> & { readonly weighting?: Weighting; readonly standardise?: boolean },
  { title, targets }: { title: string; targets: readonly ('category' | 'number')[] },
): Lesson {
  const { target, columns } = readColumns(dataset.type, params, { title, targets }, atRun);
  const { data } = dataset.column(target.name);
  const answers = data.kind === 'category' ? data.codes : data.kind === 'number' ? data.values : [];
  const isKnown = (value: number) => (data.kind === 'category' ? value >= 0 : !Number.isNaN(value));
  const kept = Array.from({ length: dataset.rows }, (_, i) => i).filter((i) => isKnown(answers[i]!));
  if (kept.length === 0)
    return fail('estimator/no-rows', `${title} needs rows with an answer in ${target.name}, got none.`, {
      hint: 'Wire the training part of a Split that has rows.',
    });
  const rows = kept.length === dataset.rows ? dataset : dataset.take(kept);
  const y = Float64Array.from(kept, (i) => answers[i]!);
  const present =
    data.kind === 'category' ? data.categories.map((_, code) => code).filter((code) => y.includes(code)) : [];
  if (data.kind === 'category' && present.length < 2)
    return fail(
      'estimator/one-class',
      `${title} needs rows of at least two classes, all ${rows.rows.toLocaleString('en')} are ${data.categories[present[0]!]}.`,
      { hint: 'Split by a stratified method, or wire more rows.' },
    );
  const { missing, standardise = false, weighting = 'counts', ngrams = 1, minimum = 1, most = 0 } = params;
  const features = fitFeatures(
    rows,
    columns.map(({ name }) => name),
    title,
    { missing, standardise, text: { weighting, ngrams, minimum, most } },
  );
  return {
    title,
    target: target.name,
    features,
    x: makeFeatures(features, rows, title),
    y,
    present,
    ...(data.kind === 'category' && { categories: data.categories }),
  };
}

/** The model of what was fitted: its numbers as tensors, the rest as its state. */
export function estimatorModel(
  implementation: string,
  { features, target, categories }: Lesson,
  tensors: Readonly<Record<string, Tensor>>,
  state: Readonly<Record<string, unknown>> = {},
): Model {
  return {
    card: {
      task: categories ? 'classification' : 'regression',
      signature: {
        inputs: [],
        columns: features.map(({ column: name, kind }) => ({ name, kind })),
        target,
        ...(categories && { categories: [...categories] }),
      },
      capabilities: categories ? ['probabilities'] : [],
      implementation,
      version: 1,
      transforms: {},
      state: { ...state, features },
      parameters: Object.entries(tensors).map(([name, { shape }]) => ({ name, shape: [...shape], trainable: false })),
    },
    tensors,
  };
}

/** The rows that are asked about, as the numbers that the model was fitted to. */
export const readRows = ({ card }: Model, dataset: Dataset, title: string): SparseRows =>
  makeFeatures((card.state as { features: Feature[] }).features, dataset, title);

/** Scores of classes → probabilities, row by row, in place: softmax. */
export function softmaxRows(scores: Float64Array, classes: number): Float64Array {
  for (let at = 0; at < scores.length; at += classes) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < classes; k++) largest = Math.max(largest, scores[at + k]!);
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      const value = Math.exp(scores[at + k]! - largest);
      scores[at + k] = value;
      sum += value;
    }
    for (let k = 0; k < classes; k++) scores[at + k]! /= sum;
  }
  return scores;
}

export const classAnswer = (model: Model, probabilities: Float64Array): Prediction => ({
  kind: 'classes',
  categories: model.card.signature.categories ?? [],
  probabilities: Float32Array.from(probabilities),
});
