import { rmSync, statSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { and, eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import * as tables from '../db/schema.ts';
import { sha256Hex } from '../lib/hash.ts';
import { receive } from './bytes.ts';
import { claimRun, tellEvents } from './leases.ts';
import { dropFiles, dropValues } from './retention.ts';
import { quotas } from './settings.ts';
import { storedSteps } from './steps.ts';
import { Visitor } from './testing/client.ts';
import { kinds, sharedHost } from './testing/databases.ts';
import { document, log } from './testing/fixtures.ts';

const text = (content: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(content));

describe.each(kinds)('values on %s', (kind) => {
  const host = sharedHost(kind);
  const arrive = () => Visitor.arrive(host().address);
  const idOf = async (visitor: Visitor) => (await visitor.api.session.me.query()).id;
  const put = async (visitor: Visitor, content: Uint8Array<ArrayBuffer>, sha256 = sha256Hex(content)) =>
    visitor.fetch(`/api/values/${sha256}`, { method: 'PUT', body: content });
  const upload = (visitor: Visitor, body: BodyInit, name = 'file.csv') =>
    visitor.fetch('/api/files', { method: 'PUT', body, headers: { 'x-file-name': encodeURIComponent(name) } });

  test('two accounts that store the same bytes each have their own, and learn nothing of each other', async () => {
    const [one, two] = [await arrive(), await arrive()];
    const content = text('the same bytes');
    const sha256 = sha256Hex(content);
    expect((await put(one, content)).status).toBe(200);
    const ask = async (hash: string) => {
      const response = await two.fetch(`/api/values/${hash}`);
      return { status: response.status, headers: [...response.headers.keys()].sort(), body: await response.json() };
    };
    // a hash that another account has and one that nobody has
    expect(await ask(sha256)).toEqual(await ask(sha256Hex('nobody has this')));
    expect((await put(two, content)).status).toBe(200);
    expect(await (await two.fetch(`/api/values/${sha256}`)).text()).toBe('the same bytes');
    const { server } = host();
    await server.database.db
      .delete(tables.values)
      .where(and(eq(tables.values.owner, await idOf(one)), eq(tables.values.sha256, sha256)));
    await dropFiles(server);
    expect((await one.fetch(`/api/values/${sha256}`)).status).toBe(404);
    expect((await two.fetch(`/api/values/${sha256}`)).status).toBe(200);
  });

  test('the same graph run by two accounts is computed for each: nobody is given what another one stored', async () => {
    const { server } = host();
    const [runner] = await server.database.db.select().from(tables.runners);
    const key = sha256Hex('the cache key of a step');
    const graph = document('The same');
    const owners: string[] = [];
    for (const visitor of [await arrive(), await arrive()]) {
      const { id } = await visitor.api.graphs.create.mutate({ document: { ...graph } });
      const { run } = await visitor.api.runs.start.mutate({ graph: id, rev: 1 });
      const claim = await claimRun(server, runner!.id);
      expect(claim?.run).toBe(run);
      const owner = await idOf(visitor);
      owners.push(owner);
      // before it has run: nothing, though the other one's step is stored under this very key
      expect(await storedSteps(server, owner, [key])).toEqual({});
      const manifest = text(JSON.stringify({ kind: 'metrics', version: 1, blobs: {} }));
      expect((await put(visitor, manifest)).status).toBe(200);
      await tellEvents(server, { run, epoch: claim!.epoch, runner: runner!.id }, [
        log(run, 2),
        {
          run,
          seq: 3,
          at: 0,
          node: 'n',
          kind: 'done',
          data: {
            step: 'n',
            key,
            cached: false,
            ms: 1,
            outputs: { y: { kind: 'metrics', sha256: sha256Hex(manifest), bytes: manifest.length } },
          },
        },
      ]);
    }
    expect(new Set(owners).size).toBe(2);
    const [first] = owners as [string, string];
    const rows = await server.database.db.select().from(tables.stepValues).where(eq(tables.stepValues.key, key));
    expect(rows.map(({ owner }) => owner).sort()).toEqual([...owners].sort());
    await server.database.db.delete(tables.stepValues).where(eq(tables.stepValues.owner, first));
    expect(await storedSteps(server, first, [key])).toEqual({});
  });

  test('bytes that are not what they say they are, are not kept', async () => {
    const visitor = await arrive();
    const response = await put(visitor, text('one thing'), sha256Hex('another'));
    expect([response.status, await response.json()]).toMatchObject([400, { code: 'value/hash' }]);
    expect((await visitor.fetch(`/api/values/${sha256Hex('another')}`)).status).toBe(404);
    for (const name of ['..%2F..%2Fauth.secret', 'A'.repeat(64), 'x', `${'0'.repeat(63)}G`])
      expect((await visitor.fetch(`/api/values/${name}`)).status).toBe(400);
    expect(await readdir(host().server.uploads)).toEqual([]);
  });

  test('a browser never takes a value for a page', async () => {
    const visitor = await arrive();
    const content = text('<script>alert(1)</script>');
    const file = (await (await upload(visitor, content, 'a "strange" näme\n.html')).json()) as {
      name: string;
    };
    expect(file.name).toBe('a "strange" näme.html');
    const { headers } = await visitor.fetch(`/api/values/${sha256Hex(content)}`);
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(headers.get('content-disposition')).toMatch(
      /^attachment; filename\*=UTF-8''a%20%22strange%22%20n%C3%A4me\.html$/,
    );
    expect(headers.get('content-security-policy')).toContain('sandbox');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('files that could run a program are refused by what they hold, whatever they are called', async () => {
    const visitor = await arrive();
    const zip = (name: string) =>
      Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.alloc(26), Buffer.from(name)]);
    const cases: [body: Buffer<ArrayBuffer>, what: RegExp][] = [
      [Buffer.from('\x80\x04\x95\x1a\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix', 'latin1'), /a Python pickle/],
      [Buffer.from('\x80\x02}q\x00', 'latin1'), /a Python pickle/],
      [Buffer.from('\x80\x02cos\nsystem\n', 'latin1'), /a Python pickle/],
      [zip('archive/data.pkl'), /a PyTorch archive/],
      [zip('metadata.json'), /a Keras archive/],
      [Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'), /an HDF5 file/],
      [
        Buffer.from("\x93NUMPY\x01\x00v\x00{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", 'latin1'),
        /Python objects/,
      ],
    ];
    for (const [body, what] of cases) {
      const response = await upload(visitor, body, 'harmless.csv');
      const problem = (await response.json()) as { message: string; hint: string };
      expect([response.status, problem.message]).toEqual([415, expect.stringMatching(what)]);
      expect(problem.message).toMatch(/^The file harmless\.csv is .*: loading it could run a program\.$/);
    }
    expect(await readdir(host().server.uploads)).toEqual([]);
    const [row] = await host()
      .server.database.db.select({ n: sql<number>`count(*)::int` })
      .from(tables.values)
      .where(eq(tables.values.owner, await idOf(visitor)));
    expect(row!.n).toBe(0);
    // text that begins like a pickle's letters, a plain zip and numbers are files like others
    for (const body of [
      Buffer.from('a,b\n1,2\n'),
      zip('data.csv'),
      Buffer.from("\x93NUMPY\x01\x00v\x00{'descr': '<f4'}", 'latin1'),
    ])
      expect((await upload(visitor, body)).status).toBe(200);
  });

  test('an upload without a name, without bytes or as a form is refused', async () => {
    const visitor = await arrive();
    const send = async (init: RequestInit) => {
      const response = await visitor.fetch('/api/files', { method: 'PUT', ...init });
      return [response.status, ((await response.json()) as { message: string }).message];
    };
    expect(await send({ body: 'a' })).toEqual([400, 'An upload needs its name in the header x-file-name.']);
    expect(await send({ headers: { 'x-file-name': 'a.csv' } })).toEqual([400, 'The file a.csv is empty.']);
    expect(await send({ body: 'a', headers: { 'x-file-name': '%' } })).toEqual([
      400,
      'The header x-file-name is not URL-encoded.',
    ]);
    const form = new FormData();
    form.set('file', new Blob(['a']), 'a.csv');
    expect(await send({ body: form, headers: { 'x-file-name': 'a.csv' } })).toEqual([
      415,
      'An upload is the bytes of one file, not a form.',
    ]);
  });

  test('what is too large is refused before it is read, or where it grows too large; nothing stays', async () => {
    const visitor = await arrive();
    // announced: no byte of it is waited for
    const status = await new Promise<number>((resolve, reject) => {
      const headers = { ...visitor.headers, 'x-file-name': 'a.csv', 'content-length': String(quotas.uploadBytes + 1) };
      const sent = request(`${visitor.server}/api/files`, { method: 'PUT', headers }, (response) => {
        resolve(response.statusCode!);
        sent.destroy();
      });
      sent.once('error', reject);
      sent.flushHeaders();
    });
    expect(status).toBe(413);
    const { uploads: folder } = host().server;
    const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
    });
    await expect(receive({ body: endless, headers: new Headers() }, { folder, limit: 1_000_000 })).rejects.toThrow(
      'A file may have 1.0 MB, this one has 1.0 MB or more.',
    );
    const broken = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: (controller) => controller.error(new Error('gone')),
    });
    await expect(receive({ body: broken, headers: new Headers() }, { folder, limit: 1_000 })).rejects.toThrow('gone');
    expect(await readdir(folder)).toEqual([]);
  });

  test('a full account is told what it has and what came', async () => {
    const visitor = await arrive();
    await host()
      .server.database.db.insert(tables.values)
      .values({ owner: await idOf(visitor), sha256: sha256Hex('large'), bytes: quotas.storedBytes, media: 'x' });
    const response = await upload(visitor, 'a,b\n1,2\n');
    expect([response.status, ((await response.json()) as { message: string }).message]).toEqual([
      413,
      'An account may store 10000 MB; this one has 10000 MB, and 0.0 MB more came.',
    ]);
  });

  test('a value that lost or changed its bytes is not offered again', async () => {
    const { server } = host();
    const visitor = await arrive();
    const owner = await idOf(visitor);
    const blob = text('{"values":[]}');
    const media = 'application/json';
    const manifest = text(
      JSON.stringify({
        kind: 'metrics',
        version: 1,
        blobs: { main: { sha256: sha256Hex(blob), media, bytes: blob.length } },
      }),
    );
    const sha256 = sha256Hex(manifest);
    const key = sha256Hex(`key of ${kind}`);
    const outputs = { y: { kind: 'metrics', sha256, bytes: manifest.length } };
    await put(visitor, blob);
    await put(visitor, manifest);
    await server.database.db.insert(tables.stepValues).values({ owner, key, outputs });
    expect(await storedSteps(server, owner, [key])).toEqual({ [key]: outputs });
    rmSync(server.blobs.path(sha256Hex(blob)));
    expect(await storedSteps(server, owner, [key])).toEqual({});
    await put(visitor, blob);
    expect(await storedSteps(server, owner, [key])).toEqual({ [key]: outputs });
    writeFileSync(server.blobs.path(sha256), Buffer.alloc(statSync(server.blobs.path(sha256)).size));
    expect(await storedSteps(server, owner, [key])).toEqual({});
  });

  test('what nothing names is let go after a day; what a graph or run names stays', async () => {
    const { server } = host();
    const visitor = await arrive();
    const owner = await idOf(visitor);
    const [named, forgotten] = [text('named'), text('forgotten')];
    for (const content of [named, forgotten]) await put(visitor, content);
    const file = { sha256: sha256Hex(named), name: 'a.csv', size: named.length };
    await visitor.api.graphs.create.mutate({
      document: { ...document(), nodes: { f: { type: 'data/upload', params: { file } } } },
    });
    const left = async () =>
      (
        await server.database.db
          .select({ sha256: tables.values.sha256 })
          .from(tables.values)
          .where(eq(tables.values.owner, owner))
      ).map(({ sha256 }) => sha256);
    await dropValues(server);
    expect(await left()).toHaveLength(2);
    await server.database.db
      .update(tables.values)
      .set({ createdAt: sql`now() - interval '2 days'` })
      .where(eq(tables.values.owner, owner));
    await dropValues(server);
    expect(await left()).toEqual([sha256Hex(named)]);
  });
});
