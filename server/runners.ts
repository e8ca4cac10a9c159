import { join } from 'node:path';
import { and, desc, eq, gt, isNotNull, or, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Database } from '../db/database.ts';
import * as tables from '../db/schema.ts';
import type { Calibration } from '../ir/roofline.ts';
import { refuse } from './problems.ts';
import { calibrationSchema, type registrationSchema } from './runner-protocol.ts';
import { hashToken, newId, newSecret, secretFile } from './secrets.ts';

const { runners, runs } = tables;
export type Runner = typeof runners.$inferSelect;
type Registration = z.infer<typeof registrationSchema>;

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

/** It is there; `registration` says what it computes with. How fast another device was counts no more. */
export async function touchRunner({ db }: Database, id: string, registration?: Registration): Promise<void> {
  const told = registration && {
    device: registration.device,
    calibration:
      registration.calibration ??
      sql`case when ${runners.device} = ${registration.device} then ${runners.calibration} end`,
  };
  await db
    .update(runners)
    .set({ lastSeen: sql`now()`, ...told })
    .where(eq(runners.id, id));
}

/** How long after its last word a runner counts as there. A waiting one asks for a run every 20 s. */
const THERE = sql`now() - interval '1 minute'`;

/**
 * What runs may be computed with just now, the runner that said something last first: those that wait, and those that
 * compute. Which one takes a run, nobody knows before; what runners are called is nobody's business.
 */
export async function listDevices({ db }: Database): Promise<{ device: string; calibration?: Calibration }[]> {
  const computing = sql`exists (select 1 from ${runs} where ${runs.runner} = ${runners.id} and ${runs.status} = 'running'
    and ${runs.leaseUntil} > now())`;
  const rows = await db
    .select({ device: runners.device, calibration: runners.calibration })
    .from(runners)
    .where(and(isNotNull(runners.device), or(gt(runners.lastSeen, THERE), computing)))
    .orderBy(desc(runners.lastSeen), runners.id)
    .limit(20);
  return rows.map(({ device, calibration }) => {
    // one that an earlier version measured in another way is as good as none
    const read = calibrationSchema.safeParse(calibration);
    return { device: device!, ...(read.success && { calibration: read.data }) };
  });
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
