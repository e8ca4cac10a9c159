import { expect, test } from 'vitest';
import { graphOf } from '../testing.tsx';
import { nodesOf, placeText, problemRows } from './problem-rows.ts';

const document = graphOf({ train: { type: 'training/train', title: 'Teach' } });

test('errors come before warnings, and what failed in the run before both', () => {
  const warning = { code: 'a/b', message: 'W.', severity: 'warning' as const };
  const error = { code: 'a/c', message: 'E.', at: { node: 'train', param: 'steps' } };
  const failed = { code: 'a/d', message: 'F.' };
  const rows = problemRows(document, [warning, error], [failed]);
  expect(rows.map((row) => (row.kind === 'head' ? `${row.severity} ${row.count}` : row.place))).toEqual([
    'run 1',
    'The graph',
    'error 1',
    'Teach, Steps',
    'warning 1',
    'The graph',
  ]);
});

test('a place has words, and a problem knows the nodes at all its ends', () => {
  expect(placeText(document, { node: 'train', port: 'model' })).toBe('Teach, model');
  const notes = [{ message: 'x', at: { node: 'a' } }, { message: 'y' }];
  expect(nodesOf({ code: 'a/b', message: 'M.', at: { node: 'train' }, notes })).toEqual(['train', 'a']);
});
