import { and, eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { graphCommands, graphVersions } from '../db/schema.ts';
import { limits } from '../graph/document.ts';
import type { Command } from '../graph/edit.ts';
import {
  createGraph,
  deleteGraph,
  duplicateGraph,
  getGraph,
  getVersion,
  listGraphs,
  listVersions,
  nameVersion,
  type SaveResult,
  saveGraph,
} from './graphs.ts';
import { thinVersions } from './retention.ts';
import { newId } from './secrets.ts';
import { kinds, sharedServer } from './testing/databases.ts';
import { addView, document, makeUser, setName } from './testing/fixtures.ts';

const runs = Number(process.env.PATCHBAY_LONG) ? 200 : 12;

describe.each(kinds)('graphs on %s', (kind) => {
  const server = sharedServer(kind);
  const make = async () => {
    const { database } = server();
    const owner = await makeUser({ database });
    const { id } = await createGraph(database, owner, { document: document() });
    const save = (baseRev: number, commands: Command[], idempotencyKey = newId()) =>
      saveGraph(database, owner, { id, baseRev, idempotencyKey, commands });
    return { database, owner, id, save };
  };

  test('a save changes document, list, versions and commands together', async () => {
    const { database, owner, id, save } = await make();
    expect(await save(1, [setName('Second'), addView('a')])).toEqual({ status: 'saved', rev: 2 });
    expect(await getGraph(database, owner, id)).toMatchObject({ rev: 2, document: { name: 'Second' }, problems: [] });
    expect(await listGraphs(database, owner)).toMatchObject([{ id, name: 'Second', rev: 2, nodes: 0 }]);
    expect(await listVersions(database, owner, id)).toMatchObject([
      { rev: 2, label: 'Rename and 1 more' },
      { rev: 1, label: 'Created' },
    ]);
    expect((await getVersion(database.db, owner, { id, rev: 1 })).document.name).toBe('Test');
  });

  test('of versions of one hour the last stays after a day, and those that have a name', async () => {
    const { database, owner, id, save } = await make();
    for (let rev = 1; rev < 5; rev++) await save(rev, [setName(`Name ${rev}`)]);
    await nameVersion(database, owner, { id, rev: 2, name: 'Before the experiment' });
    await nameVersion(database, owner, { id, rev: 3, name: 'No' });
    await nameVersion(database, owner, { id, rev: 3, name: null });
    // all in one hour, wherever in it the test runs
    await database.db
      .update(graphVersions)
      .set({ at: sql`date_trunc('hour', now()) - interval '2 days'` })
      .where(eq(graphVersions.graph, id));
    await thinVersions({ database });
    expect(await listVersions(database, owner, id)).toMatchObject([
      { rev: 5, name: null },
      { rev: 2, name: 'Before the experiment' },
    ]);
    await expect(nameVersion(database, owner, { id, rev: 3, name: 'Gone' })).rejects.toThrow('no such graph');
  });

  test('a second writer gets what the first one saved, and loses nothing of either', async () => {
    const { database, owner, id, save } = await make();
    await save(1, [setName('First')]);
    const conflict = await save(1, [addView('mine')]);
    expect(conflict).toMatchObject({
      status: 'conflict',
      rev: 2,
      commands: [setName('First')],
      document: { name: 'First' },
    });
    expect(await save(conflict.rev, [addView('mine')])).toEqual({ status: 'saved', rev: 3 });
    expect(await getGraph(database, owner, id)).toMatchObject({ document: { name: 'First', views: { mine: {} } } });
  });

  test('a retry after a lost answer is neither saved twice nor a conflict', async () => {
    const { database, owner, id, save } = await make();
    await save(1, [addView('a')], 'the same key');
    await save(2, [addView('b')]);
    expect(await save(1, [addView('a')], 'the same key')).toEqual({ status: 'saved', rev: 2 });
    const rows = await database.db.select().from(graphCommands).where(eq(graphCommands.graph, id));
    expect(rows).toHaveLength(2);
    expect((await getGraph(database, owner, id)).rev).toBe(3);
  });

  test('the same save sent ten times at once is saved once', async () => {
    const { database, owner, id, save } = await make();
    const answers = await Promise.all(Array.from({ length: 10 }, () => save(1, [addView('a')], 'one key for all')));
    expect(answers).toEqual(Array(10).fill({ status: 'saved', rev: 2 }));
    expect((await getGraph(database, owner, id)).rev).toBe(2);
  });

  test('what would make a document unreadable, too large or unsafe is refused whole', async () => {
    const { database, owner, id, save } = await make();
    const edit = (path: string[], value: unknown): Command[] => [
      setName('No'),
      { label: 'x', edits: [{ path, value }] },
    ];
    await expect(save(1, edit(['nodes'], 5))).rejects.toThrow('would make the graph unreadable');
    await expect(save(1, edit(['nodes', 'a'], { type: 5 }))).rejects.toThrow('would make the graph unreadable');
    await expect(save(1, edit(['nodes', '__proto__'], {}))).rejects.toThrow("can't change nodes.__proto__");
    await expect(save(1, edit(['format'], 'x'))).rejects.toThrow("can't change format");
    await expect(save(1, edit(['views', 'a'], JSON.parse('{"__proto__": {"polluted": 1}}')))).rejects.toThrow(
      '__proto__',
    );
    await expect(save(1, edit(['description'], 'x'.repeat(limits.bytes)))).rejects.toThrow('A graph may have 2.0 MB');
    const deep = JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`);
    await expect(save(1, edit(['views', 'a', 'deep'], deep))).resolves.toMatchObject({ status: 'saved' }); // no such view: left out
    await expect(save(2, edit(['outputs'], deep))).rejects.toThrow(/nested|unreadable/);
    expect((await getGraph(database, owner, id)).document).toMatchObject({ name: 'No', description: '' });
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('somebody else finds nothing, changes nothing', async () => {
    const { database, id, owner } = await make();
    const other = await makeUser({ database });
    const gone = 'There is no such graph';
    await expect(getGraph(database, other, id)).rejects.toThrow(gone);
    await expect(
      saveGraph(database, other, { id, baseRev: 1, idempotencyKey: newId(), commands: [setName('x')] }),
    ).rejects.toThrow(gone);
    await expect(duplicateGraph(database, other, id)).rejects.toThrow(gone);
    await expect(deleteGraph(database, other, id)).rejects.toThrow(gone);
    await expect(listVersions(database, other, id)).rejects.toThrow(gone);
    await expect(getVersion(database.db, other, { id, rev: 1 })).rejects.toThrow(gone);
    expect(await listGraphs(database, other)).toEqual([]);
    expect(await getGraph(database, owner, id)).toMatchObject({ rev: 1, document: { name: 'Test' } });
  });

  test('a document that is partly wrong opens, with what had to be mended, and keeps what came', async () => {
    const { database, owner } = await make();
    const wrong = {
      ...document('Odd'),
      nodes: { good: { type: 'a/b', extra: [1] }, bad: 7 },
      seed: -1,
      more: { kept: true },
    };
    const { id } = await createGraph(database, owner, { document: wrong });
    const opened = await getGraph(database, owner, id);
    expect(opened.problems.map(({ code }) => code)).toEqual(['document/mended', 'document/mended']);
    expect(opened.document).toMatchObject({
      nodes: { good: { type: 'a/b', extra: [1] } },
      seed: 0,
      more: { kept: true },
    });
    await expect(createGraph(database, owner, { document: { format: 'patchbay/9' } })).rejects.toThrow(
      'newer Patchbay',
    );
    await expect(createGraph(database, owner, { template: '../package' })).rejects.toThrow('There is no template');
    await expect(createGraph(database, owner, { template: 'nothing-here' })).rejects.toThrow('There is no template');
  });

  test('a copy is a graph of its own; a deleted one leaves nothing', async () => {
    const { database, owner, id, save } = await make();
    await save(1, [setName('Original')]);
    const copy = await duplicateGraph(database, owner, id);
    expect(await getGraph(database, owner, copy.id)).toMatchObject({ rev: 1, document: { name: 'Original copy' } });
    expect(await deleteGraph(database, owner, id)).toEqual({});
    expect(await database.db.$count(graphVersions, eq(graphVersions.graph, id))).toBe(0);
    expect((await listGraphs(database, owner)).map((each) => each.id)).toEqual([copy.id]);
  });

  /**
   * Several clients, each with the revision that it last saw, save views of their own in any order: some twice, some
   * after they missed an answer, some at the same time. In the end every acknowledged view is there, once, and each
   * revision was made by exactly one save.
   */
  test('no order of writers, retries and lost answers loses an acknowledged save', async () => {
    const step = fc.record({
      client: fc.nat(3),
      /** The answer does not arrive: the client sends the same again later, with the same key. */
      lost: fc.boolean(),
      /** Sent together with the next one. */
      together: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (steps) => {
        const { database, owner, id, save } = await make();
        const clients = Array.from({ length: 4 }, () => ({
          rev: 1,
          retry: undefined as undefined | { view: string; key: string; base: number },
        }));
        const acknowledged = new Map<string, number>();
        let number = 0;
        const act = async ({ client: which, lost }: (typeof steps)[number]): Promise<void> => {
          const client = clients[which]!;
          const { view, key, base } = client.retry ?? { view: `v${number++}`, key: newId(), base: client.rev };
          let result: SaveResult = await save(base, [addView(view)], key);
          if (lost) {
            client.retry = { view, key, base };
            return;
          }
          client.retry = undefined;
          for (let i = 0; result.status === 'conflict'; i++) {
            expect(i).toBeLessThan(50);
            client.rev = result.rev;
            result = await save(result.rev, [addView(view)], key);
          }
          acknowledged.set(view, result.rev);
          client.rev = Math.max(client.rev, result.rev);
        };
        let batch: Promise<void>[] = [];
        const busy = new Set<number>();
        for (const each of steps) {
          if (busy.has(each.client)) {
            await Promise.all(batch);
            batch = [];
            busy.clear();
          }
          busy.add(each.client);
          batch.push(act(each));
          if (each.together) continue;
          await Promise.all(batch);
          batch = [];
          busy.clear();
        }
        await Promise.all(batch);
        const { document: end, rev } = await getGraph(database, owner, id);
        for (const view of acknowledged.keys()) expect(Object.keys(end.views)).toContain(view);
        expect(new Set(acknowledged.values()).size).toBe(acknowledged.size);
        const rows = await database.db
          .select({ rev: graphCommands.rev })
          .from(graphCommands)
          .where(and(eq(graphCommands.graph, id)));
        expect(rows.map((row) => row.rev).sort((a, b) => a - b)).toEqual(
          Array.from({ length: rev - 1 }, (_, i) => i + 2),
        );
        expect(Object.keys(end.views)).toHaveLength(rev - 1);
      }),
      { numRuns: runs },
    );
  });
});
