import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import type { Database, Tx } from '../db/database.ts';
import * as tables from '../db/schema.ts';
import { type EventData, type EventKind, isTerminal, type RunEvent } from '../graph/events.ts';
import { refuse } from './problems.ts';
import { quotas } from './settings.ts';

export type Run = typeof tables.runs.$inferSelect;

/** What a batch of events does to its run, beside being stored. */
interface Effect {
  readonly lastSeq: number;
  readonly outputs: Run['outputs'];
  readonly backend: string | null;
  /** The run's end, where the batch has it. */
  readonly ended?: EventData<'finished'>['status'];
  /** A step was finished. */
  readonly got: boolean;
}

/**
 * Stores a batch of a run that the caller has locked. Series have no gaps and no doubles: what is there already is passed
 * over, what comes too early is refused.
 */
export async function appendEvents(tx: Tx, run: Run, events: readonly RunEvent[]): Promise<Effect> {
  const fresh = events.filter(({ seq }) => seq > run.lastSeq);
  for (const [i, { seq }] of fresh.entries())
    if (seq !== run.lastSeq + 1 + i)
      refuse('events/gap', `The next event of this run has the number ${run.lastSeq + 1 + i}, number ${seq} came.`);
  const lastSeq = run.lastSeq + fresh.length;
  const end = fresh.findIndex(({ kind }) => kind === 'finished');
  if (end >= 0 && end < fresh.length - 1)
    refuse('request/invalid', 'Nothing follows the event that a run has finished.');
  if (lastSeq > quotas.eventsPerRun && end < 0)
    refuse('run/too-many', `A run may tell ${quotas.eventsPerRun} events, this one tells more.`);

  let { outputs, backend } = run;
  let got = false;
  let ended: Effect['ended'];
  for (const event of fresh) {
    if (event.kind === 'started') ({ backend } = event.data);
    if (event.kind === 'finished') ended = event.data.status;
    if (event.kind !== 'done') continue;
    got = true;
    outputs = { ...outputs, [event.data.step]: event.data.outputs };
  }
  if (fresh.length > 0)
    await tx
      .insert(tables.runEvents)
      .values(fresh.map((event) => ({ run: run.id, seq: event.seq, data: { ...event, run: run.id } })));
  return { lastSeq, outputs, backend, got, ...(ended && { ended }) };
}

/** An event that the server itself tells. */
export function serverEvent<K extends EventKind>(run: Run, kind: K, data: EventData<K>, after = 1): RunEvent {
  return { run: run.id, seq: run.lastSeq + after, at: Date.now(), kind, data } as RunEvent;
}

/** Columns of a run that a batch changes. */
export const effectColumns = ({ lastSeq, outputs, backend, ended }: Effect) => ({
  lastSeq,
  outputs,
  backend,
  ...(ended && { status: ended, finishedAt: sql`now()`, leaseUntil: null }),
});

/** How long a stream waits before it looks by itself. */
const PATIENCE_MS = 2_000;
const POLL_MS = 400;

/** Tells open streams that a run has new events: at once within this process, by looking where other servers write too. */
export class RunWatch {
  readonly #database: Database;
  readonly #newest = new Map<string, number>();
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #poll: NodeJS.Timeout | undefined;

  constructor(database: Database) {
    this.#database = database;
    if (database.kind === 'postgres') this.#poll = setInterval(() => void this.#look(), POLL_MS).unref();
  }
  changed(run: string, lastSeq: number): void {
    this.#newest.delete(run);
    this.#newest.set(run, lastSeq);
    if (this.#newest.size > 10_000) this.#newest.delete(this.#newest.keys().next().value!);
    for (const wake of this.#waiting.get(run) ?? []) wake();
  }
  /** Ends when the run has more than `have` events, after a while, or when the signal says so. */
  async wait(run: string, have: number, signal: AbortSignal): Promise<void> {
    if ((this.#newest.get(run) ?? 0) > have || signal.aborted) return;
    const waiting = this.#waiting.get(run) ?? new Set();
    this.#waiting.set(run, waiting);
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        waiting.delete(wake);
        if (waiting.size === 0) this.#waiting.delete(run);
        resolve();
      };
      const timer = setTimeout(wake, PATIENCE_MS);
      signal.addEventListener('abort', wake);
      waiting.add(wake);
    });
  }
  /** One query for all streams of this process. */
  async #look(): Promise<void> {
    if (this.#waiting.size === 0) return;
    const { id, lastSeq } = tables.runs;
    const rows = await this.#database.db
      .select({ id, lastSeq })
      .from(tables.runs)
      .where(inArray(id, [...this.#waiting.keys()]))
      .catch(() => []);
    for (const row of rows) if (row.lastSeq > (this.#newest.get(row.id) ?? 0)) this.changed(row.id, row.lastSeq);
  }
  close(): void {
    clearInterval(this.#poll);
  }
}

export interface EventStream {
  readonly run: string;
  /** The number of the last event that the reader has. */
  readonly after: number;
  readonly signal: AbortSignal;
  /** Looked at again and again while the stream is open; it throws once the reader may not read any more. */
  mayRead(tx: Tx): Promise<void>;
}

const PAGE = 200;
/** How soon an open stream notices that its reader was shut out. */
const RECHECK_MS = 2_000;

/** The events of a run in order, from wherever the reader stopped, until the last one. */
export async function* streamEvents(
  { db }: Database,
  watch: RunWatch,
  { run, after, signal, mayRead }: EventStream,
): AsyncGenerator<RunEvent> {
  let last = after;
  let checkedAt = 0;
  while (!signal.aborted) {
    if (Date.now() - checkedAt >= RECHECK_MS) {
      await mayRead(db);
      checkedAt = Date.now();
    }
    const rows = await db
      .select({ seq: tables.runEvents.seq, data: tables.runEvents.data })
      .from(tables.runEvents)
      .where(and(eq(tables.runEvents.run, run), gt(tables.runEvents.seq, last)))
      .orderBy(asc(tables.runEvents.seq))
      .limit(PAGE);
    for (const { seq, data } of rows) {
      last = seq;
      yield data as RunEvent;
      if ((data as RunEvent).kind === 'finished') return;
    }
    if (rows.length === PAGE) continue;
    if (rows.length === 0 && (await isOver(db, run, last))) return;
    await watch.wait(run, last, signal);
  }
}

/** A reader who has everything of a finished run waits for nothing. */
async function isOver(tx: Tx, run: string, last: number): Promise<boolean> {
  const [row] = await tx
    .select({ status: tables.runs.status, lastSeq: tables.runs.lastSeq })
    .from(tables.runs)
    .where(eq(tables.runs.id, run));
  return !row || (isTerminal(row.status) && row.lastSeq <= last);
}
