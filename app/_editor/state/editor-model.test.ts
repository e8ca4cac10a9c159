// @vitest-environment happy-dom
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { documentHash, emptyDocument, type GraphDocument, openDocument } from '../../../graph/document.ts';
import { applyCommand, type Command, moveNodes, setParam } from '../../../graph/edit.ts';
import { entryOf } from '../../../nodes/catalogue.ts';
import type { SaveResult } from '../../_client/api.ts';
import { Autosave, type AutosaveOptions } from '../../_client/autosave.ts';
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
import { perform, redo, startLog, undo } from './document-log.ts';
import { dissolve, splice } from './rewire.ts';
import type { EditorSession } from './session.ts';
import { createEditorStore, type EditorStore } from './store.ts';

/** The server's rule for saves: revisions, keys, conflicts. */
class Shelf {
  rev = 1;
  document: GraphDocument = emptyDocument();
  readonly saves = new Map<string, number>();
  save({ baseRev, idempotencyKey, commands }: Parameters<AutosaveOptions['save']>[0]): SaveResult {
    const done = this.saves.get(idempotencyKey);
    if (done !== undefined) return { status: 'saved', rev: done };
    if (baseRev !== this.rev) return { status: 'conflict', rev: this.rev, document: this.document, commands: [] };
    this.document = commands.reduce((document, command) => applyCommand(document, command).document, this.document);
    this.saves.set(idempotencyKey, ++this.rev);
    return { status: 'saved', rev: this.rev };
  }
}

/** One open editor: the real store, actions, log and autosave; what is written to the device is kept in `entry`. */
class Tab {
  readonly store: EditorStore;
  readonly session: EditorSession;
  autosave: Autosave;
  entry: Entry | undefined;
  readonly #shelf: Shelf;
  #clock = 0;

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
    this.store = createEditorStore(shelf.document);
    const change = (log: ReturnType<typeof perform>) => {
      if (log === this.store.getState().log) return;
      this.store.setState({ log });
      this.autosave.changed();
    };
    const { store } = this;
    this.session = {
      store,
      readOnly: false,
      get document() {
        return store.getState().log.document;
      },
      do: (command: Command) => {
        this.#clock += 5_000;
        change(perform(store.getState().log, command, { at: this.#clock }));
      },
      undo: () => change(undo(store.getState().log)),
      redo: () => change(redo(store.getState().log)),
      select: (nodes: Iterable<string>) =>
        store.setState({ selection: { nodes: new Set(nodes), edges: new Set<string>() } }),
    } as unknown as EditorSession;
    this.autosave = this.#open(shelf.rev);
  }

  #open(rev: number, from?: Entry): Autosave {
    return new Autosave({
      rev,
      inFlight: from?.inFlight,
      journal: {
        write: async (entry) => {
          this.entry = structuredClone(entry);
        },
        drop: async () => undefined,
      },
      read: () => this.store.getState().log,
      write: (log) => this.store.setState({ log }),
      save: async (request) => this.#shelf.save(request),
      onState: () => undefined,
      onMerged: () => undefined,
      onSaved: () => undefined,
    });
  }

  /** The tab is closed in the middle and opened again: only what was written to the device is left. */
  async reload(): Promise<void> {
    await Promise.resolve();
    this.autosave.stop();
    const { entry } = this;
    const log = entry
      ? { document: entry.document, past: entry.past, future: entry.future, pending: entry.pending }
      : startLog(this.#shelf.document);
    this.store.setState({ log });
    this.session.select([]);
    this.autosave = this.#open(entry?.rev ?? this.#shelf.rev, entry);
  }

  async sync(): Promise<void> {
    await this.autosave.flush();
    this.autosave.adopt(this.#shelf.rev, this.#shelf.document);
  }
}

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
    const [from, to] = [pick(nodesOf(tab), a), pick(nodesOf(tab), b)];
    const entry = (id: string | undefined) => id && entryOf(tab.session.document.nodes[id]!.type);
    const [source, target] = [entry(from), entry(to)];
    if (!from || !to || !source || !target) return;
    const [out, into] = [pick(source.outputs, b), pick(target.inputs, a)];
    if (out && into) drawWire(tab.session, { node: from, port: out.name }, { node: to, port: into.name });
  }),
  act('move', (tab, a, b) => onOne(tab, a, (id) => tab.session.do(moveNodes({ [id]: { x: b, y: a } })))),
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
const life = [act('save', (tab) => tab.sync()), act('reload', (tab) => tab.reload())];

const run = (commands: Iterable<Does>, tabs: number): Promise<World> => {
  const shelf = new Shelf();
  const world = { shelf, tabs: Array.from({ length: tabs }, () => new Tab(shelf)) };
  return fc.asyncModelRun(() => ({ model: {}, real: world }), commands).then(() => world);
};

test('whatever was done can be undone and done again, over reloads', async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands([...edits, ...history, ...life], { maxCommands: 40 }), async (commands) => {
      const { tabs } = await run(commands as Iterable<Does>, 1);
      const { session, store } = tabs[0]!;
      while (store.getState().log.future.length > 0) session.redo();
      const end = documentHash(session.document);
      while (store.getState().log.past.length > 0) session.undo();
      expect(documentHash(session.document)).toBe(documentHash(emptyDocument()));
      while (store.getState().log.future.length > 0) session.redo();
      expect(documentHash(session.document)).toBe(end);
    }),
    { numRuns: 60 },
  );
}, 120_000);

test('two tabs at once end with the same graph, and with nothing unsaved', async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands([...edits, ...history, ...life], { maxCommands: 40 }), async (commands) => {
      const { shelf, tabs } = await run(commands as Iterable<Does>, 2);
      for (const tab of [...tabs, ...tabs]) await tab.sync();
      for (const tab of tabs) {
        holds(tab);
        expect(tab.store.getState().log.pending).toEqual([]);
        expect(documentHash(tab.session.document)).toBe(documentHash(shelf.document));
      }
    }),
    { numRuns: 60 },
  );
}, 120_000);
