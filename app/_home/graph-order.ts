import type { GraphRow } from '../_client/api.ts';

export const orders = [
  { id: 'newest', title: 'Last changed first' },
  { id: 'oldest', title: 'Longest untouched first' },
  { id: 'name', title: 'By name' },
  { id: 'size', title: 'Most nodes first' },
] as const;
export type GraphOrder = (typeof orders)[number]['id'];

const compare: Readonly<Record<GraphOrder, (a: GraphRow, b: GraphRow) => number>> = {
  newest: (a, b) => b.updatedAt - a.updatedAt,
  oldest: (a, b) => a.updatedAt - b.updatedAt,
  name: (a, b) => a.name.localeCompare(b.name, 'en', { numeric: true, sensitivity: 'base' }),
  size: (a, b) => b.nodes - a.nodes,
};

/** Graphs whose names have all the words, in order. */
export function pick(graphs: readonly GraphRow[], words: string, order: GraphOrder): GraphRow[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return graphs
    .filter(({ name }) => wanted.every((word) => (name || 'Untitled').toLowerCase().includes(word)))
    .sort(compare[order]);
}
