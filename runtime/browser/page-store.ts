import type { Checkpoint } from '../../nodes/kit/context.ts';
import type { Outputs, ValueStore } from '../store.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../values/checkpoint.ts';

/** Files by path in the origin's private file system, or in memory where the browser gives none. */
interface Files {
  read(path: readonly string[]): Promise<Uint8Array | undefined>;
  write(path: readonly string[], bytes: Uint8Array): Promise<void>;
  remove(path: readonly string[]): Promise<void>;
  /** Files of a folder, least recently written first. */
  list(path: readonly string[]): Promise<string[]>;
}

class MemoryFiles implements Files {
  readonly #files = new Map<string, Uint8Array>();
  async read(path: readonly string[]) {
    return this.#files.get(path.join('/'));
  }
  async write(path: readonly string[], bytes: Uint8Array) {
    this.#files.set(path.join('/'), bytes.slice());
  }
  async remove(path: readonly string[]) {
    const prefix = path.join('/');
    for (const name of this.#files.keys())
      if (name === prefix || name.startsWith(`${prefix}/`)) this.#files.delete(name);
  }
  async list(path: readonly string[]) {
    const prefix = `${path.join('/')}/`;
    return [...this.#files.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  }
}

const missing = (error: unknown): boolean => error instanceof DOMException && error.name === 'NotFoundError';
const full = (error: unknown): boolean => error instanceof DOMException && error.name === 'QuotaExceededError';

class PrivateFiles implements Files {
  readonly #root: FileSystemDirectoryHandle;
  constructor(root: FileSystemDirectoryHandle) {
    this.#root = root;
  }
  async #folder(path: readonly string[], create: boolean): Promise<FileSystemDirectoryHandle | undefined> {
    let folder = this.#root;
    try {
      for (const name of path) folder = await folder.getDirectoryHandle(name, { create });
      return folder;
    } catch (error) {
      if (missing(error)) return undefined;
      throw error;
    }
  }
  async read(path: readonly string[]): Promise<Uint8Array | undefined> {
    const folder = await this.#folder(path.slice(0, -1), false);
    if (!folder) return undefined;
    try {
      const file = await (await folder.getFileHandle(path.at(-1)!)).getFile();
      return new Uint8Array(await file.arrayBuffer());
    } catch (error) {
      if (missing(error)) return undefined;
      throw error;
    }
  }
  /** A writable puts its content in place when it is closed: whole or not at all. */
  async write(path: readonly string[], bytes: Uint8Array): Promise<void> {
    const folder = (await this.#folder(path.slice(0, -1), true))!;
    const handle = await folder.getFileHandle(path.at(-1)!, { create: true });
    const writable = await handle.createWritable();
    try {
      await writable.write(bytes as Uint8Array<ArrayBuffer>);
      await writable.close();
    } catch (error) {
      await writable.abort().catch(() => undefined);
      throw error;
    }
  }
  async remove(path: readonly string[]): Promise<void> {
    const folder = await this.#folder(path.slice(0, -1), false);
    await folder?.removeEntry(path.at(-1)!, { recursive: true }).catch((error: unknown) => {
      if (!missing(error)) throw error;
    });
  }
  async list(path: readonly string[]): Promise<string[]> {
    const folder = await this.#folder(path, false);
    if (!folder) return [];
    const files: { name: string; at: number }[] = [];
    for await (const [name, handle] of folder.entries())
      files.push({
        name,
        at: handle.kind === 'file' ? (await (handle as FileSystemFileHandle).getFile()).lastModified : 0,
      });
    return files.sort((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1)).map(({ name }) => name);
  }
}

/** How many of the oldest values go when the browser gives no more space. */
const EVICT = 16;

/** Values for which this device has no place: there until the page goes. */
const homeless = new Map<string, Uint8Array>();
export const keepHomeless = (sha256: string, bytes: Uint8Array): void => void homeless.set(sha256, bytes);

/** A value store in the page: the origin's private file system, by the same hashes as on the server. */
export class PageStore implements ValueStore {
  readonly #files: Files;
  readonly #scope: string;
  readonly #onHomeless: typeof keepHomeless;

  private constructor(files: Files, scope: string, onHomeless: typeof keepHomeless) {
    this.#files = files;
    this.#scope = scope;
    this.#onHomeless = onHomeless;
  }

  /**
   * `scope` keeps accounts on one device apart. A worker hands values without a place on to its page, which outlives it:
   * a frame in another site's page has no storage at all.
   */
  static async open(scope: string, onHomeless: typeof keepHomeless = () => undefined): Promise<PageStore> {
    const files = await navigator.storage
      ?.getDirectory()
      .then((root) => new PrivateFiles(root))
      .catch(() => undefined);
    return new PageStore(files ?? new MemoryFiles(), scope, onHomeless);
  }

  async get(sha256: string): Promise<Uint8Array | undefined> {
    return homeless.get(sha256) ?? (await this.#files.read(['blobs', sha256]));
  }

  async put(bytes: Uint8Array, sha256: string): Promise<void> {
    try {
      if (this.#files instanceof PrivateFiles) return await this.#write(['blobs', sha256], bytes);
    } catch (error) {
      if (!full(error)) throw error;
    }
    // callers may write into their bytes afterwards
    const kept = bytes.slice();
    keepHomeless(sha256, kept);
    this.#onHomeless(sha256, kept);
  }

  /** Writes; when the space is used up, the values that were written longest ago go first. */
  async #write(path: readonly string[], bytes: Uint8Array): Promise<void> {
    for (;;)
      try {
        return await this.#files.write(path, bytes);
      } catch (error) {
        if (!full(error)) throw error;
        const oldest = (await this.#files.list(['blobs'])).slice(0, EVICT);
        if (oldest.length === 0) throw error;
        for (const name of oldest) await this.#files.remove(['blobs', name]);
      }
  }

  async lookup(cacheKey: string): Promise<Outputs | undefined> {
    const bytes = await this.#files.read(['keys', this.#scope, cacheKey]);
    if (!bytes) return undefined;
    const outputs = JSON.parse(new TextDecoder().decode(bytes)) as Outputs;
    for (const { sha256 } of Object.values(outputs)) {
      const manifest = await this.get(sha256);
      if (!manifest) return undefined;
      const { blobs } = JSON.parse(new TextDecoder().decode(manifest)) as { blobs: Record<string, { sha256: string }> };
      for (const blob of Object.values(blobs)) if (!(await this.get(blob.sha256))) return undefined;
    }
    return outputs;
  }

  async remember(cacheKey: string, outputs: Outputs): Promise<void> {
    const bytes = new TextEncoder().encode(JSON.stringify(outputs));
    await this.#write(['keys', this.#scope, cacheKey], bytes).catch((error: unknown) => {
      if (!full(error)) throw error;
    });
  }

  /** The newest checkpoint that is whole, as it is stored. */
  async checkpointBytes(cacheKey: string): Promise<Uint8Array | undefined> {
    for (const name of ['newest', 'before']) {
      const bytes = await this.#files.read(['checkpoints', this.#scope, cacheKey, name]);
      if (bytes && decodeCheckpoint(bytes)) return bytes;
    }
    return undefined;
  }

  async loadCheckpoint(cacheKey: string): Promise<Checkpoint | undefined> {
    for (const name of ['newest', 'before']) {
      const bytes = await this.#files.read(['checkpoints', this.#scope, cacheKey, name]);
      const checkpoint = bytes && decodeCheckpoint(bytes);
      if (checkpoint) return checkpoint;
      // a damaged one goes, so that it never takes the place of the one before
      if (bytes) await this.#files.remove(['checkpoints', this.#scope, cacheKey, name]);
    }
    return undefined;
  }

  async saveCheckpoint(cacheKey: string, checkpoint: Checkpoint): Promise<void> {
    const at = (name: string) => ['checkpoints', this.#scope, cacheKey, name];
    const newest = await this.#files.read(at('newest'));
    try {
      if (newest) await this.#write(at('before'), newest);
      await this.#write(at('newest'), encodeCheckpoint(checkpoint));
    } catch (error) {
      // without space a training goes on without a checkpoint
      if (!full(error)) throw error;
    }
  }

  dropCheckpoints(cacheKey: string): Promise<void> {
    return this.#files.remove(['checkpoints', this.#scope, cacheKey]);
  }
}
