import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import type { Database, Tx } from './database.ts';
import * as schema from './schema.ts';

/** PostgreSQL's codes for two transactions that got in each other's way: one of them starts over. */
const retried = new Set(['40001', '40P01']);

/**
 * Runs `work` in one transaction. Everything inside goes through `tx` (or `client`, for SQL of other libraries): on the
 * embedded database a query beside it would wait for the transaction's own end.
 */
export async function transaction<T>(
  { pool }: Pick<Database, 'pool'>,
  work: (tx: Tx, client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('begin');
      const result = await work(drizzle(client, { schema }), client);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((reason: Error) => {
        broken = reason;
      });
      if (attempt >= 3 || !retried.has(databaseCode(error) ?? '')) throw error;
    } finally {
      client.release(broken);
    }
  }
}

/** PostgreSQL's five-character code inside an error: drizzle wraps what the driver threw. */
export function databaseCode(error: unknown): string | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code } = each as { code?: unknown };
    if (typeof code === 'string') return code;
  }
  return undefined;
}
