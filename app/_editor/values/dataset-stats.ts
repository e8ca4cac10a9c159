import { type ColumnData, width } from '../../../graph/dataset.ts';

/** What can be said of a column in a few numbers. */
export interface ColumnStats {
  readonly missing: number;
  /** Of categories and texts: different values. */
  readonly distinct?: number;
  readonly mean?: number;
  readonly deviation?: number;
  readonly min?: number;
  readonly max?: number;
  /** How many values lie in each of equal parts between min and max, or how many rows each category has. */
  readonly bars: readonly number[];
  /** What each bar is, where it has a name. */
  readonly labels?: readonly string[];
}

const BARS = 24;
/** Texts are counted up to this many rows: a page must not stop for a million. */
const MOST_TEXTS = 200_000;

/** Statistics of one column, in one or two passes over its memory. */
export function statsOf(data: ColumnData): ColumnStats {
  switch (data.kind) {
    case 'number':
    case 'vector':
    case 'audio':
    case 'image':
      return numbers(data.values);
    case 'tokens': {
      const lengths = rowLengths(data.values, data.length, (value) => value !== 0);
      return { ...numbers(lengths), missing: 0 };
    }
    case 'category':
      return { ...counted(data.codes, data.categories.length), labels: data.categories };
    case 'tags':
      return { ...counted(data.codes, data.categories.length), labels: data.categories, missing: 0 };
    case 'text': {
      const seen = data.values.slice(0, MOST_TEXTS);
      return {
        ...numbers(Float64Array.from(seen, (text) => text.length)),
        missing: seen.filter((text) => text === '').length,
        distinct: new Set(seen).size,
      };
    }
    case 'choice':
      return { ...numbers(Float64Array.from(data.values, (options) => options.length)), missing: 0 };
  }
}

/** What the numbers of a column's statistics measure. */
export function measured(data: ColumnData): string {
  switch (data.kind) {
    case 'text':
      return 'characters';
    case 'tokens':
      return 'tokens';
    case 'choice':
      return 'options';
    default:
      return width(data) > 1 ? 'all elements' : '';
  }
}

function numbers(values: ArrayLike<number>): ColumnStats {
  let count = 0;
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    count++;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const missing = values.length - count;
  if (count === 0) return { missing, bars: [] };
  const mean = sum / count;
  const bars = new Array<number>(BARS).fill(0);
  const scale = max > min ? BARS / (max - min) : 0;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    squares += (value - mean) ** 2;
    bars[Math.min(BARS - 1, Math.floor((value - min) * scale))]!++;
  }
  return { missing, mean, deviation: Math.sqrt(squares / count), min, max, bars };
}

function counted(codes: Int32Array, categories: number): ColumnStats {
  const bars = new Array<number>(categories).fill(0);
  let missing = 0;
  for (const code of codes) {
    if (code < 0 || code >= categories) missing++;
    else bars[code]!++;
  }
  return { missing, distinct: bars.filter((bar) => bar > 0).length, bars };
}

/** How many elements of each row count. */
function rowLengths(values: Int32Array, each: number, counts: (value: number) => boolean): Float64Array {
  const rows = each === 0 ? 0 : values.length / each;
  const lengths = new Float64Array(rows);
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < each; i++) if (counts(values[row * each + i]!)) lengths[row]!++;
  return lengths;
}

/** Equal parts between the least and the most of many numbers, and how many lie in each. */
export function histogram(values: ArrayLike<number>, parts: number): { min: number; max: number; counts: number[] } {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const counts = new Array<number>(parts).fill(0);
  if (min > max) return { min: 0, max: 0, counts };
  const scale = max > min ? parts / (max - min) : 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isFinite(value)) counts[Math.min(parts - 1, Math.floor((value - min) * scale))]!++;
  }
  return { min, max, counts };
}
