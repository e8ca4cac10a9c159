import { request } from 'node:http';
import superjson from 'superjson';
import { describe, expect, test } from 'vitest';
import { addressKey, Rates } from './rates.ts';
import { appRouter } from './router.ts';
import { newId } from './secrets.ts';
import { openServer } from './server.ts';
import { quotas } from './settings.ts';
import { Visitor } from './testing/client.ts';
import { kinds, makePlace, settingsOf, sharedHost } from './testing/databases.ts';
import { problemOf } from './testing/fixtures.ts';
import { allRoutes, hostServer } from './testing/host.ts';

/** A request with headers that fetch would not let us set. */
function ask(address: string, path: string, headers: Record<string, string>, method = 'POST'): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(`${address}${path}`, { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    });
    sent.once('error', reject);
    sent.end(method === 'GET' ? undefined : JSON.stringify(superjson.serialize({ name: 'x' })));
  });
}

describe.each(kinds)('requests on %s', (kind) => {
  const host = sharedHost(kind);

  test('what another site’s page sends with our cookies is refused, everywhere where cookies count', async () => {
    const { address } = host();
    const { cookie } = await Visitor.arrive(address);
    const { host: own } = new URL(address);
    const json = { cookie, 'content-type': 'application/json', 'x-file-name': 'a.csv' };
    const byCookie = (await allRoutes())
      .map(({ pattern }) => pattern)
      .filter((pattern) => !/\/(runner|data|health)/.test(pattern));
    expect(byCookie.sort()).toEqual(['/api/auth/[...all]', '/api/files', '/api/trpc/[trpc]', '/api/values/[sha256]']);
    const calls: [path: string, method: string][] = [
      ['/api/trpc/graphs.create', 'POST'],
      ['/api/trpc/graphs.list', 'GET'],
      ['/api/files', 'PUT'],
      [`/api/values/${'0'.repeat(64)}`, 'GET'],
      [`/api/values/${'0'.repeat(64)}?link=x`, 'GET'],
      [`/api/values/${'0'.repeat(64)}`, 'PUT'],
      ['/api/auth/sign-out', 'POST'],
      ['/api/auth/get-session', 'GET'],
    ];
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `https://${own}.evil.example` },
      { origin: 'http://127.0.0.1:1' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      // a name that was pointed at this machine: then the page is same-origin with us
      { host: 'evil.example', origin: 'http://evil.example' },
    ];
    for (const [path, method] of calls)
      for (const headers of foreign)
        expect([path, headers, await ask(address, path, { ...json, ...headers }, method)]).toEqual([
          path,
          headers,
          403,
        ]);
    for (const headers of [{}, { origin: address }, { origin: address, 'sec-fetch-site': 'same-origin' }])
      expect(await ask(address, '/api/trpc/graphs.create', { ...json, ...headers })).toBe(200);
  });

  test('a command that takes something away is saved: its edit has no value', async () => {
    const { api } = await Visitor.arrive(host().address);
    const { id } = await api.graphs.create.mutate({});
    const node = { type: 'data/dataset', version: 1, params: {}, position: { x: 0, y: 0 } };
    const path = ['nodes', 'dataset-1'];
    const commands = [
      { label: 'Add Data set', edits: [{ path, value: node }] },
      { label: 'Undo: Add Data set', edits: [{ path }] },
    ];
    const saved = await api.graphs.save.mutate({ id, baseRev: 1, idempotencyKey: newId(), commands });
    expect(saved.status).toBe('saved');
    expect((await api.graphs.get.query({ id })).document.nodes).toEqual({});
  });

  test('no procedure takes a field that it does not know', async () => {
    const visitor = await Visitor.arrive(host().address);
    const procedures = Object.entries(
      appRouter._def.procedures as unknown as Record<string, { _def: { type: string; inputs: unknown[] } }>,
    ).filter(([, { _def }]) => _def.inputs.length > 0);
    expect(procedures.length).toBeGreaterThan(15);
    const valid = {
      id: newId(),
      graph: newId(),
      run: newId().padEnd(16, 'x'),
      token: newId(),
      rev: 1,
      name: 'x',
      baseRev: 1,
      idempotencyKey: newId(),
      commands: [{ label: 'x', edits: [{ path: ['name'], value: 'x' }] }],
      role: 'view',
      paused: true,
      events: [],
    };
    for (const [name, { _def }] of procedures) {
      const call = async (input: object): Promise<number> => {
        const text = JSON.stringify(superjson.serialize(input));
        const response =
          _def.type === 'mutation'
            ? await visitor.fetch(`/api/trpc/${name}`, {
                method: 'POST',
                headers: { 'content-type': 'application/json' },
                body: text,
              })
            : await visitor.fetch(`/api/trpc/${name}?input=${encodeURIComponent(text)}`);
        const body = await response.text();
        return Number(/"httpStatus":(\d+)/.exec(body)?.[1] ?? response.status);
      };
      // only the fields that it knows: those that it refuses are left out one after the other
      const { parse } = _def.inputs[0] as { parse(input: unknown): unknown } as { parse(input: unknown): unknown };
      const known: Record<string, unknown> = {};
      for (const [field, value] of Object.entries(valid)) {
        try {
          parse.call(_def.inputs[0], { ...known, [field]: value });
          known[field] = value;
        } catch (error) {
          const issues = (error as { issues: { code: string }[] }).issues;
          if (!issues.some(({ code }) => code === 'unrecognized_keys')) known[field] = value;
        }
      }
      expect([name, await call({ ...known, owner: 'me' })]).toEqual([name, 400]);
      expect([name, (await call(known)) === 400]).toEqual([name, false]);
    }
  });

  test('a request that is too large, carries too many calls or is not JSON gets one sentence', async () => {
    const visitor = await Visitor.arrive(host().address);
    const post = (path: string, body: string) =>
      visitor.fetch(path, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    const large = await post('/api/trpc/graphs.create', `{"json":{"name":"${'x'.repeat(quotas.requestBytes)}"}}`);
    expect([large.status, await large.json()]).toMatchObject([
      413,
      { message: 'A request may have 5.0 MB, this one has more.' },
    ]);
    const calls = Array(51).fill('session.me').join(',');
    expect(await (await visitor.fetch(`/api/trpc/${calls}?batch=1`)).json()).toMatchObject({
      message: 'A request may carry 50 calls.',
    });
    expect((await post('/api/trpc/graphs.create', '{')).status).toBe(400);
    expect((await visitor.fetch('/api/trpc/nothing.here')).status).toBe(404);
    expect((await visitor.fetch('/api/trpc/__proto__.toString')).status).toBe(404);
  });

  test('who asks too fast waits, and nobody else', async () => {
    const [fast, other] = [await Visitor.arrive(host().address), await Visitor.arrive(host().address)];
    const create = (who: Visitor) => who.api.graphs.create.mutate({ name: 'x' });
    const { id } = await fast.api.session.me.query();
    // a minute ahead: however slow this machine is, nothing comes back meanwhile
    const soon = Date.now() + 60_000;
    while (host().server.rates.take('write', id, soon));
    expect(await problemOf(create(fast))).toMatchObject({ status: 429, message: 'That came too fast too often.' });
    await create(other);
  });

  test('an unknown procedure input that is no session’s is a sentence, never a stack', async () => {
    const visitor = await Visitor.arrive(host().address);
    const problem = await problemOf(visitor.api.graphs.get.query({ id: '' }));
    expect(problem).toMatchObject({ status: 400, code: 'request/invalid' });
    const response = await visitor.fetch('/api/trpc/graphs.get?input=%7B');
    expect(await response.text()).not.toMatch(/node_modules|\.ts:\d/);
  });
});

test('a server with a public name answers to it, and to its https origin', async () => {
  const place = await makePlace('embedded');
  const server = await openServer({ ...settingsOf(place), origins: ['https://patchbay.example'] });
  const { address, close } = await hostServer(server);
  const json = { 'content-type': 'application/json', host: 'patchbay.example' };
  // 401: it was let in, and has no session
  expect(await ask(address, '/api/trpc/graphs.create', { ...json, origin: 'https://patchbay.example' })).toBe(401);
  expect(await ask(address, '/api/trpc/graphs.create', { ...json, origin: 'http://patchbay.example' })).toBe(403);
  expect(await ask(address, '/api/trpc/graphs.create', { ...json, host: 'other.example' })).toBe(403);
  await close();
  await place.remove();
});

describe('limits by address', () => {
  const key = (address: string) => addressKey(new Headers({ 'x-forwarded-for': address }));
  test('an IPv6 household is one', () => {
    expect(key('2001:db8:1:2:3:4:5:6')).toBe(key('2001:db8:1:2::9'));
    expect(key('2001:DB8:1:2::9')).toBe(key('2001:0db8:0001:0002::1'));
    expect(key('2001:db8:1:3::9')).not.toBe(key('2001:db8:1:2::9'));
    expect(key('::ffff:192.0.2.1')).toBe(key('192.0.2.1'));
    expect(key('192.0.2.1, 10.0.0.1')).toBe('192.0.2.1');
  });
  test('a bucket fills again, to its rim and not beyond', () => {
    const rates = new Rates();
    const taken = (at: number) => {
      let n = 0;
      while (rates.take('run', 'me', at)) n++;
      return n;
    };
    expect([taken(0), taken(5_000), taken(3_600_000)]).toEqual([20, 5, 20]);
  });
});
