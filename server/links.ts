import { and, desc, eq, gt, isNull, or, sql } from 'drizzle-orm';
import type { Tx } from '../db/database.ts';
import * as tables from '../db/schema.ts';
import { transaction } from '../db/transaction.ts';
import type { RunEvent } from '../graph/events.ts';
import { lockAccount } from './accounts.ts';
import { streamEvents } from './events.ts';
import { getVersion, insertGraph } from './graphs.ts';
import { withInputs } from './leases.ts';
import { refuse } from './problems.ts';
import { cancelWhere, queueRun, shownBy } from './runs.ts';
import { hashToken, newId, newLinkToken } from './secrets.ts';
import type { Server } from './server.ts';
import { filesOf, pinnedDocument } from './values.ts';

const { links, runs } = tables;
export type Link = typeof links.$inferSelect;
export type Role = Link['role'];

/** One answer for wrong, revoked and expired tokens: a guess learns nothing. */
const notFound = (): never =>
  refuse(
    'link/not-found',
    'This link does not open anything.',
    'It may have expired or been taken back: ask whoever sent it for a new one.',
  );

const alive = and(isNull(links.revokedAt), or(isNull(links.expiresAt), gt(links.expiresAt, sql`now()`)));

/** The link of a token, read anew for each request. */
export async function linkOf(tx: Tx, token: string): Promise<Link> {
  const [link] = await tx
    .select()
    .from(links)
    .where(and(eq(links.tokenHash, hashToken(token)), alive));
  return link ?? notFound();
}

export interface NewLink {
  readonly graph: string;
  readonly rev?: number | undefined;
  readonly role: Role;
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number | null | undefined;
}

export async function createLink(
  { database }: Pick<Server, 'database'>,
  owner: string,
  { graph, rev, role, expiresAt }: NewLink,
) {
  const token = newLinkToken();
  const id = newId();
  await transaction(database, async (tx) => {
    const [current] = await tx
      .select({ rev: tables.graphs.rev })
      .from(tables.graphs)
      .where(and(eq(tables.graphs.id, graph), eq(tables.graphs.owner, owner)));
    if (!current) return refuse('graph/not-found', 'There is no such graph.', 'It may have been deleted.');
    const pinned = rev ?? current.rev;
    await getVersion(tx, owner, { id: graph, rev: pinned });
    await tx.insert(links).values({
      id,
      owner,
      tokenHash: hashToken(token),
      graph,
      rev: pinned,
      role,
      expiresAt: expiresAt == null ? null : new Date(expiresAt),
    });
  });
  return { id, token, url: `/s/${token}` };
}

export async function listLinks({ database: { db } }: Pick<Server, 'database'>, owner: string, graph: string) {
  const rows = await db
    .select()
    .from(links)
    .where(and(eq(links.owner, owner), eq(links.graph, graph)))
    .orderBy(desc(links.createdAt));
  return rows.map(({ id, role, rev, createdAt, expiresAt, revokedAt, opens }) => ({
    id,
    role,
    rev,
    createdAt: createdAt.getTime(),
    expiresAt: expiresAt?.getTime() ?? null,
    revokedAt: revokedAt?.getTime() ?? null,
    opens,
  }));
}

/** Takes a link back: requests and open streams find out at their next look, its runs end now. */
export async function revokeLink(server: Server, owner: string, id: string): Promise<Record<string, never>> {
  const rows = await server.database.db
    .update(links)
    .set({ revokedAt: sql`coalesce(${links.revokedAt}, now())` })
    .where(and(eq(links.id, id), eq(links.owner, owner)))
    .returning({ id: links.id });
  if (rows.length === 0) notFound();
  await cancelWhere(server, and(eq(runs.link, id)), 'The link of this run was taken back.');
  return {};
}

export async function openLink({ database: { db } }: Pick<Server, 'database'>, token: string) {
  const [link] = await db
    .update(links)
    .set({ opens: sql`${links.opens} + 1` })
    .where(and(eq(links.tokenHash, hashToken(token)), alive))
    .returning();
  if (!link) return notFound();
  const document = await pinnedDocument(db, link);
  const [last] = await db
    .select({ id: runs.id, rev: runs.rev, where: runs.where, status: runs.status, outputs: runs.outputs })
    .from(runs)
    .where(and(shownBy(link), isNull(runs.link)))
    .orderBy(desc(runs.createdAt))
    .limit(1);
  return { name: document.name, role: link.role, rev: link.rev, document, ...(last && { lastRun: last }) };
}

const roles: Readonly<Record<'run' | 'fork', { readonly allowed: readonly Role[]; readonly what: string }>> = {
  run: { allowed: ['run', 'fork'], what: 'run it on the server' },
  fork: { allowed: ['fork'], what: 'make a copy of it' },
};
function requireRole({ role }: Link, wanted: keyof typeof roles): void {
  const { allowed, what } = roles[wanted];
  if (!allowed.includes(role))
    refuse('link/role', `This link lets you look at the graph, not ${what}.`, 'Ask whoever sent it.');
}

/** The opener's own copy of what a link pins, with the files that it names. */
export async function forkLink({ database }: Pick<Server, 'database'>, user: string, token: string) {
  const link = await linkOf(database.db, token);
  requireRole(link, 'fork');
  const document = await pinnedDocument(database.db, link);
  const copy = await insertGraph(database, user, document, 'Copied from a link');
  const files = [...new Set(filesOf(document).map(({ sha256 }) => sha256))];
  if (files.length > 0)
    await transaction(database, async (tx) => {
      await lockAccount(tx, user);
      const { values } = tables;
      await tx.execute(sql`insert into ${values} (owner, sha256, bytes, media, name)
        select ${user}, sha256, bytes, media, name from ${values}
        where owner = ${link.owner} and sha256 in (${sql.join(
          files.map((sha256) => sql`${sha256}`),
          sql`, `,
        )})
        on conflict do nothing`);
    });
  return copy;
}

/** Runs what a link pins: the token and values of declared inputs, nothing else. The run belongs to whoever asked. */
export async function runLink(
  server: Server,
  user: string,
  { token, inputs }: { token: string; inputs: Readonly<Record<string, unknown>> },
) {
  const link = await linkOf(server.database.db, token);
  requireRole(link, 'run');
  withInputs(await pinnedDocument(server.database.db, link), inputs);
  return queueRun(server, user, { graph: link.graph, rev: link.rev, link: link.id, inputs });
}

/** The events of a run that a link shows. The link is looked at again while the stream is open. */
export async function* linkEvents(
  { database, watch }: Pick<Server, 'database' | 'watch'>,
  { token, ...stream }: { token: string; run: string; after: number; signal: AbortSignal },
): AsyncGenerator<RunEvent> {
  yield* streamEvents(database, watch, {
    ...stream,
    async mayRead(tx) {
      const link = await linkOf(tx, token);
      const [run] = await tx
        .select({ id: runs.id })
        .from(runs)
        .where(and(eq(runs.id, stream.run), shownBy(link)));
      if (!run) refuse('run/not-found', 'There is no such run.');
    },
  });
}

/** Ends the runs of links that have expired since. */
export const sweepLinks = (server: Server): Promise<number> =>
  cancelWhere(
    server,
    sql`${runs.link} in (select id from ${links} where expires_at < now())`,
    'The link of this run has expired.',
  );
