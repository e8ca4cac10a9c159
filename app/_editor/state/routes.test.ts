import { expect, test } from 'vitest';
import { documentSchema } from '../../../graph/document.ts';
import { applyCommand } from '../../../graph/edit.ts';
import { makeSubgraph, unpack } from '../../../graph/subgraph-edits.ts';
import { entryOf } from '../../../nodes/catalogue.ts';
import { graphOf } from '../testing.tsx';
import { excerpt, insertNodes } from './new-node.ts';
import { dissolve, splice, swap } from './rewire.ts';
import { carryPoints, parted, straighten, withPoint } from './routes.ts';

const start = { x: 0, y: 0 };
const end = { x: 800, y: 0 };
const at = (x: number, y: number) => ({ x, y });

const plain = graphOf(
  {
    input: { type: 'network/input', position: at(0, 0) },
    linear: { type: 'network/linear', params: { name: 'first' }, position: at(400, 0) },
    network: { type: 'network/network', position: at(800, 0) },
    act: { type: 'network/activation', params: { name: 'act' }, position: at(600, 200) },
  },
  [
    ['input.y', 'linear.x'],
    ['linear.y', 'network.x'],
  ],
);
const [into, out] = [[at(300, 100)], [at(650, 100), at(760, 100)]];
const graph = {
  ...plain,
  edges: {
    'wire-0': { ...plain.edges['wire-0']!, via: into },
    'wire-1': { ...plain.edges['wire-1']!, via: out },
  },
};
const ids = { n: 0, wire: () => `new-${ids.n++}`, definition: () => `definition-${ids.n++}` };
const viaOf = (document: typeof graph | ReturnType<typeof applyCommand>['document']) =>
  Object.values(document.edges)
    .map(({ via }) => via ?? [])
    .sort((a, b) => (a[0]?.x ?? 0) - (b[0]?.x ?? 0));

test('a document may lead its wires through points', () => {
  expect(documentSchema.parse(graph).edges['wire-1']!.via).toEqual(out);
});

test('a point comes where it is asked for, on the grid, between those around it', () => {
  expect(withPoint([at(100, 0), at(500, 0)], { start, end, at: at(299, 3) })).toEqual({
    via: [at(100, 0), at(296, 0), at(500, 0)],
    index: 1,
  });
  const middle = withPoint([at(100, 0)], { start, end });
  expect(middle.index).toBe(1);
  expect(middle.via[1]!.x).toBeCloseTo(500, -2);
});

test('what is put on a wire parts its points', () => {
  const via = [at(100, 0), at(500, 0)];
  expect(parted({ via }, { start, end, at: at(300, 10) })).toEqual([{ via: [via[0]] }, { via: [via[1]] }]);
  expect(parted({}, { start, end, at: at(300, 10) })).toEqual([{}, {}]);
});

test('points go along where both ends of their wire go the same way', () => {
  const positions = { input: at(0, 40), linear: at(400, 40), network: at(900, 0) };
  expect(carryPoints(graph, positions)).toEqual([{ path: ['edges', 'wire-0', 'via'], value: [at(300, 140)] }]);
});

test('splice, swap, dissolve, copies and straightening', () => {
  const spliced = applyCommand(graph, splice(graph, 'wire-1', 'act')!).document;
  expect(viaOf(spliced).flat()).toEqual([...into, ...out]);
  expect(viaOf(applyCommand(graph, swap(graph, 'linear', entryOf('network/dropout')!)).document)).toEqual([into, out]);
  expect(viaOf(applyCommand(graph, dissolve(graph, ['linear'])).document)).toEqual([[...into, ...out]]);
  const copy = insertNodes(graph, excerpt(graph, new Set(['input', 'linear'])), { label: '', at: at(1000, 1000) });
  expect(viaOf(applyCommand(graph, copy.command).document).at(-1)).toEqual([at(1300, 1100)]);
  const straight = applyCommand(graph, straighten(graph, ['wire-0', 'wire-1']));
  expect(viaOf(straight.document)).toEqual([[], []]);
  expect(applyCommand(straight.document, straight.inverse).document).toEqual(graph);
});

test('a subgraph that is made and unpacked again leaves wires as they were', () => {
  const made = makeSubgraph(graph, ['linear', 'act'], { title: 'Two', ids, titleOf: (id) => id });
  const nested = applyCommand(graph, made.command).document;
  expect(viaOf(nested)).toEqual([into, out]);
  const back = applyCommand(nested, unpack(nested, made.id, { ids, title: 'Two' }).command).document;
  expect(viaOf(back)).toEqual([into, out]);
  const whole = makeSubgraph(graph, ['input', 'linear'], { title: 'Two', ids, titleOf: (id) => id });
  const inner = applyCommand(graph, whole.command).document;
  const moved = { ...inner, nodes: { ...inner.nodes, [whole.id]: { ...inner.nodes[whole.id]!, position: at(0, 80) } } };
  expect(viaOf(applyCommand(moved, unpack(moved, whole.id, { ids, title: 'Two' }).command).document)).toEqual([
    [at(300, 180)],
    out,
  ]);
});
