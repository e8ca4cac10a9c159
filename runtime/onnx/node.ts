import { availableParallelism } from 'node:os';
import * as ort from 'onnxruntime-node';
import type { Compute } from '../../nodes/kit/compute.ts';
import { onnxCompute } from './backend.ts';

/** ONNX Runtime's CPU build. `run` holds its thread: call it from a compute child, never from a process that serves. */
export function onnxNodeCompute({
  threads = availableParallelism(),
  reason = 'the default on a server',
  profile,
}: {
  threads?: number;
  reason?: string /** What the names of profiles begin with. */;
  profile?: string;
} = {}): Compute {
  const title = `ONNX Runtime, CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  return onnxCompute(
    ort,
    { backend: 'onnx', title, reason, threads },
    // the pattern of the first run's memory would be laid out again beside that memory: a third more, and no faster
    {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      enableMemPattern: false,
      ...(profile !== undefined && { enableProfiling: true, profileFilePrefix: profile }),
    },
    { writesInPlace: true },
  );
}
