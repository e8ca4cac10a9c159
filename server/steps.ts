import { stat } from 'node:fs/promises';
import { and, eq, inArray } from 'drizzle-orm';
import type { RunOutputs } from '../db/schema.ts';
import * as tables from '../db/schema.ts';
import { loadManifest } from '../runtime/values/codec.ts';
import type { Server } from './server.ts';

/** What steps of an account gave before, by cache key: only those whose every byte is still there. */
export async function storedSteps(
  { database, blobs }: Pick<Server, 'database' | 'blobs'>,
  owner: string,
  keys: readonly string[],
): Promise<RunOutputs> {
  if (keys.length === 0) return {};
  const { key, outputs } = tables.stepValues;
  const rows = await database.db
    .select({ key, outputs })
    .from(tables.stepValues)
    .where(and(eq(tables.stepValues.owner, owner), inArray(key, [...keys])));
  const isThere = (sha256: string): Promise<boolean> =>
    stat(blobs.path(sha256)).then(
      () => true,
      () => false,
    );
  const found: Record<string, RunOutputs[string]> = {};
  for (const row of rows) {
    const whole = await Promise.all(
      Object.values(row.outputs).map(async ({ sha256 }) => {
        const manifest = await loadManifest(sha256, blobs).catch(() => undefined);
        if (!manifest) return false;
        return (await Promise.all(Object.values(manifest.blobs).map((blob) => isThere(blob.sha256)))).every(Boolean);
      }),
    );
    if (whole.every(Boolean)) found[row.key] = row.outputs;
  }
  return found;
}
