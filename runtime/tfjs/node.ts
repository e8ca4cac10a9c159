import type { Compute } from '../../nodes/kit/compute.ts';
import { nodeAdapterName, nodeGpu } from '../node/webgpu.ts';
import type { Tracing } from '../trace.ts';

/** WebGPU in Node (Dawn), on a GPU where there is one or on SwiftShader. For tests: undefined where there is neither. */
export async function tfjsNodeCompute(trace?: Tracing): Promise<Compute | undefined> {
  const name = await nodeAdapterName();
  if (!name) return undefined;
  Object.defineProperty(globalThis, 'navigator', {
    value: { gpu: await nodeGpu(), userAgent: 'node' },
    configurable: true,
  });
  const { tfjsCompute } = await import('./backend.ts');
  return tfjsCompute({ title: `TensorFlow.js, WebGPU, ${name}`, reason: 'asked for' }, trace);
}
