import { fail, ProblemError } from '../lib/problem.ts';
import type { DeviceInfo } from '../nodes/kit/compute.ts';

const MEMORY =
  /bad[_ ]alloc|out of memory|out-of-memory|failed to allocate|allocation failed|memory access out of bounds|invalid typed array length/i;
const LOST = /device (was |is )?lost|instance dropped|device is destroyed/i;

/** What a device's own error means for whoever runs: memory that is used up, a GPU that is gone. Others pass as they are. */
export function deviceProblem(error: unknown, { title }: Pick<DeviceInfo, 'title'>): never {
  if (error instanceof ProblemError) throw error;
  const message = error instanceof Error ? error.message : String(error);
  if (MEMORY.test(message))
    return fail('backend/memory', `The memory of ${title} is not enough for this step.`, {
      hint: 'Make the batch or the model smaller.',
    });
  if (LOST.test(message))
    return fail('backend/device-lost', `${title} went away while it computed.`, {
      hint: 'Run again: the training goes on from its last checkpoint. If it happens again, choose WebAssembly or the server.',
    });
  throw error;
}
