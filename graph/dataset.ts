import { fail } from '../lib/problem.ts';
import { type Column, type ColumnRole, columnNamed, type DatasetType } from './types.ts';

/** The numbers and texts of one column, row after row. Fixed-width kinds lie side by side in one array. */
export type ColumnData =
  /** Missing values are NaN. */
  | { readonly kind: 'number'; readonly values: Float64Array }
  /** −1 is missing. */
  | { readonly kind: 'category'; readonly codes: Int32Array; readonly categories: readonly string[] }
  | { readonly kind: 'text'; readonly values: readonly string[] }
  | { readonly kind: 'tokens'; readonly length: number; readonly vocabulary: number; readonly values: Int32Array }
  | {
      readonly kind: 'tags';
      readonly length: number;
      readonly categories: readonly string[];
      /** −1 where a row is shorter. */
      readonly codes: Int32Array;
    }
  | { readonly kind: 'vector'; readonly size: number; readonly values: Float32Array }
  | {
      readonly kind: 'image';
      readonly height: number;
      readonly width: number;
      readonly channels: number;
      readonly values: Uint8Array;
    }
  | { readonly kind: 'audio'; readonly samples: number; readonly values: Float32Array }
  | { readonly kind: 'choice'; readonly options: number; readonly values: readonly (readonly string[])[] };

export interface DatasetColumn {
  readonly name: string;
  readonly role?: ColumnRole;
  readonly origin?: { readonly column: string; readonly transform: string };
  readonly data: ColumnData;
}

export type DataOf<K extends ColumnData['kind']> = Extract<ColumnData, { readonly kind: K }>;

/** A transform that was fitted to rows, whole, so that it can be applied to other rows: a tokenizer, a scaler. */
export interface Transform {
  /** The node type that applies it again. */
  readonly implementation: string;
  /** The column that it reads. */
  readonly column: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** What was fitted, as JSON. */
  readonly data: unknown;
}
export type Transforms = Readonly<Record<string, Transform>>;

/** Rows of typed columns. Never changed once made: every node gives a new one that shares what it can. */
export class Dataset {
  readonly columns: readonly DatasetColumn[];
  readonly rows: number;
  /** How derived columns were made, by the hash that their origin names. */
  readonly transforms: Transforms;

  constructor(columns: readonly DatasetColumn[], rows?: number, transforms: Transforms = {}) {
    const used = new Set(columns.map((column) => column.origin?.transform));
    this.transforms = Object.fromEntries(Object.entries(transforms).filter(([hash]) => used.has(hash)));
    this.columns = columns;
    this.rows = rows ?? (columns[0] ? rowCount(columns[0].data) : 0);
    const names = new Set<string>();
    for (const column of columns) {
      if (names.has(column.name))
        fail(
          'dataset/duplicate-column',
          `A dataset has one column of each name, this one has two named ${column.name}.`,
        );
      names.add(column.name);
      const count = rowCount(column.data);
      if (count !== this.rows)
        fail('dataset/ragged', `Column ${column.name} has ${count} rows where the dataset has ${this.rows}.`);
    }
  }

  get type(): DatasetType {
    return { kind: 'dataset', rows: this.rows, columns: this.columns.map(columnType) };
  }

  find(name: string): DatasetColumn | undefined {
    return this.columns.find((column) => column.name === name);
  }

  column(name: string): DatasetColumn {
    return (
      this.find(name) ??
      fail(
        'dataset/no-column',
        `There is no column ${name}; there are ${this.columns.map((each) => each.name).join(', ') || 'none'}.`,
      )
    );
  }

  /** A column's data, of one kind. */
  data<K extends ColumnData['kind']>(name: string, kind: K): DataOf<K> {
    const { data } = this.column(name);
    if (data.kind !== kind) return fail('dataset/column-kind', `Column ${name} is ${data.kind}, ${kind} is needed.`);
    return data as DataOf<K>;
  }

  /** The same rows with these columns put in, in place of those with the same names. */
  with(columns: readonly DatasetColumn[], transforms: Transforms = {}): Dataset {
    const names = new Set(columns.map((column) => column.name));
    return new Dataset([...this.columns.filter((column) => !names.has(column.name)), ...columns], this.rows, {
      ...this.transforms,
      ...transforms,
    });
  }

  select(names: readonly string[]): Dataset {
    return new Dataset(
      names.map((name) => this.column(name)),
      this.rows,
      this.transforms,
    );
  }

  /** The rows with these indices, in this order. */
  take(indices: ArrayLike<number>): Dataset {
    return new Dataset(
      this.columns.map((column) => ({ ...column, data: takeData(column.data, indices) })),
      indices.length,
      this.transforms,
    );
  }
}

/** How many entries of the flat array belong to one row. */
export function width(data: ColumnData): number {
  switch (data.kind) {
    case 'tokens':
    case 'tags':
      return data.length;
    case 'vector':
      return data.size;
    case 'image':
      return data.height * data.width * data.channels;
    case 'audio':
      return data.samples;
    default:
      return 1;
  }
}

function rowCount(data: ColumnData): number {
  const values = data.kind === 'category' || data.kind === 'tags' ? data.codes : data.values;
  const each = width(data);
  return each === 0 ? 0 : values.length / each;
}

function gatherRows<A extends Float64Array | Float32Array | Int32Array | Uint8Array>(
  from: A,
  each: number,
  indices: ArrayLike<number>,
): A {
  const out = new (from.constructor as new (length: number) => A)(indices.length * each);
  for (let i = 0; i < indices.length; i++) {
    const at = indices[i]! * each;
    out.set(from.subarray(at, at + each) as never, i * each);
  }
  return out;
}

function takeData(data: ColumnData, indices: ArrayLike<number>): ColumnData {
  const pick = <T>(values: readonly T[]): T[] => Array.from(indices, (i) => values[i]!);
  switch (data.kind) {
    case 'number':
      return { ...data, values: gatherRows(data.values, 1, indices) };
    case 'category':
      return { ...data, codes: gatherRows(data.codes, 1, indices) };
    case 'tags':
      return { ...data, codes: gatherRows(data.codes, data.length, indices) };
    case 'text':
      return { ...data, values: pick(data.values) };
    case 'choice':
      return { ...data, values: pick(data.values) };
    case 'tokens':
      return { ...data, values: gatherRows(data.values, data.length, indices) };
    case 'image':
      return { ...data, values: gatherRows(data.values, width(data), indices) };
    case 'vector':
    case 'audio':
      return { ...data, values: gatherRows(data.values, width(data), indices) };
  }
}

/** The schema of a column. */
export function columnType({ name, role, origin, data }: DatasetColumn): Column {
  const rest = { name, ...(role && { role }), ...(origin && { origin: { column: origin.column } }) };
  switch (data.kind) {
    case 'category':
      return { ...rest, kind: 'category', size: data.categories.length, categories: data.categories };
    case 'tags':
      return { ...rest, kind: 'tags', length: data.length, size: data.categories.length, categories: data.categories };
    case 'tokens':
      return { ...rest, kind: 'tokens', length: data.length, vocabulary: data.vocabulary };
    case 'vector':
      return { ...rest, kind: 'vector', size: data.size };
    case 'image':
      return { ...rest, kind: 'image', height: data.height, width: data.width, channels: data.channels };
    case 'audio':
      return { ...rest, kind: 'audio', samples: data.samples };
    case 'choice':
      return { ...rest, kind: 'choice', options: data.options };
    default:
      return { ...rest, kind: data.kind };
  }
}

/** The column that a param names; left empty, the one with the role; else the only one of the kind. */
export function chooseColumn(
  type: DatasetType,
  { name, role, kinds }: { name: string; role?: ColumnRole; kinds?: readonly Column['kind'][] },
): Column | undefined {
  if (name) return columnNamed(type, name);
  const fitting = kinds ? type.columns.filter((column) => kinds.includes(column.kind)) : type.columns;
  const inRole = role && fitting.find((column) => column.role === role);
  if (inRole) return inRole;
  return fitting.length === 1 || (role === undefined && fitting.length > 0) ? fitting[0] : undefined;
}
