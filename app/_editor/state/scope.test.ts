import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { Checker } from '../../../compiler/check.ts';
import { emptyDocument, type GraphDocument } from '../../../graph/document.ts';
import { applyCommand, type Command, moveNodes, removeNodes, setParam } from '../../../graph/edit.ts';
import type { RunEvent } from '../../../graph/events.ts';
import { makeIndependent, makeSubgraph } from '../../../graph/subgraph-edits.ts';
import { canonicalJson } from '../../../lib/canonical-json.ts';
import { entryOf, loadNodes, lookup } from '../../../nodes/catalogue.ts';
import { bringDefinitions, newIds, openDefinition, refuseInside, subgraphEntries } from './definitions.ts';
import { perform, redo, undo } from './document-log.ts';
import { addConnected, excerpt, insertNodes } from './new-node.ts';
import { runValue } from './run-inside.ts';
import { reduceRun, startRun } from './run-state.ts';
import { onWhole, pathOf, wholeOf, withWhole } from './scope.ts';
import { createEditorStore } from './store.ts';
import { titleAt } from './wiring.ts';

const node = (type: string, x: number, params = {}) => ({ type, version: 1, params, position: { x, y: 0 } });

const plain: GraphDocument = {
  ...emptyDocument('Test'),
  nodes: {
    data: node('data/dataset', 0, { dataset: 'iris' }),
    split: node('data/split', 300),
    view: node('data/view-table', 600),
  },
  edges: {
    a: { from: ['data', 'dataset'], to: ['split', 'dataset'] },
    b: { from: ['split', 'train'], to: ['view', 'dataset'] },
  },
};

/** The editor's state over a document, with commands as the session does them. */
function opened(document: GraphDocument) {
  const store = createEditorStore(document);
  const whole = () => wholeOf(store.getState()).log;
  store.setState((state) => withWhole(state, {}));
  let at = 0;
  const show = (log: ReturnType<typeof whole>) => store.setState((state) => withWhole(state, { log }));
  return {
    store,
    get seen() {
      return store.getState().log.document;
    },
    get whole() {
      return whole().document;
    },
    do(command: Command) {
      at += 10_000;
      show(perform(whole(), onWhole(store.getState(), command), { at }));
    },
    undo: () => show(undo(whole())),
    redo: () => show(redo(whole())),
    goTo: (scope: readonly string[]) => store.setState((state) => withWhole(state, {}, scope)),
    check: () => store.setState((state) => withWhole(state, { check: new Checker(lookup).check(whole().document) })),
    make(ids: readonly string[], title = 'Part') {
      const made = makeSubgraph(this.seen, ids, { title, ids: newIds, titleOf: (id) => id });
      this.do(made.command);
      return made.id;
    },
  };
}

beforeAll(() => loadNodes(['data/dataset', 'data/split', 'data/view-table']));

describe('a subgraph that is open', () => {
  test('is seen as a graph of its own, and what is done to it is done to the document', () => {
    const editor = opened(plain);
    const id = editor.make(['data', 'split']);
    editor.check();
    editor.goTo([id]);
    expect(Object.keys(editor.seen.nodes)).toEqual(['data', 'split']);
    expect(editor.store.getState().check!.nodes.get('split')!.outputs.train!.kind).toBe('dataset');
    expect(Object.keys(editor.store.getState().facts)).toEqual(['data', 'split']);
    expect(openDefinition(editor.store.getState())!.definition.title).toBe('Part');

    editor.do(setParam('data', 'dataset', 'wine', 'Data set'));
    expect(editor.seen.nodes.data!.params.dataset).toBe('wine');
    expect(Object.values(editor.whole.definitions)[0]!.nodes.data!.params.dataset).toBe('wine');
    expect(pathOf(editor.store.getState(), 'data')).toBe(`${id}/data`);
    expect(titleAt(editor.whole, `${id}/data`)).toBe('Part › Data set');
    editor.undo();
    expect(editor.seen.nodes.data!.params.dataset).toBe('iris');
  });

  test('closes when its instance goes, and all that is seen is the whole again', () => {
    const editor = opened(plain);
    const id = editor.make(['data', 'split']);
    editor.goTo([id]);
    editor.undo();
    expect(editor.store.getState().scope).toEqual([]);
    expect(editor.store.getState().whole).toBeUndefined();
    expect(canonicalJson(editor.seen)).toBe(canonicalJson(plain));
    editor.redo();
    expect(Object.keys(editor.whole.definitions)).toHaveLength(1);
  });

  test('takes no instance of itself, by paste or from the list', () => {
    const editor = opened(plain);
    const id = editor.make(['data', 'split']);
    const copy = excerpt(editor.seen, new Set([id]));
    editor.goTo([id]);
    const open = openDefinition(editor.store.getState())!;
    const { command } = insertNodes(editor.seen, copy, { label: 'Paste' });
    const pasted = applyCommand(editor.seen, command).document;
    const refused = refuseInside(pasted.definitions, open.id, { [id]: copy.nodes[id]! });
    expect(refused?.message).toBe("Part can't contain itself.");
    expect(subgraphEntries(editor.seen.definitions, open.id)).toEqual([]);
    expect(subgraphEntries(editor.seen.definitions, undefined).map(({ title }) => title)).toEqual(['Part']);
  });
});

describe('a copy of an instance', () => {
  test('is linked in its own graph, and carries its definition into another', () => {
    const editor = opened(plain);
    const id = editor.make(['data', 'split']);
    const copy = excerpt(editor.seen, new Set([id]));
    expect(Object.keys(copy.definitions)).toHaveLength(1);
    editor.do(insertNodes(editor.seen, copy, { label: 'Paste' }).command);
    expect(Object.keys(editor.whole.definitions)).toHaveLength(1);
    expect(Object.values(editor.whole.nodes).filter(({ type }) => type === 'graph/instance')).toHaveLength(2);

    const other = opened(emptyDocument('Other'));
    other.do(insertNodes(other.seen, copy, { label: 'Paste' }).command);
    other.check();
    expect(wholeOf(other.store.getState()).check!.problems).toEqual([]);
    expect(other.whole.definitions).toEqual(copy.definitions);
  });

  test('from a graph where the definition has changed gets one of its own', () => {
    const editor = opened(plain);
    const id = editor.make(['data', 'split']);
    const copy = excerpt(editor.seen, new Set([id]));
    editor.goTo([id]);
    editor.do(setParam('data', 'dataset', 'wine', 'Data set'));
    editor.goTo([]);
    const { edits, nodes } = bringDefinitions(editor.seen, copy);
    expect(edits).toHaveLength(1);
    expect(nodes[id]!.params.definition).toBe(edits[0]!.path[1]);
    expect(Object.keys(editor.whole.definitions)).not.toContain(edits[0]!.path[1]);
  });

  test('comes from the list of nodes too', () => {
    const editor = opened(plain);
    editor.make(['data', 'split']);
    const [entry] = subgraphEntries(editor.seen.definitions, undefined);
    const { id, command } = addConnected(editor.seen, entry!, { x: 0, y: 0 });
    editor.do(command);
    expect(editor.seen.nodes[id]).toMatchObject({
      type: 'graph/instance',
      params: { definition: entry!.definition, name: 'part-2' },
    });
  });
});

test('a run is seen by instance outside and by node inside, with the values of each', () => {
  const editor = opened(plain);
  const id = editor.make(['data', 'split']);
  const reference = { kind: 'dataset', sha256: 'f'.repeat(64), bytes: 8 };
  const paths = [`${id}/data`, `${id}/split`, 'view'];
  const event = (seq: number, rest: object) => ({ run: 'r', seq, at: seq, ...rest }) as RunEvent;
  const done = (path: string, port: string) => ({
    node: path,
    kind: 'done',
    data: { step: path, cached: false, key: path, ms: 5, outputs: { [port]: reference } },
  });
  const steps = paths.map((path) => ({ id: path, node: path }));
  const started = event(1, {
    kind: 'started',
    data: { backend: 'reference', device: 'd', reason: 'r', threads: 1, steps },
  });
  const show = (events: readonly RunEvent[]) =>
    editor.store.setState((state) => withWhole(state, { run: reduceRun(startRun('r', 'page'), events) }));

  show([started, event(2, done(`${id}/data`, 'dataset'))]);
  expect(editor.store.getState().run!.nodes[id]!.status).toBe('running');
  show([started, event(2, done(`${id}/data`, 'dataset')), event(3, done(`${id}/split`, 'train'))]);
  const { run } = editor.store.getState();
  expect(Object.keys(run!.nodes)).toEqual(['view', id]);
  expect(run!.nodes[id]).toMatchObject({ status: 'done', ms: 10, outputs: { train: reference } });
  expect(runValue(wholeOf(editor.store.getState()).run, editor.whole, { node: id, port: 'train' })).toEqual(reference);
  editor.store.setState((state) => withWhole(state, { stale: new Set([`${id}/split`]) }));
  expect(editor.store.getState().stale.has(id)).toBe(true);
  editor.goTo([id]);
  expect(editor.store.getState().run!.nodes.data!.outputs.dataset).toEqual(reference);
  expect([...editor.store.getState().stale]).toEqual(['split']);
});

test('property: whatever is done in and around subgraphs, undoing all gives the first document, redoing all the last', () => {
  const action = fc.record({ kind: fc.nat(7), a: fc.nat(), b: fc.nat() });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 25 }), (actions) => {
      const editor = opened(plain);
      const first = canonicalJson(editor.whole);
      for (const { kind, a, b } of actions) {
        const ids = Object.keys(editor.seen.nodes);
        const [one, two] = [ids[a % ids.length], ids[b % ids.length]];
        const { scope } = editor.store.getState();
        if (kind === 0 || one === undefined || two === undefined) editor.goTo(scope.slice(0, -1));
        else if (kind === 1) editor.goTo([...scope, one]);
        else if (kind === 2) {
          try {
            editor.make([...new Set([one, two])]);
          } catch (error) {
            expect(String(error)).toMatch(/lies between them/);
          }
        } else if (kind === 3) editor.do(removeNodes(editor.seen, [one], 'Delete'));
        else if (kind === 4) editor.do(moveNodes({ [one]: { x: a % 500, y: b % 500 } }));
        else if (kind === 5) editor.do(addConnected(editor.seen, entryOf('data/split')!, { x: a % 99, y: 0 }).command);
        else if (kind === 6 && editor.seen.nodes[one]!.type === 'graph/instance')
          editor.do(makeIndependent(editor.seen, one, newIds));
        else editor.do(insertNodes(editor.seen, excerpt(editor.seen, new Set([one])), { label: 'Duplicate' }).command);
        // what is seen always is a place of the document
        expect(Object.keys(editor.seen.nodes).every((id) => typeof editor.seen.nodes[id]!.type === 'string')).toBe(
          true,
        );
      }
      const last = canonicalJson(editor.whole);
      const steps = wholeOf(editor.store.getState()).log.past.length;
      for (let i = 0; i < steps; i++) editor.undo();
      expect(canonicalJson(editor.whole)).toBe(first);
      for (let i = 0; i < steps; i++) editor.redo();
      expect(canonicalJson(editor.whole)).toBe(last);
    }),
    { numRuns: 150 },
  );
});
