import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import type { Checkpoint } from '../../nodes/kit/context.ts';
import type { Outputs, ValueStore } from '../store.ts';
import { decodeCheckpoint } from '../values/checkpoint.ts';
import { loadManifest } from '../values/codec.ts';
import type { Question, Questions } from './compute-messages.ts';
import type { FileStore } from './file-store.ts';

/** Asks the parent, which asks the server. */
export type Ask = <Q extends Question>(question: Q, ask: Questions[Q]['ask']) => Promise<Questions[Q]['answer']>;

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * The value store of a compute child: a folder on this machine, behind it the server. What is missing or damaged here is
 * brought from there, and only when a step reads it.
 */
export class ParentStore implements ValueStore {
  readonly #local: FileStore;
  readonly #ask: Ask;
  readonly #saved: (key: string) => void;
  #known: Readonly<Record<string, Outputs>> = {};

  constructor(local: FileStore, { ask, saved }: { ask: Ask; saved: (key: string) => void }) {
    this.#local = local;
    this.#ask = ask;
    this.#saved = saved;
  }

  /** Asks once for all steps of a plan what the server has of them. */
  async prepare(keys: readonly string[]): Promise<void> {
    this.#known = await this.#ask('lookup', { keys });
  }

  async get(sha256: string): Promise<Uint8Array | undefined> {
    const bytes = await this.#local.get(sha256);
    if (bytes && hashOf(bytes) === sha256) return bytes;
    if (bytes) this.#local.drop(sha256);
    return (await this.#ask('fetch', { sha256 })) ? this.#local.get(sha256) : undefined;
  }
  put(bytes: Uint8Array, sha256: string): Promise<void> {
    return this.#local.put(bytes, sha256);
  }

  async lookup(cacheKey: string): Promise<Outputs | undefined> {
    const known = this.#known[cacheKey];
    if (known) return known;
    const outputs = await this.#local.lookup(cacheKey);
    return outputs && (await this.#isWhole(outputs)) ? outputs : undefined;
  }
  async #isWhole(outputs: Outputs): Promise<boolean> {
    for (const { sha256 } of Object.values(outputs)) {
      const manifest = await loadManifest(sha256, this.#local).catch(() => undefined);
      if (!manifest) return false;
      for (const blob of Object.values(manifest.blobs)) if (!(await this.#local.has(blob.sha256))) return false;
    }
    return true;
  }
  remember(cacheKey: string, outputs: Outputs): Promise<void> {
    return this.#local.remember(cacheKey, outputs);
  }

  /** The server's newest first: this machine may have an older one of an attempt before. */
  async loadCheckpoint(cacheKey: string): Promise<Checkpoint | undefined> {
    const path = await this.#ask('checkpoint', { key: cacheKey });
    const bytes = path === null ? undefined : new Uint8Array(readFileSync(path));
    if (path !== null) rmSync(path, { force: true });
    return (bytes && decodeCheckpoint(bytes)) ?? this.#local.loadCheckpoint(cacheKey);
  }
  async saveCheckpoint(cacheKey: string, checkpoint: Checkpoint): Promise<void> {
    await this.#local.saveCheckpoint(cacheKey, checkpoint);
    this.#saved(cacheKey);
  }
  dropCheckpoints(cacheKey: string): Promise<void> {
    return this.#local.dropCheckpoints(cacheKey);
  }
}
