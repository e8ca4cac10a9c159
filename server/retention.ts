import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { and, eq, gt, lt, sql } from 'drizzle-orm';
import * as tables from '../db/schema.ts';
import { transaction } from '../db/transaction.ts';
import { loadManifest } from '../runtime/values/codec.ts';
import type { Server } from './server.ts';

const DAY = 86_400_000;

/**
 * What is let go, so that a server that runs for years does not fill its disk: versions between others of the same hour,
 * accounts that nobody came back to, values that nothing names any more. Each in small queries: the embedded database
 * answers one at a time.
 */
export async function retain(server: Server): Promise<void> {
  const { db } = server.database;
  await thinVersions(server);
  await db.execute(sql`delete from users where id in (
    select id from users where is_anonymous and created_at < now() - interval '2 days'
    and not exists (select 1 from graphs where owner = users.id) and not exists (select 1 from runs where owner = users.id)
    limit 500)`);
  // of each graph the newest 200 runs
  await db.execute(sql`delete from runs where id in (
    select id from (select id, status, row_number() over (partition by graph order by created_at desc) as place from runs) placed
    where place > 200 and status not in ('queued', 'running') limit 200)`);
  await db.delete(tables.sessions).where(lt(tables.sessions.expiresAt, sql`now()`));
  await db.delete(tables.stepValues).where(lt(tables.stepValues.at, sql`now() - interval '30 days'`));
  await dropValues(server);
  await dropFiles(server);
}

/** Older than a day, one version an hour stays; those that have a name, or that a run or a link pins, stay always. */
export async function thinVersions({ database: { db } }: Pick<Server, 'database'>): Promise<void> {
  await db.execute(sql`delete from graph_versions where (graph, rev) in (
    select v.graph, v.rev from graph_versions v
    where v.at < now() - interval '1 day' and v.name is null
    and exists (select 1 from graph_versions n where n.graph = v.graph and n.rev > v.rev
      and date_trunc('hour', n.at) = date_trunc('hour', v.at))
    and not exists (select 1 from runs r where r.graph = v.graph and r.rev = v.rev)
    and not exists (select 1 from links l where l.graph = v.graph and l.rev = v.rev)
    and v.rev < (select rev from graphs g where g.id = v.graph)
    limit 1000)`);
  await db.delete(tables.graphCommands).where(lt(tables.graphCommands.at, sql`now() - interval '90 days'`));
}

const HASH = /[0-9a-f]{64}/g;

/** Takes away an account's values that are older than a day and named by no graph, version, run or stored step of it. */
export async function dropValues({ database, blobs }: Pick<Server, 'database' | 'blobs'>): Promise<void> {
  const { db } = database;
  const { values } = tables;
  const old = and(lt(values.createdAt, sql`now() - interval '1 day'`));
  const owners = await db.selectDistinct({ owner: values.owner }).from(values).where(old);
  for (const { owner } of owners) {
    const named = new Set<string>();
    const name = (text: string) => {
      for (const [hash] of text.matchAll(HASH)) named.add(hash);
    };
    const graphs = await db.select({ id: tables.graphs.id }).from(tables.graphs).where(eq(tables.graphs.owner, owner));
    for (const { id } of graphs) {
      let rev = 0;
      for (;;) {
        const versions = tables.graphVersions;
        const [version] = await db
          .select({ rev: versions.rev, document: versions.document })
          .from(versions)
          .where(and(eq(versions.graph, id), gt(versions.rev, rev)))
          .orderBy(versions.rev)
          .limit(1);
        if (!version) break;
        ({ rev } = version);
        name(JSON.stringify(version.document));
      }
    }
    const manifests = new Set<string>();
    const outputs = await db.execute<{ outputs: string }>(sql`
      select outputs::text as outputs from runs where owner = ${owner}
      union all select inputs::text from runs where owner = ${owner} and inputs is not null
      union all select outputs::text from step_values where owner = ${owner}`);
    for (const row of outputs.rows) for (const [hash] of row.outputs.matchAll(HASH)) manifests.add(hash);
    for (const manifest of manifests) {
      named.add(manifest);
      const { blobs: inside } = await loadManifest(manifest, blobs).catch(() => ({ blobs: {} }));
      for (const blob of Object.values(inside)) named.add((blob as { sha256: string }).sha256);
    }
    const rows = await db
      .select({ sha256: values.sha256 })
      .from(values)
      .where(and(eq(values.owner, owner), old));
    for (const { sha256 } of rows)
      if (!named.has(sha256)) await db.delete(values).where(and(eq(values.owner, owner), eq(values.sha256, sha256)));
  }
}

/** Takes away files that no row names. A new one may be on its way between disk and row, so only old ones are looked at. */
export async function dropFiles({
  database,
  blobs,
  checkpoints,
}: Pick<Server, 'database' | 'blobs' | 'checkpoints'>): Promise<void> {
  const folders = [
    { folder: blobs.folder, table: tables.values },
    { folder: checkpoints.folder, table: tables.checkpoints },
  ];
  for (const { folder, table } of folders)
    for (const first of await readdir(folder).catch(() => []))
      for (const rest of await readdir(join(folder, first))) {
        const path = join(folder, first, rest);
        const isNew = async () => Date.now() - (await stat(path)).mtimeMs < DAY;
        if (await isNew()) continue;
        await transaction(database, async (tx) => {
          const [row] = await tx
            .select({ sha256: table.sha256 })
            .from(table)
            .where(eq(table.sha256, first + rest))
            .limit(1);
          if (!row && !(await isNew())) await rm(path, { force: true });
        });
      }
}
