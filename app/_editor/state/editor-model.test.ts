// @vitest-environment happy-dom
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { documentHash, type GraphDocument, openDocument } from '../../../graph/document.ts';
import { moveNodes, nameWires, routeWire, setParam } from '../../../graph/edit.ts';
import { entryOf } from '../../../nodes/catalogue.ts';
import type { Delta } from '../../_client/delta.ts';
import { EntryWriter, restored } from '../../_client/entry-records.ts';
import type { Entry } from '../../_client/journal.ts';
import {
  addEntry,
  copiedText,
  deleteSelection,
  drawWire,
  duplicateSelection,
  pasteText,
  toggleMark,
} from '../actions.ts';
import { graphOf, Shelf } from '../testing.tsx';
import { type DocumentLog, startLog } from './document-log.ts';
import { portsFor } from './outline.ts';
import { dissolve, splice } from './rewire.ts';
import { EditorSession } from './session.ts';
import { movePoint, takePoint } from './shared-points.ts';
import { fitting, looseEnd } from './wiring.ts';

/** One tab: the session as it is, and what it wrote to the device. */
class Tab {
  session: EditorSession;
  readonly #shelf: Shelf;
  /** What was written: an entry and changes of it, by key. */
  readonly #device = new Map<string, unknown>();
  #end: () => void = () => undefined;

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
    this.session = this.#open(startLog(shelf.document), shelf.rev);
  }

  #open(log: DocumentLog, rev: number, inFlight?: Entry['inFlight']): EditorSession {
    let isGone = false;
    this.#end = () => {
      isGone = true;
    };
    return new EditorSession({
      log,
      values: { scope: 'test' },
      kept: {
        graph: 'test',
        rev,
        inFlight,
        journal: new EntryWriter(
          'slot',
          async (records, gone) => {
            if (isGone) return;
            for (const key of gone) this.#device.delete(key);
            for (const [key, value] of records) this.#device.set(key, structuredClone(value));
          },
          // what lies there is taken over
          [...this.#device.keys()].filter((key) => key !== 'slot'),
        ),
        keeper: {
          load: () => this.#shelf.load(),
          save: async (request) => {
            if (isGone) throw new Error('a tab that is gone saves nothing');
            const result = await this.#shelf.save(request);
            // its answer takes its time, and may find nobody any more
            await new Promise((resolve) => setTimeout(resolve));
            if (isGone) throw new Error('a tab that is gone hears nothing');
            return result;
          },
        },
      },
    });
  }

  /** The tab is killed and opened again: only what was written to the device is left. */
  async reload(): Promise<void> {
    await Promise.resolve();
    this.close();
    const [whole, ...changes] = [...this.#device].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
    const entry = whole === undefined ? undefined : restored(whole as Entry, changes as Delta[]);
    this.session = entry
      ? this.#open(
          { document: entry.document, past: entry.past, future: entry.future, pending: entry.pending },
          entry.rev,
          entry.inFlight,
        )
      : this.#open(startLog(this.#shelf.document), this.#shelf.rev);
  }

  close(): void {
    this.#end();
    this.session.dispose();
  }

  async sync(): Promise<void> {
    await this.session.saved();
    await this.session.pull();
  }
}

/** What they begin with: wires that nodes can be taken from, dissolved in and spliced into. */
const begun = graphOf(
  {
    data: { type: 'data/dataset', params: { dataset: 'iris' } },
    split: { type: 'data/split' },
    input: { type: 'network/input' },
    hidden: { type: 'network/linear', params: { name: 'hidden' } },
    act: { type: 'network/activation', params: { name: 'act' } },
    sum: { type: 'network/residual', params: { name: 'sum' } },
  },
  [
    ['data.dataset', 'split.dataset'],
    ['split.train', 'input.dataset'],
    ['input.y', 'hidden.x'],
    ['hidden.y', 'act.x'],
    ['act.y', 'sum.a'],
    ['hidden.y', 'sum.b'],
  ],
);
const types = ['data/dataset', 'data/split', 'network/linear', 'network/activation', 'network/residual', 'data/note'];
const pick = <T>(list: readonly T[], at: number): T | undefined => list[at % Math.max(1, list.length)];

interface World {
  readonly shelf: Shelf;
  readonly tabs: readonly Tab[];
}

/** One thing that a person does in one of the tabs. */
class Does implements fc.AsyncCommand<object, World> {
  readonly name: string;
  readonly tab: number;
  readonly #act: (tab: Tab) => void | Promise<void>;
  constructor(name: string, tab: number, act: (tab: Tab) => void | Promise<void>) {
    this.name = name;
    this.tab = tab;
    this.#act = act;
  }
  check = () => true;
  toString = () => `${this.name} in tab ${this.tab}`;
  async run(_: object, { tabs }: World): Promise<void> {
    const tab = tabs[this.tab % tabs.length]!;
    await this.#act(tab);
    holds(tab);
  }
}

/** What is true after every action, whatever another person did at once. */
function holds({ session }: Tab): void {
  const { document } = session;
  expect(openDocument(structuredClone(document)).problems).toEqual([]);
  for (const { from, to } of Object.values(document.edges))
    for (const [id] of [from, to]) expect(document.nodes, `${id} has a wire`).toHaveProperty([id]);
}

/** Named wires of one output are called the same, those of two differently, as long as one person is at work. */
function namesHold({ edges }: GraphDocument): void {
  const named = Object.values(edges).flatMap(({ from, name }) => (name === undefined ? [] : [[from.join(), name]]));
  const pairs = new Set(named.map((pair) => pair.join()));
  for (const end of [0, 1]) expect(new Set(named.map((pair) => pair[end])).size).toBe(pairs.size);
}

const nodesOf = ({ session }: Tab) => Object.keys(session.document.nodes);
const wiresOf = ({ session }: Tab) => Object.keys(session.document.edges);

const two = fc.nat({ max: 1 });
const at = fc.nat({ max: 40 });
const act = (name: string, run: (tab: Tab, a: number, b: number) => void | Promise<void>) =>
  fc.tuple(two, at, at).map(([tab, a, b]) => new Does(`${name} ${a} ${b}`, tab, (each) => run(each, a, b)));
const onOne = (tab: Tab, a: number, run: (id: string) => void | Promise<void>) => {
  const id = pick(nodesOf(tab), a);
  if (id === undefined) return;
  tab.session.select([id]);
  return run(id);
};

const edits = [
  act('add', ({ session }, a, b) => void addEntry(session, entryOf(pick(types, a)!)!, { x: a * 40, y: b * 40 })),
  act('wire', (tab, a, b) => {
    const { document } = tab.session;
    const node = pick(nodesOf(tab), a);
    const out = node && pick(entryOf(document.nodes[node]!.type)!.outputs, b);
    if (!node || !out) return;
    const end = { node, port: out.name };
    const loose = looseEnd(document, end, 'outputs');
    const into = pick(portsFor(document, fitting(document, end, loose), loose.seeks), b);
    // from a point of another wire, where there is one
    const beside = Object.values(document.edges).find(
      ({ from, via }) => via && from[0] === node && from[1] === out.name,
    );
    if (into) drawWire(tab.session, end, into, beside?.via?.slice(0, 1 + (a % 3)));
  }),
  act('move', (tab, a, b) => onOne(tab, a, (id) => tab.session.do(moveNodes({ [id]: { x: b, y: a } })))),
  act('lead a wire', (tab, a, b) => {
    const wire = pick(wiresOf(tab), a);
    const via = Array.from({ length: b % 4 }, (_, i) => ({ x: b * 8, y: i * 8 }));
    if (wire) tab.session.do(routeWire(wire, via, 'Lead a wire through points'));
  }),
  act('move or take a point', (tab, a, b) => {
    const { edges } = tab.session.document;
    const wire = pick(
      wiresOf(tab).filter((id) => edges[id]!.via),
      a,
    );
    const point = wire && pick(edges[wire]!.via!, b);
    if (!wire || !point) return;
    const to = { x: a * 8, y: b * 8 };
    tab.session.do(a % 3 === 0 ? takePoint(edges, wire, point) : movePoint(edges, wire, point, to));
  }),
  act('name a wire', (tab, a, b) => {
    const wire = pick(wiresOf(tab), a);
    if (wire) tab.session.do(nameWires([wire], pick([undefined, 'left', 'right'], b)));
  }),
  act('type', (tab, a, b) => onOne(tab, a, (id) => tab.session.do(setParam(id, 'name', `name ${b}`, 'Node')))),
  act('mute', (tab, a) => onOne(tab, a, () => toggleMark(tab.session, 'muted', 'Mute'))),
  act('delete', (tab, a) => onOne(tab, a, () => deleteSelection(tab.session))),
  act('duplicate', (tab, a) => onOne(tab, a, () => duplicateSelection(tab.session))),
  act('copy and paste', (tab, a) => onOne(tab, a, () => pasteText(tab.session, copiedText(tab.session)!))),
  act('dissolve', (tab, a) => onOne(tab, a, (id) => tab.session.do(dissolve(tab.session.document, [id])))),
  act('splice', (tab, a, b) =>
    onOne(tab, a, (id) => {
      const wire = pick(wiresOf(tab), b);
      const command = wire && splice(tab.session.document, wire, id);
      if (command) tab.session.do(command);
    }),
  ),
];
const history = [act('undo', ({ session }) => session.undo()), act('redo', ({ session }) => session.redo())];
const life = [
  act('save', (tab) => tab.sync()),
  act('begin to save', ({ session }) => void session.saved().catch(() => undefined)),
  act('reload', (tab) => tab.reload()),
];

const run = (commands: Iterable<Does>, tabs: number): Promise<World> => {
  const shelf = new Shelf(begun);
  const world = { shelf, tabs: Array.from({ length: tabs }, () => new Tab(shelf)) };
  return fc.asyncModelRun(() => ({ model: {}, real: world }), commands).then(() => world);
};

test('whatever was done can be undone and done again, over reloads', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.commands([...edits, ...history, ...life], { maxCommands: 40, size: 'max' }),
      async (commands) => {
        const { tabs } = await run(commands as Iterable<Does>, 1);
        const [tab] = tabs as [Tab];
        const { session } = tab;
        const { store } = session;
        namesHold(session.document);
        while (store.getState().log.future.length > 0) session.redo();
        const end = documentHash(session.document);
        while (store.getState().log.past.length > 0) session.undo();
        expect(documentHash(session.document)).toBe(documentHash(begun));
        while (store.getState().log.future.length > 0) session.redo();
        expect(documentHash(session.document)).toBe(end);
        tab.close();
      },
    ),
    { numRuns: 100 },
  );
}, 120_000);

test('two tabs at once end with the same graph, and with nothing unsaved', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.commands([...edits, ...history, ...life], { maxCommands: 40, size: 'max' }),
      async (commands) => {
        const { shelf, tabs } = await run(commands as Iterable<Does>, 2);
        for (const tab of [...tabs, ...tabs]) await tab.sync();
        for (const tab of tabs) {
          holds(tab);
          expect(tab.session.store.getState().log.pending).toEqual([]);
          expect(documentHash(tab.session.document)).toBe(documentHash(shelf.document));
          tab.close();
        }
      },
    ),
    { numRuns: 100 },
  );
}, 120_000);
