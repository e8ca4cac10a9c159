import type { GraphDocument } from '../../graph/document.ts';
import type { RunEvent, RunStatus } from '../../graph/events.ts';
import type { ValueReference } from '../../graph/values.ts';
import { sha256Hex } from '../../lib/hash.ts';
import type { PageBackend } from './compute.ts';
import type { FromWorker, PageTrace, ToWorker } from './messages.ts';
import { keepHomeless, PageStore } from './page-store.ts';

export interface PageRunOptions {
  readonly run: string;
  readonly document: GraphDocument;
  readonly backend: PageBackend;
  /** Keeps the stored values of accounts on one device apart. */
  readonly scope?: string;
  /** Only what these nodes need. */
  readonly targets?: readonly string[];
  readonly fresh?: boolean;
  /** The share link through which files are read. */
  readonly link?: string;
  /** Measures each operation and tells at the end. */
  readonly onTrace?: (trace: PageTrace) => void;
  readonly onEvent: (event: RunEvent) => void;
}

export interface PageRun {
  /** Ends within 200 ms, whatever the worker does. */
  cancel(): void;
  readonly done: Promise<{ readonly status: RunStatus }>;
  /**
   * The newest checkpoints of steps that were not finished, as bytes. A run that goes on writes one first and is then
   * cancelled.
   */
  handOver(): Promise<{ readonly step: string; readonly sha256: string; readonly bytes: Uint8Array }[]>;
}

/** How long a step may take to write a checkpoint that is asked for. */
const SAVE_MS = 4_000;
/** How long a cancelled worker may take to say goodbye itself. */
const GRACE_MS = 150;

/** Runs a graph in a worker of this page. Events come in order; the last is `finished`. */
export function startPageRun({ onEvent, onTrace, scope = 'page', ...options }: PageRunOptions): PageRun {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  let seq = 0;
  let over = false;
  /** Step → cache key of what has a checkpoint and is not done. */
  const saved = new Map<string, string>();
  const waiting: (() => void)[] = [];
  let finish: (result: { status: RunStatus }) => void;
  const done = new Promise<{ status: RunStatus }>((resolve) => {
    finish = resolve;
  });
  const end = (status: RunStatus): void => {
    if (over) return;
    over = true;
    worker.terminate();
    finish({ status });
  };
  const last = (status: 'failed' | 'cancelled', message?: string): void => {
    if (over) return;
    const event = { run: options.run, at: Date.now() };
    if (message !== undefined)
      onEvent({
        ...event,
        seq: ++seq,
        kind: 'problem',
        data: { problem: { code: 'page/worker', message, hint: 'Run it again, or run it on the server.' } },
      });
    onEvent({ ...event, seq: ++seq, kind: 'finished', data: { status, ms: 0 } });
    end(status);
  };
  worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
    if (over) return;
    if (data.kind === 'ended') return end(data.status);
    if (data.kind === 'homeless') return keepHomeless(data.sha256, data.bytes);
    if (data.kind === 'traced') return onTrace?.(data.trace);
    if (data.kind === 'saved') {
      saved.set(data.step, data.key);
      for (const heard of waiting.splice(0)) heard();
      return;
    }
    seq = data.event.seq;
    if (data.event.kind === 'done') saved.delete(data.event.data.step);
    onEvent(data.event);
  });
  worker.addEventListener('error', (event) => {
    last('failed', `The computation in this page broke off: ${event.message || 'its worker could not start'}.`);
  });
  const send = (message: ToWorker): void => worker.postMessage(message);
  send({ kind: 'run', scope, ...options, ...(onTrace && { trace: true }) });
  const cancel = (): void => {
    send({ kind: 'cancel' });
    setTimeout(() => last('cancelled'), GRACE_MS);
  };
  return {
    done,
    cancel,
    async handOver() {
      if (!over) {
        const heard = new Promise<void>((resolve) => waiting.push(resolve));
        send({ kind: 'save' });
        await Promise.race([heard, done, new Promise((resolve) => setTimeout(resolve, SAVE_MS))]);
        // nothing to take along: it goes on here
        if (saved.size === 0) return [];
        cancel();
        await done;
      }
      const store = await PageStore.open(scope);
      const found = await Promise.all(
        [...saved].map(async ([step, key]) => ({ step, bytes: await store.checkpointBytes(key) })),
      );
      return found.flatMap(({ step, bytes }) => (bytes ? [{ step, sha256: sha256Hex(bytes), bytes }] : []));
    },
  };
}

/** A value that a page run stored, as JSON: a data set as columns, a model as its card. */
export async function readPageValue(sha256: string, scope = 'page'): Promise<unknown> {
  const { loadValue, valueToJson } = await import('../values/codec.ts');
  return valueToJson(await loadValue({ sha256 }, await PageStore.open(scope)));
}

/** The bytes of a value: its manifest and its blobs, for sending to the server. The manifest comes last. */
export async function pageValueBytes(
  { sha256 }: Pick<ValueReference, 'sha256'>,
  scope = 'page',
): Promise<{ readonly sha256: string; readonly bytes: Uint8Array }[]> {
  const { loadManifest } = await import('../values/codec.ts');
  const open = await PageStore.open(scope);
  const manifest = await loadManifest(sha256, open);
  const names = [...Object.values(manifest.blobs).map((blob) => blob.sha256), sha256];
  return Promise.all(names.map(async (name) => ({ sha256: name, bytes: (await open.get(name))! })));
}
