import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import * as web from 'onnxruntime-web/wasm';
import { describe, expect, test, vi } from 'vitest';
import { Builder } from '../../ir/builder.ts';
import { makeProgram } from '../../ir/program.ts';
import { symbol } from '../../ir/size.ts';
import { emptyTensor, scalar, type Tensor, tensorOf } from '../../ir/tensor.ts';
import { sha256Hex } from '../../lib/hash.ts';
import { mapRecord } from '../../lib/record.ts';
import type { Compute, Named } from '../../nodes/kit/compute.ts';
import { joinParameters, trainingStep } from '../../nodes/kit/training-step.ts';
import { FileStore } from '../node/file-store.ts';
import { optimising } from '../optimising.ts';
import { documentOf, openNetwork, runDocument, temporaryFolder } from '../testing/graphs.ts';
import { attempt, interruptedTraining } from '../testing/interruptions.ts';
import { onnxCompute } from './backend.ts';
import { onnxNodeCompute } from './node.ts';
import { onnxWasmNodeCompute } from './wasm.node.ts';

vi.setConfig({ testTimeout: 300_000 });
const plain = onnxNodeCompute({ threads: 1 });
const folder = temporaryFolder();

/** As CUDA is opened, on the CPU: state comes back to JavaScript after each call, training steps run in a Loop. */
const looping = onnxCompute(
  ort,
  plain.device,
  { executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1 },
  { loops: true },
);

/** Notes how many runs each call took. */
function counting(compute: Compute): { compute: Compute; counts: number[] } {
  const counts: number[] = [];
  const compile: Compute['compile'] = async (program, options) => {
    const running = await compute.compile(program, options);
    const { several } = running;
    if (!several) return running;
    return {
      several: {
        most: several.most,
        run(feeds) {
          counts.push(feeds.length);
          return several.run(feeds);
        },
      },
      run(feeds) {
        counts.push(1);
        return running.run(feeds);
      },
      write: (state, how) => running.write(state, how),
      read: (names) => running.read(names),
      before: async (names, run) => running.before?.(names, run),
      dispose: () => running.dispose(),
    };
  };
  return { compute: { ...compute, compile }, counts };
}

/** Every bit of some tensors, in short. */
const hashesOf = (tensors: Named): Record<string, string> =>
  mapRecord(tensors, ({ data }) => sha256Hex(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)));

/** GPT S of the benchmarks with dropout: two batches of eight rows a step, AdamW, clipping. */
async function gptStep() {
  const [batch, length, vocabulary] = [8, 64, 256];
  const network = await openNetwork(
    documentOf({
      nodes: {
        input: { type: 'network/input', params: { length, vocabulary } },
        embedding: { type: 'network/embedding', params: { width: 128, name: 'embedding' } },
        positions: { type: 'network/positional-encoding', params: { name: 'positions' } },
        block: { type: 'network/decoder-block', params: { heads: 4, dropout: 0.2, name: 'block' } },
        norm: { type: 'network/normalization', params: { name: 'norm' } },
        head: { type: 'network/linear', params: { bias: false, name: 'head' } },
        network: { type: 'network/network', params: { task: 'causal-lm' } },
      },
      edges: [
        ['input.y', 'embedding.x'],
        ['embedding.y', 'positions.x'],
        ['positions.y', 'block.x'],
        ['block.y', 'norm.x'],
        ['norm.y', 'head.x'],
        ['embedding.table', 'head.weight'],
        ['head.y', 'network.x'],
      ],
    }),
  );
  const step = trainingStep(network, {
    objective: { type: 'training/objective', params: { loss: 'causal-lm', smoothing: 0 } },
    optimizer: {
      type: 'training/optimizer',
      params: { method: 'adamw', learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
    },
    target: { dtype: 'int32', shape: [symbol('B'), length], below: vocabulary },
    batch,
    accumulation: 2,
    clip: 1,
  });
  const slots = step.slots.map(({ name, length: size }) => [name, emptyTensor('float32', [size])] as const);
  const start = (): Record<string, Tensor> => ({
    step: scalar(1),
    trained: joinParameters(step.trained, network.initialize()),
    ...Object.fromEntries(slots),
  });
  const ids = (of: (i: number) => number) =>
    tensorOf(
      'int32',
      [2 * batch, length],
      Array.from({ length: 2 * batch * length }, (_, i) => of(i) % vocabulary),
    );
  const feeds = Array.from(
    { length: 12 },
    (_, at): Named => ({
      'data:tokens': ids((i) => i * i + at),
      target: ids((i) => 3 * i + at),
      counter: tensorOf('uint32', [2], [at, 0]),
      'learning-rate': scalar(1e-3 / (1 + at)),
    }),
  );
  const compile = (compute: Compute) =>
    optimising(compute).compile(step.program, { carry: step.carry, keep: step.frozen, repeats: true });
  return { compile, start, feeds, kept: ['step', 'trained', ...slots.map(([name]) => name)] };
}

const wasm = await onnxWasmNodeCompute();
const plainWasm = onnxCompute(web, wasm.device, { executionProviders: ['wasm'] });

test.each([
  ['ONNX Runtime for Node', plain, looping],
  ['WebAssembly', plainWasm, wasm],
])(
  'GPT S with dropout, accumulation and AdamW on %s: steps in a Loop are, bit for bit, those one by one',
  async (_, one, many) => {
    const { compile, start, feeds, kept } = await gptStep();
    const single = await compile(one);
    const loop = await compile(many);
    expect(single.several).toBeUndefined();
    await single.write(start());
    await loop.write(start());
    const want: Named[] = [];
    const states: Named[] = [];
    for (const feed of feeds) {
      states.push(await single.read(kept));
      want.push(await single.run(feed));
    }
    const got = [...(await loop.several!.run(feeds.slice(0, 7))), await loop.run(feeds[7])];
    got.push(...(await loop.several!.run(feeds.slice(8))));
    expect(got.map(({ loss }) => loss!.data[0])).toEqual(want.map(({ loss }) => loss!.data[0]));
    expect(got.map(hashesOf)).toEqual(want.map(hashesOf));
    expect(hashesOf(await loop.read(kept))).toEqual(hashesOf(await single.read(kept)));
    // dropout drew other numbers at each step, or equal batches would give equal losses
    expect(new Set(want.map(({ loss }) => loss!.data[0])).size).toBe(feeds.length);
    for (const run of [0, 1, 3]) expect(hashesOf((await loop.before!(kept, run))!)).toEqual(hashesOf(states[8 + run]!));
    expect(hashesOf(await loop.read(kept))).toEqual(hashesOf(await single.read(kept)));
    await Promise.all([single.dispose(), loop.dispose()]);
  },
);

test('64 runs go together at most, and no more than 64 MB of what they are fed', async () => {
  const { compile } = await gptStep();
  const loop = await compile(looping);
  expect(loop.several!.most).toBe(64);
  const ir = new Builder();
  const total = ir.input('total', { dtype: 'float32', shape: [] });
  const large = ir.input('large', { dtype: 'float32', shape: [4000, 1000] });
  const program = makeProgram(ir, { next: ir.add(total, ir.sum(large)) });
  const wide = await looping.compile(program, { carry: { total: 'next' }, repeats: true });
  expect(wide.several!.most).toBe(4);
  await Promise.all([loop.dispose(), wide.dispose()]);
});

describe('a training whose steps go together', () => {
  const run = (compute: Compute, scope: string, more: Partial<Parameters<typeof attempt>[1]> = {}) =>
    attempt(interruptedTraining(0), {
      store: new FileStore(folder, scope),
      compute,
      folder,
      checkpointSeconds: 1e6,
      ...more,
    });

  test('gives the model, the curves and the looks of one that takes them one by one, and stops at the same', async () => {
    const want = await run(plain, 'plain');
    const { compute, counts } = counting(looping);
    const got = await run(compute, 'loop');
    expect(got).toEqual(want);
    expect(want.logs.join()).toMatch(/Stopped at step \d+/);
    // it looks at the validation rows every fifth step
    expect(Math.max(...counts)).toBe(5);
    expect(counts.reduce((a, b) => a + b)).toBe(want.losses!.length);
  });

  test('a training with a checkpoint after each step takes steps one by one; cut off, it goes on to the same numbers', async () => {
    const { compute, counts } = counting(looping);
    const part = await run(compute, 'cut', { checkpointSeconds: -1, step: (count) => count >= 33 });
    expect(part.status).toBe('cancelled');
    expect(Math.max(...counts)).toBe(1);
    const rest = await run(looping, 'cut');
    expect(rest.logs.join()).toMatch(/Goes on from step \d+\./);
    const want = await run(plain, 'plain');
    expect([rest.model, rest.metrics]).toEqual([want.model, want.metrics]);
  });

  const graph = (train: object, optimizer: object, distills = false) =>
    documentOf({
      nodes: {
        data: { type: 'data/dataset', params: { dataset: 'iris' } },
        input: { type: 'network/input', params: { column: 'petal length' } },
        hidden: { type: 'network/linear', params: { units: 8, name: 'hidden' } },
        head: { type: 'network/linear', params: { name: 'head' } },
        network: { type: 'network/network', params: { task: 'classification' } },
        ...(!distills && { objective: { type: 'training/objective', params: { classWeights: 'balanced' } } }),
        optimizer: { type: 'training/optimizer', params: { ...optimizer } },
        train: { type: distills ? 'training/distill' : 'training/train', params: { ...train } },
      },
      edges: [
        ['data.dataset', 'input.dataset'],
        ['input.y', 'hidden.x'],
        ['hidden.y', 'head.x'],
        ['head.y', 'network.x'],
        ['network.model', distills ? 'train.student' : 'train.model'],
        ['data.dataset', 'train.dataset'],
        ...(distills ? [] : ([['objective.objective', 'train.objective']] as const)),
        ['optimizer.optimizer', 'train.optimizer'],
      ],
    });

  test('a loss that is not finite names the same step and the same operation', async () => {
    const document = graph({ steps: 200, clip: 0 }, { method: 'sgd', learningRate: 100, weightDecay: 10 });
    const { compute, counts } = counting(looping);
    const want = await runDocument(document, { folder: join(folder, 'plain'), compute: plain });
    const got = await runDocument(document, { folder: join(folder, 'loop'), compute });
    expect(want.outcome.problem!.message).toMatch(
      /at step \d+: the first number that is not finite comes from \w+ float32/,
    );
    expect(got.outcome.problem).toEqual(want.outcome.problem);
    expect(counts.at(-1)).toBeGreaterThan(1);
  });

  test('a network that teaches itself changes its teacher after the same steps', async () => {
    const document = graph({ kind: 'self', steps: 40, batch: 30 }, { method: 'adamw', learningRate: 0.05 }, true);
    const { compute, counts } = counting(looping);
    const lossesOn = async (device: Compute, name: string) => {
      const ran = await runDocument(document, { folder: join(folder, name), compute: device });
      expect(ran.outcome.status).toBe('succeeded');
      const { series } = await ran.value('train', 'metrics', 'metrics');
      return series!.find(({ name }) => name === 'loss')!.values;
    };
    const want = await lossesOn(plain, 'plain');
    expect(await lossesOn(compute, 'loop')).toEqual(want);
    // five steps of 30 rows are an epoch of 150
    expect(Math.max(...counts)).toBe(5);
  });
});
