// @vitest-environment happy-dom
import { createElement } from 'react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { checkDocument, loadChecker } from '../../../compiler/compile.ts';
import { makePlan } from '../../../compiler/plan.ts';
import { documentSchema, type GraphDocument, openDocument } from '../../../graph/document.ts';
import { applyCommand, connect, nameWires } from '../../../graph/edit.ts';
import { mixedNames } from '../../../graph/mixed-names.ts';
import { makeSubgraph, unpack } from '../../../graph/subgraph-edits.ts';
import { withOwnNames } from '../../../graph/wire-names.ts';
import { codeHash, entryOf } from '../../../nodes/catalogue.ts';
import { templateNamed } from '../../../templates/index.ts';
import { canvasWires } from '../canvas/elements.ts';
import WireTag from '../canvas/wire-tag.tsx';
import { graphOf, mount, Shelf, unmount } from '../testing.tsx';
import { startLog } from './document-log.ts';
import { excerpt, insertNodes } from './new-node.ts';
import { outlineRows } from './outline.ts';
import { dissolve, splice, swap } from './rewire.ts';
import { EditorSession } from './session.ts';
import { suggestedName } from './suggested-name.ts';
import { tagsAt } from './tags.ts';

afterEach(unmount);

vi.setConfig({ testTimeout: 60_000 });

const graph = graphOf(
  {
    data: { type: 'data/dataset', params: { dataset: 'iris' } },
    split: { type: 'data/split' },
    input: { type: 'network/input' },
    first: { type: 'network/linear', params: { name: 'first' } },
    act: { type: 'network/activation', params: { name: 'act' } },
    sum: { type: 'network/residual', params: { name: 'sum' } },
  },
  [
    ['data.dataset', 'split.dataset'],
    ['split.train', 'input.dataset'],
    ['input.y', 'first.x'],
    ['first.y', 'sum.a'],
    ['first.y', 'sum.b'],
  ],
);
const names = ({ edges }: Pick<GraphDocument, 'edges'>) => Object.values(edges).map(({ name }) => name);
const ids = { n: 0, wire: () => `new-${ids.n++}`, definition: () => `definition-${ids.n++}` };
const does = (document: GraphDocument, command: ReturnType<typeof nameWires>) =>
  applyCommand(document, withOwnNames(document, command)).document;
const named = does(graph, nameWires(['wire-3', 'wire-4'], 'skip'));

describe('names of wires', () => {
  test('are part of the document, and no document without them changes', () => {
    expect(names(documentSchema.parse(named))).toEqual([undefined, undefined, undefined, 'skip', 'skip']);
    expect(openDocument(JSON.parse(JSON.stringify(named))).problems).toEqual([]);
    const back = does(named, nameWires(['wire-3', 'wire-4'], undefined));
    expect(JSON.stringify(back)).toBe(JSON.stringify(graph));
  });

  test('belong to the output: all of its named wires are called the same, and no other output is', () => {
    const renamed = does(named, nameWires(['wire-4'], 'around'));
    expect(names(renamed).slice(3)).toEqual(['around', 'around']);
    const taken = does(renamed, nameWires(['wire-0'], 'around'));
    expect(names(taken)).toEqual(['around 2', undefined, undefined, 'around', 'around']);
    expect(names(does(taken, nameWires(['wire-1'], 'around 2')))[1]).toBe('around 3');
  });

  test('are suggested: what the output is called, else its port, else its node', () => {
    expect(suggestedName(graph, 'wire-1')).toBe('train');
    expect(suggestedName(graph, 'wire-2')).toBe('input');
    const one = does(graph, nameWires(['wire-3'], 'skip'));
    expect(suggestedName(one, 'wire-4')).toBe('skip');
    expect(suggestedName(does(graph, nameWires(['wire-0'], 'train')), 'wire-1')).toBe('train 2');
  });

  test('a new wire is a line, and one that takes the place of a named one too', () => {
    const edge = { from: ['input', 'y'], to: ['sum', 'a'] } as GraphDocument['edges'][string];
    const { edges } = does(named, connect(named, 'new', edge, false));
    expect(edges['wire-3']).toBeUndefined();
    expect(edges.new!.name).toBeUndefined();
  });

  test('splice, dissolve, swap', () => {
    const spliced = does(named, splice(named, 'wire-3', 'act')!);
    expect(tagsAt(spliced.edges, 'first').outputs.get('y')!.name).toBe('skip');
    expect(tagsAt(spliced.edges, 'act').inputs.get('x')!.name).toBe('skip');
    expect(tagsAt(spliced.edges, 'act').outputs.size).toBe(0);
    const without = does(named, dissolve(named, ['first']));
    expect(tagsAt(without.edges, 'input').outputs.get('y')).toMatchObject({ name: 'skip' });
    expect(tagsAt(without.edges, 'input').outputs.get('y')!.wires).toHaveLength(2);
    const swapped = does(named, swap(named, 'first', entryOf('network/dropout')!));
    expect(names(swapped).slice(3)).toEqual(['skip', 'skip']);
  });

  test('a copy has a name of its own, also beside its original', () => {
    const copied = insertNodes(named, excerpt(named, new Set(['first', 'sum'])), { label: 'Paste' });
    const both = does(named, copied.command);
    expect(names(both)).toEqual([undefined, undefined, undefined, 'skip', 'skip', 'skip 2', 'skip 2']);
    // a copy of an end alone hangs from the same output
    const end = insertNodes(named, excerpt(named, new Set(['sum']), true), { label: 'Duplicate', keepInputs: true });
    expect(names(does(named, end.command)).slice(3)).toEqual(['skip', 'skip', 'skip', 'skip']);
  });

  test('subgraphs keep them, inside and across their edge', () => {
    const make = (nodes: string[]) => makeSubgraph(named, nodes, { title: 'Sub', ids, titleOf: (id) => id });
    for (const nodes of [['first', 'sum'], ['sum'], ['first']]) {
      const { id, command } = make(nodes);
      const nested = does(named, command);
      const inner = Object.values(nested.definitions).flatMap(names);
      expect([...names(nested), ...inner].filter((name) => name !== undefined).length).toBeGreaterThan(0);
      const back = does(nested, unpack(nested, id, { ids, title: 'Sub' }).command);
      expect(names(back).sort()).toEqual(names(named).sort());
    }
  });

  test('what is unpacked where the name is taken gets another', () => {
    const { id, command } = makeSubgraph(named, ['first', 'sum'], { title: 'Sub', ids, titleOf: (each) => each });
    const taken = does(does(named, command), nameWires(['wire-1'], 'skip'));
    expect(names(taken).filter((name) => name !== undefined)).toEqual(['skip']);
    const back = does(taken, unpack(taken, id, { ids, title: 'Sub' }).command);
    expect(
      names(back)
        .filter((name) => name !== undefined)
        .sort(),
    ).toEqual(['skip', 'skip 2', 'skip 2']);
  });

  test('in an open subgraph they are one step of undo, and count for that subgraph alone', async () => {
    const { id, command } = makeSubgraph(graph, ['first', 'sum'], { title: 'Sub', ids, titleOf: (each) => each });
    const nested = does(applyCommand(graph, command).document, nameWires(['wire-1'], 'skip'));
    const { session } = mount(nested, null);
    session.enter(id);
    session.do(nameWires(['wire-3'], 'skip'));
    session.do(nameWires(['wire-4'], 'over'));
    expect(names(session.document).filter((name) => name !== undefined)).toEqual(['over', 'over']);
    session.undo();
    expect(names(session.document).filter((name) => name !== undefined)).toEqual(['skip']);
    session.undo();
    expect(session.whole).toEqual(nested);
  });

  test('the outline tells of them', () => {
    const row = outlineRows(named, new Set(['sum'])).find(({ wire }) => wire === 'wire-3');
    expect(row).toMatchObject({ name: 'skip', title: 'Linear, y' });
  });

  test('an input that takes wires of several outputs shows the names of all', () => {
    const edges: GraphDocument['edges'] = {
      a: { from: ['x', 'y'], to: ['z', 'in'], name: 'left' },
      b: { from: ['w', 'y'], to: ['z', 'in'], name: 'right' },
    };
    const tag = tagsAt(edges, 'z').inputs.get('in');
    expect(tag).toEqual({ name: 'left, right', wires: ['a', 'b'] });
  });
});

test('a wire with a name is no line on the canvas, until it is selected or its tag pointed at', async () => {
  const { session, store } = mount(named, null);
  const drawn = () => canvasWires(store.getState()).map(({ id, selectable }) => [id, selectable !== false]);
  const lines = [
    ['wire-0', true],
    ['wire-1', true],
    ['wire-2', true],
  ];
  expect(drawn()).toEqual(lines);
  session.select([], ['wire-3']);
  expect(drawn()).toEqual([...lines, ['wire-3', false]]);
  session.select([]);
  store.setState({ traced: ['wire-4'] });
  expect(drawn()).toEqual([...lines, ['wire-4', false]]);
  session.do(nameWires(['wire-4'], undefined));
  expect(drawn()).toEqual([...lines, ['wire-4', true]]);
});

test('two tabs that give two outputs one name at once: both tell of it at all ends, and a click mends it for both', async () => {
  const shelf = new Shelf(graph);
  const open = () =>
    new EditorSession({
      log: startLog(shelf.document),
      values: { scope: 'test' },
      kept: { graph: 'test', rev: shelf.rev, inFlight: undefined, journal: undefined, keeper: shelf },
    });
  const tabs = [open(), open()] as const;
  const [one, two] = tabs;
  for (const tab of tabs) tab.canvasIsReady();
  one.do(nameWires(['wire-1'], 'rows'));
  two.do(nameWires(['wire-3'], 'rows'));
  for (const tab of [one, two, one]) {
    await tab.saved();
    await tab.pull();
  }
  expect(two.document).toEqual(one.document);
  const told = ({ store }: EditorSession) =>
    store.getState().check?.problems.filter(({ code }) => code === 'lint/wire-names');
  for (const tab of tabs) {
    await vi.waitFor(() => expect(told(tab)).toHaveLength(2), 30_000);
    const { nodes } = tab.store.getState().check!;
    for (const id of ['split', 'input', 'first', 'sum'])
      expect(nodes.get(id)!.problems.map(({ code }) => code)).toContain('lint/wire-names');
  }
  expect(mixedNames(one.document.edges)).toEqual([
    {
      names: ['rows'],
      outputs: [
        { from: ['split', 'train'], wires: ['wire-1'] },
        { from: ['first', 'y'], wires: ['wire-3'] },
      ],
    },
  ]);
  const [fix] = told(one)![1]!.fixes!;
  one.doWhole(fix!);
  for (const tab of tabs) {
    await tab.saved();
    await tab.pull();
    expect(names(tab.document).filter((name) => name !== undefined)).toEqual(['rows', 'rows 2']);
    await vi.waitFor(() => expect(told(tab)).toEqual([]), 30_000);
  }
  one.undo();
  await vi.waitFor(() => expect(told(one)).toHaveLength(2), 30_000);
  for (const tab of tabs) tab.dispose();
});

test('a tag whose name is mixed up with another says so', () => {
  const both = applyCommand(named, { label: '', edits: nameWires(['wire-1'], 'skip').edits }).document;
  const tag = (document: GraphDocument) => {
    const view = mount(
      document,
      createElement(WireTag, { side: 'input', tag: tagsAt(document.edges, 'sum').inputs.get('a')!, kind: 'tensor' }),
    );
    const [name, mark] = [view.getByRole('button').getAttribute('aria-label'), view.getByRole('button').dataset.mixed];
    view.unmount();
    return [name, mark];
  };
  expect(tag(named)).toEqual(['Wire skip from Linear', undefined]);
  expect(tag(both)).toEqual(['Wire skip from Linear, names are mixed up', 'true']);
});

test('what is computed and its cache know nothing of names', async () => {
  const plain = templateNamed('digits')!.document;
  const all = does(plain, nameWires(Object.keys(plain.edges), 'wire'));
  const keys = async (document: GraphDocument) => {
    const options = { device: { backend: 'wasm', threads: 1 }, codeHash, check: await loadChecker(document) } as const;
    return makePlan(document, await checkDocument(document), options).plan!.steps.map(({ cacheKey }) => cacheKey);
  };
  expect(new Set(names(all)).size).toBe(new Set(Object.values(plain.edges).map(({ from }) => from.join())).size);
  expect(await keys(all)).toEqual(await keys(plain));
});
