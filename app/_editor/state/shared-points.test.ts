// @vitest-environment happy-dom
import { afterEach, describe, expect, test } from 'vitest';
import type { GraphDocument } from '../../../graph/document.ts';
import { applyCommand, type Command, routeWire } from '../../../graph/edit.ts';
import { entryOf } from '../../../nodes/catalogue.ts';
import { addFromSearch, drawWire } from '../actions.ts';
import { drawGraph } from '../picture/draw-graph.ts';
import { graphOf, mount, Shelf, unmount } from '../testing.tsx';
import { startLog } from './document-log.ts';
import { excerpt, insertNodes } from './new-node.ts';
import { carryPoints } from './routes.ts';
import { EditorSession } from './session.ts';
import { forksOf, insertPoint, movePoint, sharersOf, takePoint } from './shared-points.ts';
import { curvesOf } from './wire-path.ts';
import { looseEnd } from './wiring.ts';

afterEach(unmount);

const at = (x: number, y: number) => ({ x, y });
const [a, b, c] = [at(296, 48), at(400, 48), at(400, 200)];
const plain = graphOf(
  {
    split: { type: 'data/split' },
    input: { type: 'network/input', position: at(600, 0) },
    view: { type: 'data/view-table', position: at(600, 200) },
    stats: { type: 'data/view-table', position: at(600, 400) },
    other: { type: 'data/view-table', position: at(600, 600) },
  },
  [
    ['split.train', 'input.dataset'],
    ['split.train', 'view.value'],
    ['split.train', 'stats.value'],
    ['split.test', 'other.value'],
  ],
);
/** Two go over a, then part; one only over c; one of another output lies over a too. */
const graph: GraphDocument = {
  ...plain,
  edges: Object.fromEntries(
    [[a, b], [a, c], [c], [a]].map((via, i) => [`wire-${i}`, { ...plain.edges[`wire-${i}`]!, via }]),
  ),
};
const does = (command: Command, document = graph) => applyCommand(document, command).document;
const vias = ({ edges }: Pick<GraphDocument, 'edges'>) => Object.values(edges).map(({ via }) => via);

describe('a point that wires of one output share', () => {
  test('is moved and taken away for all of them, and for no wire of another output', () => {
    expect(sharersOf(graph.edges, 'wire-0', a).map(([id]) => id)).toEqual(['wire-0', 'wire-1']);
    const to = at(304, 80);
    expect(vias(does(movePoint(graph.edges, 'wire-1', a, to)))).toEqual([[to, b], [to, c], [c], [a]]);
    expect(vias(does(takePoint(graph.edges, 'wire-0', a)))).toEqual([[b], [c], [c], [a]]);
    const bare = does(takePoint(graph.edges, 'wire-2', c));
    expect(vias(bare)).toEqual([[a, b], [a], undefined, [a]]);
    expect(movePoint(graph.edges, 'wire-1', a, to).label).toBe('Move a point of 2 wires');
  });

  test('is where they part: up to there they are one line', () => {
    expect([...forksOf(graph.edges, 'wire-0')]).toEqual([0]);
    expect([...forksOf(graph.edges, 'wire-1')]).toEqual([0]);
    for (const id of ['wire-2', 'wire-3']) expect(forksOf(graph.edges, id).size).toBe(0);
    const line = (id: string) => curvesOf(at(216, 48), at(600, 300), graph.edges[id]!.via, forksOf(graph.edges, id));
    expect(line('wire-0')[0]).toEqual(line('wire-1')[0]);
    expect(line('wire-0')[1]).not.toEqual(line('wire-1')[1]);
    // without the fork each would lean to where it goes
    expect(curvesOf(at(216, 48), at(600, 300), [a, c])[0]).not.toEqual(line('wire-1')[0]);
    // the same in the picture that travels
    const grey = { canvas: '#eee', surface: '#fff', line: '#ccc', ink: '#000', quiet: '#444' };
    const { svg } = drawGraph(graph, {}, { ...grey, kind: () => '#05a', node: () => '#0a5' });
    const starts = [...svg.matchAll(/<path d="(M[^C]+C[^C]+) C[^"]*" fill="none"/g)].map(([, first]) => first);
    expect(starts).toHaveLength(4);
    expect(starts[0]).toBe(starts[1]);
  });

  test('more of them: on the way that wires have in common it is for all, after they part for one', () => {
    const between = at(256, 48);
    expect(vias(does(insertPoint(graph.edges, 'wire-0', 0, between)))).toEqual([
      [between, a, b],
      [between, a, c],
      [c],
      [a],
    ]);
    expect(vias(does(insertPoint(graph.edges, 'wire-0', 1, between)))).toEqual([[a, between, b], [a, c], [c], [a]]);
    expect(vias(does(insertPoint(graph.edges, 'wire-2', 1, between)))[2]).toEqual([c, between]);
  });

  test('goes along with nodes only where all of its wires do', () => {
    const moved = (...ids: string[]) => {
      const places = Object.fromEntries(
        ids.map((id) => [id, { x: graph.nodes[id]!.position.x + 8, y: graph.nodes[id]!.position.y }]),
      );
      return vias(does({ label: '', edits: carryPoints(graph, places) }));
    };
    const [b8, c8] = [at(408, 48), at(408, 200)];
    expect(moved('split', 'input')).toEqual([[a, b8], [a, c], [c], [a]]);
    expect(moved('split', 'input', 'view')).toEqual([[at(304, 48), b8], [at(304, 48), c], [c], [a]]);
    expect(moved('split', 'input', 'view', 'stats')[2]).toEqual([c8]);
  });

  test('is shared by copies as by their originals', () => {
    const { ids, command } = insertNodes(graph, excerpt(graph, new Set(['split', 'input', 'view'])), {
      label: 'Paste',
    });
    const copied = does(command);
    const id = Object.keys(copied.edges).find((each) => copied.edges[each]!.to[0] === ids[1])!;
    expect(sharersOf(copied.edges, id, at(a.x + 32, a.y + 32))).toHaveLength(2);
  });
});

test('a wire that is drawn from a point takes the way up to it, also to a new node; each is one step of undo', () => {
  const { session } = mount(plain, null);
  session.do(routeWire('wire-0', [a, b], 'Lead'));
  const before = session.document;
  const from = { node: 'split', port: 'train' };
  session.do({ label: 'Take away', edits: [{ path: ['edges', 'wire-1'] }] });
  expect(drawWire(session, from, { node: 'view', port: 'value' }, [a])).toBeUndefined();
  const made = Object.values(session.document.edges).find(({ to }) => to[0] === 'view');
  expect(made).toEqual({ from: ['split', 'train'], to: ['view', 'value'], via: [a] });
  expect(sharersOf(session.document.edges, 'wire-0', a)).toHaveLength(2);
  addFromSearch(session, entryOf('data/filter') ?? entryOf('data/view-table')!, {
    at: a,
    position: at(600, 800),
    wire: { end: from, loose: looseEnd(session.document, from, 'outputs'), via: [a, b] },
  });
  expect(vias(session.document).at(-1)).toEqual([a, b]);
  expect(sharersOf(session.document.edges, 'wire-0', a)).toHaveLength(3);
  session.do(movePoint(session.document.edges, 'wire-0', a, c));
  expect(sharersOf(session.document.edges, 'wire-0', c)).toHaveLength(3);
  for (let i = 0; i < 4; i++) session.undo();
  expect(session.document).toEqual(before);
});

test('two tabs: a shared point that one moves is moved in the other, beside what that one did', async () => {
  const shelf = new Shelf(graph);
  const open = () =>
    new EditorSession({
      log: startLog(shelf.document),
      values: { scope: 'test' },
      kept: { graph: 'test', rev: shelf.rev, inFlight: undefined, journal: undefined, keeper: shelf },
    });
  const [one, two] = [open(), open()] as const;
  one.do(movePoint(one.document.edges, 'wire-0', a, at(304, 80)));
  drawWire(two, { node: 'split', port: 'validation' }, { node: 'other', port: 'value' });
  for (const tab of [one, two, one]) {
    await tab.saved();
    await tab.pull();
  }
  expect(two.document).toEqual(one.document);
  expect(sharersOf(two.document.edges, 'wire-0', at(304, 80)).map(([id]) => id)).toEqual(['wire-0', 'wire-1']);
  expect(Object.values(two.document.edges).some(({ from }) => from[1] === 'validation')).toBe(true);
  for (const tab of [one, two]) tab.dispose();
});
