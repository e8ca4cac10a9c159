import { columnType, type Dataset, type DatasetColumn } from '../../graph/dataset.ts';
import type { Column, DatasetType, IndexType } from '../../graph/types.ts';
import type { Index, IndexMethod } from '../../graph/values.ts';
import type { TypeContext } from './define-node.ts';

/** Kinds of columns whose cells can name a row. */
const naming = ['text', 'category', 'number'] as const;

export const describeColumns = ({ columns }: DatasetType): string =>
  columns.map((each) => `${each.name} (${each.kind})`).join(', ') || 'no columns';

/** The column of texts that a param names; left empty, the one whose role is feature, or the only one of text. */
export function textColumn(
  check: Pick<TypeContext, 'fail'>,
  title: string,
  type: DatasetType,
  { name, param, port }: { readonly name: string; readonly param: string; readonly port: string },
): Column & { readonly kind: 'text' } {
  const texts = type.columns.filter((each) => each.kind === 'text');
  const found = name
    ? texts.find((each) => each.name === name)
    : (texts.find(({ role }) => role === 'feature') ??
      (texts.filter(({ role }) => role === undefined).length === 1
        ? texts.find(({ role }) => role === undefined)
        : undefined));
  return (
    found ??
    check.fail(
      'text/column',
      `${title} needs a column of text${name ? ` named ${name}` : ''}, the data set on ${port} has ${describeColumns(type)}.`,
      { param, hint: 'Choose a column of text.' },
    )
  );
}

/** The column that names rows: the one whose role is id. Without one rows are named by their number. */
export const idColumn = (type: DatasetType): Column | undefined =>
  type.columns.find(({ role, kind }) => role === 'id' && naming.some((each) => each === kind));

/** The cells of a column as texts. */
export function cellTexts({ name, data }: DatasetColumn): readonly string[] {
  switch (data.kind) {
    case 'text':
      return data.values;
    case 'category':
      return Array.from(data.codes, (code) => data.categories[code] ?? '');
    case 'number':
      return Array.from(data.values, (value) => (Number.isNaN(value) ? '' : String(value)));
    default:
      throw new Error(`column ${name} is ${data.kind}, which names nothing`);
  }
}

/** The names of rows: their ids, or their numbers from 1. */
export function rowNames(dataset: Dataset): readonly string[] {
  const found = idColumn(dataset.type);
  return found ? cellTexts(dataset.column(found.name)) : Array.from({ length: dataset.rows }, (_, i) => String(i + 1));
}

/** What an index keeps of a column: vectors lie in the method that searches them. */
const kept = ({ kind }: { readonly kind: Column['kind'] }): boolean => kind !== 'vector';
const ID: Column = { name: 'id', kind: 'text', role: 'id' };

/** The passages' type in an index, and the columns of texts and names. */
export function passagesType(
  check: Pick<TypeContext, 'fail'>,
  title: string,
  type: DatasetType,
  text: string,
): Pick<IndexType, 'passages' | 'text' | 'id'> {
  const found = textColumn(check, title, type, { name: text, param: 'column', port: 'dataset' });
  const id = idColumn(type);
  const columns = type.columns.filter(kept);
  return {
    passages: {
      ...type,
      columns: id ? columns : [ID, ...columns.filter(({ name }) => name !== ID.name)],
    },
    text: found.name,
    id: id?.name ?? ID.name,
  };
}

/** The same of rows that are there. */
export function passagesOf(dataset: Dataset): Dataset {
  const rows = dataset.select(dataset.columns.filter((each) => kept(columnType(each))).map(({ name }) => name));
  if (idColumn(dataset.type)) return rows;
  const ids: DatasetColumn = { name: ID.name, role: 'id', data: { kind: 'text', values: rowNames(dataset) } };
  const rest = rows.columns.filter(({ name }) => name !== ID.name);
  return rows.with([ids]).select([ID.name, ...rest.map(({ name }) => name)]);
}

const methods = (method: IndexMethod): IndexMethod[] =>
  method.kind === 'fused' ? method.parts.flatMap((part) => methods(part.method)) : [method];

/** The type of an index that is there. */
export function indexType({ passages, text, id, method }: Index): IndexType {
  const vectors = new Map<string, number>();
  for (const each of methods(method)) if (each.kind === 'vectors') vectors.set(each.column, each.size);
  return {
    kind: 'index',
    passages: passages.type,
    text,
    id,
    byText: methods(method).some(({ kind }) => kind === 'bm25'),
    byVectors: Array.from(vectors, ([column, size]) => ({ column, size })),
  };
}
