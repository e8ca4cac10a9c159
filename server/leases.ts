import { and, eq, inArray, isNull, lt, or, sql } from 'drizzle-orm';
import type pg from 'pg';
import type { Tx } from '../db/database.ts';
import * as tables from '../db/schema.ts';
import { transaction } from '../db/transaction.ts';
import { type GraphDocument, openDocument } from '../graph/document.ts';
import { applyCommand } from '../graph/edit.ts';
import type { RunEvent } from '../graph/events.ts';
import { paramEdit } from '../graph/subgraphs.ts';
import { appendEvents, effectColumns, type Run, serverEvent } from './events.ts';
import { refuse } from './problems.ts';
import { type Claim, LEASE_SECONDS } from './runner-protocol.ts';
import type { Shared } from './runs.ts';

const { runs, links } = tables;

/** By the database's clock, never by a runner's. */
const lease = sql`now() + make_interval(secs => ${LEASE_SECONDS})`;

/** How many runners a run may lose without getting anywhere in between: perhaps it is the run that kills them. */
const MOST_LOSSES = 5;

/** The next run of the queue for this runner, with a lease on it. */
export async function claimRun(server: Shared, runner: string): Promise<Claim | undefined> {
  for (;;) {
    const claimed = await transaction(server.database, async (tx, client) => {
      const id = await server.queue.take(client);
      if (id === undefined) return 'empty';
      const [run] = await tx
        .update(runs)
        .set({
          status: 'running',
          runner,
          leaseUntil: lease,
          leaseEpoch: sql`${runs.leaseEpoch} + 1`,
          attempt: sql`${runs.attempt} + 1`,
          startedAt: sql`coalesce(${runs.startedAt}, now())`,
        })
        .where(and(eq(runs.id, id), eq(runs.status, 'queued'), notShutOut))
        .returning();
      // cancelled, deleted, or its link was revoked meanwhile: its job is gone with this transaction
      return run ? claimOf(tx, run) : 'none';
    });
    if (claimed === 'empty') return undefined;
    if (claimed !== 'none') return claimed;
  }
}

/** A run by link needs its link to be good still. */
const notShutOut = or(
  isNull(runs.link),
  sql`exists (select 1 from ${links} where ${links.id} = ${runs.link} and ${links.revokedAt} is null
    and (${links.expiresAt} is null or ${links.expiresAt} > now()))`,
);

async function claimOf(tx: Tx, run: Run): Promise<Claim> {
  const versions = tables.graphVersions;
  const [pinned] = await tx
    .select({ document: versions.document })
    .from(versions)
    .where(and(eq(versions.graph, run.graph), eq(versions.rev, run.rev)));
  return {
    run: run.id,
    epoch: run.leaseEpoch,
    nextSeq: run.lastSeq + 1,
    scope: run.owner,
    document: withInputs(openDocument(pinned!.document).document, run.inputs ?? {}),
    targets: run.targets === null ? null : [...run.targets],
    fresh: run.fresh,
    continues: run.continues === null ? null : { ...run.continues },
  };
}

/** A document with values for its declared inputs: all that a run by link may change. */
export function withInputs(document: GraphDocument, inputs: Readonly<Record<string, unknown>>): GraphDocument {
  return Object.entries(inputs).reduce((current, [name, value]) => {
    const input = document.inputs.find((each) => each.name === name);
    if (!input?.param)
      return refuse(
        'request/invalid',
        `This graph declares ${document.inputs.map((each) => each.name).join(', ') || 'no inputs'}; it has no input ${name.slice(0, 100)}.`,
      );
    const edit = paramEdit(current, input.node, input.param, value);
    return edit ? applyCommand(current, { label: 'Set', edits: [edit] }).document : current;
  }, document);
}

const stale = (): never => refuse('lease/stale', 'This run is not with this runner any more.');

export interface Lease {
  readonly run: string;
  readonly epoch: number;
  readonly runner: string;
}

const held = ({ run, epoch, runner }: Lease) =>
  and(eq(runs.id, run), eq(runs.leaseEpoch, epoch), eq(runs.runner, runner), eq(runs.status, 'running'));

/** The run behind a lease, locked for the transaction; refused where another attempt has it or it has ended. */
export async function holdLease(tx: Tx, at: Lease): Promise<Run> {
  const [run] = await tx.select().from(runs).where(held(at)).for('update');
  return run ?? stale();
}

/** The same without a lock, for reading. */
export async function seeLease(tx: Tx, at: Lease): Promise<Run> {
  const [run] = await tx.select().from(runs).where(held(at));
  return run ?? stale();
}

/** Keeps a lease. An expired one that nobody took since is kept too: the server may have been away, not the runner. */
export async function heartbeat({ database: { db } }: Shared, at: Lease) {
  const [kept] = await db.update(runs).set({ leaseUntil: lease }).where(held(at)).returning({ paused: runs.paused });
  if (kept) return { cancel: false, pause: kept.paused, epoch: at.epoch };
  const [run] = await db
    .select({ status: runs.status })
    .from(runs)
    .where(and(eq(runs.id, at.run), eq(runs.leaseEpoch, at.epoch), eq(runs.runner, at.runner)));
  return run?.status === 'cancelled' ? { cancel: true, pause: false, epoch: at.epoch } : stale();
}

/** Stores events of a lease's run and what its finished steps gave; with `finished` among them the run has ended. */
export async function tellEvents(server: Shared, at: Lease, events: readonly RunEvent[]): Promise<{ nextSeq: number }> {
  const lastSeq = await transaction(server.database, async (tx) => {
    const run = await holdLease(tx, at);
    const effect = await appendEvents(tx, run, events);
    await tx
      .update(runs)
      .set({ ...effectColumns(effect), ...(effect.got && { losses: 0 }) })
      .where(eq(runs.id, run.id));
    const steps = new Map(
      events.flatMap((event) =>
        event.kind === 'done' && event.seq > run.lastSeq ? [[event.data.key, event.data]] : [],
      ),
    );
    if (steps.size > 0) {
      await tx
        .insert(tables.stepValues)
        .values(
          [...steps].map(([key, { outputs }]) => ({
            owner: run.owner,
            key,
            outputs: outputs as Run['outputs'][string],
          })),
        )
        .onConflictDoUpdate({
          target: [tables.stepValues.owner, tables.stepValues.key],
          set: { outputs: sql`excluded.outputs`, at: sql`now()` },
        });
      // a step that is done is never resumed
      const { checkpoints } = tables;
      await tx
        .delete(checkpoints)
        .where(and(eq(checkpoints.owner, run.owner), inArray(checkpoints.key, [...steps.keys()])));
    }
    return effect.lastSeq;
  });
  server.watch.changed(at.run, lastSeq);
  return { nextSeq: lastSeq + 1 };
}

/** A runner that is stopped gives its run back; the next one goes on from the newest checkpoint. */
export async function releaseRun(server: Shared, at: Lease): Promise<void> {
  await transaction(server.database, async (tx, client) => {
    const run = await holdLease(tx, at);
    await requeue(server, { tx, client }, run, { why: 'The runner was stopped; the run goes on with the next one.' });
  });
  server.waiters.wake();
}

/** Before all others that wait: it has waited already. */
const FIRST = 1_000;

async function requeue(
  server: Shared,
  { tx, client }: { tx: Tx; client: pg.PoolClient },
  run: Run,
  { why, losses = run.losses }: { why: string; losses?: number },
): Promise<void> {
  const effect = await appendEvents(tx, run, [serverEvent(run, 'log', { message: why })]);
  await tx
    .update(runs)
    // the epoch goes up here too, so that the lost runner is shut out before another one has the run
    .set({
      ...effectColumns(effect),
      status: 'queued',
      leaseUntil: null,
      runner: null,
      losses,
      leaseEpoch: run.leaseEpoch + 1,
    })
    .where(eq(runs.id, run.id));
  await server.queue.add(client, run.id, FIRST);
}

/** Gives the runs of lost runners back to the queue. */
export async function sweepLeases(server: Shared): Promise<number> {
  const swept = await transaction(server.database, async (tx, client) => {
    const lost = await tx
      .select()
      .from(runs)
      .where(and(eq(runs.status, 'running'), lt(runs.leaseUntil, sql`now()`)))
      .orderBy(runs.id)
      .limit(100)
      .for('update', { skipLocked: true });
    for (const run of lost) await sweepOne(server, { tx, client }, run);
    return lost;
  });
  for (const { id, lastSeq } of swept) server.watch.changed(id, lastSeq + 1);
  if (swept.length > 0) server.waiters.wake();
  return swept.length;
}

async function sweepOne(server: Shared, at: { tx: Tx; client: pg.PoolClient }, run: Run): Promise<void> {
  const { tx } = at;
  const end = async (events: RunEvent[]) => {
    const effect = await appendEvents(tx, run, events);
    await tx.update(runs).set(effectColumns(effect)).where(eq(runs.id, run.id));
  };
  const ms = Date.now() - (run.startedAt ?? run.createdAt).getTime();
  if (run.where === 'page')
    return end([
      serverEvent(run, 'log', { message: 'The page that computed this run was left.' }),
      serverEvent(run, 'finished', { status: 'cancelled', ms }, 2),
    ]);
  const losses = run.losses + 1;
  if (losses < MOST_LOSSES)
    return requeue(server, at, run, {
      why: 'The runner was lost; the run goes on from its newest checkpoint.',
      losses,
    });
  return end([
    serverEvent(run, 'problem', {
      problem: {
        code: 'run/lost',
        message: `This run lost ${losses} runners one after the other without getting anywhere.`,
        hint: 'It may need more memory than they have: make the batch or the model smaller.',
      },
    }),
    serverEvent(run, 'finished', { status: 'failed', ms }, 2),
  ]);
}

/** Runs that wait without a job, should the queue's own tables have been lost. */
export async function requeueForgotten(server: Shared): Promise<void> {
  await transaction(server.database, async (tx, client) => {
    const forgotten = await tx
      .select({ id: runs.id })
      .from(runs)
      .where(
        and(
          eq(runs.status, 'queued'),
          lt(runs.createdAt, sql`now() - interval '1 minute'`),
          sql`not exists (select 1 from pgboss.job where name = 'run' and data->>'run' = ${runs.id})`,
        ),
      )
      .limit(100);
    for (const { id } of forgotten) await server.queue.add(client, id, FIRST);
  });
}
