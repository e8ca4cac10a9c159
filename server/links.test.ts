import { eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as tables from '../db/schema.ts';
import { sha256Hex } from '../lib/hash.ts';
import { claimRun, tellEvents } from './leases.ts';
import { newId } from './secrets.ts';
import { Visitor } from './testing/client.ts';
import { kinds, sharedHost } from './testing/databases.ts';
import { document, finished, log, problemOf, until } from './testing/fixtures.ts';

const bodies = Number(process.env.PATCHBAY_LONG) ? 500 : 60;

describe.each(kinds)('share links on %s', (kind) => {
  const host = sharedHost(kind);
  let visitors = 0;
  const arrive = async () => {
    const visitor = await Visitor.arrive(host().address);
    visitor.from = `198.51.100.${++visitors}`;
    return visitor;
  };

  /** An owner with a graph whose one input may be set, and a link to it. */
  async function share(role: 'view' | 'run' | 'fork', expiresAt?: number) {
    const owner = await arrive();
    const graph = {
      ...document('Shared'),
      nodes: { data: { type: 'data/dataset', params: { name: 'iris' } } },
      inputs: [{ name: 'rows', title: 'Rows', node: 'data', param: 'limit' }],
    };
    const { id } = await owner.api.graphs.create.mutate({ document: graph });
    const link = await owner.api.links.create.mutate({
      graph: id,
      role,
      ...(expiresAt !== undefined && { expiresAt }),
    });
    return { owner, id, link: link.id, token: link.token, url: link.url };
  }
  const runsOf = (graph: string) =>
    host().server.database.db.select().from(tables.runs).where(eq(tables.runs.graph, graph));

  /** A runner that has the next run. Those that other tests left are passed over. */
  async function claim(run: string) {
    const { server } = host();
    const [runner] = await server.database.db.select().from(tables.runners);
    for (;;) {
      const claimed = await claimRun(server, runner!.id);
      if (!claimed) throw new Error('the run is not in the queue');
      if (claimed.run === run) return { claimed, lease: { run, epoch: claimed.epoch, runner: runner!.id } };
    }
  }

  test('a run by link takes the token and declared inputs, and runs what was pinned', async () => {
    const { owner, id, token } = await share('run');
    await owner.api.graphs.save.mutate({
      id,
      baseRev: 1,
      idempotencyKey: newId(),
      commands: [{ label: 'Rename', edits: [{ path: ['name'], value: 'Changed since' }] }],
    });
    const guest = await arrive();
    const { run } = await guest.api.links.run.mutate({ token, inputs: { rows: 7 } });
    const { claimed } = await claim(run);
    expect(claimed.document).toMatchObject({
      name: 'Shared',
      nodes: { data: { params: { name: 'iris', limit: 7 } } },
    });
    expect((await guest.api.links.open.query({ token })).document.name).toBe('Shared');
    expect(await problemOf(guest.api.links.run.mutate({ token, inputs: { name: 'x' } }))).toMatchObject({
      status: 400,
      message: 'This graph declares rows; it has no input name.',
    });
    // the run is the guest's, so the owner's list does not show it, and the guest finds it
    expect(await owner.api.runs.list.query({ graph: id })).toEqual([]);
    expect(await guest.api.runs.get.query({ id: run })).toMatchObject({ status: 'running' });
  });

  test('any other field in a run by link is refused, whatever it is called and holds', async () => {
    const { id, token } = await share('run');
    const guest = await arrive();
    const name = fc.oneof(
      fc.constantFrom('graph', 'nodes', 'data', 'rev', 'document', 'edges', 'targets', 'fresh', 'owner', 'link'),
      fc.string({ minLength: 1 }).filter((text) => !['token', 'inputs', '__proto__'].includes(text)),
    );
    await fc.assert(
      fc.asyncProperty(name, fc.jsonValue(), async (field, value) => {
        // as superjson writes what JSON can hold itself
        const body = { json: { token, inputs: {}, [field]: value } };
        const response = await guest.fetch('/api/trpc/links.run', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
        expect([field, response.status]).toEqual([field, response.status === 429 ? 429 : 400]);
      }),
      { numRuns: bodies },
    );
    expect(await runsOf(id)).toEqual([]);
  });

  test('wrong, revoked and expired tokens get one answer', async () => {
    const { owner, id, token } = await share('fork', Date.now() - 1);
    const revoked = await owner.api.links.create.mutate({ graph: id, role: 'fork' });
    await owner.api.links.revoke.mutate({ id: revoked.id });
    const guest = await arrive();
    const tokens = [token, revoked.token, 'A'.repeat(22), 'x', ' ', '%00', token.slice(0, -1)];
    const answers = await Promise.all(tokens.map((each) => problemOf(guest.api.links.open.query({ token: each }))));
    expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 404, code: 'link/not-found' });
  });

  test('who guesses tokens is made to wait; others are not', async () => {
    const guest = await arrive();
    const { token } = await share('view');
    const statuses: number[] = [];
    for (let i = 0; i < 30; i++)
      statuses.push((await problemOf(guest.api.links.open.query({ token: `${newId()}AAAAAA` }))).status);
    expect(statuses.slice(0, 20)).toEqual(Array(20).fill(404));
    expect(statuses.slice(-5)).toContain(429);
    expect(await (await arrive()).api.links.open.query({ token })).toMatchObject({ role: 'view' });
  });

  test('the token is kept nowhere, only its hash', async () => {
    const { token } = await share('run');
    const { db } = host().server.database;
    const names = await db.execute<{ name: string }>(
      sql`select table_schema || '.' || table_name as name from information_schema.tables
        where table_type = 'BASE TABLE' and table_schema in ('public', 'pgboss')`,
    );
    expect(names.rows.length).toBeGreaterThan(10);
    for (const { name } of names.rows) {
      const found = await db.execute<{ n: number }>(
        sql`select count(*)::int as n from ${sql.raw(name)} t where t::text like ${`%${token}%`}`,
      );
      expect([name, found.rows[0]!.n]).toEqual([name, 0]);
    }
    const [row] = await db
      .select()
      .from(tables.links)
      .where(eq(tables.links.tokenHash, sha256Hex(token)));
    expect(row).toMatchObject({ role: 'run' });
  });

  test('a link that is taken back ends its runs and closes its streams within 5 s', async () => {
    const { owner, link, token, url } = await share('run');
    const guest = await arrive();
    const queued = await guest.api.links.run.mutate({ token });
    const { run } = await guest.api.links.run.mutate({ token });
    const { lease } = await claim(run);
    const { server } = host();
    await tellEvents(server, lease, [log(run, 2, 'working')]);
    const heard: string[] = [];
    const stop = new AbortController();
    const onlooker = await arrive();
    const stream = (async () => {
      for await (const event of onlooker.subscribe('links.events', { token, run }, stop.signal)) heard.push(event.kind);
      return 'ended';
    })().catch((error: Error) => error.message);
    await until(() => heard.length === 2);
    const began = Date.now();
    await owner.api.links.revoke.mutate({ id: link });
    const end = await stream;
    expect(Date.now() - began).toBeLessThan(5_000);
    // it heard the end of the run at most, nothing that came after
    expect(end === 'ended' || end.includes('does not open anything')).toBe(true);
    stop.abort();
    for (const each of [run, queued.run])
      expect(await guest.api.runs.get.query({ id: each })).toMatchObject({ status: 'cancelled' });
    await expect(tellEvents(server, lease, [log(run, 3)])).rejects.toThrow('not with this runner');
    expect(url).toBe(`/s/${token}`);
  });

  test('a stream of an expired link ends within 5 s, though its run goes on', async () => {
    const { token, owner, id } = await share('view');
    const { run } = await owner.api.runs.start.mutate({ graph: id, rev: 1 });
    const { lease } = await claim(run);
    const { server } = host();
    const heard: number[] = [];
    const guest = await arrive();
    // the owner's run shows once it has finished
    expect(await streamStatus(guest, token, run)).toBe('run/not-found');
    await tellEvents(server, lease, [log(run, 2), finished(run, 3)]);
    for await (const event of guest.subscribe('links.events', { token, run })) heard.push(event.seq);
    expect(heard).toEqual([1, 2, 3]);
    const other = await share('run');
    const guestRun = await guest.api.links.run.mutate({ token: other.token });
    const held = await claim(guestRun.run);
    const stream = (async () => {
      for await (const _ of guest.subscribe('links.events', { token: other.token, run: guestRun.run }));
      return 'ended';
    })().catch((error: Error) => error.message);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const began = Date.now();
    await server.database.db
      .update(tables.links)
      .set({ expiresAt: sql`now() - interval '1 second'` })
      .where(eq(tables.links.tokenHash, sha256Hex(other.token)));
    await stream;
    expect(Date.now() - began).toBeLessThan(8_000);
    await until(async () => (await guest.api.runs.get.query({ id: guestRun.run })).status === 'cancelled', 12_000);
    await expect(tellEvents(server, held.lease, [log(guestRun.run, 2)])).rejects.toThrow('not with this runner');
  });

  const streamStatus = async (guest: Visitor, token: string, run: string): Promise<string> => {
    try {
      for await (const _ of guest.subscribe('links.events', { token, run })) return 'open';
      return 'ended';
    } catch (error) {
      return /"code":"(\w+\/[\w-]+)"/.exec((error as Error).message)?.[1] ?? (error as Error).message;
    }
  };

  test('a copy is the guest’s own, with the files that the graph names and no others', async () => {
    const owner = await arrive();
    const upload = async (text: string) => {
      const response = await owner.fetch('/api/files', {
        method: 'PUT',
        body: text,
        headers: { 'x-file-name': 'a.csv' },
      });
      return (await response.json()) as { sha256: string };
    };
    const [named, other] = [await upload('a\n1\n'), await upload('b\n2\n')];
    const { id } = await owner.api.graphs.create.mutate({
      document: { ...document('With a file'), nodes: { file: { type: 'data/upload', params: { file: named } } } },
    });
    const { token } = await owner.api.links.create.mutate({ graph: id, role: 'fork' });
    const guest = await arrive();
    const value = (sha256: string, link = '') =>
      guest.fetch(`/api/values/${sha256}${link}`).then(({ status }) => status);
    expect([await value(named.sha256), await value(named.sha256, `?link=${token}`)]).toEqual([404, 200]);
    expect(await value(other.sha256, `?link=${token}`)).toBe(404);
    const copy = await guest.api.links.fork.mutate({ token });
    expect([await value(named.sha256), await value(other.sha256)]).toEqual([200, 404]);
    expect((await guest.api.graphs.get.query({ id: copy.id })).document).toMatchObject({ name: 'With a file' });
    await owner.api.graphs.delete.mutate({ id });
    expect(await value(named.sha256)).toBe(200);
    expect((await problemOf(guest.api.links.open.query({ token }))).status).toBe(404);
  });
});
