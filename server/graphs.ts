import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { and, asc, count, desc, eq, gt, inArray, sql } from 'drizzle-orm';
import type { Database, Tx } from '../db/database.ts';
import { rootFolder } from '../db/root.ts';
import * as tables from '../db/schema.ts';
import { transaction } from '../db/transaction.ts';
import { emptyDocument, type GraphDocument, openDocument, parseDocument } from '../graph/document.ts';
import { applyCommand, type Command } from '../graph/edit.ts';
import { lockAccount } from './accounts.ts';
import { refuse } from './problems.ts';
import { newId } from './secrets.ts';
import { quotas } from './settings.ts';

/** Every query here names the owner: a graph of somebody else is not there. */
const owned = (owner: string, id: string) => and(eq(tables.graphs.id, id), eq(tables.graphs.owner, owner));

const notFound = (): never =>
  refuse('graph/not-found', 'There is no such graph.', 'It may have been deleted, or it belongs to another account.');

/** A document as it is stored: what came, once it is known to open. */
interface Acceptable {
  readonly document: GraphDocument;
  readonly name: string;
  readonly nodes: number;
}

/** Size, depth, names and shape are looked at in one place: where text becomes a document. */
function accept(value: unknown, { mayBeMended }: { mayBeMended: boolean }): Acceptable {
  const { document, problems } = parseDocument(JSON.stringify(value));
  if (problems[0] && !mayBeMended)
    refuse('save/not-a-graph', `This change would make the graph unreadable: ${problems[0].message}`);
  return {
    document: value as GraphDocument,
    name: document.name.slice(0, 200),
    nodes: Object.keys(document.nodes).length,
  };
}

export async function listGraphs({ db }: Database, owner: string) {
  const { id, name, rev, nodes, updatedAt } = tables.graphs;
  const rows = await db
    .select({ id, name, rev, nodes, updatedAt })
    .from(tables.graphs)
    .where(eq(tables.graphs.owner, owner))
    .orderBy(desc(updatedAt), asc(id));
  return rows.map((row) => ({ ...row, updatedAt: row.updatedAt.getTime() }));
}

export async function getGraph({ db }: Database, owner: string, id: string) {
  const [row] = await db.select().from(tables.graphs).where(owned(owner, id));
  if (!row) return notFound();
  return { id, rev: row.rev, ...openDocument(row.document), updatedAt: row.updatedAt.getTime() };
}

export interface NewGraph {
  readonly document?: unknown;
  readonly name?: string | undefined;
  readonly template?: string | undefined;
}

export async function createGraph(database: Database, owner: string, { document, name, template }: NewGraph) {
  const source = template !== undefined ? await readTemplate(template) : (document ?? emptyDocument());
  const named = name === undefined ? source : { ...(source as object), name };
  return insertGraph(database, owner, named, template === undefined ? 'Created' : 'Opened a template');
}

export async function readTemplate(id: string): Promise<unknown> {
  const missing = (): never => refuse('template/not-found', `There is no template ${id.slice(0, 100)}.`);
  if (!/^[a-z0-9][a-z0-9-]*$/.test(id)) return missing();
  try {
    return JSON.parse(await readFile(join(rootFolder, 'templates', `${id}.json`), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return missing();
    throw error;
  }
}

export async function insertGraph(database: Database, owner: string, value: unknown, label: string) {
  const { document, name, nodes } = accept(value, { mayBeMended: true });
  const id = newId();
  await transaction(database, async (tx) => {
    await lockAccount(tx, owner);
    const [has] = await tx.select({ graphs: count() }).from(tables.graphs).where(eq(tables.graphs.owner, owner));
    if (has!.graphs >= quotas.graphs)
      refuse(
        'graph/too-many',
        `An account may have ${quotas.graphs} graphs, this one has ${has!.graphs}.`,
        'Delete some.',
      );
    await tx.insert(tables.graphs).values({ id, owner, name, rev: 1, nodes, document });
    await tx.insert(tables.graphVersions).values({ graph: id, rev: 1, document, label, author: owner });
  });
  return { id, rev: 1 };
}

export async function duplicateGraph(database: Database, owner: string, id: string) {
  const { document } = await getGraph(database, owner, id);
  return insertGraph(database, owner, { ...document, name: `${document.name} copy`.slice(0, 200) }, 'Duplicated');
}

export async function deleteGraph({ db }: Database, owner: string, id: string): Promise<Record<string, never>> {
  const gone = await db.delete(tables.graphs).where(owned(owner, id)).returning({ id: tables.graphs.id });
  if (gone.length === 0) notFound();
  return {};
}

export interface Save {
  readonly id: string;
  readonly baseRev: number;
  readonly idempotencyKey: string;
  readonly commands: readonly Command[];
}
export type SaveResult =
  | { readonly status: 'saved'; readonly rev: number }
  | {
      readonly status: 'conflict';
      readonly rev: number;
      /** What was saved since the base revision, oldest first. */
      readonly commands: readonly Command[];
      readonly document: GraphDocument;
    };

/**
 * Applies commands to the revision that the client saw. Two writers never overwrite each other: the second one gets what
 * the first one saved. A retry after a lost answer has the same key and gets the first answer.
 */
export function saveGraph(database: Database, owner: string, save: Save): Promise<SaveResult> {
  const { id, baseRev, idempotencyKey, commands } = save;
  return transaction(database, async (tx): Promise<SaveResult> => {
    const [row] = await tx.select().from(tables.graphs).where(owned(owner, id)).for('update');
    if (!row) return notFound();
    const saves = tables.graphCommands;
    const [done] = await tx
      .select({ rev: saves.rev })
      .from(saves)
      .where(and(eq(saves.graph, id), eq(saves.key, idempotencyKey)));
    if (done) return { status: 'saved', rev: done.rev };
    const current = openDocument(row.document).document;
    if (row.rev !== baseRev) {
      const since = await tx
        .select({ commands: saves.commands })
        .from(saves)
        .where(and(eq(saves.graph, id), gt(saves.rev, baseRev)))
        .orderBy(asc(saves.rev));
      const missed = since.flatMap((each) => each.commands as Command[]);
      return { status: 'conflict', rev: row.rev, commands: missed, document: current };
    }
    const changed = commands.reduce((document, command) => applyCommand(document, command).document, current);
    const { document, name, nodes } = accept(changed, { mayBeMended: false });
    const rev = baseRev + 1;
    const updated = await tx
      .update(tables.graphs)
      .set({ rev, document, name, nodes, updatedAt: sql`now()` })
      .where(and(owned(owner, id), eq(tables.graphs.rev, baseRev)))
      .returning({ rev: tables.graphs.rev });
    if (updated.length !== 1) throw new Error(`graph ${id} changed under its lock`);
    await tx.insert(tables.graphVersions).values({ graph: id, rev, document, label: labelOf(commands), author: owner });
    await tx.insert(saves).values({ graph: id, rev, key: idempotencyKey, commands, author: owner });
    return { status: 'saved', rev };
  });
}

const labelOf = (commands: readonly Command[]): string => {
  const [first, ...more] = commands.map(({ label }) => label);
  return more.length === 0 ? (first ?? 'Saved') : `${first} and ${more.length} more`;
};

export async function listVersions({ db }: Database, owner: string, id: string) {
  const versions = tables.graphVersions;
  const rows = await db
    .select({
      rev: versions.rev,
      at: versions.at,
      label: versions.label,
      name: versions.name,
      author: versions.author,
    })
    .from(versions)
    .innerJoin(tables.graphs, eq(tables.graphs.id, versions.graph))
    .where(owned(owner, id))
    .orderBy(desc(versions.rev))
    .limit(1_000);
  if (rows.length === 0) notFound();
  return rows.map((row) => ({ ...row, at: row.at.getTime() }));
}

const noVersion = (rev: number): never =>
  refuse('graph/no-version', `There is no such graph with a revision ${rev}.`, 'Reload the page.');

/** Gives a version a name, or takes it away. */
export async function nameVersion(
  { db }: Database,
  owner: string,
  { id, rev, name }: { readonly id: string; readonly rev: number; readonly name: string | null },
): Promise<Record<string, never>> {
  const versions = tables.graphVersions;
  const own = db.select({ id: tables.graphs.id }).from(tables.graphs).where(owned(owner, id));
  const named = await db
    .update(versions)
    .set({ name })
    .where(and(inArray(versions.graph, own), eq(versions.rev, rev)))
    .returning({ rev: versions.rev });
  if (named.length === 0) noVersion(rev);
  return {};
}

export async function getVersion(tx: Tx, owner: string, { id, rev }: { id: string; rev: number }) {
  const versions = tables.graphVersions;
  const [row] = await tx
    .select({ document: versions.document })
    .from(versions)
    .innerJoin(tables.graphs, eq(tables.graphs.id, versions.graph))
    .where(and(owned(owner, id), eq(versions.rev, rev)));
  return row ? openDocument(row.document) : noVersion(rev);
}
