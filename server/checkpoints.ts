import { and, desc, eq, max, sql } from 'drizzle-orm';
import * as tables from '../db/schema.ts';
import { transaction } from '../db/transaction.ts';
import { discard, fileBody, keep, type Received } from './bytes.ts';
import { holdLease, type Lease } from './leases.ts';
import { refuse } from './problems.ts';
import type { Server } from './server.ts';

const { checkpoints, runs } = tables;

/** How many are kept of a step: where the newest turns out to be damaged, the one before is there. */
const KEPT = 2;

type Shared = Pick<Server, 'database' | 'checkpoints'>;

export async function keepCheckpoint(server: Shared, lease: Lease, key: string, received: Received): Promise<void> {
  try {
    await transaction(server.database, async (tx) => {
      const { owner } = await holdLease(tx, lease);
      await keep(received, server.checkpoints.path(received.sha256));
      const mine = and(eq(checkpoints.owner, owner), eq(checkpoints.key, key));
      const [newest] = await tx
        .select({ number: max(checkpoints.number) })
        .from(checkpoints)
        .where(mine);
      const number = (newest?.number ?? 0) + 1;
      const { sha256, bytes } = received;
      await tx.insert(checkpoints).values({ owner, key, number, sha256, bytes });
      await tx.delete(checkpoints).where(and(mine, sql`${checkpoints.number} <= ${number - KEPT}`));
      // a run that gets this far is not one that kills its runners
      await tx.update(runs).set({ losses: 0 }).where(eq(runs.id, lease.run));
    });
  } catch (error) {
    await discard(received);
    throw error;
  }
}

export async function checkpointResponse(server: Shared, owner: string, key: string): Promise<Response> {
  const [newest] = await server.database.db
    .select({ sha256: checkpoints.sha256 })
    .from(checkpoints)
    .where(and(eq(checkpoints.owner, owner), eq(checkpoints.key, key)))
    .orderBy(desc(checkpoints.number))
    .limit(1);
  const file = newest && (await fileBody(server.checkpoints.path(newest.sha256)));
  if (!file) return refuse('value/not-found', 'There is no checkpoint of this step.');
  return new Response(file.body, {
    headers: {
      'content-type': 'application/octet-stream',
      'content-length': String(file.bytes),
      'cache-control': 'no-store',
    },
  });
}
