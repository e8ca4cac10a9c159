import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Duplex } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { fail } from '../lib/problem.ts';

type FromWorker =
  | { readonly ready: true }
  | { readonly failed: string }
  | { readonly id: number; readonly bytes: Uint8Array }
  | { readonly id: number; readonly error: string };

/** PGlite in a thread, reached through PostgreSQL's wire protocol. The caller holds the folder's lock. */
export interface Embedded {
  /** A connection for pg. There may be one at a time: PGlite has one session. */
  connect(): Duplex;
  /** The whole database as a gzipped tar archive. */
  dump(): Promise<Uint8Array>;
  /** Writes a checkpoint and ends the thread. */
  close(): Promise<void>;
  /** Called when the thread dies by itself. */
  onCrash(listener: (reason: Error) => void): void;
}

/** Opens or makes the database in `folder`; `restore` is an archive that `dump` made, for a folder that is not there. */
export async function openEmbedded(folder: string, restore?: Uint8Array): Promise<Embedded> {
  mkdirSync(dirname(folder), { recursive: true });
  const worker = new Worker(new URL('./pglite-worker.mjs', import.meta.url), { workerData: { folder, restore } });
  const waiting = new Map<number, { resolve(bytes: Uint8Array): void; reject(error: Error): void }>();
  const crashListeners: ((reason: Error) => void)[] = [];
  let asked = 0;
  let closing = false;

  await new Promise<void>((resolve, reject) => {
    const crash = (error: Error): void => {
      reject(error);
      for (const each of waiting.values()) each.reject(error);
      waiting.clear();
      if (!closing) for (const listener of crashListeners) listener(error);
    };
    worker.on('error', crash);
    worker.on('exit', (code) => crash(new Error(`the database thread ended with code ${code}`)));
    worker.on('message', (message: FromWorker) => {
      if ('ready' in message) return resolve();
      if ('failed' in message) return reject(new Error(message.failed));
      const request = waiting.get(message.id);
      waiting.delete(message.id);
      if ('error' in message) request?.reject(new Error(message.error));
      else request?.resolve(message.bytes);
    });
  }).catch(async (error: Error) => {
    closing = true;
    await worker.terminate();
    fail('database/not-opened', `The database in ${folder} can't be opened: ${error.message}.`, {
      hint: `Bring back the newest backup: npm exec --no -- patchbay restore.`,
    });
  });

  const ask = (message: { kind: 'query'; bytes: Uint8Array } | { kind: 'dump' | 'close' }): Promise<Uint8Array> =>
    new Promise((resolve, reject) => {
      const id = asked++;
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, ...message });
    });

  return {
    connect: () => new Wire((bytes) => ask({ kind: 'query', bytes })),
    dump: () => ask({ kind: 'dump' }),
    async close() {
      closing = true;
      await ask({ kind: 'close' });
      await worker.terminate();
    },
    onCrash: (listener) => crashListeners.push(listener),
  };
}

const TERMINATE = 'X'.charCodeAt(0);

/** A message of the wire protocol: type, length, body. */
function message(type: string, body: readonly number[]): Buffer {
  const bytes = Buffer.alloc(5 + body.length);
  bytes.write(type);
  bytes.writeInt32BE(4 + body.length, 1);
  bytes.set(body, 5);
  return bytes;
}
/** Authentication is done; ready for a query, outside a transaction. */
const WELCOME = Buffer.concat([message('R', [0, 0, 0, 0]), message('Z', ['I'.charCodeAt(0)])]);

/** What pg takes for a socket. The greeting is answered here; everything after it goes to PGlite as it came. */
class Wire extends Duplex {
  readonly #ask: (bytes: Uint8Array) => Promise<Uint8Array>;
  #greeted = false;

  constructor(ask: (bytes: Uint8Array) => Promise<Uint8Array>) {
    super();
    this.#ask = ask;
  }
  connect(): this {
    setImmediate(() => this.emit('connect'));
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  override _read(): void {}
  override _write(chunk: Buffer, _: unknown, done: (error?: Error | null) => void): void {
    this.#send(chunk, done);
  }
  /** pg corks its socket, so that parse, bind, execute and sync arrive together and cost one turn. */
  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#send(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }
  #send(bytes: Buffer, done: (error?: Error | null) => void): void {
    if (!this.#greeted) {
      this.#greeted = true;
      this.push(WELCOME);
      done();
    } else if (bytes[0] === TERMINATE) {
      this.push(null);
      done();
    } else
      this.#ask(bytes).then((answer) => {
        this.push(Buffer.from(answer));
        done();
      }, done);
  }
}
