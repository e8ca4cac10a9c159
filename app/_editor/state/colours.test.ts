import { expect, test } from 'vitest';
import { documentHash } from '../../../graph/document.ts';
import { applyCommand } from '../../../graph/edit.ts';
import { graphOf } from '../testing.tsx';
import { colourNames, colourOf, paint } from './colours.ts';

const graph = graphOf({ a: { type: 'data/note' }, b: { type: 'data/split', color: '#123456' } });

test('nodes are given a colour by name, and get their own back', () => {
  const { document, inverse } = applyCommand(graph, paint(['a', 'b'], 'teal'));
  expect(Object.values(document.nodes).map(({ color }) => color)).toEqual(['teal', 'teal']);
  expect(documentHash(applyCommand(document, inverse).document)).toBe(documentHash(graph));
  expect(applyCommand(graph, paint(['b'], undefined)).document.nodes.b).not.toHaveProperty('color');
});

test('each name is another colour of the theme; what else a file says is taken as it is', () => {
  const shown = colourNames.map((color) => colourOf({ type: 'data/split', color }));
  expect(new Set(shown).size).toBe(colourNames.length);
  for (const colour of shown) expect(colour).toContain('var(--');
  expect(colourOf(graph.nodes.b!)).toBe('#123456');
  expect(colourOf({ type: 'data/split' })).toContain('248');
});
