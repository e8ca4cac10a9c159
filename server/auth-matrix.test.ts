import { TRPCClientError } from '@trpc/client';
import { eq } from 'drizzle-orm';
import superjson from 'superjson';
import { describe, expect, test } from 'vitest';
import * as tables from '../db/schema.ts';
import { sha256Hex } from '../lib/hash.ts';
import { claimRun } from './leases.ts';
import { appRouter } from './router.ts';
import { createRunnerToken } from './runners.ts';
import { newId } from './secrets.ts';
import { Visitor } from './testing/client.ts';
import { kinds, sharedHost } from './testing/databases.ts';
import { document, log, setName } from './testing/fixtures.ts';
import { allRoutes, type Host, methods } from './testing/host.ts';

/** Who asks. The last five come with a share link, good or not, and an anonymous session. */
const columns = [
  'none',
  'anonymous',
  'other',
  'viewer',
  'runner',
  'forker',
  'revoked',
  'expired',
  // last: the owner may change what the others must not
  'owner',
] as const;
type Column = (typeof columns)[number];

/** What the owner has, and a link of each role to it. */
interface Stage {
  readonly graph: string;
  readonly run: string;
  readonly pageRun: string;
  readonly link: string;
  readonly value: string;
  readonly owner: string;
  /** The link that the visitor of this column brings; the owner brings one that lets fork. */
  readonly token: string;
}

/** What each column gets: a status for each, in the order of `columns`. */
interface Row {
  readonly input: (stage: Stage) => unknown;
  readonly expect: string;
}
const row = (expect: string, input: Row['input'] = () => undefined): Row => ({ expect, input });

/** Whoever has a session acts on what is their own. */
const OWN = '401 200 200 200 200 200 200 200 200';
/** Only the owner finds it; holding a link to its graph changes nothing about that. */
const BY_ID = '401 404 404 404 404 404 404 404 200';

/** Every procedure. One that is missing here fails the first test. */
const procedures: Readonly<Record<string, Row>> = {
  'session.me': row(OWN),
  'graphs.list': row(OWN),
  'graphs.get': row(BY_ID, ({ graph }) => ({ id: graph })),
  'graphs.create': row(OWN, () => ({ name: 'Mine' })),
  'graphs.save': row(BY_ID, ({ graph }) => ({
    id: graph,
    baseRev: 1,
    idempotencyKey: newId(),
    commands: [setName('Changed')],
  })),
  'graphs.duplicate': row(BY_ID, ({ graph }) => ({ id: graph })),
  'graphs.delete': row(BY_ID, ({ graph }) => ({ id: graph })),
  'graphs.versions': row(BY_ID, ({ graph }) => ({ id: graph })),
  'graphs.nameVersion': row(BY_ID, ({ graph }) => ({ id: graph, rev: 1, name: 'First' })),
  'graphs.version': row(BY_ID, ({ graph }) => ({ id: graph, rev: 1 })),
  'runners.devices': row(OWN),
  'runs.start': row(BY_ID, ({ graph }) => ({ graph, rev: 1 })),
  'runs.record': row(BY_ID, ({ graph, pageRun }) => ({ graph, rev: 1, run: pageRun, events: [log(pageRun, 1)] })),
  // a list of nobody's runs is empty: what must not show is whose graph it is
  'runs.list': row(OWN, ({ graph }) => ({ graph })),
  'runs.get': row(BY_ID, ({ run }) => ({ id: run })),
  'runs.cancel': row(BY_ID, ({ run }) => ({ id: run })),
  'runs.pause': row(BY_ID, ({ run }) => ({ id: run, paused: true })),
  'runs.events': row(BY_ID, ({ run }) => ({ run })),
  'links.create': row(BY_ID, ({ graph }) => ({ graph, role: 'view' })),
  'links.list': row(OWN, ({ graph }) => ({ graph })),
  'links.revoke': row(BY_ID, ({ link }) => ({ id: link })),
  // those without a link of their own guess a token
  'links.open': row('404 404 404 200 200 200 404 404 200', ({ token }) => ({ token })),
  'links.fork': row('401 404 404 403 403 200 404 404 200', ({ token }) => ({ token })),
  'links.run': row('401 404 404 403 200 200 404 404 200', ({ token }) => ({ token })),
  // the run is the owner's own and has not finished: a link does not show it
  'links.events': row('404 404 404 404 404 404 404 404 404', ({ token, run }) => ({ token, run })),
};

const guess = 'A'.repeat(22);
const bytes = new TextEncoder().encode('a value');

interface HttpRow extends Row {
  readonly path: (stage: Stage) => string;
  readonly init?: (stage: Stage) => RequestInit;
}
const route = (expect: string, path: HttpRow['path'], init: HttpRow['init'] = () => ({})): HttpRow => ({
  expect,
  path,
  init,
  input: () => undefined,
});
const ALL = '200 200 200 200 200 200 200 200 200';
/** A runner's token is what counts here, and nobody of these has one. */
const RUNNERS = '401 401 401 401 401 401 401 401 401';
const json = (body: unknown): RequestInit => ({
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});

/** Every method of every route. One that is missing here fails the first test. */
const routes: Readonly<Record<string, HttpRow>> = {
  'GET /api/health': route(ALL, () => '/api/health'),
  'GET /api/data': route(ALL, () => '/api/data'),
  'GET /api/data/[name]': route(ALL, () => '/api/data/iris'),
  'GET /api/auth/[...all]': route(ALL, () => '/api/auth/get-session'),
  'POST /api/auth/[...all]': route(
    '401 401 401 401 401 401 401 401 401',
    () => '/api/auth/sign-in/email',
    () => json({ email: 'nobody@example.org', password: 'not the password' }),
  ),
  // its calls stand in the table above
  'GET /api/trpc/[trpc]': route(OWN, () => '/api/trpc/session.me'),
  'POST /api/trpc/[trpc]': route(
    OWN,
    () => '/api/trpc/graphs.create',
    () => json(superjson.serialize({ name: 'Mine' })),
  ),
  'PUT /api/files': route(
    OWN,
    () => '/api/files',
    () => ({ body: 'a,b\n1,2\n', headers: { 'x-file-name': 'a.csv' } }),
  ),
  'GET /api/values/[sha256]': route('401 404 404 404 404 404 404 404 200', ({ value }) => `/api/values/${value}`),
  'PUT /api/values/[sha256]': route(
    OWN,
    () => `/api/values/${sha256Hex(bytes)}`,
    () => ({ body: bytes }),
  ),
  'POST /api/runner/register': route(
    RUNNERS,
    () => '/api/runner/register',
    () => json({ device: 'x' }),
  ),
  'POST /api/runner/claim': route(
    RUNNERS,
    () => '/api/runner/claim',
    () => json({}),
  ),
  'POST /api/runner/tokens': route(
    RUNNERS,
    () => '/api/runner/tokens',
    () => json({ name: 'x' }),
  ),
  'DELETE /api/runner/tokens': route(
    RUNNERS,
    () => '/api/runner/tokens',
    () => json({ name: 'x' }),
  ),
  'POST /api/runner/runs/[run]/heartbeat': route(
    RUNNERS,
    ({ run }) => `/api/runner/runs/${run}/heartbeat`,
    () => json({ epoch: 1 }),
  ),
  'POST /api/runner/runs/[run]/events': route(
    RUNNERS,
    ({ run }) => `/api/runner/runs/${run}/events`,
    ({ run }) => json({ epoch: 1, events: [log(run, 2)] }),
  ),
  'POST /api/runner/runs/[run]/finish': route(
    RUNNERS,
    ({ run }) => `/api/runner/runs/${run}/finish`,
    () => json({ epoch: 1, events: [] }),
  ),
  'POST /api/runner/runs/[run]/lookup': route(
    RUNNERS,
    ({ run }) => `/api/runner/runs/${run}/lookup`,
    () => json({ epoch: 1, keys: [] }),
  ),
  'GET /api/runner/runs/[run]/checkpoints/[key]': route(
    RUNNERS,
    ({ run, value }) => `/api/runner/runs/${run}/checkpoints/${value}?epoch=1`,
  ),
  'PUT /api/runner/runs/[run]/checkpoints/[key]': route(
    RUNNERS,
    ({ run, value }) => `/api/runner/runs/${run}/checkpoints/${value}?epoch=1`,
    () => ({ body: bytes }),
  ),
  'GET /api/runner/values/[sha256]': route(
    RUNNERS,
    ({ run, value }) => `/api/runner/values/${value}?run=${run}&epoch=1`,
  ),
  'PUT /api/runner/values/[sha256]': route(
    RUNNERS,
    ({ run, value }) => `/api/runner/values/${value}?run=${run}&epoch=1`,
    () => ({ body: bytes }),
  ),
};

test('every procedure and every method of every route stands in the table', async () => {
  expect(Object.keys(procedures).sort()).toEqual(Object.keys(appRouter._def.procedures).sort());
  const there = (await allRoutes()).flatMap(({ pattern, module }) =>
    methods.filter((method) => module[method]).map((method) => `${method} ${pattern}`),
  );
  expect(Object.keys(routes).sort()).toEqual(there.sort());
});

type Visitors = Readonly<Record<Column, Visitor>>;

describe.each(kinds)('on %s', (kind) => {
  const host = sharedHost(kind);
  let visitors: Visitors | undefined;

  /** One visitor for each column, made once. The other user has an e-mail address. */
  async function everyone({ address }: Host): Promise<Visitors> {
    if (visitors) return visitors;
    const made = await Promise.all(
      columns.map(async (column) => [column, column === 'none' ? new Visitor(address) : await Visitor.arrive(address)]),
    );
    const all = Object.fromEntries(made) as Visitors;
    // who guesses tokens is made to wait by their address
    for (const [i, column] of columns.entries()) all[column].from = `192.0.2.${i + 1}`;
    const signedUp = await all.other.fetch('/api/auth/sign-up/email', {
      method: 'POST',
      ...json({ name: 'Other', email: 'other@example.org', password: 'long enough' }),
      headers: { 'content-type': 'application/json' },
    });
    expect(signedUp.status).toBe(200);
    all.other.keepCookies(signedUp);
    visitors = all;
    return all;
  }

  async function makeStage(owner: Visitor): Promise<{ stage: Omit<Stage, 'token'>; tokens: Record<Column, string> }> {
    const { server } = host();
    const { id: graph } = await owner.api.graphs.create.mutate({ document: { ...document() } });
    const { run } = await owner.api.runs.start.mutate({ graph, rev: 1 });
    const pageRun = newId();
    await owner.api.runs.record.mutate({ graph, rev: 1, run: pageRun, events: [] });
    const link = (role: 'view' | 'run' | 'fork', expiresAt?: number) =>
      owner.api.links.create.mutate({ graph, role, ...(expiresAt !== undefined && { expiresAt }) });
    const [viewer, runner, forker, revoked, expired] = await Promise.all([
      link('view'),
      link('run'),
      link('fork'),
      link('fork'),
      link('fork', Date.now() - 1_000),
    ]);
    await owner.api.links.revoke.mutate({ id: revoked.id });
    const content = new TextEncoder().encode(`of ${graph}`);
    const value = sha256Hex(content);
    expect((await owner.fetch(`/api/values/${value}`, { method: 'PUT', body: content })).status).toBe(200);
    const id = (await owner.api.session.me.query()).id;
    expect(
      (await server.database.db.select().from(tables.graphs).where(eq(tables.graphs.owner, id))).length,
    ).toBeGreaterThan(0);
    return {
      stage: { graph, run, pageRun, link: viewer.id, value, owner: id },
      tokens: {
        none: guess,
        anonymous: guess,
        other: guess,
        viewer: viewer.token,
        runner: runner.token,
        forker: forker.token,
        revoked: revoked.token,
        expired: expired.token,
        owner: forker.token,
      },
    };
  }

  /** All that the owner has, to be compared before and after others tried. */
  async function belongings({ owner }: Pick<Stage, 'owner'>): Promise<unknown> {
    const { db } = host().server.database;
    const { graphs, runs, links, values } = tables;
    return {
      graphs: await db.select().from(graphs).where(eq(graphs.owner, owner)).orderBy(graphs.id),
      runs: await db.select().from(runs).where(eq(runs.owner, owner)).orderBy(runs.id),
      links: (await db.select().from(links).where(eq(links.owner, owner)).orderBy(links.id)).map(
        // that a link was opened is counted: it is what links are for
        ({ opens: _, ...link }) => link,
      ),
      values: await db.select().from(values).where(eq(values.owner, owner)).orderBy(values.sha256),
    };
  }

  async function callProcedure(
    visitor: Visitor,
    name: string,
    input: unknown,
  ): Promise<{ status: number; body: string }> {
    const { type } = (appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>)[name]!._def;
    try {
      if (type === 'subscription') {
        const stop = new AbortController();
        for await (const _ of visitor.subscribe(name, input, stop.signal)) break;
        stop.abort();
        return { status: 200, body: '' };
      }
      const [group, verb] = name.split('.') as [string, string];
      const api = visitor.api as unknown as Record<
        string,
        Record<string, Record<string, (input: unknown) => Promise<unknown>>>
      >;
      await api[group]![verb]![type === 'query' ? 'query' : 'mutate']!(input);
      return { status: 200, body: '' };
    } catch (error) {
      if (error instanceof TRPCClientError) return { status: error.data.httpStatus, body: error.message };
      const { message } = error as Error;
      const status = Number(/"httpStatus":(\d+)/.exec(message)?.[1] ?? /: (\d{3}) /.exec(message)?.[1]);
      return { status, body: /"message":"([^"]*)"/.exec(message)?.[1] ?? message };
    }
  }

  async function checkRow(
    { expect: expected }: Row,
    call: (visitor: Visitor, stage: Stage) => Promise<{ status: number; body: string }>,
  ): Promise<void> {
    // an owner of its own for each row: what one account may have open and how fast it may ask is limited
    const all = { ...(await everyone(host())), owner: await Visitor.arrive(host().address) };
    const { stage, tokens } = await makeStage(all.owner);
    const before = await belongings(stage);
    const wanted = expected.split(' ').map(Number);
    const got: Record<string, number> = {};
    for (const [i, column] of columns.entries()) {
      const at = { ...stage, token: tokens[column] };
      if (column === 'owner') expect(await belongings(stage)).toEqual(before);
      const answer = await call(all[column], at);
      got[column] = answer.status;
      if (wanted[i] !== 404 || answer.status !== 404) continue;
      // what is somebody else's looks like what never was
      const made = {
        graph: newId(),
        run: newId(),
        pageRun: newId(),
        link: newId(),
        value: '0'.repeat(64),
        token: column === 'revoked' || column === 'expired' ? guess : at.token,
      };
      expect(await call(all[column], { ...at, ...made })).toEqual(answer);
    }
    expect(got).toEqual(Object.fromEntries(columns.map((column, i) => [column, wanted[i]])));
  }

  test.each(Object.keys(procedures))('%s', async (name) => {
    const row = procedures[name]!;
    await checkRow(row, (visitor, stage) => callProcedure(visitor, name, row.input(stage)));
  });

  test.each(Object.keys(routes))('%s', async (name) => {
    const row = routes[name]!;
    const [method] = name.split(' ') as [string];
    await checkRow(row, async (visitor, stage) => {
      const stop = new AbortController();
      const response = await visitor.fetch(row.path(stage), { method, ...row.init?.(stage), signal: stop.signal });
      const text = await response.text();
      stop.abort();
      return { status: response.status, body: response.ok ? '' : text };
    });
  });

  test('a runner reaches the run that it holds, and no other', async () => {
    const { server, address } = host();
    const { owner } = await everyone(host());
    const { stage } = await makeStage(owner);
    const [operator] = await server.database.db.select().from(tables.runners).where(eq(tables.runners.operator, true));
    const mine = await createRunnerToken(server.database, operator!, `mine-${kind}`);
    const other = await createRunnerToken(server.database, operator!, `other-${kind}`);
    const [holder] = await server.database.db
      .select()
      .from(tables.runners)
      .where(eq(tables.runners.name, `mine-${kind}`));
    let claim = await claimRun(server, holder!.id);
    while (claim && claim.run !== stage.run) claim = await claimRun(server, holder!.id);
    expect(claim).toMatchObject({ run: stage.run, epoch: 1 });
    const { run, epoch } = claim!;
    const ask = async (token: string, method: string, path: string, body?: BodyInit) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      return (await fetch(`${address}${path}`, { method, headers, ...(body !== undefined && { body }) })).status;
    };
    const calls: [method: string, path: string, body: BodyInit | undefined, mine: number, other: number][] = [
      ['POST', '/api/runner/register', JSON.stringify({ device: 'x' }), 200, 200],
      ['POST', '/api/runner/tokens', JSON.stringify({ name: 'more' }), 403, 403],
      ['DELETE', '/api/runner/tokens', JSON.stringify({ name: 'more' }), 403, 403],
      ['POST', `/api/runner/runs/${run}/heartbeat`, JSON.stringify({ epoch }), 200, 409],
      ['POST', `/api/runner/runs/${run}/heartbeat`, JSON.stringify({ epoch: epoch + 1 }), 409, 409],
      ['POST', `/api/runner/runs/${run}/lookup`, JSON.stringify({ epoch, keys: [] }), 200, 409],
      ['POST', `/api/runner/runs/${run}/events`, JSON.stringify({ epoch, events: [log(run, 2)] }), 200, 409],
      ['PUT', `/api/runner/values/${sha256Hex(bytes)}?run=${run}&epoch=${epoch}`, bytes, 200, 409],
      ['GET', `/api/runner/values/${stage.value}?run=${run}&epoch=${epoch}`, undefined, 200, 409],
      ['PUT', `/api/runner/runs/${run}/checkpoints/${stage.value}?epoch=${epoch}`, bytes, 200, 409],
      ['GET', `/api/runner/runs/${run}/checkpoints/${stage.value}?epoch=${epoch}`, undefined, 200, 409],
      ['POST', `/api/runner/runs/${run}/finish`, JSON.stringify({ epoch, events: [] }), 200, 409],
      ['POST', `/api/runner/runs/${run}/heartbeat`, JSON.stringify({ epoch }), 409, 409],
    ];
    for (const [method, path, body, mineStatus, otherStatus] of calls) {
      const what = `${method} ${path}`;
      expect([what, await ask(other.token, method, path, body)]).toEqual([what, otherStatus]);
      expect([what, await ask('wrong', method, path, body)]).toEqual([what, 401]);
      expect([what, await ask(mine.token, method, path, body)]).toEqual([what, mineStatus]);
    }
  });
});
