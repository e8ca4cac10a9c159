import * as ort from 'onnxruntime-web/webgpu';
import type { Compute } from '../../nodes/kit/compute.ts';
import { onnxGpuCompute } from '../../runtime/onnx/gpu.ts';

/** ONNX Runtime Web on WebGPU, its state on the device: the alternative to our own kernels that is measured. */
export async function ortWebgpuCompute(): Promise<Compute> {
  ort.env.wasm.wasmPaths = '/ort-webgpu/';
  ort.env.wasm.numThreads = 1;
  return onnxGpuCompute(ort, {
    backend: 'onnx-webgpu',
    title: 'ONNX Runtime Web, WebGPU',
    reason: 'measured',
    threads: 1,
  });
}
