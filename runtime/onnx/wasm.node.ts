import * as ort from 'onnxruntime-web/wasm';
import type { Compute } from '../../nodes/kit/compute.ts';
import { onnxCompute } from './backend.ts';

/** The browser's wasm build under Node: the same binary that the page runs, for tests and benchmarks. */
export async function onnxWasmNodeCompute(threads = 1): Promise<Compute> {
  ort.env.wasm.numThreads = threads;
  return onnxCompute(
    ort,
    { backend: 'wasm', title: `ONNX Runtime Web, WebAssembly, ${threads} threads`, reason: 'asked for', threads },
    { executionProviders: ['wasm'] },
    { loops: true },
  );
}
