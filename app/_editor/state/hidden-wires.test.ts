// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { nameWires } from '../../../graph/edit.ts';
import { canvasWires } from '../canvas/elements.ts';
import { showAll, toggleChosen, toggleKind, toggleOthers } from '../canvas/hiding-actions.ts';
import { graphOf, mount, unmount } from '../testing.tsx';
import { hiddenAt, hiddenCount, nothingHidden, rememberedHiding } from './hidden-wires.ts';

afterEach(unmount);
beforeEach(() => localStorage.clear());
vi.setConfig({ testTimeout: 60_000 });

const graph = graphOf(
  {
    data: { type: 'data/dataset', params: { dataset: 'iris' } },
    split: { type: 'data/split' },
    input: { type: 'network/input' },
    first: { type: 'network/linear', params: { name: 'first' } },
    sum: { type: 'network/residual', params: { name: 'sum' } },
  },
  [
    ['data.dataset', 'split.dataset'],
    ['split.train', 'input.dataset'],
    ['input.y', 'first.x'],
    ['input.y', 'sum.a'],
    ['first.y', 'sum.b'],
  ],
);
const open = () => {
  const { session, store } = mount(graph, null);
  const lines = () => canvasWires(store.getState()).flatMap(({ id, selectable }) => (selectable === false ? [] : [id]));
  return { session, store, lines };
};

test('wires are hidden by the type of what flows in them, and shown again', async () => {
  const { session, store, lines } = open();
  toggleKind(session, 'dataset');
  expect(lines()).toEqual(['wire-2', 'wire-3', 'wire-4']);
  expect(hiddenCount(store.getState())).toBe(2);
  expect(store.getState().said).toBe('2 wires are hidden');
  toggleKind(session, 'tensor');
  expect(lines()).toEqual([]);
  toggleKind(session, 'dataset');
  expect(lines()).toEqual(['wire-0', 'wire-1']);
  showAll(session);
  expect(store.getState().hiding).toBe(nothingHidden);
  expect(lines()).toHaveLength(5);
});

test('the graph itself does not change, and nothing is to be undone', async () => {
  const { session, store } = open();
  toggleOthers(session);
  toggleKind(session, 'tensor');
  expect(session.document).toBe(graph);
  expect(store.getState().log.past).toEqual([]);
});

test('only wires of what is selected', async () => {
  const { session, store, lines } = open();
  toggleOthers(session);
  expect(lines()).toEqual([]);
  session.select(['first']);
  expect(lines()).toEqual(['wire-2', 'wire-4']);
  expect(hiddenCount(store.getState())).toBe(3);
  session.select([], ['wire-0']);
  expect(lines()).toEqual(['wire-0']);
  toggleOthers(session);
  expect(lines()).toHaveLength(5);
});

test('those that were chosen: hidden, and seen lightly when one selects them in the outline', async () => {
  const { session, store, lines } = open();
  session.select(['first'], ['wire-3', 'wire-4']);
  toggleChosen(session);
  expect([...store.getState().selection.edges]).toEqual([]);
  expect([...store.getState().selection.nodes]).toEqual(['first']);
  expect(lines()).toEqual(['wire-0', 'wire-1', 'wire-2']);
  session.select([], ['wire-3']);
  expect(canvasWires(store.getState()).find(({ id }) => id === 'wire-3')?.selectable).toBe(false);
  toggleChosen(session);
  expect(lines()).toEqual(['wire-0', 'wire-1', 'wire-2', 'wire-3']);
  expect(hiddenCount(store.getState())).toBe(1);
});

test('a port whose wires are all hidden is marked, one that still has a line is not', async () => {
  const { session, store } = open();
  session.select([], ['wire-3']);
  toggleChosen(session);
  expect(hiddenAt(store.getState(), 'sum')).toBe('in:a');
  expect(hiddenAt(store.getState(), 'input')).toBe('');
  session.select([], ['wire-2']);
  toggleChosen(session);
  expect(hiddenAt(store.getState(), 'input')).toBe('out:y');
});

test('a wire with a name is not hidden: its tags stand there', async () => {
  const { session, store } = open();
  session.do(nameWires(['wire-0'], 'all'));
  toggleKind(session, 'dataset');
  expect(hiddenCount(store.getState())).toBe(1);
  expect(hiddenAt(store.getState(), 'data')).toBe('');
});

test('it is kept on this device, for this graph', async () => {
  const { session } = open();
  toggleKind(session, 'dataset');
  toggleOthers(session);
  session.select([], ['wire-3']);
  toggleChosen(session);
  expect(rememberedHiding('test')).toEqual({ others: true, kinds: new Set(['dataset']), wires: new Set(['wire-3']) });
  expect(rememberedHiding('other')).toBe(nothingHidden);
  showAll(session);
  expect(rememberedHiding('test')).toBe(nothingHidden);
  expect(localStorage.length).toBe(0);
  localStorage.setItem('patchbay:wires:test', '{"kinds": 3, "wires": [1, "a"]}');
  expect(rememberedHiding('test')).toEqual({ others: false, kinds: new Set(), wires: new Set(['a']) });
});
