import { utf8ToBytes } from '@noble/hashes/utils.js';
import { expect, test } from 'vitest';
import { sha256Hex } from '../../lib/hash.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { problemOfStep, runStep } from '../../runtime/testing/check-step.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import { inferSchema } from '../kit/upload-schema.ts';
import upload from './upload.ts';

const folder = temporaryFolder();

/** What the editor writes when a file is chosen. */
function chosen(content: string, name: string) {
  const bytes = utf8ToBytes(content);
  const file = { sha256: sha256Hex(bytes), name, size: bytes.length };
  return { bytes, params: { file, schema: inferSchema(bytes, name) } };
}

const pets = chosen('id,name,age,kind\n1,Laika,3,dog\n2,Tux,,bird\n3,Rex,5.5,dog\n4,Rio,1,bird\n', 'pets.csv');

test('a file becomes columns of the kinds and roles that were inferred', async () => {
  const { value } = await runStep(upload, { params: pets.params, files: [pets.bytes], folder });
  const dataset = value('dataset', 'dataset');
  expect(dataset.columns).toEqual([
    { name: 'id', role: 'id', data: { kind: 'number', values: Float64Array.of(1, 2, 3, 4) } },
    { name: 'name', role: 'feature', data: { kind: 'text', values: ['Laika', 'Tux', 'Rex', 'Rio'] } },
    { name: 'age', role: 'feature', data: { kind: 'number', values: Float64Array.of(3, Number.NaN, 5.5, 1) } },
    {
      name: 'kind',
      role: 'feature',
      data: { kind: 'category', codes: Int32Array.of(1, 0, 1, 0), categories: ['bird', 'dog'] },
    },
  ]);
});

test('kinds and roles can be changed, and columns left out', async () => {
  const columns = [
    { name: 'id', kind: 'leave-out' },
    { name: 'age', kind: 'category', role: 'none' },
    { name: 'kind', role: 'target' },
  ];
  const { value, declared } = await runStep(upload, {
    params: { ...pets.params, columns },
    files: [pets.bytes],
    folder,
  });
  expect(value('dataset', 'dataset').columns.slice(1)).toEqual([
    { name: 'age', data: { kind: 'category', codes: Int32Array.of(1, -1, 2, 0), categories: ['1', '3', '5.5'] } },
    {
      name: 'kind',
      role: 'target',
      data: { kind: 'category', codes: Int32Array.of(1, 0, 1, 0), categories: ['bird', 'dog'] },
    },
  ]);
  // how many categories age has is a symbol until the file is read
  expect(declared.dataset).toMatchObject({ columns: [{}, { kind: 'category' }, { size: 2 }] });
});

test('plain text becomes paragraphs, lines or one row', async () => {
  const book = chosen('Call me\nIshmael.\n\nSome years ago.\n', 'moby.txt');
  for (const [rows, wanted] of [
    ['paragraphs', ['Call me\nIshmael.', 'Some years ago.']],
    ['lines', ['Call me', 'Ishmael.', 'Some years ago.']],
    ['whole', ['Call me\nIshmael.\n\nSome years ago.']],
  ] as const) {
    const { value } = await runStep(upload, { params: { ...book.params, rows }, files: [book.bytes], folder });
    expect(value('dataset', 'dataset').data('text', 'text').values).toEqual(wanted);
  }
});

test('JSON lines bring vectors', async () => {
  const rows = chosen('{"v":[1,2],"label":0}\n{"v":[3,4],"label":1}\n', 'x.jsonl');
  const { value } = await runStep(upload, { params: rows.params, files: [rows.bytes], folder });
  expect(value('dataset', 'dataset').columns).toEqual([
    { name: 'v', role: 'feature', data: { kind: 'vector', size: 2, values: Float32Array.of(1, 2, 3, 4) } },
    { name: 'label', role: 'target', data: { kind: 'number', values: Float64Array.of(0, 1) } },
  ]);
});

test('a kind that a cell does not fit names the cell', async () => {
  const columns = [{ name: 'name', kind: 'number' }];
  expect(await problemOfStep(upload, { params: { ...pets.params, columns }, files: [pets.bytes], folder })).toEqual({
    code: 'upload/not-a-number',
    message: 'Column name of pets.csv, line 2, needs a number, got “Laika”.',
    hint: 'Mend the cell, or choose text or category for the column.',
  });
  const vectors = chosen('{"v":[1,2]}\n{"v":[3]}\n', 'x.jsonl');
  expect(await problemOfStep(upload, { params: vectors.params, files: [vectors.bytes], folder })).toEqual({
    code: 'upload/not-a-vector',
    message: 'Column v of x.jsonl, line 2, needs a list of 2 numbers, got a list of 1.',
    hint: 'Give every row a list of one length.',
  });
});

test('a file that is not stored here is asked for again', async () => {
  const lost = chosen('a,b\n1,2\n', 'lost.csv');
  expect(await problemOfStep(upload, { params: lost.params, folder })).toEqual({
    code: 'file/missing',
    message: 'The file lost.csv is not stored here.',
    hint: 'Choose the file again in its node.',
  });
});

checkProblems(upload, [
  {
    name: 'no file',
    inputs: {},
    problem: {
      code: 'upload/no-file',
      message: 'Upload needs a file, none is chosen.',
      hint: 'Choose a CSV, JSON or text file.',
      at: { param: 'file' },
    },
  },
  {
    name: 'a file without its schema',
    params: { file: pets.params.file },
    inputs: {},
    problem: {
      code: 'upload/not-read',
      message: 'Upload has not read pets.csv yet, so its columns are not known.',
      hint: 'Choose the file again.',
      at: { param: 'file' },
    },
  },
  {
    name: 'another file’s schema',
    params: { ...pets.params, file: { ...pets.params.file, sha256: 'a'.repeat(64) } },
    inputs: {},
    problem: {
      code: 'upload/not-read',
      message: 'Upload has not read pets.csv yet, so its columns are not known.',
      hint: 'Choose the file again.',
      at: { param: 'file' },
    },
  },
  {
    name: 'nothing pasted',
    params: { source: 'pasted' },
    inputs: {},
    problem: {
      code: 'upload/no-text',
      message: 'Upload needs a text, none is pasted.',
      hint: 'Paste a table or a text.',
      at: { param: 'pasted' },
    },
  },
  {
    name: 'a ragged table pasted',
    params: { source: 'pasted', pasted: 'a,b\n1,2\n3\n' },
    inputs: {},
    problem: {
      code: 'upload/ragged',
      message: 'The pasted text needs 2 cells in every row, as in line 1; line 3 has 1.',
      hint: 'Mend that line. A cell that holds the separator or a line break stands in double quotes.',
      at: { param: 'pasted' },
    },
  },
  {
    name: 'every column left out',
    params: {
      source: 'pasted',
      pasted: 'a,b\n1,2\n',
      columns: ['a', 'b'].map((name) => ({ name, kind: 'leave-out' })),
    },
    inputs: {},
    problem: {
      code: 'upload/no-columns',
      message: 'Upload needs at least one column, all are left out.',
      hint: 'Keep one.',
      at: { param: 'columns' },
    },
  },
  {
    name: 'settings for a column that is not there',
    params: { source: 'pasted', pasted: 'a,b\n1,2\n', columns: [{ name: 'c', role: 'target' }] },
    inputs: {},
    problem: {
      code: 'upload/unknown-column',
      message: 'Upload has settings for a column c, the file has a, b.',
      hint: 'Take the settings away.',
      at: { param: 'columns' },
    },
  },
]);
