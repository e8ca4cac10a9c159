import fc from 'fast-check';
import superjson from 'superjson';
import { expect, test } from 'vitest';
import { wireJson } from './wire-json.ts';

const sent = (value: unknown): unknown => wireJson.deserialize(JSON.parse(JSON.stringify(wireJson.serialize(value))));

test('plain values travel as they are, without a word beside them', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json = JSON.parse(JSON.stringify(value));
      expect(wireJson.serialize(json)).toEqual({ json });
      expect(sent(json)).toEqual(json);
    }),
  );
});

test('what JSON alone would lose arrives', () => {
  const value = {
    loss: Number.NaN,
    best: Number.POSITIVE_INFINITY,
    zero: -0,
    none: undefined,
    at: new Date(5),
    list: [undefined],
  };
  expect(sent(value)).toEqual(value);
  expect(sent([value])).toEqual([value]);
  expect(sent(undefined)).toBeUndefined();
});

test('either side may be one that writes with superjson', () => {
  const value = { nodes: { a: { x: 1 } }, loss: Number.NaN };
  expect(superjson.deserialize(wireJson.serialize(value))).toEqual(value);
  expect(wireJson.deserialize(superjson.serialize(value))).toEqual(value);
});
