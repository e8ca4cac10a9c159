import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, openDatabase } from '../db/database.ts';
import { FolderBlobs } from '../runtime/node/file-store.ts';
import { type Auth, makeAuth } from './accounts.ts';
import { startBackups } from './backups.ts';
import { RunWatch } from './events.ts';
import { RunQueue } from './queue.ts';
import { Rates } from './rates.ts';
import { registerLocalRunner } from './runners.ts';
import { readSettings, type Settings } from './settings.ts';
import { Upkeep } from './upkeep.ts';
import { Waiters } from './waiters.ts';

/** Everything that requests share. One per process. */
export interface Server {
  readonly settings: Settings;
  readonly database: Database;
  readonly auth: Auth;
  readonly queue: RunQueue;
  readonly watch: RunWatch;
  /** Runners that wait for a run. */
  readonly waiters: Waiters;
  readonly rates: Rates;
  /** Bytes of values by their SHA-256; the rows of `values` say whose they are. */
  readonly blobs: FolderBlobs;
  readonly checkpoints: FolderBlobs;
  readonly uploads: string;
  close(): Promise<void>;
}

export async function openServer(settings: Settings = readSettings()): Promise<Server> {
  const { dataFolder } = settings;
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const database = await openDatabase({ dataFolder, url: settings.databaseUrl });
  try {
    const queue = await RunQueue.open(database);
    const watch = new RunWatch(database);
    const uploads = join(dataFolder, 'uploads');
    mkdirSync(uploads, { recursive: true });
    const shared = {
      settings,
      database,
      auth: makeAuth(database, settings),
      queue,
      watch,
      waiters: new Waiters(),
      rates: new Rates(),
      blobs: new FolderBlobs(join(dataFolder, 'values')),
      checkpoints: new FolderBlobs(join(dataFolder, 'checkpoints')),
      uploads,
    };
    await registerLocalRunner(database, dataFolder);
    const upkeep = new Upkeep(shared);
    const stopBackups = startBackups(database, join(dataFolder, 'backups'));
    return {
      ...shared,
      async close() {
        await upkeep.close();
        await stopBackups();
        watch.close();
        shared.waiters.close();
        await queue.close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Bundles of pages and routes each have their own copy of this module: what they share lies on globalThis. */
const shared = globalThis as { [place]?: Promise<Server> | undefined };
const place = Symbol.for('patchbay.server');

/** The process's server, opened at the first call. A failure is not remembered: the next call tries again. */
export function getServer(): Promise<Server> {
  const opening = shared[place] ?? openServer();
  shared[place] = opening;
  opening.catch(() => {
    if (shared[place] === opening) shared[place] = undefined;
  });
  return opening;
}

export async function closeServer(): Promise<void> {
  const open = shared[place];
  shared[place] = undefined;
  await (await open)?.close();
}
