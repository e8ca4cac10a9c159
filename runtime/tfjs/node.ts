import type { Compute } from '../../nodes/kit/compute.ts';
import { nodeAdapterName, nodeGpu } from '../node/webgpu.ts';

/** WebGPU in Node (Dawn), on a GPU where there is one or on SwiftShader. For tests: undefined where there is neither. */
export async function tfjsNodeCompute(): Promise<Compute | undefined> {
  const name = await nodeAdapterName();
  if (!name) return undefined;
  Object.defineProperty(globalThis, 'navigator', {
    value: { gpu: await nodeGpu(), userAgent: 'node' },
    configurable: true,
  });
  const { tfjsCompute } = await import('./backend.ts');
  return tfjsCompute({ title: `TensorFlow.js, WebGPU, ${name}`, reason: 'asked for' });
}
