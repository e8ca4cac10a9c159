import { utf8ToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { documentSchema, emptyDocument, limits } from '../../graph/document.ts';
import { ProblemError } from '../../lib/problem.ts';
import { parseFile, type TextRows } from './tables.ts';
import { inferSchema, readRows } from './upload-schema.ts';

const parse = (content: string, name = 'pets.csv', rows?: TextRows) => parseFile(utf8ToBytes(content), name, rows);
const cells = (content: string, name?: string, rows?: TextRows) =>
  Object.fromEntries(parse(content, name, rows).columns.map((column) => [column.name, column.cells]));

describe('tables of separated values', () => {
  test.each([
    ['commas', 'a,b\n1,x\n2,y\n'],
    ['semicolons with decimal commas', 'a;b\n1;x,1,1\n2;y,1,1\n'],
    ['tabs', 'a\tb\n1\tx\n2\ty\n'],
    ['bars', 'a|b\n1|x\n2|y\n'],
    ['Windows line ends', 'a,b\r\n1,x\r\n2,y\r\n'],
    ['mixed line ends', 'a,b\r\n1,x\n2,y'],
    ['blank lines', '\na,b\n\n1,x\n\n\n2,y\n'],
    ['a byte-order mark', '\ufeffa,b\n1,x\n2,y\n'],
  ])('%s', (_, content) => {
    expect(cells(content)).toEqual({ a: ['1', '2'], b: [expect.stringMatching(/^x/), expect.stringMatching(/^y/)] });
  });

  test('quotes hold separators, quotes and line breaks; lines are counted through them', () => {
    const table = parse('name,says\n"Moby, Dick","""Thar\nshe blows"""\nAhab,no\n');
    expect(table.columns.map((column) => column.cells)).toEqual([
      ['Moby, Dick', 'Ahab'],
      ['"Thar\nshe blows"', 'no'],
    ]);
    expect([0, 1].map((row) => table.lineOf(row))).toEqual([2, 4]);
  });

  test('one column needs no separator', () => {
    expect(cells('name\nAhab\nQueequeg\n')).toEqual({ name: ['Ahab', 'Queequeg'] });
  });

  test('a first row of numbers is no header; blank and repeated names are told apart', () => {
    expect(cells('1,2\n3,4\n')).toEqual({ 'column 1': ['1', '3'], 'column 2': ['2', '4'] });
    expect(Object.keys(cells(',a,a,a\n1,2,3,4\n'))).toEqual(['column 1', 'a', 'a (2)', 'a (3)']);
  });

  test('names that reach a prototype are names like others', () => {
    expect(cells('__proto__,constructor\n1,2\n')).toEqual(
      Object.fromEntries([
        ['__proto__', ['1']],
        ['constructor', ['2']],
      ]),
    );
    const records = parse('{"__proto__": 1, "toString": 2}\n', 'x.jsonl');
    expect(records.columns.map((column) => column.name)).toEqual(['__proto__', 'toString']);
  });
});

describe('JSON', () => {
  test('lines and lists give the same; keys may be absent', () => {
    const wanted = { a: ['1', null, '3.5'], b: ['x', 'true', null] };
    expect(cells('{"a":1,"b":"x"}\n\n{"b":true}\n{"a":3.5,"b":null}\n', 'x.jsonl')).toEqual(wanted);
    expect(cells('[{"a":1,"b":"x"},{"b":true},{"a":3.5,"b":null}]', 'x.json')).toEqual(wanted);
  });
  test('lists of numbers are cells', () => {
    expect(cells('{"v":[1,2.5]}\n{"v":[3,4]}\n', 'x.jsonl')).toEqual({
      v: [
        [1, 2.5],
        [3, 4],
      ],
    });
  });
});

describe('text', () => {
  const content = 'One.\nStill one.\n\n\nTwo.\n';
  test.each<[TextRows, string[]]>([
    ['paragraphs', ['One.\nStill one.', 'Two.']],
    ['lines', ['One.', 'Still one.', 'Two.']],
    ['whole', ['One.\nStill one.\n\n\nTwo.']],
  ])('as %s', (rows, wanted) => {
    expect(cells(content, 'book.txt', rows)).toEqual({ text: wanted });
  });
});

test('a file without a known ending is taken for what it looks like', () => {
  expect(parse('a,b\n1,2\n', 'data').format).toBe('table');
  expect(parse('{"a":1}\n', 'data').format).toBe('records');
  expect(parse('Call me Ishmael.\n', 'data').format).toBe('text');
});

describe('what is wrong is said in one sentence that names the line', () => {
  const wide = (count: number) => Array.from({ length: count }, (_, i) => `c${i}`).join(',');
  const cases: [what: string, content: string | Uint8Array, name: string, code: string, message: string][] = [
    [
      'a ragged row',
      'a,b\n1,2\n"x\ny",2\n1,2,3\n',
      'pets.csv',
      'upload/ragged',
      'pets.csv needs 2 cells in every row, as in line 1; line 5 has 3. Mend that line. A cell that holds the separator or a line break stands in double quotes.',
    ],
    [
      'a million columns',
      `${wide(1_000_000)}\n`,
      'wide.csv',
      'upload/columns',
      'A table may have 2,000 columns, line 1 of wide.csv has 1,000,000. Leave columns out, or save the table with rows and columns exchanged.',
    ],
    [
      'a million cells in a later row',
      `a,b\n1,2\n${wide(1_000_000)}\n`,
      'wide.csv',
      'upload/ragged',
      'wide.csv needs 2 cells in every row, as in line 1; line 3 has 1,000,000. Mend that line. A cell that holds the separator or a line break stands in double quotes.',
    ],
    [
      'too many keys',
      `{"a":1}\n{${Array.from({ length: 3000 }, (_, i) => `"k${i}":1`).join()}}\n`,
      'wide.jsonl',
      'upload/columns',
      'A table may have 2,000 columns, line 2 of wide.jsonl has 2,001. Leave columns out, or save the table with rows and columns exchanged.',
    ],
    [
      'a quote that stays open',
      'a,b\n1,2\n"x,2\n3,4\n',
      'pets.csv',
      'upload/open-quote',
      'A double quote that is opened in line 3 of pets.csv is never closed. Close it. A double quote inside a cell is written twice.',
    ],
    [
      'a header that is prose',
      `${'word '.repeat(100)},b\n1,2\n`,
      'pets.csv',
      'upload/name',
      'The name of a column may have 200 characters, column 1 of pets.csv has 499. Give the file a first line with a short name for each column.',
    ],
    ['nothing', ' \n\n', 'pets.csv', 'upload/empty', 'pets.csv is empty. Choose a file with at least one row.'],
    [
      'a header alone',
      'a,b\n',
      'pets.csv',
      'upload/empty',
      'pets.csv has a header but no rows. Choose a file with at least one row.',
    ],
    [
      'a picture',
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0),
      'cat.csv',
      'upload/not-text',
      'Upload reads text, cat.csv is not UTF-8 text. Save it as UTF-8, or choose a CSV, JSON, JSON Lines or text file.',
    ],
    [
      'bytes of another encoding',
      Uint8Array.of(0x61, 0x0a, 0xe4, 0x0a),
      'umlaut.csv',
      'upload/not-text',
      'Upload reads text, umlaut.csv is not UTF-8 text. Save it as UTF-8, or choose a CSV, JSON, JSON Lines or text file.',
    ],
    [
      'a line that is no JSON',
      '{"a":1}\n\n{"a":\n',
      'x.jsonl',
      'upload/json',
      'x.jsonl needs one JSON object in each line, line 3 has something else. Write {"name": value, …} in each line, or one list of such objects.',
    ],
    [
      'a list of numbers',
      '[{"a":1}, 2]',
      'x.json',
      'upload/json',
      'x.json needs a list of objects, item 2 is something else. Write [{"name": value, …}, …].',
    ],
    [
      'a list that is cut off',
      '[{"a":1},',
      'x.json',
      'upload/json',
      'x.json is not JSON. Save it again as a list of objects: [{…}, {…}].',
    ],
    [
      'objects in objects',
      '{"a":{"b":1}}\n',
      'x.jsonl',
      'upload/nested',
      'A cell holds a text, a number or a list of numbers, a in line 1 of x.jsonl holds something else. Give each part a key of its own.',
    ],
  ];
  test.each(cases)('%s', (_, content, name, code, message) => {
    const bytes = typeof content === 'string' ? utf8ToBytes(content) : content;
    try {
      parseFile(bytes, name);
      expect.fail('it was read');
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      expect(error.problem.code).toBe(code);
      expect(error.message).toBe(message);
    }
  });
});

describe('kinds and roles', () => {
  const infer = (content: string, name = 'x.csv') =>
    Object.fromEntries(
      inferSchema(utf8ToBytes(content), name).columns.map(({ name: column, ...rest }) => [column, rest]),
    );
  test('numbers, categories, text; roles by name', () => {
    expect(
      infer('id,Age,city,label,note\n1,3.5,Rome,b,so\n2,,Rome,a,so so\n3,NA,Oslo,a,so so so\n4,-1e3,Oslo,b,\n'),
    ).toEqual({
      id: { kind: 'number', role: 'id' },
      Age: { kind: 'number', role: 'feature' },
      city: { kind: 'category', role: 'feature', categories: ['Oslo', 'Rome'] },
      label: { kind: 'category', role: 'target', categories: ['a', 'b'] },
      note: { kind: 'text', role: 'feature' },
    });
    expect(infer('{"v":[1,2],"ok":true}\n{"v":[3,4],"ok":true}\n', 'x.jsonl')).toEqual({
      v: { kind: 'vector', role: 'feature', size: 2 },
      ok: { kind: 'category', role: 'feature', categories: ['true'] },
    });
    expect(infer('Call me Ishmael.', 'book.txt')).toEqual({ text: { kind: 'text', role: 'feature' } });
  });

  test('the widest schema still fits into a graph', () => {
    const header = Array.from({ length: 2000 }, (_, i) => `${i} ${'n'.repeat(190)}`).join();
    const row = (k: number) => Array.from({ length: 2000 }, () => `${k} ${'v'.repeat(50)}`).join();
    const schema = inferSchema(utf8ToBytes([header, ...[0, 1, 2, 3, 0, 1, 2, 3].map(row)].join('\n')), 'x.csv');
    expect(schema.columns.every(({ kind }) => kind === 'category')).toBe(true);
    const node = { type: 'data/upload', version: 1, params: { schema: { ...schema } }, position: { x: 0, y: 0 } };
    const document = { ...emptyDocument(), nodes: { upload: node } };
    expect(documentSchema.safeParse(document).success).toBe(true);
    expect(JSON.stringify(document).length).toBeLessThan(limits.bytes / 2);
  });
});

test('property: what a table writer writes is read back, cell by cell', () => {
  const cell = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    fc.constantFrom('a,b', '"', 'x\ny', ' ', '1', ''),
  );
  const table = fc
    .integer({ min: 1, max: 5 })
    .chain((width) =>
      fc.tuple(
        fc.constantFrom(',', ';', '\t', '|'),
        fc.array(fc.tuple(...Array.from({ length: width }, () => cell)), { minLength: 1, maxLength: 8 }),
      ),
    );
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
  fc.assert(
    fc.property(table, ([separator, rows]) => {
      const header = rows[0]!.map((_, i) => `name ${i}`);
      const content = [header, ...rows].map((row) => row.map(quote).join(separator)).join('\n');
      const filled = rows.filter((row) => row.length > 1 || row[0] !== '');
      fc.pre(filled.length > 0 && !content.includes('\u0000'));
      const read = parse(content);
      expect(read.columns.map((column) => column.name)).toEqual(header);
      const wanted = filled.map((row) => row.map((each) => each.replace(/\r\n?/g, '\n')));
      expect(wanted.map((row, i) => row.map((_, k) => read.columns[k]!.cells[i]))).toEqual(wanted);
    }),
    { numRuns: 300 },
  );
});

test('property: any bytes are read or give a problem with a sentence, and what was inferred can be read', () => {
  const printable = fc.string({ unit: fc.constantFrom(...'ab1.,;\t|"\n\r -é{}[]:'), maxLength: 60 });
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 60 }), printable.map(utf8ToBytes));
  const name = fc.constantFrom('x.csv', 'x.jsonl', 'x.json', 'x.txt', 'x');
  fc.assert(
    fc.property(bytes, name, (content, file) => {
      try {
        const schema = inferSchema(content, file);
        const dataset = readRows(content, file, { schema, settings: [], rows: 'paragraphs' });
        expect(dataset.columns.map((column) => column.data.kind)).toEqual(schema.columns.map(({ kind }) => kind));
        if (schema.rows > 0) expect(dataset.rows).toBe(schema.rows);
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        expect(error.message).toMatch(/^[A-Zx“].*\.$/s);
      }
    }),
    { numRuns: 2_000 },
  );
});
