import type { Compute } from '../../nodes/kit/compute.ts';

/** WebGPU in Node (Dawn), on a GPU where there is one or on SwiftShader. For tests: undefined where there is neither. */
export async function tfjsNodeCompute(): Promise<Compute | undefined> {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const gpu = create([]);
  const adapter = await gpu.requestAdapter();
  if (!adapter) return undefined;
  Object.defineProperty(globalThis, 'navigator', { value: { gpu, userAgent: 'node' }, configurable: true });
  const { tfjsCompute } = await import('./backend.ts');
  const { description, vendor } = adapter.info;
  return tfjsCompute({ title: `TensorFlow.js, WebGPU, ${description || vendor}`, reason: 'asked for' });
}
