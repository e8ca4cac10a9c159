import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyDifference, differenceOf } from './delta.ts';

const json = fc.jsonValue({ maxDepth: 4 });

test('what a difference leads to is what it was made of, to the order of fields', () => {
  fc.assert(
    fc.property(json, json, (before, after) => {
      const delta = differenceOf(before, after);
      const made = delta ? applyDifference(before, structuredClone(delta)) : before;
      // -0 is 0 in JSON
      expect(JSON.stringify(made)).toBe(JSON.stringify(after));
    }),
  );
});

test('fields that are changed, added and taken away, and a list that grows at its end and is cut in front', () => {
  const step = { label: 'one' };
  const [two, three] = [{ label: 'two' }, { label: 'three' }];
  const node = { at: { x: 1 } };
  const before = { nodes: { a: node, b: node, c: node }, past: [step, two], rev: 1 };
  const after = { nodes: { a: node, c: { at: { x: 2 } }, d: node }, past: [two, three], rev: 1 };
  const delta = differenceOf(before, after);
  expect(delta).toEqual({
    kind: 'fields',
    gone: [],
    changed: {
      nodes: {
        kind: 'fields',
        gone: ['b'],
        changed: {
          c: {
            kind: 'fields',
            gone: [],
            changed: { at: { kind: 'fields', gone: [], changed: { x: { kind: 'value', value: 2 } } } },
          },
          d: { kind: 'value', value: node },
        },
      },
      past: { kind: 'list', skipped: 1, kept: 1, added: [three] },
    },
  });
  expect(applyDifference(before, delta!)).toEqual(after);
  expect(differenceOf(before, { ...before, past: [...before.past] })).toBeUndefined();
});

test('what comes back in another order is written as a whole', () => {
  const after = { b: 1, a: 1 };
  expect(differenceOf({ a: 1, b: 1 }, after)).toEqual({ kind: 'value', value: after });
});
