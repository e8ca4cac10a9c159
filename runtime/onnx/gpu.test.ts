import { afterAll, describe, expect, test } from 'vitest';
import { Builder } from '../../ir/builder.ts';
import { makeProgram } from '../../ir/program.ts';
import { float32 } from '../../ir/tensor.ts';
import { ProblemError } from '../../lib/problem.ts';
import type { Compute } from '../../nodes/kit/compute.ts';
import { nodeCompute } from '../node/backends.ts';
import { numbersOf, relativeDistance } from '../testing/fixtures.ts';
import { smallGptStep, takeSteps } from '../testing/small-gpt.ts';
import { hasCuda, onnxWebgpuNodeCompute } from './node-gpu.ts';

const gpu: Compute | undefined = await onnxWebgpuNodeCompute().catch(() => undefined);
if (!gpu) console.warn('No WebGPU adapter here: ONNX Runtime for Node is not compared on it.');

describe.skipIf(!gpu)('ONNX Runtime for Node on WebGPU', () => {
  afterAll(() => expect(gpu!.device.backend).toBe('onnx-webgpu'));

  test('state stays on the device from run to run, and is read and written', async () => {
    const ir = new Builder();
    const [total, x, factor] = ['total', 'x', 'factor'].map((name) => ir.input(name, { dtype: 'float32', shape: [3] }));
    const program = makeProgram(ir, { next: ir.add(total!, ir.mul(x!, factor!)), twice: ir.mul(total!, 2) });
    const running = await gpu!.compile(program, { carry: { total: 'next' }, keep: ['factor'] });
    await running.write({ factor: float32([3], [1, 10, 100]) });
    const step = async (values: number[]) => [...(await running.run({ x: float32([3], values) })).twice!.data];
    expect(await step([1, 2, 3])).toEqual([0, 0, 0]);
    expect(await step([1, 1, 1])).toEqual([2, 40, 600]);
    expect([...(await running.read(['total'])).total!.data]).toEqual([2, 30, 400]);
    await running.write({ total: float32([3], [5, 5, 5]) });
    expect(await step([0, 0, 0])).toEqual([10, 10, 10]);
    await running.dispose();
  });

  // SGD at rate 1 without clipping: the weights move by exactly the gradient
  test("a step of the small GPT has PyTorch's loss and gradients", async () => {
    const plain = await smallGptStep({ method: 'sgd', learningRate: 1, weightDecay: 0 });
    const schedule = { ...plain.schedule, shape: 'constant' as const, warmup: 0 };
    const { losses, weights } = await takeSteps({ ...plain, schedule }, gpu!, 1);
    expect(Math.abs(losses[0]! / plain.fixture.losses[0]! - 1)).toBeLessThan(1e-5);
    const [got, want]: number[][] = [[], []];
    for (const [name, numbers] of Object.entries(plain.fixture.gradients)) {
      got!.push(...numbersOf(plain.fixture.weights[name]!).map((value, i) => value - weights[name]!.data[i]!));
      want!.push(...numbersOf(numbers));
    }
    expect(relativeDistance(got!, want!)).toBeLessThan(1e-5);
  }, 600_000);
});

test('auto says what it took and why; CUDA is refused in words where it is not installed', async () => {
  const { device } = await nodeCompute('auto');
  if (hasCuda()) return;
  expect(device).toMatchObject({ backend: 'onnx', reason: 'CUDA is not installed here, so the CPU was taken' });
  const refused = await nodeCompute('cuda').catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ProblemError);
  expect((refused as ProblemError).problem).toMatchObject({
    code: 'backend/no-cuda',
    message: 'The CUDA provider of ONNX Runtime is not installed here.',
  });
});
