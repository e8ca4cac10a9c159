import { asc, eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import * as tables from '../db/schema.ts';
import type { RunEvent } from '../graph/events.ts';
import { sha256Hex } from '../lib/hash.ts';
import { claimRun, heartbeat, releaseRun, requeueForgotten, sweepLeases, tellEvents } from './leases.ts';
import type { Claim } from './runner-protocol.ts';
import { createRunnerToken } from './runners.ts';
import { newId } from './secrets.ts';
import { quotas } from './settings.ts';
import { Visitor } from './testing/client.ts';
import { kinds, sharedHost } from './testing/databases.ts';
import { document, finished, log, problemOf, until } from './testing/fixtures.ts';

/** A runner as far as the server sees it: what it says over HTTP, without what computes. */
class Wire {
  readonly #server: string;
  readonly #token: string;
  constructor(server: string, token: string) {
    this.#server = server;
    this.#token = token;
  }
  async ask(path: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(`${this.#server}/api/runner/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }
  async put(path: string, bytes: string): Promise<number> {
    const headers = { authorization: `Bearer ${this.#token}` };
    return (await fetch(`${this.#server}/api/runner/${path}`, { method: 'PUT', headers, body: bytes })).status;
  }
  /** Claims until it has this run: what other tests left in the queue is passed over. */
  async claim(run: string): Promise<Claim> {
    for (;;) {
      const claim = (await this.ask('claim', {})).body.claim as Claim | null;
      if (!claim) throw new Error('the run is not in the queue');
      if (claim.run === run) return claim;
    }
  }
}

describe.each(kinds)('runs on %s', (kind) => {
  const host = sharedHost(kind);

  async function begin() {
    const { address, server } = host();
    const visitor = await Visitor.arrive(address);
    const { id: graph } = await visitor.api.graphs.create.mutate({ document: { ...document() } });
    const start = () => visitor.api.runs.start.mutate({ graph, rev: 1 });
    return { visitor, graph, start, owner: (await visitor.api.session.me.query()).id, server };
  }
  let made = 0;
  async function makeRunner(): Promise<Wire & { id: string }> {
    const { address, server } = host();
    const [operator] = await server.database.db.select().from(tables.runners).where(eq(tables.runners.operator, true));
    const name = `runner-${++made}`;
    const { token } = await createRunnerToken(server.database, operator!, name);
    const [row] = await server.database.db.select().from(tables.runners).where(eq(tables.runners.name, name));
    return Object.assign(new Wire(address, token), { id: row!.id });
  }
  const rowOf = async (run: string) =>
    (await host().server.database.db.select().from(tables.runs).where(eq(tables.runs.id, run)))[0]!;
  const eventsOf = async (run: string): Promise<RunEvent[]> =>
    (
      await host()
        .server.database.db.select({ data: tables.runEvents.data })
        .from(tables.runEvents)
        .where(eq(tables.runEvents.run, run))
        .orderBy(asc(tables.runEvents.seq))
    ).map(({ data }) => data as RunEvent);
  /** A lease that a busy machine does not lose by itself. */
  async function claimed(runner: Wire, run: string): Promise<Claim> {
    const claim = await runner.claim(run);
    await setLease(run, sql`now() + interval '1 hour'`);
    return claim;
  }
  /** The same without HTTP: the next run, whichever it is. */
  async function take(runner: { id: string }, run: string): Promise<Claim> {
    const { server } = host();
    for (let claim = await claimRun(server, runner.id); claim; claim = await claimRun(server, runner.id))
      if (claim.run === run) {
        await setLease(run, sql`now() + interval '1 hour'`);
        return claim;
      }
    throw new Error('the run is not in the queue');
  }
  const setLease = (run: string, leaseUntil: ReturnType<typeof sql>) =>
    host().server.database.db.update(tables.runs).set({ leaseUntil }).where(eq(tables.runs.id, run));
  /** Ends what other tests left, for tests that look at the whole queue. */
  const clearQueue = async (runner: { id: string }): Promise<void> => {
    const { server } = host();
    for (let claim = await claimRun(server, runner.id); claim; claim = await claimRun(server, runner.id))
      await setLease(claim.run, sql`now() + interval '1 hour'`);
  };
  const loseLease = (run: string) => setLease(run, sql`now() - interval '1 second'`);

  test('a run that goes on from what a page reached tells the runner where that lies', async () => {
    const { visitor, graph } = await begin();
    const continues = { train: 'a'.repeat(64) };
    const { run } = await visitor.api.runs.start.mutate({ graph, rev: 1, continues });
    expect(await claimed(await makeRunner(), run)).toMatchObject({ run, continues });
    const wrong = visitor.api.runs.start.mutate({ graph, rev: 1, continues: { train: '../secret' } });
    expect(await problemOf(wrong)).toMatchObject({ status: 400 });
  });

  test('queued, claimed over HTTP, told, finished: every reader hears every event once, in order', async () => {
    const { visitor, start } = await begin();
    const runner = await makeRunner();
    const { run } = await start();
    const claim = await claimed(runner, run);
    expect(claim).toMatchObject({ run, epoch: 1, nextSeq: 2, targets: null, fresh: false, continues: null });
    const heard: number[] = [];
    const early = (async () => {
      for await (const { seq } of visitor.events(run)) heard.push(seq);
    })();
    const say = (events: RunEvent[]) => runner.ask(`runs/${run}/events`, { epoch: 1, events });
    for (let seq = 2; seq < 60; seq += 4)
      expect(await say([0, 1, 2, 3].map((i) => log(run, seq + i)))).toEqual({
        status: 200,
        body: { nextSeq: seq + 4 },
      });
    // an answer was lost: the same batch again, with more behind it
    expect((await say([58, 59, 60, 61, 62].map((seq) => log(run, seq)))).body).toEqual({ nextSeq: 63 });
    // an event that is missing is asked for
    const gap = await say([log(run, 64)]);
    expect([gap.status, gap.body.message]).toEqual([
      409,
      'The next event of this run has the number 63, number 64 came.',
    ]);
    const late: number[] = [];
    const resumed = (async () => {
      for await (const { seq } of visitor.events(run, { after: 40 })) late.push(seq);
    })();
    await runner.ask(`runs/${run}/finish`, { epoch: 1, events: [finished(run, 63)] });
    await Promise.all([early, resumed]);
    expect(heard).toEqual(Array.from({ length: 63 }, (_, i) => i + 1));
    expect(late).toEqual(Array.from({ length: 23 }, (_, i) => i + 41));
    expect(await visitor.api.runs.get.query({ id: run })).toMatchObject({ status: 'succeeded' });
    // who comes after the end hears all of it too
    const after: number[] = [];
    for await (const { seq } of visitor.events(run)) after.push(seq);
    expect(after).toEqual(heard);
  });

  test('a lost runner’s run goes on with another, and nothing that the lost one writes is taken', async () => {
    const { visitor, start, server, owner } = await begin();
    const [zombie, heir] = [await makeRunner(), await makeRunner()];
    const { run } = await start();
    const first = await claimed(zombie, run);
    const key = sha256Hex(`step of ${run}`);
    await zombie.ask(`runs/${run}/events`, { epoch: first.epoch, events: [log(run, 2)] });
    expect(await zombie.put(`runs/${run}/checkpoints/${key}?epoch=${first.epoch}`, 'weights')).toBe(200);
    await loseLease(run);
    expect(await sweepLeases(server)).toBe(1);
    const second = await claimed(heir, run);
    expect(second).toMatchObject({ run, nextSeq: 4 });
    expect(second.epoch).toBeGreaterThan(first.epoch);
    const before = [await rowOf(run), await eventsOf(run)];

    const { epoch } = first;
    const tries: [string, unknown][] = [
      [`runs/${run}/heartbeat`, { epoch }],
      [`runs/${run}/events`, { epoch, events: [log(run, 4)] }],
      [`runs/${run}/lookup`, { epoch, keys: [] }],
      [`runs/${run}/finish`, { epoch, events: [finished(run, 4)] }],
      [`runs/${run}/finish`, { epoch, events: [] }],
      // not even with the epoch of the one that has it now
      [`runs/${run}/events`, { epoch: second.epoch, events: [log(run, 4)] }],
      [`runs/${run}/finish`, { epoch: second.epoch, events: [finished(run, 4)] }],
    ];
    for (const [path, body] of tries) {
      const answer = await zombie.ask(path, body);
      expect([path, answer.status, answer.body.code]).toEqual([path, 409, 'lease/stale']);
    }
    expect(await zombie.put(`values/${sha256Hex('stale')}?run=${run}&epoch=${epoch}`, 'stale')).toBe(409);
    expect(await zombie.put(`runs/${run}/checkpoints/${key}?epoch=${epoch}`, 'stale')).toBe(409);
    expect([await rowOf(run), await eventsOf(run)]).toEqual(before);
    const values = await server.database.db.select().from(tables.values).where(eq(tables.values.owner, owner));
    expect(values).toEqual([]);

    await heir.ask(`runs/${run}/finish`, { epoch: second.epoch, events: [log(run, 4), finished(run, 5)] });
    const told = (await eventsOf(run)).map((event) => (event.kind === 'log' ? event.data.message : event.kind));
    expect(told).toEqual([
      'Waiting for a runner.',
      'event 2',
      'The runner was lost; the run goes on from its newest checkpoint.',
      'event 4',
      'finished',
    ]);
    expect(await visitor.api.runs.get.query({ id: run })).toMatchObject({ status: 'succeeded' });
  });

  test('an expired lease that nobody took is kept: the server was away, not the runner', async () => {
    const { start, server } = await begin();
    const runner = await makeRunner();
    const { run } = await start();
    const { epoch } = await claimed(runner, run);
    await loseLease(run);
    expect((await runner.ask(`runs/${run}/heartbeat`, { epoch })).status).toBe(200);
    expect(await sweepLeases(server)).toBe(0);
    await runner.ask(`runs/${run}/finish`, { epoch, events: [finished(run, 2)] });
  });

  test('cancelling is heard by stream and runner within 2 s', async () => {
    const { visitor, start } = await begin();
    const runner = await makeRunner();
    const { run } = await start();
    const { epoch } = await claimed(runner, run);
    const heard: RunEvent[] = [];
    const stream = (async () => {
      for await (const event of visitor.events(run)) heard.push(event);
    })();
    await until(() => heard.length === 1);
    // how long this machine takes to answer at all, at the moment
    const asked = Date.now();
    await visitor.api.session.me.query();
    const began = Date.now();
    const busy = 5 * (began - asked);
    expect(await visitor.api.runs.cancel.mutate({ id: run })).toEqual({ status: 'cancelled' });
    expect((await runner.ask(`runs/${run}/heartbeat`, { epoch })).body).toMatchObject({ cancel: true });
    await stream;
    expect(Date.now() - began).toBeLessThan(2_000 + busy);
    expect(heard.at(-1)).toMatchObject({ kind: 'finished', data: { status: 'cancelled' } });
    expect((await runner.ask(`runs/${run}/finish`, { epoch, events: [finished(run, 3)] })).status).toBe(409);
    expect((await eventsOf(run)).filter((event) => event.kind === 'finished')).toHaveLength(1);
    // a second time changes nothing
    expect(await visitor.api.runs.cancel.mutate({ id: run })).toEqual({ status: 'cancelled' });
  });

  test('a queued run that is cancelled is given to nobody', async () => {
    const { visitor, start, server } = await begin();
    const runner = await makeRunner();
    await clearQueue(runner);
    const { run } = await start();
    await visitor.api.runs.cancel.mutate({ id: run });
    const next = await start();
    expect((await claimRun(server, runner.id))?.run).toBe(next.run);
    await visitor.api.runs.cancel.mutate({ id: next.run });
  });

  test('pausing keeps the lease and tells the runner', async () => {
    const { visitor, start } = await begin();
    const runner = await makeRunner();
    const { run } = await start();
    const { epoch } = await claimed(runner, run);
    expect(await visitor.api.runs.pause.mutate({ id: run, paused: true })).toEqual({ status: 'running', paused: true });
    expect((await runner.ask(`runs/${run}/heartbeat`, { epoch })).body).toMatchObject({ pause: true, cancel: false });
    await visitor.api.runs.pause.mutate({ id: run, paused: false });
    expect((await runner.ask(`runs/${run}/heartbeat`, { epoch })).body).toMatchObject({ pause: false });
    await visitor.api.runs.cancel.mutate({ id: run });
    expect(await visitor.api.runs.pause.mutate({ id: run, paused: true })).toEqual({
      status: 'cancelled',
      paused: false,
    });
  });

  test('of many runners that claim at once, each run goes to one', async () => {
    const { start, server, visitor } = await begin();
    const runners: { id: string }[] = [];
    for (let i = 0; i < 4; i++) runners.push(await makeRunner());
    await clearQueue(runners[0]!);
    const started = await Promise.all(Array.from({ length: 12 }, start));
    const claimed: string[] = [];
    await Promise.all(
      runners.map(async (runner) => {
        for (let claim = await claimRun(server, runner.id); claim; claim = await claimRun(server, runner.id))
          claimed.push(claim.run);
      }),
    );
    expect(claimed.sort()).toEqual(started.map(({ run }) => run).sort());
    for (const { run } of started) await visitor.api.runs.cancel.mutate({ id: run });
  });

  test('whoever has fewer runs open goes first', async () => {
    const [many, one] = [await begin(), await begin()];
    const runner = await makeRunner();
    await clearQueue(runner);
    for (let i = 0; i < 3; i++) await many.start();
    const { run } = await one.start();
    const order = [];
    for (let i = 0; i < 4; i++) order.push((await claimRun(host().server, runner.id))!.run);
    expect(order.indexOf(run)).toBe(1);
    for (const id of order) await (id === run ? one : many).visitor.api.runs.cancel.mutate({ id });
  });

  test('a run that loses one runner after the other ends, with the reason', async () => {
    const { start, server, visitor } = await begin();
    const runner = await makeRunner();
    await clearQueue(runner);
    const { run } = await start();
    for (let i = 0; i < 5; i++) {
      await take(runner, run);
      await loseLease(run);
      await sweepLeases(server);
    }
    expect(await visitor.api.runs.get.query({ id: run })).toMatchObject({ status: 'failed' });
    expect((await eventsOf(run)).find((event) => event.kind === 'problem')).toMatchObject({
      data: { problem: { code: 'run/lost', message: expect.stringContaining('lost 5 runners one after the other') } },
    });
    expect(await claimRun(server, runner.id)).toBeUndefined();
  });

  test('a runner that is stopped gives its run back at once', async () => {
    const { start, server, visitor } = await begin();
    const [runner, next] = [await makeRunner(), await makeRunner()];
    const { run } = await start();
    const { epoch } = await take(runner, run);
    await releaseRun(server, { run, epoch, runner: runner.id });
    expect((await take(next, run)).run).toBe(run);
    expect((await rowOf(run)).losses).toBe(0);
    await expect(heartbeat(server, { run, epoch, runner: runner.id })).rejects.toThrow('not with this runner');
    await visitor.api.runs.cancel.mutate({ id: run });
  });

  test('a run whose job the queue forgot is queued again', async () => {
    const { start, server, visitor } = await begin();
    const runner = await makeRunner();
    await clearQueue(runner);
    const { run } = await start();
    await server.database.db.execute(sql`delete from pgboss.job where data->>'run' = ${run}`);
    expect(await claimRun(server, runner.id)).toBeUndefined();
    await server.database.db
      .update(tables.runs)
      .set({ createdAt: sql`now() - interval '2 minutes'` })
      .where(eq(tables.runs.id, run));
    await requeueForgotten(server);
    expect((await take(runner, run)).run).toBe(run);
    await visitor.api.runs.cancel.mutate({ id: run });
  });

  test('an account may have so many runs open; one that waits is not hindered by it', async () => {
    const { start, visitor, server, owner, graph } = await begin();
    await server.database.db.insert(tables.runs).values(
      Array.from({ length: quotas.openRuns }, () => ({
        id: newId(),
        owner,
        graph,
        rev: 1,
        where: 'server' as const,
        status: 'running' as const,
      })),
    );
    expect(await problemOf(start())).toEqual({
      status: 429,
      code: 'run/too-many',
      message: 'An account may have 20 runs queued or running, this one has 20.',
    });
    expect(await problemOf(visitor.api.runs.start.mutate({ graph, rev: 9 }))).toMatchObject({ status: 404 });
  });

  test('a page’s own run is stored as it comes, belongs to its account and is ended when the page is left', async () => {
    const [mine, other] = [await begin(), await begin()];
    const run = newId();
    const record = (who: typeof mine, events: RunEvent[]) =>
      who.visitor.api.runs.record.mutate({ graph: who.graph, rev: 1, run, events: events as never });
    expect(await record(mine, [log(run, 1)])).toEqual({ nextSeq: 2 });
    expect(await problemOf(record(other, [log(run, 1)]))).toMatchObject({ status: 404, code: 'run/not-found' });
    expect(await record(mine, [log(run, 1), log(run, 2)])).toEqual({ nextSeq: 3 });
    expect(await problemOf(record(mine, [log(run, 9)]))).toMatchObject({ status: 409, code: 'events/gap' });
    await loseLease(run);
    await sweepLeases(mine.server);
    expect(await mine.visitor.api.runs.get.query({ id: run })).toMatchObject({ where: 'page', status: 'cancelled' });
    expect(await problemOf(record(mine, [log(run, 5)]))).toMatchObject({ status: 409, code: 'run/over' });
    expect((await eventsOf(run)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  });

  test('a run tells no more events than it may, and can still end', async () => {
    const { start, server, visitor } = await begin();
    const runner = await makeRunner();
    const { run } = await start();
    const { epoch } = await take(runner, run);
    const lease = { run, epoch, runner: runner.id };
    await server.database.db.update(tables.runs).set({ lastSeq: quotas.eventsPerRun }).where(eq(tables.runs.id, run));
    await expect(tellEvents(server, lease, [log(run, quotas.eventsPerRun + 1)])).rejects.toThrow(
      'may tell 50000 events',
    );
    await tellEvents(server, lease, [finished(run, quotas.eventsPerRun + 1)]);
    expect(await visitor.api.runs.get.query({ id: run })).toMatchObject({ status: 'succeeded' });
  });
});
