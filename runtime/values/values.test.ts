import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Dataset } from '../../graph/dataset.ts';
import { float32, int32, tensorOf } from '../../ir/tensor.ts';
import { ProblemError } from '../../lib/problem.ts';
import { decodeDataset, encodeDataset } from './arrow.ts';
import { type Blobs, loadValue, storeValue } from './codec.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

const everyKind = new Dataset([
  { name: 'number', role: 'feature', data: { kind: 'number', values: Float64Array.of(1.5, Number.NaN, -3) } },
  {
    name: 'category',
    role: 'target',
    data: { kind: 'category', codes: Int32Array.of(1, -1, 0), categories: ['no', 'yes'] },
  },
  { name: 'text', data: { kind: 'text', values: ['a', '', 'Ünïcödé 🐋\n"quoted"'] } },
  {
    name: 'tokens',
    origin: { column: 'text', transform: 'abc' },
    data: { kind: 'tokens', length: 2, vocabulary: 9, values: Int32Array.of(1, 2, 3, 4, 5, 6) },
  },
  {
    name: 'tags',
    data: { kind: 'tags', length: 2, categories: ['N', 'V'], codes: Int32Array.of(0, 1, 1, -1, -1, -1) },
  },
  { name: 'vector', data: { kind: 'vector', size: 2, values: Float32Array.of(1, 2, 3, 4, 5, 6) } },
  {
    name: 'image',
    data: { kind: 'image', height: 1, width: 2, channels: 1, values: Uint8Array.of(0, 1, 2, 3, 254, 255) },
  },
  { name: 'audio', data: { kind: 'audio', samples: 1, values: Float32Array.of(0.5, -0.5, 0) } },
  {
    name: 'choice',
    data: {
      kind: 'choice',
      options: 2,
      values: [
        ['a', 'b'],
        ['', 'd'],
        ['e', 'f'],
      ],
    },
  },
]);

test('a data set with every kind of column survives Arrow', () => {
  const back = decodeDataset(encodeDataset(everyKind));
  expect(back.rows).toBe(3);
  expect(back.columns).toEqual(everyKind.columns);
  expect(back.type).toEqual(everyKind.type);
});

test('data sets without rows or columns survive', () => {
  expect(decodeDataset(encodeDataset(everyKind.take([]))).columns.map((column) => column.name)).toEqual(
    everyKind.columns.map((column) => column.name),
  );
  expect(decodeDataset(encodeDataset(new Dataset([], 4))).rows).toBe(4);
});

test('rows that were taken out of a data set survive', () => {
  const taken = everyKind.take([2, 0, 0]);
  expect(decodeDataset(encodeDataset(taken)).columns).toEqual(taken.columns);
});

test('columns that share their memory survive', () => {
  const values = Float64Array.of(1, 2, 3, 4);
  const codes = Int32Array.of(0, 1, 0, 1);
  const dataset = new Dataset([
    { name: 'a', data: { kind: 'number', values } },
    { name: 'b', data: { kind: 'number', values } },
    { name: 'c', data: { kind: 'category', codes, categories: ['x', 'y'] } },
    { name: 'd', data: { kind: 'category', codes, categories: ['p', 'q'] } },
    { name: 'e', data: { kind: 'tokens', length: 1, vocabulary: 2, values: codes } },
  ]);
  const once = decodeDataset(encodeDataset(dataset));
  expect(once.columns).toEqual(dataset.columns);
  expect(decodeDataset(encodeDataset(once.with([{ ...once.column('a'), name: 'f' }]))).data('f', 'number')).toEqual({
    kind: 'number',
    values,
  });
});

test('property: any table of texts and numbers survives', () => {
  const row = fc.tuple(fc.string({ unit: 'grapheme' }), fc.double());
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      const dataset = new Dataset([
        { name: 't', data: { kind: 'text', values: rows.map(([text]) => text) } },
        { name: 'n', data: { kind: 'number', values: Float64Array.from(rows, ([, value]) => value) } },
      ]);
      expect(decodeDataset(encodeDataset(dataset)).columns).toEqual(dataset.columns);
    }),
    { numRuns: 100 },
  );
});

test('tensors survive safetensors, and equal weights make equal files', () => {
  const tensors = {
    b: float32([2, 2], [1, 2, 3, 4]),
    a: int32([3], [-1, 0, 1]),
    c: tensorOf('bool', [1], [1]),
    scalar: float32([], [0.5]),
    empty: float32([0], []),
  };
  const bytes = encodeSafetensors(tensors);
  expect(decodeSafetensors(bytes)).toEqual(tensors);
  expect(decodeSafetensors(Buffer.concat([Buffer.from('x'), bytes]).subarray(1))).toEqual(tensors);
  const { a, ...rest } = tensors;
  expect(encodeSafetensors({ ...rest, a })).toEqual(bytes);
});

test('property: no change of the bytes of a safetensors file crashes the reader', () => {
  const bytes = encodeSafetensors({ weight: float32([4, 3], new Float32Array(12).fill(1)), ids: int32([2], [1, 2]) });
  const change = fc.record({ at: fc.nat(bytes.length - 1), to: fc.nat(255) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), fc.nat(bytes.length), (changes, cut) => {
      const bad = bytes.slice();
      for (const { at, to } of changes) bad[at] = to;
      for (const candidate of [bad, bytes.subarray(0, cut)])
        try {
          decodeSafetensors(candidate);
        } catch (error) {
          expect(error).toBeInstanceOf(ProblemError);
        }
    }),
    { numRuns: 1_000 },
  );
});

test('a stored value that was damaged is reported, never used', async () => {
  const map = new Map<string, Uint8Array>();
  const store: Blobs = {
    get: async (sha256) => map.get(sha256),
    put: async (bytes, sha256) => {
      map.set(sha256, bytes);
    },
  };
  const { reference, manifest } = await storeValue('text', 'Call me Ishmael.', store);
  expect(await loadValue(reference, store)).toBe('Call me Ishmael.');
  const blob = manifest.blobs.text!.sha256;
  map.set(blob, new TextEncoder().encode('Call me Ahab.'));
  await expect(loadValue(reference, store)).rejects.toThrow(/is damaged/);
  map.delete(blob);
  await expect(loadValue(reference, store)).rejects.toThrow(/not there any more/);
});
