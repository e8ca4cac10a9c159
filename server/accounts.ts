import { join } from 'node:path';
import { betterAuth } from 'better-auth';
import { drizzleAdapter } from 'better-auth/adapters/drizzle';
import { anonymous } from 'better-auth/plugins';
import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Database, Tx } from '../db/database.ts';
import * as tables from '../db/schema.ts';
import { transaction } from '../db/transaction.ts';
import { ownOrigins, requireOwnOrigin } from './origin.ts';
import { refuse } from './problems.ts';
import { secretFile } from './secrets.ts';
import type { Settings } from './settings.ts';

const DAY_SECONDS = 86_400;

/** Accounts: anonymous at once, later an e-mail address and a password. */
export function makeAuth(database: Database, settings: Settings) {
  const trustedOrigins = async (request?: Request): Promise<string[]> =>
    request ? ownOrigins(request.headers, settings) : [...settings.origins];
  return betterAuth({
    secret: secretFile(join(settings.dataFolder, 'auth.secret')),
    database: drizzleAdapter(database.db, {
      provider: 'pg',
      usePlural: true,
      schema: {
        users: tables.users,
        sessions: tables.sessions,
        accounts: tables.accounts,
        verifications: tables.verifications,
      },
    }),
    trustedOrigins,
    emailAndPassword: { enabled: true, minPasswordLength: 10 },
    session: { expiresIn: 90 * DAY_SECONDS, updateAge: DAY_SECONDS },
    advanced: {
      useSecureCookies: settings.origins.some((origin) => origin.startsWith('https:')),
      cookiePrefix: 'patchbay',
    },
    telemetry: { enabled: false },
    logger: { level: 'error' },
    plugins: [
      anonymous({
        // the upgrade below takes the anonymous account away itself, in the same transaction
        disableDeleteAnonymousUser: true,
        onLinkAccount: ({ anonymousUser, newUser }) =>
          mergeAccounts(database, { from: anonymousUser.user.id, into: newUser.user.id }),
      }),
    ],
  });
}
export type Auth = ReturnType<typeof makeAuth>;

/**
 * Gives everything of one account to another and takes the first away, in one transaction. The lock on its row makes
 * whatever it is creating at this moment wait, and then find that the account is gone.
 */
export function mergeAccounts(database: Database, { from, into }: { from: string; into: string }): Promise<void> {
  return transaction(database, async (tx) => {
    if (from === into) return;
    const locked = await tx
      .select({ id: tables.users.id })
      .from(tables.users)
      .where(inArray(tables.users.id, [from, into]))
      .orderBy(tables.users.id)
      .for('update');
    // a second try after a lost answer: done already
    if (locked.length < 2) return;
    await tx.update(tables.graphs).set({ owner: into }).where(eq(tables.graphs.owner, from));
    await tx.update(tables.runs).set({ owner: into }).where(eq(tables.runs.owner, from));
    await tx.update(tables.links).set({ owner: into }).where(eq(tables.links.owner, from));
    await tx.update(tables.graphVersions).set({ author: into }).where(eq(tables.graphVersions.author, from));
    await tx.update(tables.graphCommands).set({ author: into }).where(eq(tables.graphCommands.author, from));
    // both may have stored the same bytes or the same step
    await tx.execute(sql`update ${tables.values} set owner = ${into} where owner = ${from}
      and sha256 not in (select sha256 from ${tables.values} where owner = ${into})`);
    await tx.execute(sql`update ${tables.stepValues} set owner = ${into} where owner = ${from}
      and key not in (select key from ${tables.stepValues} where owner = ${into})`);
    await tx.execute(sql`update ${tables.checkpoints} set owner = ${into} where owner = ${from}
      and key not in (select key from ${tables.checkpoints} where owner = ${into})`);
    await tx.delete(tables.users).where(eq(tables.users.id, from));
  });
}

export interface Session {
  readonly user: string;
  readonly anonymous: boolean;
  readonly email?: string;
  readonly token: string;
}

export async function sessionOf(auth: Auth, headers: Headers): Promise<Session | undefined> {
  const found = await auth.api.getSession({ headers, query: { disableRefresh: true } });
  if (!found) return undefined;
  const { user, session } = found;
  const isAnonymous = user.isAnonymous === true;
  return { user: user.id, anonymous: isAnonymous, token: session.token, ...(!isAnonymous && { email: user.email }) };
}

/** The session of a request that came from our own pages or from a program. */
export async function requireSession(
  { auth, settings }: { readonly auth: Auth; readonly settings: Settings },
  headers: Headers,
): Promise<Session> {
  requireOwnOrigin(headers, settings);
  return (
    (await sessionOf(auth, headers)) ??
    refuse('session/none', 'This needs a session.', 'Open Patchbay, or reload its page.')
  );
}

/** Whether a session that was good when a stream began still is: signed out, or its account moved. */
export async function isSessionAlive(tx: Tx, { user, token }: Session): Promise<boolean> {
  const [row] = await tx
    .select({ id: tables.sessions.id })
    .from(tables.sessions)
    .where(and(eq(tables.sessions.token, token), eq(tables.sessions.userId, user), sql`expires_at > now()`));
  return row !== undefined;
}

/** Makes what one account creates wait for its turn, so that counts against quotas are exact; the account must exist. */
export async function lockAccount(tx: Tx, user: string): Promise<void> {
  const [row] = await tx
    .select({ id: tables.users.id })
    .from(tables.users)
    .where(eq(tables.users.id, user))
    .for('no key update');
  if (!row) refuse('session/none', 'This account is not there any more.', 'Reload the page.');
}
