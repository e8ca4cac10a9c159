import { expect, test, vi } from 'vitest';
import { Builder } from '../ir/builder.ts';
import { makeProgram } from '../ir/program.ts';
import { float32 } from '../ir/tensor.ts';
import { ProblemError } from '../lib/problem.ts';
import type { Compute } from '../nodes/kit/compute.ts';
import { describeValue, firstNonFinite } from '../nodes/kit/non-finite.ts';
import { deviceProblem } from './device-problems.ts';
import { onnxNodeCompute } from './onnx/node.ts';
import { onnxWasmNodeCompute } from './onnx/wasm.node.ts';
import { documentOf, runDocument, temporaryFolder } from './testing/graphs.ts';
import { tfjsNodeCompute } from './tfjs/node.ts';

vi.setConfig({ testTimeout: 400_000 });
const webgpu = await tfjsNodeCompute();
if (!webgpu) console.warn('No WebGPU adapter here: numbers that are not finite are not looked for on WebGPU.');
const devices: { name: string; compute: Compute }[] = [
  { name: 'onnx', compute: onnxNodeCompute({ threads: 1 }) },
  { name: 'wasm', compute: await onnxWasmNodeCompute() },
  ...(webgpu ? [{ name: 'webgpu', compute: webgpu }] : []),
];
const folder = temporaryFolder();

test.each(devices)(
  'the first instruction whose numbers are not finite is found, in float32, on $name',
  async ({ compute }) => {
    const ir = new Builder();
    const x = ir.input('x', { dtype: 'float32', shape: [2] });
    const large = ir.exp(ir.mul(x, 50)); // e¹⁰⁰ is more than float32 holds, less than float64
    const program = makeProgram(ir, { y: ir.sum(ir.sub(large, large)) });
    const found = await firstNonFinite(compute, program, { x: float32([2], [1, 2]) });
    expect(found && describeValue(found, [])).toBe('exp float32[2]');
    expect(await firstNonFinite(compute, program, { x: float32([2], [1, 1]) })).toBeUndefined();
    const broken = await firstNonFinite(compute, program, { x: float32([2], [1, Number.NaN]) });
    expect(broken && describeValue(broken, [])).toBe('what goes in as x');
  },
);

test.each(devices)(
  'a training that runs away says at which step, and which operation went wrong first, on $name',
  async ({ compute }) => {
    const graph = documentOf({
      nodes: {
        data: { type: 'data/dataset', params: { dataset: 'iris' } },
        input: { type: 'network/input', params: { column: 'petal length' } },
        hidden: { type: 'network/linear', params: { units: 8, name: 'hidden' } },
        head: { type: 'network/linear', params: { name: 'head' } },
        network: { type: 'network/network', params: { task: 'classification' } },
        objective: { type: 'training/objective' },
        optimizer: { type: 'training/optimizer', params: { method: 'sgd', learningRate: 100, weightDecay: 10 } },
        train: { type: 'training/train', params: { steps: 200, clip: 0 } },
      },
      edges: [
        ['data.dataset', 'input.dataset'],
        ['input.y', 'hidden.x'],
        ['hidden.y', 'head.x'],
        ['head.y', 'network.x'],
        ['network.model', 'train.model'],
        ['data.dataset', 'train.dataset'],
        ['objective.objective', 'train.objective'],
        ['optimizer.optimizer', 'train.optimizer'],
      ],
    });
    const { outcome } = await runDocument(graph, { folder, compute });
    expect(outcome.status).toBe('failed');
    expect(outcome.problem).toMatchObject({ code: 'training/not-finite', at: { node: 'train' } });
    expect(outcome.problem!.message).toMatch(
      /^The loss became \S+ at step \d+: the first number that is not finite comes from \w+ float32\[[\d, ]*\](, near (hidden|head)\.(weight|bias))?\.$/,
    );
  },
);

test.each([
  ['std::bad_alloc', 'backend/memory'],
  ['Failed to allocate memory for requested buffer of size 40000000000', 'backend/memory'],
  ['A valid external Instance reference no longer exists: device was lost', 'backend/device-lost'],
])('%s becomes the problem %s', (message, code) => {
  let found: unknown;
  try {
    deviceProblem(new Error(message), { title: 'ONNX Runtime' });
  } catch (error) {
    found = error;
  }
  expect(found).toBeInstanceOf(ProblemError);
  expect((found as ProblemError).problem.code).toBe(code);
});
