import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { expect, test, vi } from 'vitest';
import { Builder } from '../../ir/builder.ts';
import { makeProgram } from '../../ir/program.ts';
import { float32 } from '../../ir/tensor.ts';
import type { Compute } from '../../nodes/kit/compute.ts';
import { type Numbers, numbersOf, readFixture, relativeDistance } from '../testing/fixtures.ts';
import { documentOf, runDocument, temporaryFolder } from '../testing/graphs.ts';
import { smallGptStep, takeSteps } from '../testing/small-gpt.ts';
import { onnxCompute } from './backend.ts';
import { lowerToOnnx } from './lower.ts';
import { onnxNodeCompute } from './node.ts';

vi.setConfig({ testTimeout: 120_000 });
const folder = temporaryFolder();
const plain = onnxNodeCompute({ threads: 1 });
const session: ort.InferenceSession.SessionOptions = { executionProviders: ['cpu'], intraOpNumThreads: 1 };

/** Numbers in bfloat16 on a CPU whose kernels take none: float32 that is rounded where CUDA's kernels would round. */
const rounded = onnxCompute(ort, plain.device, session, { writesInPlace: true, bfloat16: 'rounded' });
const asking: Compute = {
  ...rounded,
  compile: (program, options) => rounded.compile(program, { ...options, products: 'bfloat16' }),
};

/** What fixtures/bfloat16.py wrote: PyTorch's autocast. */
const fixture = readFixture<{ losses: readonly number[]; gradients: Readonly<Record<string, Numbers>> }>('bfloat16');

const farthest = (got: readonly number[]): number =>
  Math.max(...fixture.losses.map((want, i) => Math.abs(got[i]! / want - 1)));

test("ten losses of the small GPT are those of PyTorch's autocast, which float32's are not", async () => {
  const gpt = await smallGptStep();
  const { losses } = await takeSteps(gpt, asking, fixture.losses.length);
  const { losses: others } = await takeSteps(gpt, plain, fixture.losses.length);
  expect(Math.abs(losses[0]! / fixture.losses[0]! - 1)).toBeLessThan(1e-6);
  expect(farthest(losses)).toBeLessThan(2.5e-4);
  expect(farthest(others)).toBeGreaterThan(5e-4);
});

// SGD at rate 1 without clipping: the weights move by exactly the gradient
test("its first gradients are those of PyTorch's autocast, which float32's are not", async () => {
  const gpt = await smallGptStep({ method: 'sgd', learningRate: 1, weightDecay: 0 });
  const constant = { ...gpt, schedule: { ...gpt.schedule, shape: 'constant' as const, warmup: 0 } };
  const apartOn = async (compute: Compute) => {
    const { weights } = await takeSteps(constant, compute, 1);
    const [got, want]: [number[], number[]] = [[], []];
    for (const [name, numbers] of Object.entries(fixture.gradients)) {
      got.push(...numbersOf(gpt.fixture.weights[name]!).map((value, i) => value - weights[name]!.data[i]!));
      want.push(...numbersOf(numbers));
    }
    return relativeDistance(got, want);
  };
  expect(await apartOn(asking)).toBeLessThan(2.5e-3);
  expect(await apartOn(plain)).toBeGreaterThan(1e-2);
});

test('operands and result of a product are rounded to the nearest of eight bits, what is added in it too', async () => {
  const ir = new Builder();
  const matrix = (name: string) => ir.input(name, { dtype: 'float32', shape: [1, 1] });
  const bias = ir.input('bias', { dtype: 'float32', shape: [1] });
  const z = matrix('z');
  const product = ir.matmul(matrix('x'), matrix('y'), { transposeY: true });
  const program = makeProgram(ir, {
    sum: ir.add(product, ir.broadcast(bias, { shape: [1, 1] })),
    after: ir.mul(z, z),
  });
  const running = await asking.compile(program);
  const one = (value: number) => float32([1, 1], [value]);
  const results = await running.run({ x: one(1.003), y: one(1.005), bias: float32([1], [0.003905]), z: one(1.001) });
  // 1.003 → 1, 1.005 → 1 + 2⁻⁷, 0.003905 → 2⁻⁸: their sum 1.01171875 lies midway, and goes to the even neighbour
  expect(results.sum!.data[0]).toBe(1 + 2 ** -6);
  expect(results.after!.data[0]).toBe(Math.fround(Math.fround(1.001) ** 2));
  await running.dispose();
});

test('a model with products in bfloat16 is whole: only its kernels are missing on the CPU, and a device says so', async () => {
  const native = onnxCompute(ort, plain.device, session, { bfloat16: 'bfloat16' });
  expect(await native.multipliesBfloat16!()).toBe(false);
  expect(await rounded.multipliesBfloat16!()).toBe(true);
  expect(plain.multipliesBfloat16).toBeUndefined();
  const { step } = await smallGptStep();
  const { bytes } = lowerToOnnx(step.program, { products: 'bfloat16' });
  await expect(ort.InferenceSession.create(bytes, session)).rejects.toThrow(
    /Could not find an implementation for (MatMul|Gemm|FusedMatMul)/,
  );
});

test('a training asks for it; where a device has none it says so, once, and goes on in float32', async () => {
  const graph = (precision: string) =>
    documentOf({
      nodes: {
        data: { type: 'data/dataset', params: { dataset: 'iris' } },
        input: { type: 'network/input', params: { column: 'petal length' } },
        hidden: { type: 'network/linear', params: { units: 16, name: 'hidden' } },
        act: { type: 'network/activation', params: { function: 'gelu' } },
        head: { type: 'network/linear', params: { name: 'head' } },
        network: { type: 'network/network', params: { task: 'classification' } },
        objective: { type: 'training/objective' },
        optimizer: { type: 'training/optimizer', params: { learningRate: 0.01 } },
        train: { type: 'training/train', params: { steps: 20, precision } },
      },
      edges: [
        ['data.dataset', 'input.dataset'],
        ['input.y', 'hidden.x'],
        ['hidden.y', 'act.x'],
        ['act.y', 'head.x'],
        ['head.y', 'network.x'],
        ['network.model', 'train.model'],
        ['data.dataset', 'train.dataset'],
        ['objective.objective', 'train.objective'],
        ['optimizer.optimizer', 'train.optimizer'],
      ],
    });
  const run = async (precision: string, compute: Compute, name: string) => {
    const ran = await runDocument(graph(precision), { folder: join(folder, name), compute });
    const { series } = await ran.value('train', 'metrics', 'metrics');
    return {
      losses: series!.find(({ name }) => name === 'loss')!.values,
      said: ran.events.flatMap((event) =>
        event.kind === 'log' && event.data.message.startsWith('Precision') ? [event.data.message] : [],
      ),
    };
  };
  const wide = await run('float32', plain, 'plain');
  expect(wide.said).toEqual([]);
  const refused = await run('bfloat16', plain, 'refused');
  expect(refused.losses).toEqual(wide.losses);
  expect(refused.said).toEqual([
    'Precision: ONNX Runtime, CPU, 1 thread has no products in bfloat16, so they are made in float32.',
  ]);
  const narrow = await run('bfloat16', rounded, 'rounded');
  expect(narrow.said).toEqual([]);
  expect(narrow.losses).not.toEqual(wide.losses);
  expect(relativeDistance(narrow.losses as number[], wide.losses as number[])).toBeLessThan(1e-2);
});
