import type { GraphDocument } from '../../../graph/document.ts';
import type { Command } from '../../../graph/edit.ts';
import { locate, settled } from '../../../graph/subgraphs.ts';
import { withOwnNames } from '../../../graph/wire-names.ts';
import type { Problem } from '../../../lib/problem.ts';
import { api, isOffline, problemOfCall } from '../../_client/api.ts';
import { Autosave, type AutosaveOptions, type Merged } from '../../_client/autosave.ts';
import type { ValueSource } from '../../_client/values.ts';
import { toast } from '../../_ui/toast.ts';
import type { Area } from '../canvas/far/scene.ts';
import { RunClient } from '../run/run-client.ts';
import { Checking } from './checking.ts';
import { type DocumentLog, perform, redo, undo } from './document-log.ts';
import { rememberedHiding, rememberHiding } from './hidden-wires.ts';
import { placeOf, rememberPlace } from './open-place.ts';
import { openGraph } from './opening.ts';
import { onWhole, wholeOf, withWhole } from './scope.ts';
import { staleNodes } from './stale.ts';
import {
  createEditorStore,
  type EditorStore,
  type NodeBox,
  nothingSelected,
  type Point,
  type Selection,
} from './store.ts';

export const complain = ({ message, hint }: Problem): void => {
  toast.error(message, hint === undefined ? {} : { description: hint });
};

type SavedCommands = Parameters<typeof api.graphs.save.mutate>[0]['commands'];

/** Other tabs of this browser: what one saves, the others take in. */
const channelName = 'patchbay:saved';

/** How long what comes after the canvas waits for it. */
const MOST_WAIT_MS = 10_000;

/** What the canvas lets others do. */
export interface CanvasView {
  /** The middle of what is seen. */
  middle(): Point;
  toCanvas(screen: Point): Point;
  /** Brings nodes into view. */
  show(nodes: readonly string[]): void;
  fit(): void;
  zoomBy(factor: number): void;
  boxes(nodes: readonly string[]): Record<string, NodeBox>;
  /** The part of the canvas that is on the screen, in its own pixels. */
  seen(): Area;
  /** Tells of each step when that changes. */
  watch(watcher: (seen: Area) => void): () => void;
  centre(point: Point): void;
  /** Wires without elements, far away, that a line on the screen crosses. */
  wiresAcross(line: readonly Point[]): string[];
}

/** Where a graph is saved, and read again when someone else saved it. */
export interface GraphKeeper {
  /** Undefined where it can't be reached. */
  load(): Promise<{ readonly rev: number; readonly document: GraphDocument } | undefined>;
  readonly save: AutosaveOptions['save'];
}

/** One's own graph: what is done to it is kept. */
export interface Kept extends Pick<AutosaveOptions, 'rev' | 'inFlight' | 'journal'> {
  readonly graph: string;
  readonly keeper: GraphKeeper;
  /** Gives back what the tab holds on this device. */
  release?(): void;
}

interface SessionParts {
  readonly log: DocumentLog;
  readonly values: ValueSource;
  readonly link?: string;
  readonly mayRun?: boolean;
  /** Absent, nothing can be changed. */
  readonly kept?: Kept;
}

/** One graph that is open: its store, and all that keeps it checked, saved and run. Dispose of it when it closes. */
export class EditorSession {
  readonly store: EditorStore;
  readonly runs: RunClient;
  readonly readOnly: boolean;
  /** Behind a link that only shows, nothing runs. */
  readonly mayRun: boolean;
  /** The graph's id; absent behind a link. */
  readonly graph: string | undefined;
  readonly values: ValueSource;
  /** There while the canvas is. */
  view: CanvasView | undefined;
  readonly #checking: Checking;
  readonly #autosave: Autosave | undefined;
  readonly #kept: Kept | undefined;
  readonly #channel: BroadcastChannel | undefined;
  readonly #listeners: (() => void)[] = [];

  /** A session over what it is given; `open` and `view` say where that comes from. */
  constructor({ log, values, link, mayRun = true, kept }: SessionParts) {
    const store = createEditorStore(log.document);
    store.setState((state) => withWhole(state, { log }));
    this.store = store;
    this.graph = kept?.graph;
    this.readOnly = !kept;
    this.mayRun = mayRun;
    this.values = values;
    this.#kept = kept;
    this.#checking = new Checking(store);
    this.#channel = kept && new BroadcastChannel(channelName);
    this.#autosave =
      kept &&
      new Autosave({
        rev: kept.rev,
        inFlight: kept.inFlight,
        journal: kept.journal,
        read: () => wholeOf(store.getState()).log,
        write: (next) => store.setState((state) => withWhole(state, { log: next })),
        save: kept.keeper.save,
        onState: (save) => store.setState({ save }),
        onSaved: (rev) => this.#channel?.postMessage({ graph: kept.graph, rev }),
        onMerged: (merged) => this.#tellMerged(merged),
      });
    this.runs = new RunClient(store, {
      scope: values.scope,
      ...(kept && { graph: kept.graph }),
      ...(link !== undefined && { link }),
      saved: async () => (this.#autosave ? this.#autosave.flush() : 1),
      onProblem: complain,
    });
    this.#watch();
  }

  /** Opens one's own graph: the server's document with what this device has not sent yet on top. */
  static async open(graph: string): Promise<EditorSession> {
    const { log, rev, inFlight, journal, owner, problems } = await openGraph(graph);
    const session = new EditorSession({
      log,
      values: { scope: owner ?? 'page' },
      kept: {
        graph,
        rev,
        inFlight,
        journal: journal.journal,
        release: () => journal.release(),
        keeper: {
          load: async () => {
            const newest = await api.graphs.get.query({ id: graph }).catch(() => undefined);
            return newest && { rev: newest.rev, document: newest.document as GraphDocument };
          },
          // the same data: tRPC's type knows no readonly
          save: ({ commands, ...request }) =>
            api.graphs.save.mutate({ id: graph, ...request, commands: commands as unknown as SavedCommands }),
        },
      },
    });
    session.store.setState({ hiding: rememberedHiding(graph) });
    session.goTo(placeOf(graph));
    session.#begin();
    for (const problem of problems) toast.warning(problem.message);
    return session;
  }

  /** Shows what a share link pins. Nothing can be changed. */
  static view(
    document: GraphDocument,
    { link, scope, mayRun }: { link: string; scope: string; mayRun: boolean },
  ): EditorSession {
    const log: DocumentLog = { document, past: [], future: [], pending: [] };
    const session = new EditorSession({ log, link, mayRun, values: { scope, link } });
    session.#waitForCanvas();
    return session;
  }

  /** The graph that is seen: the whole, or the subgraph that is open. */
  get document(): GraphDocument {
    return this.store.getState().log.document;
  }

  /** The document as it is saved and run. */
  get whole(): GraphDocument {
    return wholeOf(this.store.getState()).log.document;
  }

  /** Does a command as one step of undo; commands of one group in quick succession are one step. */
  do(command: Command, group?: string): void {
    if (this.readOnly) return;
    const state = this.store.getState();
    const at = { at: Date.now(), ...(group !== undefined && { group }) };
    this.#change(perform(wholeOf(state).log, onWhole(state, command), at));
  }

  /** Does a command that is written for the whole document, whatever part of it is seen: a fix, for one. */
  doWhole(command: Command): void {
    if (this.readOnly) return;
    const { log } = wholeOf(this.store.getState());
    this.#change(perform(log, withOwnNames(log.document, settled(log.document, command)), { at: Date.now() }));
  }

  undo(): void {
    if (!this.readOnly) this.#change(undo(wholeOf(this.store.getState()).log));
  }

  redo(): void {
    if (!this.readOnly) this.#change(redo(wholeOf(this.store.getState()).log));
  }

  select(nodes: Iterable<string>, edges: Iterable<string> = []): void {
    const selection: Selection = { nodes: new Set(nodes), edges: new Set(edges) };
    const { nodes: a, edges: b } = this.store.getState().selection;
    if (same(a, selection.nodes) && same(b, selection.edges)) return;
    this.store.setState({ selection });
  }

  /** Looks into an instance that is seen. */
  enter(id: string): void {
    this.goTo([...this.store.getState().scope, id]);
  }

  /** Looks at the whole graph, or into instances; coming out of one, it is selected. */
  goTo(to: readonly string[], nodes: readonly string[] = []): void {
    const { scope } = this.store.getState();
    const left = scope.length > to.length ? scope.slice(to.length, to.length + 1) : [];
    this.store.setState((state) => ({
      ...withWhole(state, {}, to),
      selection: nothingSelected,
      quickAdd: undefined,
      refusal: undefined,
      menu: undefined,
      renaming: undefined,
    }));
    const chosen = nodes.length > 0 ? nodes : left;
    this.select(chosen.filter((id) => id in this.document.nodes));
  }

  /** Shows nodes wherever they are: the subgraph that the first one lies in is opened. */
  reveal(paths: readonly string[], chosen: readonly string[] = paths): void {
    const found = paths.flatMap((path) => locate(this.whole, path) ?? []);
    const [first] = found;
    if (!first) return;
    const inScope = (path: string) => {
      const each = locate(this.whole, path);
      return each && each.scope.join('/') === first.scope.join('/') ? [each.id] : [];
    };
    const isHere = this.store.getState().scope.join('/') === first.scope.join('/');
    const select = chosen.flatMap(inScope);
    if (isHere) this.select(select);
    else this.goTo(first.scope, select);
    const show = () => this.view?.show(paths.flatMap(inScope));
    // a canvas that has just opened first finds its own place
    if (isHere) show();
    else setTimeout(show, 80);
  }

  /** The revision that holds everything done so far. */
  async saved(): Promise<number> {
    return this.#autosave ? this.#autosave.flush() : 1;
  }

  retrySaving(): void {
    this.#autosave?.retry();
  }

  dispose(): void {
    for (const stop of this.#listeners) stop();
    this.#checking.stop();
    this.runs.dispose();
    // what can't be sent now lies in the journal
    void this.saved()
      .catch(() => undefined)
      .then(() => {
        this.#autosave?.stop();
        this.#channel?.close();
        this.#kept?.release?.();
      });
  }

  /** The canvas is there: wires can be dragged. What brings much code along comes now. */
  canvasIsReady(): void {
    if (this.store.getState().ready) return;
    this.store.setState({ ready: true });
    this.#checking.changed();
  }

  #waitForCanvas(): void {
    const timer = setTimeout(() => this.canvasIsReady(), MOST_WAIT_MS);
    this.#listeners.push(() => clearTimeout(timer));
  }

  #begin(): void {
    this.#waitForCanvas();
    if (this.#autosave && !this.#autosave.isSaved) this.#autosave.changed();
    void this.runs.restore().catch((error: unknown) => {
      const problem = problemOfCall(error);
      if (!isOffline(problem)) complain(problem);
    });
  }

  #change(log: DocumentLog): void {
    if (log === wholeOf(this.store.getState()).log) return;
    this.store.setState((state) => {
      const next = withWhole(state, { log });
      return { ...next, selection: stillThere(state.selection, next.log!.document) };
    });
    this.#autosave?.changed();
  }

  #tellMerged({ theirs, lost, wires }: Merged): void {
    const { selection, log } = this.store.getState();
    this.store.setState({ selection: stillThere(selection, log.document) });
    const told = [
      theirs.length > 3
        ? `${theirs.slice(0, 3).join(', ')} and ${theirs.length - 3} more.`
        : theirs.length > 0
          ? `${theirs.join(', ')}.`
          : '',
      lost > 0 ? `${lost} of your changes had no place any more.` : '',
      wires > 0 ? `${wires === 1 ? 'A wire is' : `${wires} wires are`} gone with a node.` : '',
    ].filter((text) => text !== '');
    if (told.length > 0) toast('Merged with changes made elsewhere', { description: told.join(' ') });
  }

  #watch(): void {
    const { store } = this;
    this.#listeners.push(
      store.subscribe((state, before) => {
        if (wholeOf(state).log.document !== wholeOf(before).log.document) this.#checking.changed();
        if (state.scope !== before.scope && this.graph !== undefined) rememberPlace(this.graph, state.scope);
        if (state.hiding !== before.hiding && this.graph !== undefined) rememberHiding(this.graph, state.hiding);
        if (state.check !== before.check || state.run?.status !== before.run?.status) this.#markStale();
      }),
    );
    if (!this.#autosave) return;
    const autosave = this.#autosave;
    const on = (target: EventTarget, event: string, listener: (event: Event) => void) => {
      target.addEventListener(event, listener);
      this.#listeners.push(() => target.removeEventListener(event, listener));
    };
    const flush = () => void autosave.flush().catch(() => undefined);
    on(window, 'pagehide', flush);
    on(window, 'online', () => autosave.retry());
    on(document, 'visibilitychange', () => {
      if (document.visibilityState === 'hidden') flush();
      else void this.pull();
    });
    if (this.#channel)
      on(this.#channel, 'message', (event) => {
        const { graph, rev } = (event as MessageEvent<{ graph: string; rev: number }>).data;
        if (graph === this.graph && rev > autosave.rev) void this.pull();
      });
  }

  /** Takes in what was saved elsewhere. */
  async pull(): Promise<void> {
    const found = await this.#kept?.keeper.load();
    if (found) this.#autosave?.adopt(found.rev, found.document);
  }

  #markStale(): void {
    const { check, run, log, stale } = wholeOf(this.store.getState());
    if (!check || !run) return;
    void staleNodes(log.document, check, run).then((next) => {
      if (wholeOf(this.store.getState()).check === check && !same(next, stale))
        this.store.setState((state) => withWhole(state, { stale: next }));
    });
  }
}

const same = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every((each) => b.has(each));

/** A selection without what is gone. */
function stillThere(selection: Selection, { nodes, edges }: GraphDocument): Selection {
  const kept = {
    nodes: new Set([...selection.nodes].filter((id) => id in nodes)),
    edges: new Set([...selection.edges].filter((id) => id in edges)),
  };
  if (kept.nodes.size === selection.nodes.size && kept.edges.size === selection.edges.size) return selection;
  return kept.nodes.size + kept.edges.size === 0 ? nothingSelected : kept;
}
