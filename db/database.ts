import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { fail, ProblemError } from '../lib/problem.ts';
import { type Embedded, openEmbedded } from './embedded.ts';
import { type Lock, lockFolder } from './lock.ts';
import { rootFolder } from './root.ts';
import * as schema from './schema.ts';

export type Db = NodePgDatabase<typeof schema>;
/** A transaction, or the database where there is none. */
export type Tx = Pick<Db, 'select' | 'insert' | 'update' | 'delete' | 'execute'>;

export interface Database {
  readonly kind: 'embedded' | 'postgres';
  readonly db: Db;
  readonly pool: pg.Pool;
  /** Only the embedded database: an archive of it whole, and the lock on its folder. */
  readonly embedded?: Embedded;
  readonly lock?: Lock;
  close(): Promise<void>;
}

/** The folder of the embedded database inside the data folder. */
export const databaseFolder = (dataFolder: string): string => join(dataFolder, 'database');

/** One number for all processes that migrate one database: it only has to be ours. */
const MIGRATION_LOCK = 7_282_242;

export interface DatabaseOptions {
  readonly dataFolder: string;
  /** A PostgreSQL ≥ 15; absent, the embedded database in the data folder. */
  readonly url?: string | undefined;
}

/** Opens the database and brings its tables up to date. */
export async function openDatabase({ dataFolder, url }: DatabaseOptions): Promise<Database> {
  const database = url ? await openPostgres(url) : await openFolder(dataFolder);
  try {
    await migrateDatabase(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

async function openFolder(dataFolder: string): Promise<Database> {
  const lock = await lockFolder(dataFolder);
  try {
    const embedded = await openEmbedded(databaseFolder(dataFolder));
    // PGlite has one session, so the pool has one connection: whoever holds it in a transaction makes the others wait
    const pool = new pg.Pool({
      stream: embedded.connect,
      max: 1,
      idleTimeoutMillis: 0,
      connectionTimeoutMillis: 30_000,
    });
    return {
      ...wrap(pool, 'embedded'),
      embedded,
      lock,
      async close() {
        await pool.end();
        await embedded.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function openPostgres(url: string): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: url,
    max: Number(process.env.PATCHBAY_CONNECTIONS) || 10,
    connectionTimeoutMillis: 10_000,
    statement_timeout: 30_000,
    lock_timeout: 20_000,
    idle_in_transaction_session_timeout: 30_000,
    application_name: 'patchbay',
  });
  const database = { ...wrap(pool, 'postgres'), close: () => pool.end() };
  try {
    const { rows } = await pool.query<{ server_version_num: string }>('show server_version_num');
    const version = Number(rows[0]!.server_version_num);
    if (version < 150_000)
      fail(
        'database/too-old',
        `Patchbay needs PostgreSQL 15 or newer, DATABASE_URL names version ${version / 10_000}.`,
      );
  } catch (error) {
    await pool.end();
    if (error instanceof ProblemError) throw error;
    const { host, pathname } = new URL(url);
    fail('database/unreachable', `The database ${pathname.slice(1)} at ${host} can't be reached: ${reasonOf(error)}.`, {
      hint: 'Check DATABASE_URL, or leave it out to use the embedded database.',
    });
  }
  return database;
}

function wrap(pool: pg.Pool, kind: Database['kind']) {
  // an idle connection that breaks (the database restarts) is replaced at the next query; unheard, it would end the process
  pool.on('error', (error) => console.warn(`A connection to the database broke: ${error.message}.`));
  return { kind, pool, db: drizzle(pool, { schema }) };
}

/** What a thrown thing says: a refused connection to several addresses says it inside. */
const reasonOf = (error: unknown): string =>
  error instanceof AggregateError
    ? error.errors.map((each) => (each as Error).message).join('; ')
    : error instanceof Error
      ? error.message
      : String(error);

async function migrateDatabase({ db, pool, kind }: Database): Promise<void> {
  const migrationsFolder = join(rootFolder, 'db', 'migrations');
  if (kind === 'embedded') return migrate(db, { migrationsFolder });
  // several servers may start at once: one migrates, the others wait
  const client = await pool.connect();
  try {
    const single = drizzle(client, { schema });
    await single.execute(sql`set statement_timeout = 0`);
    await single.execute(sql`select pg_advisory_lock(${MIGRATION_LOCK})`);
    try {
      await migrate(single, { migrationsFolder });
    } finally {
      await single.execute(sql`select pg_advisory_unlock(${MIGRATION_LOCK})`);
    }
  } finally {
    // its settings go with it
    client.release(true);
  }
}
