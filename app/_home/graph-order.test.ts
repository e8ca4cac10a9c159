import { expect, test } from 'vitest';
import { pick } from './graph-order.ts';

const graph = (id: string, name: string, updatedAt: number, nodes: number) => ({ id, name, rev: 1, nodes, updatedAt });
const graphs = [graph('a', 'Whale 10', 3, 5), graph('b', 'whale 9', 1, 9), graph('c', '', 2, 1)];
const ids = (...of: Parameters<typeof pick>) => pick(...of).map(({ id }) => id);

test('graphs are found by all words of their names, without a name as Untitled', () => {
  expect(ids(graphs, 'WHALE 9', 'newest')).toEqual(['b']);
  expect(ids(graphs, 'untit', 'newest')).toEqual(['c']);
  expect(ids(graphs, ' ', 'newest')).toEqual(['a', 'c', 'b']);
});

test('each order', () => {
  expect(ids(graphs, '', 'oldest')).toEqual(['b', 'c', 'a']);
  expect(ids(graphs, 'whale', 'name')).toEqual(['b', 'a']);
  expect(ids(graphs, '', 'size')).toEqual(['b', 'a', 'c']);
});
