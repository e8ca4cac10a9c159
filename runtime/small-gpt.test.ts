import { describe, expect, test } from 'vitest';
import type { Compute } from '../nodes/kit/compute.ts';
import { onnxNodeCompute } from './onnx/node.ts';
import { onnxWasmNodeCompute } from './onnx/wasm.node.ts';
import { referenceCompute } from './reference/backend.ts';
import { numbersOf, relativeDistance } from './testing/fixtures.ts';
import { smallGptStep, takeSteps } from './testing/small-gpt.ts';
import { tfjsNodeCompute } from './tfjs/node.ts';

const webgpu = await tfjsNodeCompute();
if (!webgpu) console.warn('No WebGPU adapter here: the small GPT is not trained on TensorFlow.js.');
const backends: { name: string; compute: Compute }[] = [
  { name: 'reference', compute: referenceCompute },
  { name: 'onnx', compute: onnxNodeCompute({ threads: 1 }) },
  { name: 'wasm', compute: await onnxWasmNodeCompute() },
  ...(webgpu ? [{ name: 'webgpu', compute: webgpu }] : []),
];

describe.each(backends)('the small GPT on $name', ({ compute }) => {
  test('twenty losses and gradient norms are those of PyTorch to 1e-4', async () => {
    const gpt = await smallGptStep();
    const { losses, norms, weights } = await takeSteps(gpt, compute, gpt.fixture.losses.length);
    const apart = (got: readonly number[], want: readonly number[]) =>
      Math.max(...want.map((value, i) => Math.abs(got[i]! - value) / value));
    expect(losses).toHaveLength(20);
    expect(apart(losses, gpt.fixture.losses)).toBeLessThan(1e-4);
    expect(apart(norms, gpt.fixture.norms)).toBeLessThan(1e-3);
    // the gradient of a key's bias is zero but for rounding, which Adam divides by its own size: noise in every library
    const known = Object.entries(gpt.fixture.trained).filter(([name]) => !name.endsWith('.key.bias'));
    const got = known.flatMap(([name]) => [...weights[name]!.data]);
    expect(
      relativeDistance(
        got,
        known.flatMap(([, want]) => [...numbersOf(want)]),
      ),
    ).toBeLessThan(1e-4);
  }, 900_000);

  // SGD at rate 1 without clipping: the weights move by exactly the gradient
  test("the first step's gradients are those of PyTorch to 1e-5", async () => {
    const gpt = await smallGptStep({ method: 'sgd', learningRate: 1, weightDecay: 0 });
    const constant = { ...gpt, schedule: { ...gpt.schedule, shape: 'constant' as const, warmup: 0 } };
    const { weights } = await takeSteps(constant, compute, 1);
    const { fixture } = gpt;
    expect(Object.keys(weights).sort()).toEqual(Object.keys(fixture.gradients).sort());
    const all = { got: [] as number[], want: [] as number[] };
    for (const [name, numbers] of Object.entries(fixture.gradients)) {
      const before = numbersOf(fixture.weights[name]!);
      all.got.push(...before.map((value, i) => value - weights[name]!.data[i]!));
      all.want.push(...numbersOf(numbers));
    }
    expect(relativeDistance(all.got, all.want)).toBeLessThan(1e-5);
  }, 400_000);
});
