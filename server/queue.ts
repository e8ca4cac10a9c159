import type pg from 'pg';
import PgBoss from 'pg-boss';
import type { Database } from '../db/database.ts';

const QUEUE = 'run';

/**
 * The queue of runs. pg-boss says which run is next; the run's own row says whether it still waits and who may write to
 * it. A job is made in the transaction that queues its run and removed in the one that claims it.
 */
export class RunQueue {
  readonly #boss: PgBoss;

  private constructor(boss: PgBoss) {
    this.#boss = boss;
  }

  static async open({ pool }: Database): Promise<RunQueue> {
    const boss = new PgBoss({
      db: { executeSql: (text, values) => executeAlone(pool, text, values) },
      schedule: false,
    });
    boss.on('error', (error) => console.warn(`The queue's upkeep failed: ${error.message}`));
    await boss.start();
    await boss.createQueue(QUEUE, { name: QUEUE, retryLimit: 0, retentionDays: 365 });
    return new RunQueue(boss);
  }

  /** The higher the priority, the sooner; equal ones in the order they came. */
  async add(client: pg.PoolClient, run: string, priority: number): Promise<void> {
    await this.#boss.send(QUEUE, { run }, { priority, db: on(client) });
  }

  /** Takes the next run out of the queue, within the transaction. */
  async take(client: pg.PoolClient): Promise<string | undefined> {
    const db = on(client);
    const [job] = await this.#boss.fetch<{ run: string }>(QUEUE, { db, priority: true, batchSize: 1 });
    if (!job) return undefined;
    await this.#boss.deleteJob(QUEUE, job.id, { db });
    return job.data.run;
  }

  async close(): Promise<void> {
    await this.#boss.stop({ graceful: false });
  }
}

/** pg-boss sends whole transactions as one text: where one fails, it must not stay open on a connection that others use. */
async function executeAlone(pool: pg.Pool, text: string, values: unknown[]): Promise<{ rows: unknown[] }> {
  const client = await pool.connect();
  try {
    return await client.query(text, values);
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

const on = (client: pg.PoolClient): PgBoss.Db => ({ executeSql: (text, values) => client.query(text, values) });
