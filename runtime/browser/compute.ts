import { fail } from '../../lib/problem.ts';
import type { Compute } from '../../nodes/kit/compute.ts';
import type { Ort } from '../onnx/backend.ts';

export type PageBackend = 'auto' | 'webgpu' | 'wasm';

/** The page's device: WebGPU where the browser gives an adapter, else WebAssembly. It says which and why. */
export async function pageCompute(asked: PageBackend): Promise<Compute> {
  if (asked === 'wasm') return wasm('asked for');
  const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
  if (adapter) {
    const { tfjsCompute } = await import('../tfjs/backend.ts');
    const { description, vendor, architecture } = adapter.info;
    const name = description || [vendor, architecture].filter(Boolean).join(' ') || 'GPU';
    return tfjsCompute({
      title: `WebGPU, ${name}`,
      reason: asked === 'webgpu' ? 'asked for' : 'this browser gives a WebGPU adapter',
    });
  }
  if (asked === 'webgpu')
    return fail('backend/no-webgpu', 'This browser gives no WebGPU adapter.', {
      hint: 'Choose WebAssembly, or run on the server.',
    });
  return wasm(navigator.gpu ? 'WebGPU has no adapter here' : 'this browser has no WebGPU');
}

async function wasm(reason: string): Promise<Compute> {
  const [ort, { onnxCompute }] = await Promise.all([import('onnxruntime-web/wasm'), import('../onnx/backend.ts')]);
  const threads = crossOriginIsolated ? Math.min(8, navigator.hardwareConcurrency || 1) : 1;
  ort.env.wasm.wasmPaths = '/ort/';
  ort.env.wasm.numThreads = threads;
  return onnxCompute(
    ort as unknown as Ort,
    {
      backend: 'wasm',
      title: `WebAssembly, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
      reason,
      threads,
    },
    { executionProviders: ['wasm'] },
  );
}
