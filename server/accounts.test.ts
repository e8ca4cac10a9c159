import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import * as tables from '../db/schema.ts';
import { sha256Hex } from '../lib/hash.ts';
import { mergeAccounts } from './accounts.ts';
import { createGraph } from './graphs.ts';
import { newId } from './secrets.ts';
import { Visitor } from './testing/client.ts';
import { kinds, sharedHost } from './testing/databases.ts';
import { document, log, makeUser, problemOf } from './testing/fixtures.ts';

describe.each(kinds)('accounts on %s', (kind) => {
  const host = sharedHost(kind);
  const password = 'a long password';
  const arrive = () => Visitor.arrive(host().address);
  const idOf = async (visitor: Visitor) => (await visitor.api.session.me.query()).id;

  async function enter(visitor: Visitor, how: 'sign-up' | 'sign-in', email: string, secret = password) {
    const response = await visitor.fetch(`/api/auth/${how}/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: secret, ...(how === 'sign-up' && { name: 'Someone' }) }),
    });
    if (response.ok) visitor.keepCookies(response);
    return { status: response.status, body: await response.text() };
  }

  /** A bit of everything that an account can have. */
  async function work(visitor: Visitor) {
    const { id: graph } = await visitor.api.graphs.create.mutate({ document: { ...document('Work') } });
    const { run } = await visitor.api.runs.start.mutate({ graph, rev: 1 });
    const pageRun = newId();
    await visitor.api.runs.record.mutate({ graph, rev: 1, run: pageRun, events: [log(pageRun, 1)] as never });
    const { token } = await visitor.api.links.create.mutate({ graph, role: 'view' });
    const body = `a value of ${graph}`;
    await visitor.fetch(`/api/values/${sha256Hex(body)}`, { method: 'PUT', body });
    const owner = await idOf(visitor);
    const { db } = host().server.database;
    await db.insert(tables.stepValues).values({ owner, key: sha256Hex(`step ${graph}`), outputs: {} });
    await db
      .insert(tables.checkpoints)
      .values({ owner, key: sha256Hex('c'), number: 1, sha256: sha256Hex('c'), bytes: 1 });
    return { graph, run, token, value: sha256Hex(body), owner };
  }
  /** Rows that name an account, by table. */
  async function belongings(owner: string): Promise<Record<string, number>> {
    const { db } = host().server.database;
    const { graphs, runs, links, values, stepValues, checkpoints } = tables;
    const counted = Object.entries({ graphs, runs, links, values, stepValues, checkpoints }).map(
      async ([name, table]) => [name, await db.$count(table, eq(table.owner, owner))] as const,
    );
    return Object.fromEntries(await Promise.all(counted));
  }

  test('an e-mail address takes along everything that the anonymous account had', async () => {
    const visitor = await arrive();
    const { graph, run, token, value, owner } = await work(visitor);
    const before = await belongings(owner);
    expect(before).toEqual({ graphs: 1, runs: 2, links: 1, values: 1, stepValues: 1, checkpoints: 1 });
    const old = visitor.cookie;
    expect((await enter(visitor, 'sign-up', `a-${kind}@example.org`)).status).toBe(200);
    const me = await visitor.api.session.me.query();
    expect(me).toMatchObject({ anonymous: false, email: `a-${kind}@example.org`, graphs: 1 });
    expect(me.id).not.toBe(owner);
    expect(await belongings(me.id)).toEqual(before);
    expect(await visitor.api.graphs.get.query({ id: graph })).toMatchObject({ rev: 1 });
    expect(await visitor.api.runs.get.query({ id: run })).toMatchObject({ status: 'queued' });
    expect((await visitor.fetch(`/api/values/${value}`)).status).toBe(200);
    expect(await (await arrive()).api.links.open.query({ token })).toMatchObject({ name: 'Work' });
    // nothing is left of the old account, and its cookie opens nothing
    expect(await host().server.database.db.$count(tables.users, eq(tables.users.id, owner))).toBe(0);
    expect(await problemOf(new Visitor(visitor.server, old).api.session.me.query())).toMatchObject({ status: 401 });
  });

  test('signing in elsewhere brings what was made there without an account', async () => {
    const first = await arrive();
    await work(first);
    await enter(first, 'sign-up', `b-${kind}@example.org`);
    const account = await idOf(first);
    const second = await arrive();
    const { owner } = await work(second);
    expect((await enter(second, 'sign-in', `b-${kind}@example.org`)).status).toBe(200);
    expect(await idOf(second)).toBe(account);
    expect(await belongings(account)).toMatchObject({ graphs: 2, runs: 4, links: 2, values: 2, checkpoints: 1 });
    expect(await host().server.database.db.$count(tables.users, eq(tables.users.id, owner))).toBe(0);
    expect(await first.api.graphs.list.query()).toHaveLength(2);
  });

  test('if anything of it fails, nothing has moved', async () => {
    const { database } = host().server;
    const visitor = await arrive();
    const { owner } = await work(visitor);
    const into = await makeUser({ database });
    const before = await belongings(owner);
    await database.db.execute(sql`create function refuse() returns trigger language plpgsql as
      $$ begin raise exception 'the last statement fails'; end $$`);
    await database.db.execute(sql`create trigger refuse before delete on users for each row execute function refuse()`);
    try {
      await expect(mergeAccounts(database, { from: owner, into })).rejects.toThrow();
    } finally {
      await database.db.execute(sql`drop trigger refuse on users`);
      await database.db.execute(sql`drop function refuse`);
    }
    expect(await belongings(owner)).toEqual(before);
    expect(Object.values(await belongings(into))).toEqual([0, 0, 0, 0, 0, 0]);
    await mergeAccounts(database, { from: owner, into });
    expect(await belongings(into)).toEqual(before);
    // a second time, after a lost answer, changes nothing
    await mergeAccounts(database, { from: owner, into });
    expect(await belongings(into)).toEqual(before);
  });

  test('what is created while the account moves is moved too, or refused; never lost', async () => {
    const { database } = host().server;
    for (let round = 0; round < 5; round++) {
      const [from, into] = [await makeUser({ database }), await makeUser({ database })];
      const creating = Array.from({ length: 6 }, () => createGraph(database, from, { name: 'x' }));
      const moved = mergeAccounts(database, { from, into });
      const made = (await Promise.allSettled(creating)).filter(({ status }) => status === 'fulfilled').length;
      await moved;
      expect(await database.db.$count(tables.graphs, eq(tables.graphs.owner, into))).toBe(made);
    }
  });

  test('a wrong password and an unknown address get one answer; a short password is refused', async () => {
    const visitor = await arrive();
    await enter(visitor, 'sign-up', `c-${kind}@example.org`);
    const guest = await arrive();
    const wrong = await enter(guest, 'sign-in', `c-${kind}@example.org`, 'not this password');
    const unknown = await enter(guest, 'sign-in', `nobody-${kind}@example.org`, 'not this password');
    expect(wrong).toEqual(unknown);
    expect(wrong.status).toBe(401);
    expect((await enter(guest, 'sign-up', `d-${kind}@example.org`, 'short')).status).toBe(400);
    const [row] = await host().server.database.db.select().from(tables.accounts).limit(1);
    expect(row!.password).not.toContain(password);
  });

  test('a session that is signed out ends its streams', async () => {
    const visitor = await arrive();
    const { run } = await work(visitor);
    const stream = (async () => {
      for await (const _ of visitor.events(run));
      return 'ended';
    })().catch((error: Error) => error.message);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const began = Date.now();
    const out = await visitor.fetch('/api/auth/sign-out', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(out.status).toBe(200);
    expect(await stream).toContain('session');
    expect(Date.now() - began).toBeLessThan(8_000);
  });
});
