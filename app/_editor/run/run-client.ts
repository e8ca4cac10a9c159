import { isTerminal } from '../../../graph/curve.ts';
import type { GraphDocument } from '../../../graph/document.ts';
import type { RunEvent } from '../../../graph/events.ts';
import type { ValueReference } from '../../../graph/values.ts';
import { type Problem, ProblemError } from '../../../lib/problem.ts';
import type { PageRun } from '../../../runtime/browser/client.ts';
import { api, isOffline, problemOfCall } from '../../_client/api.ts';
import { sendBytes, sendValue } from '../../_client/values.ts';
import { type RunState, reduceRun, startRun } from '../state/run-state.ts';
import { pathOf, wholeOf, withWhole } from '../state/scope.ts';
import type { Backend, EditorStore } from '../state/store.ts';

/** What differs between one's own graph and a graph seen through a share link. */
export interface RunPlace {
  /** Keeps accounts on one device apart. */
  readonly scope: string;
  /** The graph whose runs are kept on the server; absent behind a link. */
  readonly graph?: string;
  readonly link?: string;
  /** The revision that holds everything done so far. Throws a ProblemError. */
  saved(): Promise<number>;
  onProblem(problem: Problem): void;
}

interface Choice {
  /** Of the nodes that are seen. */
  readonly targets?: readonly string[];
  readonly fresh?: boolean;
  /** In this page: each operation is measured, and shown when the run has ended. */
  readonly trace?: boolean;
}

/** Starts, follows and stops runs. Events of page runs, server runs and runs read again all go one way. */
export class RunClient {
  readonly #store: EditorStore;
  readonly #place: RunPlace;
  #stopFollowing: (() => void) | undefined;
  #cancelPage: (() => void) | undefined;
  /** The last run that this page computed, as long as the page lives. */
  #page:
    | {
        readonly id: string;
        readonly rev: Promise<number>;
        readonly targets?: readonly string[];
        readonly run: PageRun;
      }
    | undefined;
  #waiting: RunEvent[] = [];
  #frame: ReturnType<typeof setTimeout> | undefined;

  constructor(store: EditorStore, place: RunPlace) {
    this.#store = store;
    this.#place = place;
  }

  async start(choice: Choice = {}): Promise<void> {
    const state = this.#store.getState();
    const { where, backend, starting } = state;
    if (starting) return;
    const { targets } = choice;
    const asked = { ...choice, ...(targets && { targets: targets.map((id) => pathOf(state, id)) }) };
    this.#store.setState({ starting: true });
    try {
      if (where === 'page') await this.#startPage(wholeOf(state).log.document, backend, asked);
      else await this.#startServer(asked);
    } catch (error) {
      this.#place.onProblem(problemOfCall(error));
    } finally {
      this.#store.setState({ starting: false });
    }
  }

  async stop(): Promise<void> {
    const { run } = this.#store.getState();
    if (!run || isTerminal(run.status)) return;
    if (run.where === 'page') {
      this.#cancelPage?.();
      return;
    }
    await api.runs.cancel.mutate({ id: run.id }).catch((error: unknown) => this.#place.onProblem(problemOfCall(error)));
  }

  /**
   * Takes a run of this page, running or stopped, to the server: what its trainings have reached is sent as a value, and a run
   * of the server goes on from there.
   */
  async continueOnServer(): Promise<void> {
    const { graph, onProblem } = this.#place;
    const { run, starting } = this.#store.getState();
    const page = this.#page;
    if (starting || !run || graph === undefined) return;
    if (page?.id !== run.id) return onProblem(notHere);
    this.#store.setState({ starting: true });
    try {
      const found = await page.run.handOver();
      if (found.length === 0) return onProblem(nothingReached);
      for (const each of found) await sendBytes(each);
      const started = await api.runs.start.mutate({
        graph,
        rev: await page.rev,
        ...(page.targets && { targets: [...page.targets] }),
        continues: Object.fromEntries(found.map(({ step, sha256 }) => [step, sha256])),
      });
      this.#store.setState({ where: 'server' });
      this.follow(started.run, 'server');
    } catch (error) {
      onProblem(problemOfCall(error));
    } finally {
      this.#store.setState({ starting: false });
    }
  }

  /** Shows a run that the server knows: its events from the first on, and those that are still to come. */
  follow(id: string, where: RunState['where']): void {
    this.#show(startRun(id, where));
    const { link } = this.#place;
    const options = {
      onData: ({ data }: { readonly data: RunEvent }) => this.#take(data),
      onError: (error: unknown) => this.#place.onProblem(problemOfCall(error)),
    };
    const { unsubscribe } =
      link === undefined
        ? api.runs.events.subscribe({ run: id }, options)
        : api.links.events.subscribe({ token: link, run: id }, options);
    this.#stopFollowing = unsubscribe;
  }

  /** The last run of this graph, after a reload. */
  async restore(): Promise<void> {
    const { graph } = this.#place;
    if (graph === undefined) return;
    const runs = await api.runs.list.query({ graph });
    if (this.#store.getState().run) return;
    this.#store.setState({ runs });
    const [last] = runs;
    if (!last) return;
    if (last.where === 'page' && !isTerminal(last.status)) await endLeftRun(graph, last);
    if (!this.#store.getState().run) this.follow(last.id, last.where);
  }

  dispose(): void {
    this.#stopFollowing?.();
    this.#cancelPage?.();
    clearTimeout(this.#frame);
    this.#flush();
  }

  async #startPage(document: GraphDocument, backend: Backend, { trace, ...choice }: Choice): Promise<void> {
    const { graph, link, scope, saved } = this.#place;
    const { startPageRun } = await import('../../../runtime/browser/client.ts');
    const id = crypto.randomUUID();
    this.#show({ ...startRun(id, 'page'), status: 'running' });
    const recorder =
      graph === undefined
        ? undefined
        : new Recorder({ graph, run: id, scope, saved, onProblem: this.#place.onProblem });
    const release = holdLock(`patchbay:run:${id}`);
    const run = startPageRun({
      run: id,
      document,
      backend,
      scope,
      ...(link !== undefined && { link }),
      ...choice,
      ...(trace && { onTrace: (found) => this.#store.setState({ trace: found }) }),
      onEvent: (event) => {
        this.#take(event);
        recorder?.add(event);
      },
    });
    this.#cancelPage = run.cancel;
    if (graph !== undefined) {
      const rev = saved();
      // whoever continues it waits for this and hears what went wrong; until then nobody does
      rev.catch(() => undefined);
      this.#page = { id, rev, run, ...(choice.targets && { targets: choice.targets }) };
    }
    void run.done.then(async () => {
      this.#cancelPage = undefined;
      await recorder?.finish();
      release();
    });
  }

  async #startServer({ targets, fresh }: Choice): Promise<void> {
    const { graph, link, saved } = this.#place;
    if (link !== undefined) {
      const { run } = await api.links.run.mutate({ token: link });
      this.follow(run, 'server');
      return;
    }
    if (graph === undefined) return;
    const rev = await saved();
    const { run } = await api.runs.start.mutate({
      graph,
      rev,
      ...(targets && { targets: [...targets] }),
      ...(fresh && { fresh }),
    });
    this.follow(run, 'server');
  }

  #show(run: RunState): void {
    this.#stopFollowing?.();
    this.#stopFollowing = undefined;
    this.#waiting = [];
    this.#store.setState((state) => withWhole(state, { run, stale: new Set() }));
  }

  /** Events are taken a frame at a time: a fast training must not draw the editor a hundred times a second. */
  #take(event: RunEvent): void {
    this.#waiting.push(event);
    this.#frame ??= setTimeout(() => this.#flush(), 50);
  }

  #flush(): void {
    clearTimeout(this.#frame);
    this.#frame = undefined;
    const events = this.#waiting;
    this.#waiting = [];
    this.#store.setState((state) => {
      const { run } = wholeOf(state);
      return run ? withWhole(state, { run: reduceRun(run, events) }) : {};
    });
  }
}

const notHere: Problem = {
  code: 'run/not-here',
  message: 'Only the page that computed a run can take it to the server.',
  hint: 'Run it on the server from the start.',
};
const nothingReached: Problem = {
  code: 'run/no-checkpoint',
  message: 'No training of this run has got so far that it could go on elsewhere.',
  hint: 'Let it train for some seconds, or run it on the server from the start.',
};

/** A page run that no page computes any more: its tab was closed. Its record gets an end. */
async function endLeftRun(graph: string, { id, rev }: { readonly id: string; readonly rev: number }): Promise<void> {
  // a browser that stores nothing has no locks: whether another tab computes it can't be told
  const alive = await navigator.locks?.query().catch(() => undefined);
  if (!alive || alive.held?.some(({ name }) => name === `patchbay:run:${id}`)) return;
  const { nextSeq } = await api.runs.record.mutate({ graph, rev, run: id, events: [] });
  const at = Date.now();
  await api.runs.record.mutate({
    graph,
    rev,
    run: id,
    events: [
      { run: id, seq: nextSeq, at, kind: 'log', data: { message: 'The page that computed this was closed.' } },
      { run: id, seq: nextSeq + 1, at, kind: 'finished', data: { status: 'cancelled', ms: 0 } },
    ],
  });
}

function holdLock(name: string): () => void {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  // a frame in another site's page gets none
  navigator.locks?.request(name, () => held).catch(() => undefined);
  return release;
}

/** How long events are gathered before they are stored, and how many travel together. */
const GATHER_MS = 400;
const MOST_EVENTS = 400;
const RETRY_MS = 2_000;

interface RecorderOptions extends Pick<RunPlace, 'scope' | 'saved' | 'onProblem'> {
  readonly graph: string;
  readonly run: string;
}

/** Stores a page run's events on the server as they come, and the values that they name. */
class Recorder {
  readonly #options: RecorderOptions;
  readonly #rev: Promise<number>;
  #events: RunEvent[] = [];
  #sending: Promise<void> | undefined;
  #values: Promise<void> = Promise.resolve();
  #over = false;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#rev = options.saved();
    this.#rev.catch(() => undefined);
  }

  add(event: RunEvent): void {
    this.#events.push(event);
    if (event.kind === 'done')
      for (const reference of Object.values(event.data.outputs)) this.#keep(reference as ValueReference);
    this.#sending ??= this.#sendAll();
  }

  /** Sends what is left. */
  async finish(): Promise<void> {
    this.#over = true;
    await this.#values;
    await this.#sending;
  }

  async #sendAll(): Promise<void> {
    const { graph, run, onProblem } = this.#options;
    while (this.#events.length > 0) {
      if (!this.#over) await pause(GATHER_MS);
      const events = this.#events.slice(0, MOST_EVENTS);
      try {
        await api.runs.record.mutate({ graph, rev: await this.#rev, run, events });
        this.#events = this.#events.slice(events.length);
      } catch (error) {
        const problem = problemOfCall(error);
        if (['network/offline', 'request/too-fast', 'database/away'].includes(problem.code)) await pause(RETRY_MS);
        else {
          this.#events = [];
          onProblem({ ...problem, message: `This run could not be kept on the server: ${problem.message}` });
        }
      }
    }
    this.#sending = undefined;
  }

  /** One value after the other, beside the run: a value that can't be sent stays on this device. */
  #keep(reference: ValueReference): void {
    this.#values = this.#values.then(() =>
      sendValue(reference, this.#options.scope).catch((error: unknown) => {
        const problem = error instanceof ProblemError ? error.problem : undefined;
        if (problem && !isOffline(problem)) this.#options.onProblem(problem);
      }),
    );
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
