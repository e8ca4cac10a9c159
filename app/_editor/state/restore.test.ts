import { expect, test } from 'vitest';
import { documentHash, emptyDocument, type GraphDocument } from '../../../graph/document.ts';
import { applyCommand } from '../../../graph/edit.ts';
import { differenceOf, restoreCommand } from './restore.ts';

const node = (units: number, x = 0) => ({
  type: 'network/linear',
  version: 1,
  params: { units },
  position: { x, y: 0 },
});

const then: GraphDocument = {
  ...emptyDocument('Then'),
  nodes: { a: node(1), b: node(2), c: node(3) },
  edges: { w: { from: ['a', 'y'], to: ['b', 'x'] } },
};
const now: GraphDocument = {
  ...emptyDocument('Now'),
  seed: 4,
  nodes: { a: node(1, 50), b: node(9), d: node(4) },
  edges: { v: { from: ['a', 'y'], to: ['d', 'x'] } },
};

test('a version comes back whole, and undo brings back what was there', () => {
  const { document, inverse } = applyCommand(now, restoreCommand(now, then, 'Restore'));
  expect(documentHash(document)).toBe(documentHash(then));
  expect(documentHash(applyCommand(document, inverse).document)).toBe(documentHash(now));
});

test('what is the same is not touched', () => {
  expect(restoreCommand(now, now, 'Restore').edits).toEqual([]);
  expect(restoreCommand({ ...then, seed: 7 }, then, 'Restore').edits).toEqual([{ path: ['seed'], value: 0 }]);
});

test('differences are counted; a node that was only moved is the same', () => {
  expect(differenceOf(now, then)).toEqual({ added: 1, removed: 1, changed: 1, wires: 2 });
  expect(differenceOf(then, then)).toEqual({ added: 0, removed: 0, changed: 0, wires: 0 });
});
