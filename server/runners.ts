import { join } from 'node:path';
import { and, eq, sql } from 'drizzle-orm';
import type { Database } from '../db/database.ts';
import * as tables from '../db/schema.ts';
import { refuse } from './problems.ts';
import { hashToken, newId, newSecret, secretFile } from './secrets.ts';

const { runners } = tables;
export type Runner = typeof runners.$inferSelect;

export const localTokenFile = (dataFolder: string): string => join(dataFolder, 'runner.token');

/** Makes the token of the runner beside this server known: it lies in the data folder, readable by its owner only. */
export async function registerLocalRunner({ db, kind }: Database, dataFolder: string): Promise<void> {
  const tokenHash = hashToken(secretFile(localTokenFile(dataFolder)));
  // several servers may share one PostgreSQL, each with its own data folder
  const name = kind === 'embedded' ? 'local' : `local-${tokenHash.slice(0, 8)}`;
  await db
    .insert(runners)
    .values({ id: newId(), name, tokenHash, operator: true })
    .onConflictDoUpdate({ target: runners.name, set: { tokenHash } });
}

/** The runner whose token a request carries. */
export async function requireRunner({ db }: Database, headers: Headers): Promise<Runner> {
  const token = /^Bearer (\S{1,200})$/.exec(headers.get('authorization') ?? '')?.[1];
  const [runner] = token
    ? await db
        .select()
        .from(runners)
        .where(eq(runners.tokenHash, hashToken(token)))
    : [];
  return (
    runner ??
    refuse(
      'runner/token',
      'This needs the token of a runner.',
      'Make one: npm exec --no -- patchbay runner-token NAME.',
    )
  );
}

export async function touchRunner({ db }: Database, id: string, device?: string): Promise<void> {
  await db
    .update(runners)
    .set({ lastSeen: sql`now()`, ...(device !== undefined && { device }) })
    .where(eq(runners.id, id));
}

function requireOperator({ name, operator }: Runner): void {
  if (!operator)
    refuse(
      'runner/not-allowed',
      `The runner ${name} may not make tokens.`,
      'Use the token in the data folder of the server.',
    );
}

/** A token for another runner, shown once. A runner that has one gets a new one; the old one is void from then on. */
export async function createRunnerToken({ db }: Database, by: Runner, name: string): Promise<{ token: string }> {
  requireOperator(by);
  if (name.startsWith('local'))
    refuse('request/invalid', 'Names that begin with local are for runners beside a server.');
  const token = newSecret();
  const tokenHash = hashToken(token);
  await db
    .insert(runners)
    .values({ id: newId(), name, tokenHash })
    .onConflictDoUpdate({ target: runners.name, set: { tokenHash } });
  return { token };
}

export async function deleteRunner({ db }: Database, by: Runner, name: string): Promise<Record<string, never>> {
  requireOperator(by);
  const gone = await db
    .delete(runners)
    .where(and(eq(runners.name, name), eq(runners.operator, false)))
    .returning({ id: runners.id });
  if (gone.length === 0) refuse('request/invalid', `There is no runner ${name}.`);
  return {};
}
