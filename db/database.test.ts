import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, onTestFinished, test } from 'vitest';
import { kinds, makePlace, testServer } from '../server/testing/databases.ts';
import { makeUser } from '../server/testing/fixtures.ts';
import { openDatabase } from './database.ts';
import { holderOf, lockFolder } from './lock.ts';
import { rootFolder } from './root.ts';
import { graphs, users } from './schema.ts';
import { transaction } from './transaction.ts';

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-lock-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A process that takes the lock of a folder, says so, and keeps it until it is killed. */
async function otherProcess(
  folder: string,
): Promise<{ kill(signal: NodeJS.Signals): Promise<void>; said: string; pid: number }> {
  const code = `import { lockFolder } from './db/lock.ts';
    try { const lock = await lockFolder(${JSON.stringify(folder)}); lock.announce('http://127.0.0.1:1'); console.log('locked'); setInterval(() => {}, 1000); }
    catch (error) { console.log(error.message); }`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
    cwd: rootFolder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    said: said.toString().trim(),
    pid: child.pid!,
    async kill(signal) {
      const exit = once(child, 'exit');
      child.kill(signal);
      await exit;
    },
  };
}

describe('the lock of a data folder', () => {
  test('a second one in this process is refused, with who has it', async () => {
    const folder = temporary();
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow(
      `is in use by process ${process.pid}. Stop it, or set PATCHBAY_DATA`,
    );
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
    await (await lockFolder(folder)).release();
  });

  test('a second process is refused, with pid and address of the first', async () => {
    const folder = temporary();
    const first = await otherProcess(folder);
    expect(first.said).toBe('locked');
    expect(await holderOf(folder)).toEqual({ pid: first.pid, address: 'http://127.0.0.1:1' });
    await expect(lockFolder(folder)).rejects.toThrow(
      `in use by process ${first.pid}, which serves http://127.0.0.1:1.`,
    );
    await first.kill('SIGKILL');
  });

  test('what a killed process left is taken over, again and again', async () => {
    const folder = temporary();
    for (let i = 0; i < 5; i++) {
      const before = await otherProcess(folder);
      expect(before.said).toBe('locked');
      await before.kill('SIGKILL');
      expect(readdirSync(folder)).toEqual(['lock']);
    }
    const lock = await lockFolder(folder);
    expect(await holderOf(folder)).toEqual({ pid: process.pid });
    await lock.release();
  });

  test('of several that find a dead lock at once, one gets it', async () => {
    const folder = temporary();
    const dead = await otherProcess(folder);
    await dead.kill('SIGKILL');
    const all = await Promise.all(Array.from({ length: 5 }, () => otherProcess(folder)));
    expect(all.filter(({ said }) => said === 'locked')).toHaveLength(1);
    expect(all.filter(({ said }) => said.includes('is in use by process'))).toHaveLength(4);
  });

  test('a stopped process keeps its lock', async () => {
    const folder = temporary();
    const first = await otherProcess(folder);
    process.kill(first.pid, 'SIGSTOP');
    await expect(lockFolder(folder)).rejects.toThrow('is in use by another process');
    process.kill(first.pid, 'SIGCONT');
  });
});

test('an embedded database that is open is not opened again', async () => {
  const place = await makePlace('embedded');
  const database = await openDatabase(place);
  await expect(openDatabase(place)).rejects.toThrow(`is in use by process ${process.pid}`);
  await database.close();
  await (await openDatabase(place)).close();
  await place.remove();
});

test('a PostgreSQL that does not answer is named, without its password', async () => {
  const opening = openDatabase({ dataFolder: temporary(), url: 'postgres://someone:secret@127.0.0.1:1/nothing' });
  await expect(opening).rejects.toThrow(/^The database nothing at 127\.0\.0\.1:1 can't be reached: .*ECONNREFUSED/);
  await expect(opening).rejects.not.toThrow('secret');
});

describe.each(kinds)('on %s', (kind) => {
  test('opening again migrates nothing again and keeps what is there', async () => {
    const place = await makePlace(kind);
    onTestFinished(() => place.remove());
    const options = { dataFolder: place.dataFolder, url: place.databaseUrl };
    const first = await openDatabase(options);
    await makeUser({ database: first });
    await first.close();
    const second = await openDatabase(options);
    expect(await second.db.$count(users)).toBe(1);
    await second.close();
  });

  test('a document keeps the order of its keys and every string that JSON can hold', async () => {
    const { database } = await testServer(kind);
    const owner = await makeUser({ database });
    const document = { b: 1, a: [0.1, 1e21, -0, null], '': 'null \u0000, half a pair \ud800, é 🐳', 10: 'x', 9: 'y' };
    await database.db.insert(graphs).values({ id: 'g', owner, name: '\t', rev: 1, nodes: 0, document });
    const [row] = await database.db.select().from(graphs).where(eq(graphs.id, 'g'));
    expect(JSON.stringify(row!.document)).toBe(JSON.stringify(document));
  });

  test('a failed transaction leaves nothing, and the connection is good for the next', async () => {
    const { database } = await testServer(kind);
    const failing = transaction(database, async (tx) => {
      await tx.insert(users).values({ id: 'u', name: 'x', email: 'x' });
      await tx.execute(sql`select 1 / 0`);
    });
    await expect(failing).rejects.toMatchObject({ cause: { code: '22012' } });
    expect(await database.db.$count(users)).toBe(0);
  });

  test('of two transactions that block each other, both are done in the end', async () => {
    const { database } = await testServer(kind);
    await database.db.insert(users).values([
      { id: 'a', name: '0', email: 'a' },
      { id: 'b', name: '0', email: 'b' },
    ]);
    const both = (first: string, second: string) =>
      transaction(database, async (tx) => {
        for (const id of [first, second]) {
          await tx.update(users).set({ name: sql`(name::int + 1)::text` }).where(eq(users.id, id));
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      });
    await Promise.all([both('a', 'b'), both('b', 'a')]);
    expect(await database.db.select({ name: users.name }).from(users)).toEqual([{ name: '2' }, { name: '2' }]);
  });
});
