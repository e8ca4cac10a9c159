import type { Dataset } from '../../graph/dataset.ts';
import type { Column, DatasetType } from '../../graph/types.ts';
import { fail } from '../../lib/problem.ts';
import { type BagOfWords, countWords, fitWords, type TextOptions } from './bag-of-words.ts';
import type { TypeContext } from './define-node.ts';
import { SparseBuilder, type SparseRows } from './sparse.ts';

/** What becomes of empty cells in columns of numbers. */
export type Missing = 'refuse' | 'mean';

/** How one column becomes numbers, as fitted to the rows that were learned from. Plain data: it lies in the model's card. */
export type Feature =
  | {
      readonly kind: 'number';
      readonly column: string;
      /** Stands where a cell is empty. */
      readonly fill?: number;
      /** Standardised: (x − mean) / deviation. */
      readonly mean?: number;
      readonly deviation?: number;
    }
  | { readonly kind: 'category'; readonly column: string; readonly categories: readonly string[] }
  | { readonly kind: 'vector'; readonly column: string; readonly size: number }
  | ({ readonly kind: 'text'; readonly column: string } & BagOfWords);

export interface FeatureOptions {
  readonly missing: Missing;
  readonly standardise?: boolean;
  readonly text: TextOptions;
}

const readable: readonly Column['kind'][] = ['number', 'category', 'vector', 'text'];

/** The columns that an estimator reads: those that are named, else all whose role says nothing else. */
export function featureColumns(
  type: DatasetType,
  target: Column,
  { named, title }: { named: string; title: string },
  check: Pick<TypeContext, 'fail'>,
): readonly Column[] {
  const names = named
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const all = type.columns.map(({ name }) => name).join(', ');
  if (names.length > 0)
    return names.map((name) => {
      const found = type.columns.find((column) => column.name === name);
      if (!found)
        return check.fail('estimator/no-column', `${title} needs a column ${name}, the data set has ${all}.`, {
          param: 'features',
          hint: 'Name columns that are there, separated by commas.',
        });
      if (name === target.name)
        return check.fail('estimator/target-read', `${title} can't read ${name}: it is what it has to answer.`, {
          param: 'features',
          hint: 'Leave it out of the features.',
        });
      if (!readable.includes(found.kind))
        return check.fail(
          'estimator/column-kind',
          `${title} reads numbers, categories, vectors and text, ${name} is a column of ${found.kind}.`,
          { param: 'features', hint: 'Name other columns, or train a network on it.' },
        );
      return found;
    });
  const others = type.columns.filter(
    ({ name, role, kind }) =>
      name !== target.name && (role === undefined || role === 'feature') && readable.includes(kind),
  );
  // where a data set says what its features are, these and no others
  const chosen = others.some(({ role }) => role === 'feature') ? others.filter(({ role }) => role) : others;
  if (chosen.length === 0)
    return check.fail(
      'estimator/no-features',
      `${title} needs columns of numbers, categories, vectors or text beside the target ${target.name}; the data set has ${all}.`,
      { port: 'dataset', hint: 'Wire rows that have something to learn from.' },
    );
  return chosen;
}

/** Looks at the rows that are learned from and says how each column becomes numbers. */
export function fitFeatures(
  dataset: Dataset,
  columns: readonly string[],
  title: string,
  { missing, standardise = false, text }: FeatureOptions,
): Feature[] {
  return columns.map((name): Feature => {
    const { data } = dataset.column(name);
    switch (data.kind) {
      case 'number':
        return fitNumbers(name, data.values, title, missing, standardise);
      case 'category':
        return { kind: 'category', column: name, categories: data.categories };
      case 'vector':
        return { kind: 'vector', column: name, size: data.size };
      case 'text': {
        const bag = fitWords(data.values, text);
        if (bag.words.length === 0)
          return fail(
            'estimator/no-words',
            `${title} found no words in ${name} that stand in ${text.minimum} or more rows.`,
            {
              hint: 'Lower the rows that a word has to stand in.',
            },
          );
        return { kind: 'text', column: name, ...bag };
      }
      default:
        return fail('estimator/column-kind', `${title} can't read ${name}, a column of ${data.kind}.`);
    }
  });
}

function fitNumbers(
  name: string,
  values: Float64Array,
  title: string,
  missing: Missing,
  standardise: boolean,
): Extract<Feature, { kind: 'number' }> {
  const known = values.filter((value) => !Number.isNaN(value));
  const empty = values.length - known.length;
  if (empty > 0 && (missing === 'refuse' || known.length === 0)) refuseEmpty(title, name, empty);
  const mean = known.reduce((a, b) => a + b, 0) / Math.max(1, known.length);
  const fill = empty > 0 || missing === 'mean' ? { fill: mean } : {};
  if (!standardise) return { kind: 'number', column: name, ...fill };
  // over all rows, the filled ones too, as a scaler after an imputer sees them
  const spread = Math.sqrt(known.reduce((sum, each) => sum + (each - mean) ** 2, 0) / Math.max(1, values.length));
  return { kind: 'number', column: name, ...fill, mean, deviation: spread || 1 };
}

const refuseEmpty = (title: string, column: string, empty: number): never =>
  fail(
    'estimator/empty-cells',
    `${title} needs a number in every row, ${column} has ${empty.toLocaleString('en')} empty ${empty === 1 ? 'cell' : 'cells'}.`,
    { hint: 'Choose Mean under Empty cells, or fill them before.' },
  );

const sizeOf = (feature: Feature): number =>
  feature.kind === 'number'
    ? 1
    : feature.kind === 'category'
      ? feature.categories.length
      : feature.kind === 'vector'
        ? feature.size
        : feature.words.length;

/** A name for each number of a row: `petal length`, `species = setosa`, `embedding 3`, `text: good`. */
export const featureNames = (features: readonly Feature[]): string[] =>
  features.flatMap((feature) => {
    const { column } = feature;
    if (feature.kind === 'number') return [column];
    if (feature.kind === 'category') return feature.categories.map((category) => `${column} = ${category}`);
    if (feature.kind === 'text') return feature.words.map((word) => `${column}: ${word}`);
    return Array.from({ length: feature.size }, (_, i) => `${column} ${i}`);
  });

/** Rows as numbers. */
export function makeFeatures(features: readonly Feature[], dataset: Dataset, title: string): SparseRows {
  const writers = features.map((feature) => writerOf(feature, dataset, title));
  const builder = new SparseBuilder();
  for (let row = 0; row < dataset.rows; row++) {
    let offset = 0;
    for (const [i, write] of writers.entries()) {
      write(row, (index, value) => builder.add(offset + index, value));
      offset += sizeOf(features[i]!);
    }
    builder.endRow();
  }
  return builder.finish(features.reduce((sum, feature) => sum + sizeOf(feature), 0));
}

type Write = (row: number, add: (index: number, value: number) => void) => void;

function writerOf(feature: Feature, dataset: Dataset, title: string): Write {
  const { column } = feature;
  switch (feature.kind) {
    case 'number': {
      const { values } = dataset.data(column, 'number');
      const { fill, mean = 0, deviation = 1 } = feature;
      if (fill === undefined) {
        const empty = values.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0);
        if (empty > 0) refuseEmpty(title, column, empty);
      }
      return (row, add) => {
        const value = values[row]!;
        add(0, ((Number.isNaN(value) ? fill! : value) - mean) / deviation);
      };
    }
    case 'category': {
      const { codes, categories } = dataset.data(column, 'category');
      // a category that was not there before is none of those that are known
      const known = categories.map((category) => feature.categories.indexOf(category));
      return (row, add) => {
        const code = codes[row]!;
        const index = code < 0 ? -1 : known[code]!;
        if (index >= 0) add(index, 1);
      };
    }
    case 'vector': {
      const { size, values } = dataset.data(column, 'vector');
      if (size !== feature.size)
        return fail('estimator/vector', `${title} needs vectors of ${feature.size} in ${column}, got ${size}.`);
      return (row, add) => {
        for (let i = 0; i < size; i++) add(i, values[row * size + i]!);
      };
    }
    case 'text': {
      const { values } = dataset.data(column, 'text');
      const places = new Map(feature.words.map((word, i) => [word, i]));
      return (row, add) => countWords(values[row]!, feature, places, add);
    }
  }
}
