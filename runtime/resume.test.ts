import { fork } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { sha256Hex } from '../lib/hash.ts';
import { Random } from '../lib/random.ts';
import type { Checkpoint } from '../nodes/kit/context.ts';
import { FileStore } from './node/file-store.ts';
import { onnxNodeCompute } from './onnx/node.ts';
import { onnxWasmNodeCompute } from './onnx/wasm.node.ts';
import type { ValueStore } from './store.ts';
import { temporaryFolder } from './testing/graphs.ts';
import { type Attempt, attempt, interruptedTraining } from './testing/interruptions.ts';
import { decodeCheckpoint, encodeCheckpoint } from './values/checkpoint.ts';

vi.setConfig({ testTimeout: 120_000 });
const isLong = process.env.PATCHBAY_LONG === '1';
const KILLS = isLong ? 50 : 3;
const SERIES = isLong ? 8 : 1;
const CUTS = 8;

const folder = temporaryFolder();
const compute = onnxNodeCompute({ threads: 1 });
const wholes = new Map<number, Promise<Attempt>>();
function whole(seed: number): Promise<Attempt> {
  const store = new FileStore(folder, `whole-${seed}`);
  const known =
    wholes.get(seed) ?? attempt(interruptedTraining(seed), { store, compute, folder, checkpointSeconds: 1e6 });
  wholes.set(seed, known);
  return known;
}

/** A store that keeps only some of the checkpoints, so that steps are lost and taken again. */
function sparing(store: FileStore, random: Random): ValueStore {
  return Object.assign(Object.create(store) as ValueStore, {
    lookup: store.lookup.bind(store),
    remember: store.remember.bind(store),
    get: store.get.bind(store),
    put: store.put.bind(store),
    loadCheckpoint: store.loadCheckpoint.bind(store),
    dropCheckpoints: store.dropCheckpoints.bind(store),
    saveCheckpoint: async (key: string, checkpoint: Checkpoint) => {
      if (random.uniform() < 0.3) await store.saveCheckpoint(key, checkpoint);
    },
  });
}

test.each(Array.from({ length: SERIES }, (_, i) => i + 1))(
  'a training that is cut off at random steps gives, bit for bit, what it gives at one go (series %i)',
  async (series) => {
    const want = await whole(0);
    expect(want.status).toBe('succeeded');
    expect(want.logs.join()).toMatch(/Stopped at step \d+/);
    const random = new Random([7, series]);
    const store = sparing(new FileStore(folder, `cut-${series}`), random);
    let resumed = 0;
    for (let cut = 0; cut < CUTS; cut++) {
      const at = 5 + random.integer(25);
      const part = await attempt(interruptedTraining(0), { store, compute, folder, step: (count) => count >= at });
      expect(part.status).toBe('cancelled');
      if (part.logs.some((line) => line.startsWith('Goes on from step'))) resumed++;
    }
    expect(resumed).toBeGreaterThanOrEqual(CUTS / 2);
    const rest = await attempt(interruptedTraining(0), { store, compute, folder });
    expect([rest.status, rest.model, rest.metrics]).toEqual(['succeeded', want.model, want.metrics]);
  },
  600_000,
);

test('equal graph and seed give equal numbers twice, another seed gives others', async () => {
  const [once, other] = [await whole(1), await whole(2)];
  const again = await attempt(interruptedTraining(1), {
    store: new FileStore(folder, 'again'),
    compute,
    folder,
    checkpointSeconds: 1e6,
  });
  expect([again.model, again.metrics]).toEqual([once.model, once.metrics]);
  expect(other.model).not.toBe(once.model);
});

interface Ended {
  readonly result?: Attempt;
  readonly signal: NodeJS.Signals | null;
}

/** A real process that trains; killed once it told `steps` steps, or in the middle of writing a checkpoint. */
function child(at: { steps?: number; delayMs?: number; rename?: number }): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const running = fork(join(import.meta.dirname, 'testing', 'training-child.ts'), [folder, '0'], {
      execArgv: ['--import', 'tsx'],
      env: { ...process.env, ...(at.rename && { PATCHBAY_DIE_AT_RENAME: String(at.rename) }) },
    });
    let result: Attempt | undefined;
    running.on('message', (message: { count?: number; result?: Attempt }) => {
      result ??= message.result;
      if (message.count === at.steps) setTimeout(() => running.kill('SIGKILL'), at.delayMs);
    });
    running.on('error', reject);
    running.on('exit', (_, signal) => resolve({ signal, ...(result && { result }) }));
  });
}

test(`a process that is killed ${KILLS} times, also between write and rename, ends with the same numbers`, async () => {
  const want = await whole(0);
  const random = new Random([3, isLong ? 2 : 1]);
  for (let kill = 0; kill < KILLS; kill++) {
    const kills =
      kill % 2 ? { rename: 1 + random.integer(5) } : { steps: 1 + random.integer(5), delayMs: random.integer(4) };
    expect((await child(kills)).signal).toBe('SIGKILL');
  }
  const { result } = await child({});
  expect(result?.logs.join()).toMatch(/Goes on from step/);
  expect([result?.status, result?.model, result?.metrics]).toEqual(['succeeded', want.model, want.metrics]);
}, 900_000);

/** The files of checkpoints in a scope, oldest first. */
function filesOf(scope: string): string[] {
  const keys = join(folder, 'checkpoints', scope);
  const [key] = readdirSync(keys) as [string];
  return readdirSync(join(keys, key))
    .filter((file) => file.endsWith('.checkpoint'))
    .sort()
    .map((file) => join(keys, key, file));
}

test.each([
  ['is cut short', (bytes: Uint8Array) => bytes.subarray(0, Math.floor(bytes.length / 2))],
  ['has one flipped bit', (bytes: Uint8Array) => bytes.map((byte, i) => (i === bytes.length - 20 ? byte ^ 4 : byte))],
  ['is empty', () => new Uint8Array(0)],
])('where the newest checkpoint %s, the one before is taken', async (what, damage) => {
  const scope = `damaged ${what}`;
  const store = new FileStore(folder, scope);
  await attempt(interruptedTraining(0), { store, compute, folder, step: (count) => count >= 20 });
  const files = filesOf(scope);
  expect(files).toHaveLength(2);
  const before = (decodeCheckpoint(new Uint8Array(readFileSync(files[0]!)))!.state as { step: number }).step;
  writeFileSync(files[1]!, damage(new Uint8Array(readFileSync(files[1]!))));
  const rest = await attempt(interruptedTraining(0), { store, compute, folder });
  expect(rest.logs).toContain(`Goes on from step ${before}.`);
  const want = await whole(0);
  expect([rest.model, rest.metrics]).toEqual([want.model, want.metrics]);
});

test('no change of a byte of a checkpoint passes', () => {
  const bytes = encodeCheckpoint({
    tensors: { x: { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) } },
    state: { step: 3 },
  });
  expect(decodeCheckpoint(bytes)?.state).toEqual({ step: 3 });
  for (let i = 0; i < bytes.length; i++) {
    const changed = bytes.slice();
    changed[i]! ^= 1;
    expect(decodeCheckpoint(changed)).toBeUndefined();
    expect(decodeCheckpoint(bytes.subarray(0, i))).toBeUndefined();
  }
});

test('the curves of a checkpoint may be longer than the header of a safetensors file', () => {
  const values = Array.from({ length: 400_000 }, (_, i) => i / 3);
  const bytes = encodeCheckpoint({ tensors: {}, state: { values } });
  expect((decodeCheckpoint(bytes)!.state as { values: number[] }).values).toEqual(values);
});

test('a training that began in WebAssembly goes on on the server from a value, within 1e-4', async () => {
  const wasm = await onnxWasmNodeCompute();
  const page = new FileStore(folder, 'page');
  await attempt(interruptedTraining(0), { store: page, compute: wasm, folder, step: (count) => count >= 60 });
  const bytes = new Uint8Array(readFileSync(filesOf('page').at(-1)!));
  const half = decodeCheckpoint(bytes)!;
  const store = new FileStore(folder, 'server');
  const continues = { train: sha256Hex(bytes) };
  // not there: a run that was to go on does not begin anew
  await expect(attempt(interruptedTraining(0), { store, compute, folder, continues })).rejects.toThrow(
    'The checkpoint that this run was to go on from is not there any more.',
  );
  await store.put(bytes, continues.train);
  // cut off on the server too: it then goes on from its own checkpoint
  const part = await attempt(interruptedTraining(0), {
    store,
    compute,
    folder,
    continues,
    step: (count) => count >= 9,
  });
  const { step } = half.state as { step: number };
  expect(part.logs).toContain(`Goes on from step ${step}.`);
  const rest = await attempt(interruptedTraining(0), { store, compute, folder, continues });
  const later = rest.logs.map((line) => /^Goes on from step (\d+)\.$/.exec(line)?.[1]).find(Boolean);
  expect(Number(later)).toBeGreaterThan(step);
  const all = await attempt(interruptedTraining(0), {
    store: new FileStore(folder, 'page-whole'),
    compute: wasm,
    folder,
    checkpointSeconds: 1e6,
  });
  const [got, want] = [rest.losses as number[], all.losses as number[]];
  expect(got).toHaveLength(want.length);
  const apart = want.map((loss, i) => Math.abs(got[i]! - loss) / Math.max(1, Math.abs(loss)));
  expect(Math.max(...apart)).toBeLessThan(1e-4);
  // what it gave is not what the server alone gives: neither takes the other's place
  const alone = await attempt(interruptedTraining(0), { store, compute, folder, checkpointSeconds: 1e6 });
  expect(alone.logs.join()).not.toMatch(/Goes on/);
}, 120_000);
