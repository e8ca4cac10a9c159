import Papa from 'papaparse';
import { decodeText } from '../../lib/decode-text.ts';
import { fail } from '../../lib/problem.ts';

/** What one uploaded file may hold. More is refused with a sentence, never cut off. */
export const uploadLimits = { bytes: 256_000_000, columns: 2_000, rows: 5_000_000, nameLength: 200 } as const;

/** A table of separated values, JSON objects, or prose. */
export type FileFormat = 'table' | 'records' | 'text';

/** A cell as the file has it: a text, a list of numbers (JSON only), or nothing. */
export type Cell = string | readonly number[] | null;

export interface RawColumn {
  readonly name: string;
  readonly cells: readonly Cell[];
}

/** A file taken apart, before its columns have kinds. */
export interface RawTable {
  readonly format: FileFormat;
  readonly columns: readonly RawColumn[];
  readonly rows: number;
  /** The line of the file that a row starts in, counted from 1. */
  lineOf(row: number): number;
}

/** How prose becomes rows. */
export type TextRows = 'paragraphs' | 'lines' | 'whole';

const text = (bytes: Uint8Array, name: string): string => {
  if (bytes.length > uploadLimits.bytes)
    fail(
      'upload/too-large',
      `A file may have ${megabytes(uploadLimits.bytes)}, ${name} has ${megabytes(bytes.length)}.`,
      {
        hint: 'Split it into several files.',
      },
    );
  const decoded = decodeText(bytes);
  if (decoded === undefined || decoded.includes('\u0000'))
    return fail('upload/not-text', `Upload reads text, ${name} is not UTF-8 text.`, {
      hint: 'Save it as UTF-8, or choose a CSV, JSON, JSON Lines or text file.',
    });
  return decoded.replace(/\r\n?/g, '\n');
};
const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1_000_000)} MB`;

/** Takes a file apart. Throws a ProblemError that names the line where something is wrong. */
export function parseFile(bytes: Uint8Array, name: string, rows: TextRows = 'paragraphs'): RawTable {
  const content = text(bytes, name);
  if (content.trim() === '')
    fail('upload/empty', `${name} is empty.`, { hint: 'Choose a file with at least one row.' });
  const table = parsers[formatOf(content, name)](content, name, rows);
  if (table.rows === 0)
    fail('upload/empty', `${name} has a header but no rows.`, { hint: 'Choose a file with at least one row.' });
  return table;
}

const parsers: { readonly [F in FileFormat]: (content: string, name: string, rows: TextRows) => RawTable } = {
  table: parseSeparated,
  records: parseRecords,
  text: parseText,
};

const formats: Readonly<Record<string, FileFormat>> = {
  csv: 'table',
  tsv: 'table',
  tab: 'table',
  json: 'records',
  jsonl: 'records',
  ndjson: 'records',
  txt: 'text',
  md: 'text',
};

/** By the name's ending; else by what it looks like. */
function formatOf(content: string, name: string): FileFormat {
  const ending = /\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  if (Object.hasOwn(formats, ending)) return formats[ending]!;
  if (/^\s*[[{]/.test(content)) return 'records';
  return separatorOf(content) === undefined ? 'text' : 'table';
}

// --- separated values

/** Rows of cells with the line that each starts in; stops where `row` says so. Blank lines are left out. */
function separated(content: string, delimiter: string, row: (cells: readonly string[], line: number) => boolean): void {
  let line = 1;
  let at = 0;
  Papa.parse(content, {
    delimiter,
    newline: '\n',
    step({ data, errors, meta }, parser) {
      const blank = data.length === 1 && data[0] === '';
      if (errors.some(({ code }) => code === 'MissingQuotes')) throw new OpenQuote(line);
      if (!blank && !row(data, line)) parser.abort();
      for (; at < meta.cursor && at < content.length; at++) if (content[at] === '\n') line++;
    },
  });
}
class OpenQuote extends Error {
  readonly line: number;
  constructor(line: number) {
    super('a quote is never closed');
    this.line = line;
  }
}

const separators = [',', ';', '\t', '|'] as const;
const LOOKED_AT = 50;

/**
 * The separator that stands in the header and gives the most rows the header's number of cells. A file with one column
 * has none.
 */
function separatorOf(content: string): string | undefined {
  let best: { separator: string; wrong: number; cells: number } | undefined;
  for (const separator of separators) {
    let cells = 0;
    let seen = 0;
    let wrong = 0;
    try {
      separated(content, separator, (row) => {
        if (seen === 0) cells = row.length;
        else if (row.length !== cells) wrong++;
        return ++seen < LOOKED_AT && (seen > 1 || cells > 1);
      });
    } catch (error) {
      if (!(error instanceof OpenQuote)) throw error;
      wrong++;
    }
    if (cells < 2) continue;
    if (!best || wrong < best.wrong || (wrong === best.wrong && cells > best.cells)) best = { separator, wrong, cells };
  }
  return best?.separator;
}

function parseSeparated(content: string, name: string): RawTable {
  const separator = separatorOf(content) ?? ',';
  let names: readonly string[] | undefined;
  let header = 1;
  const columns: Cell[][] = [];
  const lines: number[] = [];
  const add = (cells: readonly string[], line: number) => {
    lines.push(line);
    cells.forEach((cell, i) => {
      columns[i]!.push(cell);
    });
  };
  try {
    separated(content, separator, (cells, line) => {
      if (!names) {
        if (cells.length > uploadLimits.columns) tooManyColumns(name, cells.length, line);
        header = line;
        const isHeader = cells.some((cell) => !isNumber(cell) && cell.trim() !== '');
        names = columnNames(isHeader ? cells : cells.map(() => ''), name);
        for (const _ of cells) columns.push([]);
        if (!isHeader) add(cells, line);
        return true;
      }
      if (cells.length !== names.length)
        fail(
          'upload/ragged',
          `${name} needs ${count(names.length, 'cell')} in every row, as in line ${header}; line ${line} has ${cells.length.toLocaleString('en')}.`,
          { hint: 'Mend that line. A cell that holds the separator or a line break stands in double quotes.' },
        );
      if (lines.length >= uploadLimits.rows) tooManyRows(name);
      add(cells, line);
      return true;
    });
  } catch (error) {
    if (!(error instanceof OpenQuote)) throw error;
    fail('upload/open-quote', `A double quote that is opened in line ${error.line} of ${name} is never closed.`, {
      hint: 'Close it. A double quote inside a cell is written twice.',
    });
  }
  return {
    format: 'table',
    columns: columns.map((cells, i) => ({ name: names![i]!, cells })),
    rows: lines.length,
    lineOf: (row) => lines[row]!,
  };
}

const tooManyColumns = (name: string, got: number, line: number): never =>
  fail(
    'upload/columns',
    `A table may have ${uploadLimits.columns.toLocaleString('en')} columns, line ${line} of ${name} has ${got.toLocaleString('en')}.`,
    { hint: 'Leave columns out, or save the table with rows and columns exchanged.' },
  );
const tooManyRows = (name: string): never =>
  fail('upload/rows', `A file may have ${uploadLimits.rows.toLocaleString('en')} rows, ${name} has more.`, {
    hint: 'Split it into several files.',
  });
const count = (n: number, what: string): string => `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`;

/** Names as the header has them; blank ones get a number, and each one that came before gets its count. */
function columnNames(header: readonly string[], file: string): string[] {
  const taken = new Set<string>();
  return header.map((cell, i) => {
    const name = cell.trim() || `column ${i + 1}`;
    if (name.length > uploadLimits.nameLength)
      fail(
        'upload/name',
        `The name of a column may have ${uploadLimits.nameLength} characters, column ${i + 1} of ${file} has ${name.length.toLocaleString('en')}.`,
        { hint: 'Give the file a first line with a short name for each column.' },
      );
    let free = name;
    for (let n = 2; taken.has(free); n++) free = `${name} (${n})`;
    taken.add(free);
    return free;
  });
}

/** A decimal number as programs write it. */
export const isNumber = (cell: string): boolean => /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(cell);

// --- JSON

function parseRecords(content: string, name: string): RawTable {
  const { records, lines } = content.trimStart().startsWith('[') ? jsonArray(content, name) : jsonLines(content, name);
  if (records.length > uploadLimits.rows) tooManyRows(name);
  const columns = new Map<string, Cell[]>();
  records.forEach((record, row) => {
    for (const [key, value] of Object.entries(record)) {
      let cells = columns.get(key);
      if (!cells) {
        if (columns.size >= uploadLimits.columns) tooManyColumns(name, columns.size + 1, lines[row]!);
        cells = Array<Cell>(records.length).fill(null);
        columns.set(key, cells);
      }
      cells[row] = cellOf(value, key, name, lines[row]!);
    }
  });
  const names = columnNames([...columns.keys()], name);
  return {
    format: 'records',
    columns: [...columns.values()].map((cells, i) => ({ name: names[i]!, cells })),
    rows: records.length,
    lineOf: (row) => lines[row]!,
  };
}

type JsonObject = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function jsonLines(content: string, name: string): { records: JsonObject[]; lines: number[] } {
  const records: JsonObject[] = [];
  const lines: number[] = [];
  for (const [i, source] of content.split('\n').entries()) {
    if (source.trim() === '') continue;
    const value = readJson(source);
    if (!isObject(value))
      return fail('upload/json', `${name} needs one JSON object in each line, line ${i + 1} has something else.`, {
        hint: 'Write {"name": value, …} in each line, or one list of such objects.',
      });
    records.push(value);
    lines.push(i + 1);
  }
  return { records, lines };
}

function jsonArray(content: string, name: string): { records: JsonObject[]; lines: number[] } {
  const list = readJson(content);
  if (!Array.isArray(list))
    return fail('upload/json', `${name} is not JSON.`, { hint: 'Save it again as a list of objects: [{…}, {…}].' });
  const odd = list.findIndex((item) => !isObject(item));
  if (odd >= 0)
    fail('upload/json', `${name} needs a list of objects, item ${odd + 1} is something else.`, {
      hint: 'Write [{"name": value, …}, …].',
    });
  // a list has no lines of its own: its items are counted
  return { records: list as JsonObject[], lines: list.map((_, i) => i + 1) };
}

function readJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

function cellOf(value: unknown, key: string, name: string, line: number): Cell {
  if (value === null) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'number')) return value;
  return fail(
    'upload/nested',
    `A cell holds a text, a number or a list of numbers, ${key} in line ${line} of ${name} holds something else.`,
    { hint: 'Give each part a key of its own.' },
  );
}

// --- prose

function parseText(content: string, _name: string, how: TextRows): RawTable {
  const cells: string[] = [];
  const lines: number[] = [];
  const add = (cell: string, line: number) => {
    if (cell.trim() === '') return;
    cells.push(cell.trim());
    lines.push(line);
  };
  if (how === 'whole') add(content, 1);
  else {
    let part = '';
    let from = 1;
    for (const [i, line] of content.split('\n').entries()) {
      if (how === 'lines') add(line, i + 1);
      else if (line.trim() === '') {
        add(part, from);
        part = '';
      } else {
        if (part === '') from = i + 1;
        part += part === '' ? line : `\n${line}`;
      }
    }
    add(part, from);
  }
  return { format: 'text', columns: [{ name: 'text', cells }], rows: cells.length, lineOf: (row) => lines[row]! };
}
