import { fail } from '../../lib/problem.ts';
import type { Compute } from '../../nodes/kit/compute.ts';
import type { Tracing } from '../trace.ts';
import { WasmProfiles } from './wasm-profiles.ts';

export type PageBackend = 'auto' | 'webgpu' | 'wasm';

/** A GPU that is a program: right, and many times slower than WebAssembly. */
const inSoftware = ({ info }: GPUAdapter): boolean =>
  info.isFallbackAdapter ||
  /swiftshader|llvmpipe|lavapipe|basic render/i.test(`${info.description} ${info.architecture}`);

const nameOf = ({ info: { description, vendor, architecture } }: GPUAdapter): string =>
  description || [vendor, architecture].filter(Boolean).join(' ') || 'GPU';

async function webgpu(adapter: GPUAdapter, reason: string, trace: Tracing | undefined): Promise<Compute> {
  const { tfjsCompute } = await import('../tfjs/backend.ts');
  return tfjsCompute({ title: `WebGPU, ${nameOf(adapter)}`, reason }, trace);
}

/** The page's device: WebGPU where the browser gives a GPU, else WebAssembly. It says which and why. */
export async function pageCompute(asked: PageBackend, trace?: Tracing): Promise<Compute> {
  const wasm = (reason: string) => webAssembly(reason, trace);
  if (asked === 'wasm') return wasm('asked for');
  const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
  if (asked === 'webgpu') {
    if (adapter) return webgpu(adapter, 'asked for', trace);
    return fail('backend/no-webgpu', 'This browser gives no WebGPU adapter.', {
      hint: 'Choose WebAssembly, or run on the server.',
    });
  }
  if (!navigator.gpu) return wasm('this browser has no WebGPU');
  if (!adapter) return wasm('WebGPU has no adapter here');
  if (inSoftware(adapter)) return wasm(`WebGPU has no GPU here, only ${nameOf(adapter)}`);
  try {
    return await webgpu(adapter, 'this browser gives a GPU', trace);
  } catch (error) {
    return wasm(`WebGPU did not start: ${error instanceof Error ? error.message : error}`);
  }
}

/** Threads need shared memory, which a page has only where it is cross-origin isolated. */
async function webAssembly(reason: string, begin: Tracing | undefined): Promise<Compute> {
  const profiles = begin && new WasmProfiles();
  const [ort, { onnxCompute }] = await Promise.all([import('onnxruntime-web/wasm'), import('../onnx/backend.ts')]);
  const threads = crossOriginIsolated ? Math.min(8, navigator.hardwareConcurrency || 1) : 1;
  ort.env.wasm.wasmPaths = '/ort/';
  ort.env.wasm.numThreads = threads;
  return onnxCompute(
    ort,
    {
      backend: 'wasm',
      title: `WebAssembly, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
      reason,
      threads,
    },
    { executionProviders: ['wasm'] },
    { loops: true, trace: begin && profiles && { begin, end: (session) => profiles.end(session) } },
  );
}
