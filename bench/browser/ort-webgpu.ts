import * as ort from 'onnxruntime-web/webgpu';
import type { Compute } from '../../nodes/kit/compute.ts';
import { type Ort, onnxCompute } from '../../runtime/onnx/backend.ts';

/** ONNX Runtime Web on WebGPU: the alternative to our own kernels that is measured. */
export async function ortWebgpuCompute(): Promise<Compute> {
  ort.env.wasm.wasmPaths = '/ort-webgpu/';
  ort.env.wasm.numThreads = 1;
  return onnxCompute(
    ort as unknown as Ort,
    { backend: 'webgpu', title: 'ONNX Runtime Web, WebGPU', reason: 'measured', threads: 1 },
    { executionProviders: ['webgpu'] },
    { target: 'webgpu' },
  );
}
