import { z } from 'zod';
import { type ColumnData, Dataset, type DatasetColumn } from '../../graph/dataset.ts';
import type { FileReference } from '../../graph/document.ts';
import type { Column } from '../../graph/types.ts';
import { columnRoles } from '../../graph/types.ts';
import type { Size } from '../../ir/size.ts';
import { sha256Hex } from '../../lib/hash.ts';
import { fail } from '../../lib/problem.ts';
import { type Cell, isNumber, parseFile, type RawColumn, type RawTable, type TextRows } from './tables.ts';

export const uploadKinds = ['number', 'category', 'text', 'vector'] as const;
export type UploadKind = (typeof uploadKinds)[number];

const columnSchema = z.object({
  name: z.string(),
  kind: z.enum(uploadKinds),
  role: z.enum(columnRoles).optional(),
  /** Where there are few enough to list. */
  categories: z.array(z.string()).optional(),
  /** Of vectors. */
  size: z.int().min(1).optional(),
});

/**
 * What is known of a file once it was read. The editor and the command line write it beside the file, since checking a
 * graph never reads one.
 */
export const fileSchemaSchema = z.object({
  /** The file that it tells of, by its SHA-256. */
  of: z.string(),
  format: z.enum(['table', 'records', 'text']),
  rows: z.int().min(0),
  columns: z.array(columnSchema),
});
export type FileSchema = Readonly<z.infer<typeof fileSchemaSchema>>;

/** What a person changed: another kind, another role, or a column that is left out. */
export const columnSettingSchema = z.object({
  name: z.string(),
  kind: z.enum([...uploadKinds, 'leave-out']).optional(),
  role: z.enum([...columnRoles, 'none']).optional(),
});
export type ColumnSetting = Readonly<z.infer<typeof columnSettingSchema>>;

/** A category has at most this many values, each at most so long, and each stands in two rows on average. */
const MOST_CATEGORIES = 100;
const LONGEST_CATEGORY = 60;
/** A schema lies in the graph, which may not grow large: beyond this, categories are known once the file is read. */
const LISTED_CHARACTERS = 100_000;

/** Cells that say that nothing is known: what pandas takes for missing, and the ? of the UCI collection. */
const missing = new Set(['', 'na', 'n/a', '#n/a', '<na>', 'nan', 'null', 'none', '?']);
const isMissing = (cell: Cell): boolean =>
  cell === null || (typeof cell === 'string' && missing.has(cell.trim().toLowerCase()));

/** Columns with such names hold what is to be predicted, or only name their rows. */
const roles: Readonly<Record<string, Column['role']>> = {
  target: 'target',
  label: 'target',
  class: 'target',
  y: 'target',
  id: 'id',
};

/**
 * Reads a file and says what its columns are: numbers where every cell is one, categories where few values repeat, else
 * text. Throws a ProblemError where the file can't be read.
 */
export function inferSchema(bytes: Uint8Array, name: string): FileSchema {
  const table = parseFile(bytes, name);
  let room = LISTED_CHARACTERS;
  const columns = table.columns.map((column) => {
    const { categories, ...rest } = inferColumn(column, table);
    room -= categories?.join().length ?? 0;
    return categories && room >= 0 ? { ...rest, categories } : rest;
  });
  return { of: sha256Hex(bytes), format: table.format, rows: table.format === 'text' ? 0 : table.rows, columns };
}

/**
 * The params that change when a file is chosen: the file itself, and each param that tells of it (`control: 'schema'`).
 * `params` are those of the node type's palette entry. Throws a ProblemError where the file can't be read.
 */
export function paramsForFile(
  params: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  param: string,
  { file, bytes }: { readonly file: FileReference; readonly bytes: Uint8Array },
): Record<string, unknown> {
  const about = Object.entries(params).filter(([, meta]) => meta.control === 'schema' && meta.file === param);
  return { [param]: file, ...Object.fromEntries(about.map(([name]) => [name, inferSchema(bytes, file.name)])) };
}

function inferColumn(column: RawColumn, table: RawTable): FileSchema['columns'][number] {
  const role = roles[column.name.toLowerCase()] ?? 'feature';
  const known = column.cells.filter((cell) => !isMissing(cell));
  const [first] = known;
  if (typeof first === 'object' && first !== null)
    return { name: column.name, kind: 'vector', role, size: first.length };
  if (table.format === 'text') return { name: column.name, kind: 'text', role };
  const texts = known.map(String);
  if (texts.length > 0 && texts.every(isNumber)) return { name: column.name, kind: 'number', role };
  const distinct = new Set(texts);
  const few = distinct.size > 0 && distinct.size <= MOST_CATEGORIES && distinct.size * 2 <= texts.length;
  if (few && texts.every((cell) => cell.length <= LONGEST_CATEGORY))
    return { name: column.name, kind: 'category', role, categories: sorted(distinct) };
  return { name: column.name, kind: 'text', role };
}

/** By value where all are numbers, else by code point: the same everywhere. */
function sorted(values: Iterable<string>): string[] {
  const all = [...values];
  return all.every(isNumber)
    ? all.sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : 1))
    : all.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

interface Chosen {
  readonly name: string;
  readonly kind: UploadKind;
  readonly role?: Column['role'];
  readonly inferred: FileSchema['columns'][number];
}

function chosenColumns(schema: FileSchema, settings: readonly ColumnSetting[]): Chosen[] {
  return schema.columns.flatMap((inferred): Chosen[] => {
    const setting = settings.find(({ name }) => name === inferred.name);
    if (setting?.kind === 'leave-out') return [];
    const role = setting?.role ?? inferred.role;
    return [
      {
        name: inferred.name,
        kind: setting?.kind ?? inferred.kind,
        ...(role && role !== 'none' && { role }),
        inferred,
      },
    ];
  });
}

/** The types of the columns, before the file is read again. `unknown` makes a size that only reading tells. */
export function columnsOf(
  schema: FileSchema,
  settings: readonly ColumnSetting[],
  unknown: (name: string) => Size,
): Column[] {
  return chosenColumns(schema, settings).map(({ name, kind, role, inferred }, i): Column => {
    const head = { name, ...(role && { role }) };
    switch (kind) {
      case 'category':
        return inferred.categories
          ? { ...head, kind, size: inferred.categories.length, categories: inferred.categories }
          : { ...head, kind, size: unknown(`categories_${i}`) };
      case 'vector':
        return { ...head, kind, size: inferred.size ?? unknown(`size_${i}`) };
      default:
        return { ...head, kind };
    }
  });
}

/** The rows of a file under a schema and its settings. */
export function readRows(
  bytes: Uint8Array,
  name: string,
  { schema, settings, rows }: { schema: FileSchema; settings: readonly ColumnSetting[]; rows: TextRows },
): Dataset {
  const table = parseFile(bytes, name, rows);
  const columns = chosenColumns(schema, settings).map((chosen): DatasetColumn => {
    const raw = table.columns.find((column) => column.name === chosen.name);
    if (!raw) return fail('upload/column', `${name} has no column ${chosen.name}.`, { hint: 'Choose the file again.' });
    return {
      name: chosen.name,
      ...(chosen.role && { role: chosen.role }),
      data: converters[chosen.kind](raw, {
        where: (row) => `Column ${chosen.name} of ${name}, line ${table.lineOf(row)},`,
        categories: chosen.inferred.categories,
      }),
    };
  });
  return new Dataset(columns, table.rows);
}

interface Source {
  /** Names a cell for a sentence. */
  where(row: number): string;
  readonly categories: readonly string[] | undefined;
}

const converters: { readonly [K in UploadKind]: (column: RawColumn, source: Source) => ColumnData } = {
  number: ({ cells }, { where }) => ({
    kind: 'number',
    values: Float64Array.from(cells, (cell, row) => {
      if (isMissing(cell)) return Number.NaN;
      return typeof cell === 'string' && isNumber(cell)
        ? Number(cell)
        : fail('upload/not-a-number', `${where(row)} needs a number, got ${shown(cell)}.`, {
            hint: 'Mend the cell, or choose text or category for the column.',
          });
    }),
  }),
  category: ({ cells }, { where, categories }) => {
    const texts = cells.map((cell, row) => {
      if (isMissing(cell)) return undefined;
      return typeof cell === 'string'
        ? cell
        : fail('upload/not-a-category', `${where(row)} needs a category, got ${shown(cell)}.`, {
            hint: 'Choose vector for the column.',
          });
    });
    const all = categories ?? sorted(new Set(texts.filter((each) => each !== undefined)));
    const codes = new Map(all.map((category, code) => [category, code]));
    return {
      kind: 'category',
      codes: Int32Array.from(texts, (each) => (each === undefined ? -1 : (codes.get(each) ?? -1))),
      categories: all,
    };
  },
  text: ({ cells }) => ({
    kind: 'text',
    values: cells.map((cell) => (cell === null ? '' : typeof cell === 'string' ? cell : JSON.stringify(cell))),
  }),
  vector: ({ cells }, { where }) => {
    const first = cells.find((cell) => Array.isArray(cell)) as readonly number[] | undefined;
    const size = first?.length ?? 1;
    const values = new Float32Array(cells.length * size);
    for (const [row, cell] of cells.entries()) {
      if (!Array.isArray(cell) || cell.length !== size)
        return fail('upload/not-a-vector', `${where(row)} needs a list of ${size} numbers, got ${shown(cell)}.`, {
          hint: 'Give every row a list of one length.',
        });
      values.set(cell, row * size);
    }
    return { kind: 'vector', size, values };
  },
};

function shown(cell: Cell): string {
  if (cell === null) return 'nothing';
  const whole =
    typeof cell === 'string' ? `“${cell}”` : Array.isArray(cell) ? `a list of ${cell.length}` : String(cell);
  return whole.length > 60 ? `${whole.slice(0, 57)}…”` : whole;
}
