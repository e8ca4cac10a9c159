import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { requeueForgotten, sweepLeases } from './leases.ts';
import { sweepLinks } from './links.ts';
import { retain } from './retention.ts';
import { LEASE_SECONDS } from './runner-protocol.ts';
import type { Server } from './server.ts';

const SWEEP_MS = 5_000;
const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

/** What a server does by itself, each on its own clock; a failure is told and tried again at the next turn. */
export class Upkeep {
  readonly #stop = new AbortController();
  readonly #running: Promise<void>[];

  constructor(server: Omit<Server, 'close'>) {
    const all = { ...server, close: () => Promise.resolve() };
    this.#running = [
      // a runner that lived through our own restart gets as long as a lease to say so
      this.#repeat('leases', { afterMs: (LEASE_SECONDS + 2) * SECOND, everyMs: SWEEP_MS }, () => sweepLeases(all)),
      this.#repeat('links', { afterMs: SWEEP_MS, everyMs: SWEEP_MS }, () => sweepLinks(all)),
      this.#repeat('queue', { afterMs: SWEEP_MS, everyMs: 60 * SECOND }, () => requeueForgotten(all)),
      this.#repeat('uploads', { afterMs: 60 * SECOND, everyMs: HOUR }, () => removeOld(server.uploads)),
      this.#repeat('retention', { afterMs: 5 * 60 * SECOND, everyMs: HOUR }, () => retain(all)),
    ];
  }

  async #repeat(
    what: string,
    { afterMs, everyMs }: { afterMs: number; everyMs: number },
    work: () => Promise<unknown>,
  ): Promise<void> {
    const { signal } = this.#stop;
    for (let wait = afterMs; ; wait = everyMs) {
      await sleep(wait, signal);
      if (signal.aborted) return;
      await work().catch((error: Error) => console.warn(`The upkeep of ${what} failed: ${error.message}`));
    }
  }

  /** Ends after the work that is under way. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running);
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms).unref();
    signal.addEventListener('abort', end);
  });
}

/** Takes away what uploads left that broke off with the server. */
async function removeOld(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > 24 * HOUR) await rm(path, { force: true });
  }
}
