import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { access, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ValueReference } from '../../graph/values.ts';
import { isSha256 } from '../../lib/hash.ts';
import { fail } from '../../lib/problem.ts';
import type { Checkpoint } from '../../nodes/kit/context.ts';
import type { Outputs, ValueStore } from '../store.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../values/checkpoint.ts';

let written = 0;

/** Whole or not at all: written beside its place, synced, then renamed over it. */
export function writeWhole(path: string, bytes: Uint8Array | string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.${written++}.tmp`;
  const file = openSync(temporary, 'w', 0o600);
  try {
    const data = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    for (let at = 0; at < data.length; ) at += writeSync(file, data, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** What a process left that was killed before it renamed. */
function isAbandoned(file: string): boolean {
  const pid = /\.(\d+)\.\d+\.tmp$/.exec(file)?.[1];
  if (!pid) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

const readIfThere = async (path: string): Promise<Uint8Array | undefined> => {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

/** Bytes by their SHA-256 in a folder, two levels deep. Names come from hashes only, never from people. */
export class FolderBlobs {
  readonly folder: string;
  constructor(folder: string) {
    this.folder = folder;
  }
  path(sha256: string): string {
    if (!isSha256(sha256)) fail('value/name', `A value is named by its SHA-256, got ${String(sha256).slice(0, 80)}.`);
    return join(this.folder, sha256.slice(0, 2), sha256.slice(2));
  }
  get(sha256: string): Promise<Uint8Array | undefined> {
    return readIfThere(this.path(sha256));
  }
  async put(bytes: Uint8Array, sha256: string): Promise<void> {
    const path = this.path(sha256);
    if ((await readIfThere(path))?.length !== bytes.length) writeWhole(path, bytes);
  }
}

/** A value store in a folder, for the command line and for runners. `scope` keeps owners apart. */
export class FileStore implements ValueStore {
  readonly #blobs: FolderBlobs;
  readonly #keys: string;
  readonly #checkpoints: string;

  constructor(folder: string, scope: string) {
    this.#blobs = new FolderBlobs(join(folder, 'blobs'));
    this.#keys = join(folder, 'keys', scope);
    this.#checkpoints = join(folder, 'checkpoints', scope);
  }
  get(sha256: string): Promise<Uint8Array | undefined> {
    return this.#blobs.get(sha256);
  }
  put(bytes: Uint8Array, sha256: string): Promise<void> {
    return this.#blobs.put(bytes, sha256);
  }
  has(sha256: string): Promise<boolean> {
    return access(this.#blobs.path(sha256)).then(
      () => true,
      () => false,
    );
  }
  /** Takes a file in that came from elsewhere. False where its bytes are not what it was asked for. */
  async adopt(path: string, sha256: string): Promise<boolean> {
    const bytes = await readIfThere(path);
    const isRight = bytes !== undefined && createHash('sha256').update(bytes).digest('hex') === sha256;
    if (isRight) writeWhole(this.#blobs.path(sha256), bytes);
    rmSync(path, { force: true });
    return isRight;
  }
  drop(sha256: string): void {
    rmSync(this.#blobs.path(sha256), { force: true });
  }
  async lookup(cacheKey: string): Promise<Outputs | undefined> {
    const bytes = await readIfThere(join(this.#keys, `${cacheKey}.json`));
    if (!bytes) return undefined;
    const outputs = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, ValueReference>;
    for (const { sha256 } of Object.values(outputs)) if (!(await this.get(sha256))) return undefined;
    return outputs;
  }
  async remember(cacheKey: string, outputs: Outputs): Promise<void> {
    writeWhole(join(this.#keys, `${cacheKey}.json`), JSON.stringify(outputs));
  }
  async #saved(cacheKey: string): Promise<string[]> {
    const folder = join(this.#checkpoints, cacheKey);
    const files = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    return files
      .filter((file) => file.endsWith('.checkpoint'))
      .sort()
      .map((file) => join(folder, file));
  }
  async loadCheckpoint(cacheKey: string): Promise<Checkpoint | undefined> {
    const folder = join(this.#checkpoints, cacheKey);
    for (const file of await readdir(folder).catch(() => [])) if (isAbandoned(file)) rmSync(join(folder, file));
    for (const path of (await this.#saved(cacheKey)).reverse()) {
      const bytes = await readIfThere(path);
      const checkpoint = bytes && decodeCheckpoint(bytes);
      if (checkpoint) return checkpoint;
      // a damaged one goes, so that the two that are kept are whole
      rmSync(path, { force: true });
    }
    return undefined;
  }
  /** The file of the newest checkpoint. */
  async newestCheckpoint(cacheKey: string): Promise<string | undefined> {
    return (await this.#saved(cacheKey)).at(-1);
  }
  async saveCheckpoint(cacheKey: string, checkpoint: Checkpoint): Promise<void> {
    const old = await this.#saved(cacheKey);
    const last = old.at(-1)?.match(/(\d+)\.checkpoint$/)?.[1];
    const name = `${String(Number(last ?? 0) + 1).padStart(8, '0')}.checkpoint`;
    writeWhole(join(this.#checkpoints, cacheKey, name), encodeCheckpoint(checkpoint));
    for (const path of old.slice(0, -1)) rmSync(path, { force: true });
  }
  async dropCheckpoints(cacheKey: string): Promise<void> {
    rmSync(join(this.#checkpoints, cacheKey), { recursive: true, force: true });
  }
}
