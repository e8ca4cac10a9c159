import { and, eq, sum } from 'drizzle-orm';
import type { Tx } from '../db/database.ts';
import * as tables from '../db/schema.ts';
import { transaction } from '../db/transaction.ts';
import { type FileReference, fileSchema, type GraphDocument, openDocument } from '../graph/document.ts';
import type { Manifest } from '../graph/values.ts';
import { isSha256 } from '../lib/hash.ts';
import { loadManifest } from '../runtime/values/codec.ts';
import { lockAccount } from './accounts.ts';
import { discard, fileBody, keep, megabytes, type Received } from './bytes.ts';
import type { Run } from './events.ts';
import type { Link } from './links.ts';
import { refuse } from './problems.ts';
import { shownBy } from './runs.ts';
import type { Server } from './server.ts';
import { quotas } from './settings.ts';

const { values } = tables;

/** What a value may say that it is. Anything else is only bytes. */
const medias = new Set([
  'application/json',
  'application/x-safetensors',
  'application/vnd.apache.arrow.stream',
  'text/plain; charset=utf-8',
]);
export const mediaOf = (headers: Headers): string => {
  const media = headers.get('content-type')?.toLowerCase() ?? '';
  return medias.has(media) ? media : 'application/octet-stream';
};

export function requireHash(sha256: string): void {
  if (!isSha256(sha256)) refuse('value/hash', 'A value is named by its SHA-256, 64 digits from 0 to f.');
}

const missing = (): never =>
  refuse('value/not-found', 'There is no such value.', 'Run the step again, or choose the file again.');

/** Keeps received bytes as an account's value: the bytes first, then the row that names them. */
export async function keepValue(
  server: Pick<Server, 'database' | 'blobs'>,
  received: Received,
  { owner, media, name, also }: { owner: string; media: string; name?: string; also?: (tx: Tx) => Promise<unknown> },
): Promise<void> {
  try {
    await transaction(server.database, async (tx) => {
      await also?.(tx);
      await lockAccount(tx, owner);
      await requireRoom(tx, owner, received);
      await keep(received, server.blobs.path(received.sha256));
      await tx
        .insert(values)
        .values({ owner, sha256: received.sha256, bytes: received.bytes, media, name: name ?? null })
        .onConflictDoNothing();
    });
  } catch (error) {
    await discard(received);
    throw error;
  }
}

async function requireRoom(
  tx: Tx,
  owner: string,
  { sha256, bytes }: Pick<Received, 'sha256' | 'bytes'>,
): Promise<void> {
  const [there] = await tx
    .select({ owner: values.owner })
    .from(values)
    .where(and(eq(values.owner, owner), eq(values.sha256, sha256)));
  if (there) return;
  const [row] = await tx
    .select({ stored: sum(values.bytes) })
    .from(values)
    .where(eq(values.owner, owner));
  const stored = Number(row?.stored ?? 0);
  if (stored + bytes > quotas.storedBytes)
    refuse(
      'storage/full',
      `An account may store ${megabytes(quotas.storedBytes)}; this one has ${megabytes(stored)}, and ${megabytes(bytes)} more came.`,
      'Delete graphs and runs that are not needed any more.',
    );
}

export interface StoredValue {
  readonly media: string;
  readonly name: string | null;
}

/** The row of an account's own value. */
export async function ownValue(tx: Tx, owner: string, sha256: string): Promise<StoredValue | undefined> {
  const [row] = await tx
    .select({ media: values.media, name: values.name })
    .from(values)
    .where(and(eq(values.owner, owner), eq(values.sha256, sha256)));
  return row;
}

/** A value that a run may read: its account's own, or a file that the graph behind its link names. */
export async function valueForRun(
  { database: { db } }: Pick<Server, 'database'>,
  run: Run,
  sha256: string,
): Promise<StoredValue | undefined> {
  const own = await ownValue(db, run.owner, sha256);
  if (own || run.link === null) return own;
  const document = await pinnedDocument(db, run);
  if (!filesOf(document).some((file) => file.sha256 === sha256)) return undefined;
  const [lender] = await db
    .select({ owner: tables.links.owner })
    .from(tables.links)
    .where(eq(tables.links.id, run.link));
  return lender && ownValue(db, lender.owner, sha256);
}

/**
 * A value that a share link shows: a file that the pinned graph names, or something that a run of the link gave. Which
 * hashes exist beyond these stays unknown.
 */
export async function linkedValue(
  server: Pick<Server, 'database' | 'blobs'>,
  link: Link,
  sha256: string,
): Promise<StoredValue | undefined> {
  const { db } = server.database;
  if (filesOf(await pinnedDocument(db, link)).some((file) => file.sha256 === sha256))
    return ownValue(db, link.owner, sha256);
  const { owner, outputs } = tables.runs;
  const shown = await db.select({ owner, outputs }).from(tables.runs).where(shownBy(link)).limit(100);
  for (const run of shown)
    for (const reference of Object.values(run.outputs).flatMap((each) => Object.values(each)))
      if (reference.sha256 === sha256 || (await namesBlob(server, reference.sha256, sha256)))
        return ownValue(db, run.owner, sha256);
  return undefined;
}

export async function pinnedDocument(tx: Tx, { graph, rev }: { graph: string; rev: number }): Promise<GraphDocument> {
  const versions = tables.graphVersions;
  const [row] = await tx
    .select({ document: versions.document })
    .from(versions)
    .where(and(eq(versions.graph, graph), eq(versions.rev, rev)));
  return openDocument(row!.document).document;
}

/** Manifests never change, so what was read once is kept. */
const manifests = new Map<string, Manifest | undefined>();

async function namesBlob({ blobs }: Pick<Server, 'blobs'>, manifest: string, sha256: string): Promise<boolean> {
  if (!manifests.has(manifest)) {
    if (manifests.size > 2_000) manifests.clear();
    manifests.set(manifest, await loadManifest(manifest, blobs).catch(() => undefined));
  }
  return Object.values(manifests.get(manifest)?.blobs ?? {}).some((blob) => blob.sha256 === sha256);
}

/** Every uploaded file that a graph's params name. */
export function filesOf(document: GraphDocument): FileReference[] {
  const groups = [document.nodes, ...Object.values(document.definitions).map((each) => each.nodes)];
  return groups.flatMap((nodes) =>
    Object.values(nodes).flatMap(({ params }) =>
      Object.values(params).flatMap((param) => {
        const file = fileSchema.safeParse(param);
        return file.success ? [file.data] : [];
      }),
    ),
  );
}

/** A value as an answer that a browser never takes for a page. */
export async function valueResponse(
  { blobs }: Pick<Server, 'blobs'>,
  sha256: string,
  value: StoredValue | undefined,
): Promise<Response> {
  const file = value && (await fileBody(blobs.path(sha256)));
  if (!value || !file) return missing();
  const name = value.name ?? sha256;
  return new Response(file.body, {
    headers: {
      'content-type': value.media,
      'content-length': String(file.bytes),
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
      // content never changes under its hash; who may read it does, so only the reader's own browser keeps it
      'cache-control': 'private, max-age=31536000, immutable',
      etag: `"${sha256}"`,
    },
  });
}
