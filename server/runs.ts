import { and, count, desc, eq, inArray, isNull, or, sql } from 'drizzle-orm';
import type { Tx } from '../db/database.ts';
import * as tables from '../db/schema.ts';
import { transaction } from '../db/transaction.ts';
import { isTerminal, type RunEvent } from '../graph/events.ts';
import { isSessionAlive, lockAccount, type Session } from './accounts.ts';
import { appendEvents, effectColumns, type Run, serverEvent, streamEvents } from './events.ts';
import { getVersion } from './graphs.ts';
import { refuse } from './problems.ts';
import { newId } from './secrets.ts';
import type { Server } from './server.ts';
import { quotas } from './settings.ts';

const { runs } = tables;
export type Shared = Pick<Server, 'database' | 'queue' | 'watch' | 'waiters'>;

const notFound = (): never => refuse('run/not-found', 'There is no such run.', 'Its graph may have been deleted.');

export interface NewRun {
  readonly graph: string;
  readonly rev: number;
  readonly targets?: readonly string[] | undefined;
  readonly fresh?: boolean | undefined;
  readonly continues?: Readonly<Record<string, string>> | undefined;
  readonly link?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

/** Queues a run: its row, its job and its first event are made together or not at all. */
export async function queueRun(server: Shared, owner: string, run: NewRun): Promise<{ run: string }> {
  const id = newId();
  await transaction(server.database, async (tx, client) => {
    await lockAccount(tx, owner);
    if (!run.link) await getVersion(tx, owner, { id: run.graph, rev: run.rev });
    const open = await countOpen(tx, eq(runs.owner, owner));
    if (open >= quotas.openRuns)
      refuse(
        'run/too-many',
        `An account may have ${quotas.openRuns} runs queued or running, this one has ${open}.`,
        'Wait for one, or stop one.',
      );
    if (run.link && (await countOpen(tx, eq(runs.link, run.link))) >= quotas.openRunsOfLink)
      refuse('run/too-many', 'Too many people run this link right now.', 'Wait a moment, or run it in this page.');
    const [row] = await tx
      .insert(runs)
      .values({
        id,
        owner,
        graph: run.graph,
        rev: run.rev,
        where: 'server',
        status: 'queued',
        targets: run.targets ?? null,
        fresh: run.fresh ?? false,
        continues: run.continues ?? null,
        link: run.link ?? null,
        inputs: run.inputs ?? null,
      })
      .returning();
    const effect = await appendEvents(tx, row!, [serverEvent(row!, 'log', { message: 'Waiting for a runner.' })]);
    await tx.update(runs).set(effectColumns(effect)).where(eq(runs.id, id));
    // whoever has fewer runs open goes first, so that nobody is starved
    await server.queue.add(client, id, -open);
  });
  server.watch.changed(id, 1);
  server.waiters.wake();
  return { run: id };
}

const countOpen = async (tx: Tx, whose: ReturnType<typeof eq>): Promise<number> => {
  const [row] = await tx
    .select({ open: count() })
    .from(runs)
    .where(and(whose, eq(runs.where, 'server'), inArray(runs.status, ['queued', 'running'])));
  return row!.open;
};

export interface Recording {
  readonly graph: string;
  readonly rev: number;
  readonly run: string;
  readonly events: readonly RunEvent[];
}

/** How long a page may be silent before its run counts as left. */
const PAGE_LEASE = sql`now() + interval '30 minutes'`;

/** Stores what a page tells of its own run, as it comes. The page chose the id; it is its account's from then on. */
export async function recordRun(server: Shared, owner: string, recording: Recording): Promise<{ nextSeq: number }> {
  const { graph, rev, run: id, events } = recording;
  const lastSeq = await transaction(server.database, async (tx) => {
    await getVersion(tx, owner, { id: graph, rev });
    await tx
      .insert(runs)
      .values({ id, owner, graph, rev, where: 'page', status: 'running', startedAt: sql`now()` })
      .onConflictDoNothing();
    const [row] = await tx
      .select()
      .from(runs)
      .where(and(eq(runs.id, id), eq(runs.owner, owner), eq(runs.graph, graph), eq(runs.where, 'page')))
      .for('update');
    if (!row) return notFound();
    if (isTerminal(row.status)) {
      if (events.every(({ seq }) => seq <= row.lastSeq)) return row.lastSeq;
      refuse('run/over', 'This run has ended already.', 'Start it again.');
    }
    const effect = await appendEvents(tx, row, events);
    await tx
      .update(runs)
      .set({ leaseUntil: PAGE_LEASE, ...effectColumns(effect) })
      .where(eq(runs.id, id));
    return effect.lastSeq;
  });
  server.watch.changed(id, lastSeq);
  return { nextSeq: lastSeq + 1 };
}

export async function listRuns({ database: { db } }: Shared, owner: string, graph: string) {
  const { id, rev, where, status, createdAt, startedAt, finishedAt, backend } = runs;
  const rows = await db
    .select({ id, rev, where, status, createdAt, startedAt, finishedAt, backend })
    .from(runs)
    .where(and(eq(runs.owner, owner), eq(runs.graph, graph), isNull(runs.link)))
    .orderBy(desc(createdAt), desc(id))
    .limit(200);
  return rows.map((row) => ({
    id: row.id,
    rev: row.rev,
    where: row.where,
    status: row.status,
    startedAt: (row.startedAt ?? row.createdAt).getTime(),
    ...(row.finishedAt && { finishedAt: row.finishedAt.getTime() }),
    ...(row.backend && { backend: row.backend }),
  }));
}

export async function getRun({ database: { db } }: Shared, owner: string, id: string) {
  const [row] = await db
    .select()
    .from(runs)
    .where(and(eq(runs.id, id), eq(runs.owner, owner)));
  if (!row) return notFound();
  const { graph, rev, where, status, outputs, paused } = row;
  return { id, graph, rev, where, status, paused, outputs };
}

/**
 * Ends runs at once: the row is what decides, so nothing that a runner still sends is taken, and its next heartbeat tells
 * it to kill the child.
 */
export async function cancelWhere(server: Shared, which: ReturnType<typeof and>, why?: string): Promise<number> {
  const ended = await transaction(server.database, async (tx) => {
    const rows = await tx
      .select()
      .from(runs)
      .where(and(which, inArray(runs.status, ['queued', 'running'])))
      .orderBy(runs.id)
      .for('update');
    const seqs: [string, number][] = [];
    for (const row of rows) {
      const told = why === undefined ? [] : [serverEvent(row, 'log', { message: why })];
      const ms = Date.now() - (row.startedAt ?? row.createdAt).getTime();
      const finished = serverEvent(row, 'finished', { status: 'cancelled', ms }, told.length + 1);
      const effect = await appendEvents(tx, row, [...told, finished]);
      await tx.update(runs).set(effectColumns(effect)).where(eq(runs.id, row.id));
      seqs.push([row.id, effect.lastSeq]);
    }
    return seqs;
  });
  for (const [id, seq] of ended) server.watch.changed(id, seq);
  return ended.length;
}

export async function cancelRun(server: Shared, owner: string, id: string): Promise<{ status: Run['status'] }> {
  await cancelWhere(server, and(eq(runs.id, id), eq(runs.owner, owner)));
  const { status } = await getRun(server, owner, id);
  return { status };
}

/** A paused run keeps its place and its memory; its runner stops the child until it goes on. */
export async function pauseRun(
  { database: { db } }: Shared,
  owner: string,
  { id, paused }: { id: string; paused: boolean },
) {
  const rows = await db
    .update(runs)
    .set({ paused })
    .where(
      and(
        eq(runs.id, id),
        eq(runs.owner, owner),
        eq(runs.where, 'server'),
        inArray(runs.status, ['queued', 'running']),
      ),
    )
    .returning({ status: runs.status });
  return rows[0]
    ? { status: rows[0].status, paused }
    : { status: (await getRunStatus(db, owner, id)).status, paused: false };
}

async function getRunStatus(tx: Tx, owner: string, id: string) {
  const [row] = await tx
    .select({ status: runs.status })
    .from(runs)
    .where(and(eq(runs.id, id), eq(runs.owner, owner)));
  return row ?? notFound();
}

/** The events of an account's own run. */
export async function* runEvents(
  server: Pick<Server, 'database' | 'watch'>,
  session: Session,
  stream: { run: string; after: number; signal: AbortSignal },
): AsyncGenerator<RunEvent> {
  const { database, watch } = server;
  yield* streamEvents(database, watch, {
    ...stream,
    async mayRead(tx) {
      if (!(await isSessionAlive(tx, session))) refuse('session/none', 'This session has ended.', 'Reload the page.');
      await getRunStatus(tx, session.user, stream.run);
    },
  });
}

/** Runs whose values and events a share link shows: those made through it, and finished ones of what it pins or before. */
export const shownBy = (link: { id: string; owner: string; graph: string; rev: number }) =>
  or(
    eq(runs.link, link.id),
    and(
      eq(runs.graph, link.graph),
      eq(runs.owner, link.owner),
      isNull(runs.link),
      eq(runs.status, 'succeeded'),
      sql`${runs.rev} <= ${link.rev}`,
    ),
  );
