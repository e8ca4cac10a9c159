import { expect, test } from 'vitest';
import { emptyDocument } from '../../../graph/plain-document.ts';
import { align, distribute, tidied } from './arrange.ts';
import { crosses } from './geometry.ts';

const box = (x: number, y: number, width = 100, height = 50) => ({ x, y, width, height });
const boxes = { a: box(0, 0), b: box(130, 40, 60), c: box(400, 10) };
const places = (command: ReturnType<typeof align>) =>
  Object.fromEntries(command.edits.map(({ path, value }) => [path[1], value]));

test('align moves what is not in line yet', () => {
  expect(places(align(boxes, 'left'))).toEqual({ b: { x: 0, y: 40 }, c: { x: 0, y: 10 } });
  expect(places(align(boxes, 'right'))).toEqual({ a: { x: 400, y: 0 }, b: { x: 440, y: 40 } });
  expect(places(align(boxes, 'top'))).toEqual({ b: { x: 130, y: 0 }, c: { x: 400, y: 0 } });
});

test('distribute makes gaps equal and leaves the outermost', () => {
  // 400 − 100 − 60 leaves two gaps of 120
  expect(places(distribute(boxes, 'x'))).toEqual({ b: { x: 220, y: 40 } });
});

test('what is tidied stays in its corner, on the grid', () => {
  const boxes = { a: box(80, 160), b: box(500, 400) };
  const command = tidied(emptyDocument(), boxes, { a: { x: 12, y: 12 }, b: { x: 300, y: 31 } });
  expect(places(command)).toEqual({ b: { x: 368, y: 176 } });
});

test('lines cross or not', () => {
  const wire = [box(0, 0), box(10, 10), box(20, 10)];
  expect(crosses([box(0, 10), box(10, 0)], wire)).toBe(true);
  expect(crosses([box(0, 10), box(4, 6)], wire)).toBe(false);
});
