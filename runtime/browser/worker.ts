/** Runs a graph in the page: the same compiler, plan and steps as on the server, in a worker of its own. */
import { compile } from '../../compiler/compile.ts';
import type { RunEvent } from '../../graph/events.ts';
import type { Plan } from '../../graph/plan.ts';
import { fail, isError, type Problem, problemOf } from '../../lib/problem.ts';
import type { Chat, Checkpoint, Datasets, Files, Neighbours } from '../../nodes/kit/context.ts';
import { execute, type Platform } from '../execute.ts';
import type { ValueStore } from '../store.ts';
import { Timeline } from '../trace.ts';
import { decodeDataset } from '../values/arrow.ts';
import { pageCompute } from './compute.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { PageStore } from './page-store.ts';

const CHECKPOINT_SECONDS = 10;
const cancel = new AbortController();
/** Set while a checkpoint is asked for out of turn. */
let hurries = false;
const tell = (message: FromWorker): void => self.postMessage(message);

self.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === 'cancel') cancel.abort();
  else if (data.kind === 'save') hurries = true;
  else void run(data);
});

async function run({
  run: id,
  document,
  backend,
  scope,
  targets,
  fresh,
  link,
  trace,
}: Extract<ToWorker, { kind: 'run' }>): Promise<void> {
  let seq = 0;
  const timeline = trace ? new Timeline() : undefined;
  const emit = (event: RunEvent): void => {
    seq = event.seq;
    timeline?.see(event);
    tell({ kind: 'event', event });
  };
  const refuse = (problems: readonly Problem[]): void => {
    const began = Date.now();
    for (const problem of problems)
      emit({
        run: id,
        seq: ++seq,
        at: began,
        kind: 'problem',
        data: { problem },
        ...(problem.at && { node: problem.at.node }),
      });
    emit({ run: id, seq: ++seq, at: began, kind: 'finished', data: { status: 'failed', ms: 0 } });
    tell({ kind: 'ended', status: 'failed' });
  };
  try {
    const compute = await pageCompute(backend, timeline && (() => timeline.begin().add));
    const { plan, problems } = await compile(document, { device: compute.device, ...(targets && { targets }) });
    if (!plan) return refuse(problems.filter(isError));
    const store = await PageStore.open(scope, (sha256, bytes) => tell({ kind: 'homeless', sha256, bytes }));
    const platform: Platform = {
      store: tellingStore(store, plan),
      compute,
      datasets,
      files: serverFiles(store, link),
      neighbours,
      chat,
      breathe,
      get checkpointSeconds() {
        return hurries ? 0 : CHECKPOINT_SECONDS;
      },
    };
    const { status } = await execute({ run: id, plan, platform, signal: cancel.signal, emit, ...(fresh && { fresh }) });
    if (timeline) {
      const told = { device: compute.device.title, programs: timeline.times(), timeline: timeline.json() };
      tell({ kind: 'traced', trace: told });
    }
    tell({ kind: 'ended', status });
  } catch (error) {
    refuse([problemOf(error)]);
  }
}

/** Tells the page of each checkpoint that is written: it can be taken to the server. */
function tellingStore(store: PageStore, plan: Plan): ValueStore {
  const saveCheckpoint = async (key: string, checkpoint: Checkpoint): Promise<void> => {
    await store.saveCheckpoint(key, checkpoint);
    hurries = false;
    const step = plan.steps.find(({ cacheKey }) => cacheKey === key);
    if (step) tell({ kind: 'saved', step: step.id, key });
  };
  return {
    get: (sha256) => store.get(sha256),
    put: (bytes, sha256) => store.put(bytes, sha256),
    lookup: (key) => store.lookup(key),
    remember: (key, outputs) => store.remember(key, outputs),
    loadCheckpoint: (key) => store.loadCheckpoint(key),
    saveCheckpoint,
    dropCheckpoints: (key) => store.dropCheckpoints(key),
  };
}

/** A turn of the event loop without the 4 ms that nested timers wait. */
const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();
const breathe = (): Promise<void> =>
  new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });

async function fetched(path: string, what: string): Promise<Uint8Array> {
  const response = await fetch(path).catch((error: unknown) =>
    fail('page/offline', `${what} could not be fetched: ${error instanceof Error ? error.message : error}.`, {
      hint: 'Check the connection and run again.',
    }),
  );
  if (response.ok) return new Uint8Array(await response.arrayBuffer());
  const problem = (await response.json().catch(() => undefined)) as Problem | undefined;
  return problem?.message
    ? fail(problem.code, problem.message, problem.hint ? { hint: problem.hint } : {})
    : fail('page/not-fetched', `${what} could not be fetched: the server answered ${response.status}.`);
}

const chat: Chat = { missing: 'A page has no key for a chat endpoint: run this on the server.' };
const neighbours: Neighbours = { missing: 'The page has no library for approximate search.' };

const datasets: Datasets = {
  load: async (name) => decodeDataset(await fetched(`/api/data/${encodeURIComponent(name)}`, `The data set ${name}`)),
};

const serverFiles = (store: ValueStore, link: string | undefined): Files => ({
  async read({ sha256, name }) {
    const stored = await store.get(sha256);
    if (stored) return stored;
    const query = link === undefined ? '' : `?link=${encodeURIComponent(link)}`;
    const bytes = await fetched(`/api/values/${sha256}${query}`, `The file ${name}`);
    await store.put(bytes, sha256);
    return bytes;
  },
});
