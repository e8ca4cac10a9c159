import { fail } from '../../lib/problem.ts';
import type { Compute } from '../../nodes/kit/compute.ts';

/** The device for a name: `auto` takes what is fastest here. Backends are loaded when they are asked for. */
export async function nodeCompute(name: string, threads?: number): Promise<Compute> {
  const asked = name === 'auto' ? {} : { reason: 'asked for' };
  switch (name) {
    case 'auto':
    case 'onnx': {
      const { onnxNodeCompute } = await import('../onnx/node.ts');
      return onnxNodeCompute({ ...asked, ...(threads && { threads }) });
    }
    case 'reference':
      return (await import('../reference/backend.ts')).referenceCompute;
    default:
      return fail('backend/unknown', `There is no backend ${name} on this machine.`, {
        hint: 'Choose auto, onnx or reference.',
      });
  }
}
