import type { Dataset } from '../../graph/dataset.ts';
import type { Column, DatasetType } from '../../graph/types.ts';
import type { Figure, Metrics, Table } from '../../graph/values.ts';
import { tableFor } from './figures.ts';
import type { Kinded } from './values.ts';

export const plotKinds = ['auto', 'scatter', 'line', 'histogram', 'bars'] as const;
export type PlotKind = (typeof plotKinds)[number];

export interface PlotColumns {
  readonly x: string;
  readonly y: string;
  readonly group: string;
}

/** What a plot of a data set draws; or what it needs and does not have. */
export type PlotChoice =
  | { readonly kind: 'scatter' | 'line'; readonly x: string; readonly y: string; readonly group?: string }
  | { readonly kind: 'histogram' | 'bars'; readonly x: string }
  | { readonly missing: string };

/** Chooses columns for a plot: those that are named, else numbers in order, the target first among categories. */
export function choosePlot(type: DatasetType, kind: PlotKind, named: PlotColumns): PlotChoice {
  const numbers = type.columns.filter((column) => column.kind === 'number');
  const categories = type.columns.filter((column) => column.kind === 'category');
  const pick = (name: string, from: readonly Column[]) =>
    name ? from.find((column) => column.name === name)?.name : undefined;
  const firstNumber = (except?: string) => numbers.find((column) => column.name !== except)?.name;
  const group = pick(named.group, categories) ?? categories.find((column) => column.role === 'target')?.name;
  const chosen = kind === 'auto' ? automatic(numbers.length, categories.length) : kind;
  switch (chosen) {
    case 'scatter':
    case 'line': {
      const x = pick(named.x, numbers) ?? firstNumber(named.y);
      const y = pick(named.y, numbers) ?? firstNumber(x);
      if (x === undefined || y === undefined) return { missing: 'two columns of numbers' };
      return { kind: chosen, x, y, ...(group !== undefined && { group }) };
    }
    case 'histogram': {
      const x = pick(named.x, numbers) ?? firstNumber();
      return x === undefined ? { missing: 'a column of numbers' } : { kind: chosen, x };
    }
    case 'bars': {
      const x = pick(named.x, categories) ?? group ?? categories[0]?.name;
      return x === undefined ? { missing: 'a column of categories' } : { kind: chosen, x };
    }
    case undefined:
      return { missing: 'a column of numbers or categories' };
  }
}

const automatic = (numbers: number, categories: number): Exclude<PlotKind, 'auto'> | undefined =>
  numbers > 1 ? 'scatter' : numbers === 1 ? 'histogram' : categories > 0 ? 'bars' : undefined;

/** A plot of more points than this shows every k-th row, and its title says so. */
const MOST_POINTS = 2_000;

export function plotDataset(dataset: Dataset, choice: Exclude<PlotChoice, { missing: string }>): Figure {
  if (!('y' in choice))
    return choice.kind === 'bars'
      ? countBars(dataset, choice.x)
      : histogram(choice.x, dataset.data(choice.x, 'number').values);
  const xs = dataset.data(choice.x, 'number').values;
  const ys = dataset.data(choice.y, 'number').values;
  const groups = choice.group === undefined ? undefined : dataset.data(choice.group, 'category');
  const every = Math.max(1, Math.ceil(dataset.rows / MOST_POINTS));
  const shown = Array.from({ length: Math.ceil(dataset.rows / every) }, (_, i) => i * every).filter(
    (row) => !Number.isNaN(xs[row]!) && !Number.isNaN(ys[row]!),
  );
  const part = every === 1 ? '' : `, one row in ${every}`;
  const title = `${choice.y} against ${choice.x}${part}`;
  const groupOf = (row: number) => groups?.categories[groups.codes[row]!];
  if (choice.kind === 'scatter')
    return {
      kind: 'scatter',
      title,
      x: { title: choice.x },
      y: { title: choice.y },
      points: shown.map((row) => {
        const group = groupOf(row);
        return { x: xs[row]!, y: ys[row]!, ...(group !== undefined && { group }) };
      }),
    };
  const byGroup = new Map<string, number[]>();
  for (const row of shown) {
    const name = groupOf(row) ?? choice.y;
    byGroup.set(name, [...(byGroup.get(name) ?? []), row]);
  }
  return {
    kind: 'line',
    title,
    x: { title: choice.x },
    y: { title: choice.y },
    series: [...byGroup].map(([name, rows]) => {
      const sorted = rows.sort((a, b) => xs[a]! - xs[b]!);
      return { name, steps: sorted.map((row) => xs[row]!), values: sorted.map((row) => ys[row]!) };
    }),
  };
}

function countBars(dataset: Dataset, name: string): Figure {
  const { codes, categories } = dataset.data(name, 'category');
  const counts = new Float64Array(categories.length);
  for (const code of codes) if (code >= 0) counts[code]!++;
  return {
    kind: 'bar',
    title: `Rows by ${name}`,
    y: { title: 'rows' },
    bars: categories.map((label, i) => ({ label, value: counts[i]! })),
  };
}

/** Sturges' rule: ⌈log₂ n⌉ + 1 bins of equal width. */
export function histogram(name: string, values: Float64Array): Figure {
  const known = values.filter(Number.isFinite);
  const low = known.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = known.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const bins = known.length === 0 ? 0 : low === high ? 1 : Math.ceil(Math.log2(known.length)) + 1;
  const counts = new Float64Array(bins);
  const width = (high - low) / bins || 1;
  for (const value of known) counts[Math.min(bins - 1, Math.floor((value - low) / width))]!++;
  const edge = (i: number) => String(Number((low + i * width).toPrecision(4)));
  return {
    kind: 'bar',
    title: `Rows by ${name}`,
    y: { title: 'rows' },
    bars: Array.from(counts, (value, i) => ({ label: bins === 1 ? edge(0) : `${edge(i)} … ${edge(i + 1)}`, value })),
  };
}

/** Curves where there are any, else a table of counts as a matrix, else the values as bars. */
function plotMetrics(metrics: Metrics): Figure {
  const { series = [], tables = [], values } = metrics;
  if (series.length > 0)
    return { kind: 'line', title: 'Curves', x: { title: 'step' }, y: { title: 'value' }, series: [...series] };
  const matrix = tables.map(asMatrix).find((each) => each !== undefined);
  if (matrix) return matrix;
  return {
    kind: 'bar',
    title: 'Metrics',
    y: { title: 'value' },
    bars: values.flatMap(({ name, value }) => (value === null ? [] : [{ label: name, value }])),
  };
}

/** A table is a matrix where its first column names the others, as a confusion matrix's does. */
function asMatrix({ title, columns, rows }: Table): Figure | undefined {
  const names = columns.slice(1).map(({ name }) => name);
  const square = rows.length === names.length && rows.every(([name], i) => name === names[i]);
  if (!square || rows.length === 0 || !columns.slice(1).every(({ kind }) => kind === 'number')) return undefined;
  return { kind: 'matrix', title, rows: names, columns: names, counts: rows.map((row) => row.slice(1).map(Number)) };
}

/** Any value but a data set as a figure; what has no picture of its own becomes a table. */
export function plotValue(given: Exclude<Kinded, { kind: 'dataset' }>): Figure {
  switch (given.kind) {
    case 'figure':
      return given.value;
    case 'metrics':
      return plotMetrics(given.value);
    case 'text':
      return { kind: 'text', title: 'Text', text: given.value };
    case 'model':
      return {
        kind: 'bar',
        title: 'Numbers in each parameter',
        y: { title: 'numbers', scale: 'log' },
        bars: given.value.card.parameters.map(({ name, shape }) => ({
          label: name,
          value: shape.reduce((a, b) => a * b, 1),
        })),
      };
    default: {
      const { table, total } = tableFor(given, 0, MOST_POINTS);
      return { kind: 'table', title: table.title, table, total };
    }
  }
}
