import { describe, expect, test, vi } from 'vitest';
import { Builder } from '../ir/builder.ts';
import type { Args, Attrs, OpName } from '../ir/operation.ts';
import { opNames } from '../ir/operations.ts';
import { makeProgram } from '../ir/program.ts';
import { emptyTensor, type Tensor } from '../ir/tensor.ts';
import type { Compute } from '../nodes/kit/compute.ts';
import { onnxNodeCompute } from './onnx/node.ts';
import { onnxWebgpuNodeCompute } from './onnx/node-gpu.ts';
import { onnxWasmNodeCompute } from './onnx/wasm.node.ts';
import { referenceCompute } from './reference/backend.ts';
import { type Sample, samples } from './reference/samples.ts';
import { tfjsNodeCompute } from './tfjs/node.ts';

// a GPU in software compiles a kernel for a second, on a busy machine for ten
vi.setConfig({ testTimeout: 240_000 });
const webgpu = await tfjsNodeCompute();
if (!webgpu) console.warn('No WebGPU adapter here: the operations are not compared on TensorFlow.js.');
const onnxWebgpu = await onnxWebgpuNodeCompute().catch(() => undefined);
if (!onnxWebgpu) console.warn('No WebGPU adapter here: the operations are not compared on ONNX Runtime for WebGPU.');
const wasm = await onnxWasmNodeCompute();
const backends: { name: string; compute: Compute; tolerance: number }[] = [
  { name: 'onnx', compute: onnxNodeCompute({ threads: 1 }), tolerance: 2e-6 },
  { name: 'wasm', compute: wasm, tolerance: 2e-6 },
  ...(webgpu ? [{ name: 'webgpu', compute: webgpu, tolerance: 2e-5 }] : []),
  ...(onnxWebgpu ? [{ name: 'onnx-webgpu', compute: onnxWebgpu, tolerance: 2e-5 }] : []),
];

/** One operation over one sample, as a program of its own. */
function programOf(op: OpName, sample: Sample<OpName>) {
  const ir = new Builder();
  const feeds: Record<string, Tensor> = {};
  const inputs = sample.args.map((x, i) => {
    const tensor = emptyTensor(sample.dtypes?.[i] ?? 'float32', x.shape);
    tensor.data.set(x.data);
    feeds[`x${i}`] = tensor;
    return ir.input(`x${i}`, { dtype: tensor.dtype, shape: x.shape });
  });
  const y = ir.emit(op, inputs as unknown as Args<OpName>, sample.attrs as Attrs<OpName>);
  return { program: makeProgram(ir, { y }), feeds };
}

describe.each(backends)('$name', ({ compute, tolerance }) => {
  test.each(opNames)('%s is what the reference says', async (op) => {
    for (const sample of samples[op] as readonly Sample<OpName>[]) {
      const { program, feeds } = programOf(op, sample);
      const [got, want] = await Promise.all(
        [compute, referenceCompute].map(async (each) => (await (await each.compile(program)).run(feeds)).y!),
      );
      expect(got!.dtype).toBe(want!.dtype);
      expect(got!.shape).toEqual(want!.shape);
      if (want!.dtype !== 'float32') expect([...got!.data]).toEqual([...want!.data]);
      else {
        const worst = Array.from(want!.data).reduce(
          (most, value, i) => Math.max(most, Math.abs(got!.data[i]! - value) / Math.max(1, Math.abs(value))),
          0,
        );
        expect(worst).toBeLessThanOrEqual(tolerance);
      }
    }
  });
});
