import { type ColumnData, columnType, type Dataset } from '../../graph/dataset.ts';
import { showColumnKind, showWire } from '../../graph/types.ts';
import type { Metrics, Model, Recipe, Table, Tokenizer } from '../../graph/values.ts';
import { indexType } from './indexes.ts';
import type { Kinded } from './values.ts';

type Value = Table['rows'][number][number];

const column = (name: string, kind: 'text' | 'number' = 'text') => ({ name, kind });
const tableOf = (title: string, columns: Table['columns'], rows: readonly (readonly Value[])[]): Table => ({
  title,
  columns,
  rows: rows.map((row) => [...row]),
});

/** What is shown of a long cell. */
const MOST_CELL = 300;
const short = (text: string): string => (text.length > MOST_CELL ? `${text.slice(0, MOST_CELL - 1)}…` : text);

/** A list of numbers as text: its first few, and how many there are. */
function listed(values: readonly (number | string)[]): string {
  const shown = values.slice(0, 16).map((value) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value));
  return shown.join(' ') + (values.length > shown.length ? ` … (${values.length})` : '');
}

function cellOf(data: ColumnData, row: number): Value {
  const block = (values: ArrayLike<number>, width: number) =>
    Array.from({ length: width }, (_, i) => values[row * width + i]!);
  switch (data.kind) {
    case 'number':
      return Number.isNaN(data.values[row]!) ? null : data.values[row]!;
    case 'category':
      return data.categories[data.codes[row]!] ?? null;
    case 'text':
      return short(data.values[row]!);
    case 'choice':
      return short(data.values[row]!.join(' | '));
    case 'tokens':
      return listed(block(data.values, data.length));
    case 'tags':
      return listed(block(data.codes, data.length).map((code) => data.categories[code] ?? '·'));
    case 'vector':
      return listed(block(data.values, data.size));
    case 'audio':
      return listed(block(data.values, data.samples));
    case 'image':
      return `${data.height} × ${data.width} × ${data.channels}`;
  }
}

/** Rows of a data set as a table, from `start`. */
export function datasetTable(dataset: Dataset, start: number, count: number): Table {
  const indices = Array.from({ length: Math.max(0, Math.min(count, dataset.rows - start)) }, (_, i) => start + i);
  const cells = dataset.columns.map(({ data }) => indices.map((row) => cellOf(data, row)));
  const columns = dataset.columns.map((each) => {
    const type = columnType(each);
    return column(`${type.name}: ${showColumnKind(type)}`, type.kind === 'number' ? 'number' : 'text');
  });
  return tableOf(
    'Rows',
    columns,
    indices.map((_, i) => cells.map((each) => each[i]!)),
  );
}

export const metricsTable = ({ values }: Metrics): Table =>
  tableOf(
    'Metrics',
    [column('name'), column('value', 'number'), column('unit'), column('better')],
    values.map(({ name, value, unit, better }) => [name, value, unit ?? '', better]),
  );

const modelTable = ({ card }: Model): Table =>
  tableOf(
    'Parameters',
    [column('name'), column('shape'), column('numbers', 'number'), column('trainable')],
    card.parameters.map(({ name, shape, trainable }) => [
      name,
      shape.join(' × '),
      shape.reduce((a, b) => a * b, 1),
      trainable ? 'yes' : 'no',
    ]),
  );

/** Tokens by id. A tokenizer.json lists them by token, or (Unigram) as pairs in order. */
function tokenizerTable({ json }: Tokenizer): Table {
  const { vocab = {} } = (json.model ?? {}) as { vocab?: Record<string, number> | [string, number][] };
  const listedTokens = Array.isArray(vocab) ? vocab.map(([token], id) => [token, id] as const) : Object.entries(vocab);
  return tableOf(
    'Vocabulary',
    [column('id', 'number'), column('token')],
    [...listedTokens].sort(([, a], [, b]) => a - b).map(([token, id]) => [id, token]),
  );
}

const recipeTable = ({ type, params }: Recipe): Table =>
  tableOf(
    type,
    [column('param'), column('value')],
    Object.entries(params).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );

/** Any value as a table, whole; a data set only from `start` on and `count` rows of it. */
export function tableFor(given: Kinded, start: number, count: number): { table: Table; total: number } {
  const whole = (table: Table) => ({
    table: { ...table, rows: table.rows.slice(start, start + count) },
    total: table.rows.length,
  });
  switch (given.kind) {
    case 'dataset':
      return { table: datasetTable(given.value, start, count), total: given.value.rows };
    case 'index': {
      const { passages } = given.value;
      const table = datasetTable(passages, start, count);
      return { table: { ...table, title: showWire(indexType(given.value)) }, total: passages.rows };
    }
    case 'metrics': {
      const [first, ...more] = given.value.tables ?? [];
      return whole(first && more.length === 0 && given.value.values.length === 0 ? first : metricsTable(given.value));
    }
    case 'model':
      return whole(modelTable(given.value));
    case 'tokenizer':
      return whole(tokenizerTable(given.value));
    case 'text':
      return whole(
        tableOf(
          'Lines',
          [column('line', 'number'), column('text')],
          given.value.split('\n').map((text, i) => [i + 1, short(text)]),
        ),
      );
    case 'number':
      return whole(tableOf('Number', [column('value', 'number')], [[given.value]]));
    case 'figure':
      return whole(given.value.kind === 'table' ? given.value.table : figureTable(given.value));
    case 'tensor':
      return whole(
        tableOf(
          'Layers',
          [column('name'), column('type')],
          given.value.nodes.map(({ name, type }) => [name, type]),
        ),
      );
    default:
      return whole(recipeTable(given.value));
  }
}

type Figure = Extract<Kinded, { kind: 'figure' }>['value'];

/** The numbers that a figure draws. */
function figureTable(figure: Exclude<Figure, { kind: 'table' }>): Table {
  switch (figure.kind) {
    case 'line':
      return tableOf(
        figure.title,
        [column('series'), column(figure.x.title, 'number'), column(figure.y.title, 'number')],
        figure.series.flatMap(({ name, steps, values }) => steps.map((step, i) => [name, step, values[i] ?? null])),
      );
    case 'bar':
      return tableOf(
        figure.title,
        [column('label'), column(figure.y.title, 'number')],
        figure.bars.map(({ label, value }) => [label, value]),
      );
    case 'scatter':
      return tableOf(
        figure.title,
        [column(figure.x.title, 'number'), column(figure.y.title, 'number'), column('group'), column('label')],
        figure.points.map(({ x, y, group, label }) => [x, y, group ?? '', label ?? '']),
      );
    case 'heatmap':
    case 'matrix': {
      const cells = figure.kind === 'matrix' ? figure.counts : figure.values;
      return tableOf(
        figure.title,
        [column(''), ...figure.columns.map((name) => column(name, 'number'))],
        figure.rows.map((name, i) => [name, ...cells[i]!]),
      );
    }
    case 'text':
      return tableOf(figure.title, [column('text')], [[short(figure.text)]]);
    case 'image':
      return tableOf(
        figure.title,
        [column('width', 'number'), column('height', 'number')],
        [[figure.width, figure.height]],
      );
  }
}

/** Any value as text. Of a data set only as many rows as `characters` can show, one JSON object in each line. */
export function textFor(given: Kinded, characters: number): string {
  switch (given.kind) {
    case 'text':
      return given.value;
    case 'number':
      return String(given.value);
    case 'metrics':
      return given.value.values
        .map(({ name, value, unit }) => [name, value ?? 'unknown', ...(unit ? [unit] : [])].join(' '))
        .join('\n');
    case 'dataset': {
      const lines: string[] = [];
      const names = given.value.columns.map(({ name }) => name);
      for (let row = 0, length = 0; row < given.value.rows && length <= characters; row++) {
        const [cells] = datasetTable(given.value, row, 1).rows;
        const line = JSON.stringify(Object.fromEntries(names.map((name, i) => [name, cells![i]!])));
        lines.push(line);
        length += line.length + 1;
      }
      return lines.join('\n');
    }
    case 'figure':
      return given.value.kind === 'text' ? given.value.text : JSON.stringify(given.value, null, 2);
    case 'model':
      return JSON.stringify(given.value.card, null, 2);
    case 'tokenizer':
      return JSON.stringify(given.value.json, null, 2);
    case 'index':
      return textFor({ kind: 'dataset', value: given.value.passages }, characters);
    default:
      return JSON.stringify(given.value, null, 2);
  }
}
