import type { GraphDocument } from '../../graph/document.ts';
import type { RunEvent, RunStatus } from '../../graph/events.ts';
import type { ValueReference } from '../../graph/values.ts';
import type { PageBackend } from './compute.ts';
import type { FromWorker, ToWorker } from './messages.ts';
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
  readonly onEvent: (event: RunEvent) => void;
}

export interface PageRun {
  /** Ends within 200 ms, whatever the worker does. */
  cancel(): void;
  readonly done: Promise<{ readonly status: RunStatus }>;
}

/** How long a cancelled worker may take to say goodbye itself. */
const GRACE_MS = 150;

/** Runs a graph in a worker of this page. Events come in order; the last is `finished`. */
export function startPageRun({ onEvent, scope = 'page', ...options }: PageRunOptions): PageRun {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  let seq = 0;
  let over = false;
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
    seq = data.event.seq;
    onEvent(data.event);
  });
  worker.addEventListener('error', (event) => {
    last('failed', `The computation in this page broke off: ${event.message || 'its worker could not start'}.`);
  });
  const send = (message: ToWorker): void => worker.postMessage(message);
  send({ kind: 'run', scope, ...options });
  return {
    done,
    cancel() {
      send({ kind: 'cancel' });
      setTimeout(() => last('cancelled'), GRACE_MS);
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
