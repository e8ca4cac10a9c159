import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import type { Database } from '../db/database.ts';
import { writeWhole } from '../runtime/node/file-store.ts';

/** How many dumps of the embedded database are kept. */
const KEPT = 3;
/** After the start, so that nobody waits for it. */
const DELAY_MS = 5_000;

/** Names sort by time: `2026-11-24T10-00-00-000Z.<what was in it>.tar.gz`. */
export const isBackup = (name: string): boolean => /^\d{4}-.*Z\.[0-9a-z-]+\.tar\.gz$/.test(name);

export async function listBackups(folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  return (await readdir(folder)).filter(isBackup).sort();
}

/** Keeps dumps of the embedded database, one at each healthy start that finds something new. Gives what stops it. */
export function startBackups(database: Database, folder: string): () => Promise<void> {
  if (!database.embedded) return async () => undefined;
  let working: Promise<unknown> = Promise.resolve();
  const timer = setTimeout(() => {
    working = backUp(database, folder).catch((error: Error) => console.warn(`The backup failed: ${error.message}`));
  }, DELAY_MS).unref();
  return async () => {
    clearTimeout(timer);
    await working;
  };
}

/** Dumps the database, unless nothing that people made has changed since the newest dump. */
export async function backUp({ db, embedded }: Database, folder: string): Promise<string | undefined> {
  const { rows } = await db.execute<{ mark: string }>(sql`select
    (select count(*) || '-' || coalesce(sum(rev), 0) from graphs) || '-' || (select count(*) from runs) || '-' ||
    (select count(*) from users where not is_anonymous) || '-' || (select count(*) from links) as mark`);
  const mark = rows[0]!.mark;
  const there = await listBackups(folder);
  if (mark === '0-0-0-0-0' || there.at(-1)?.split('.')[1] === mark) return undefined;
  const path = join(folder, `${new Date().toISOString().replaceAll(/[:.]/g, '-')}.${mark}.tar.gz`);
  writeWhole(path, await embedded!.dump());
  for (const old of [...there].slice(0, Math.max(0, there.length + 1 - KEPT)))
    await rm(join(folder, old), { force: true });
  return path;
}
