import { Builder } from '../../ir/builder.ts';
import { makeProgram } from '../../ir/program.ts';
import { float32 } from '../../ir/tensor.ts';
import { fail } from '../../lib/problem.ts';
import type { Compute } from '../../nodes/kit/compute.ts';

/** The device for a name: `auto` takes what is fastest here. Backends are loaded when they are asked for. */
export async function nodeCompute(name: string, threads?: number): Promise<Compute> {
  switch (name) {
    case 'auto':
      return automatic(threads);
    case 'onnx':
      return onCpu('asked for', threads);
    case 'webgpu':
      return (await import('../onnx/node-gpu.ts')).onnxWebgpuNodeCompute();
    case 'cuda':
      return (await import('../onnx/node-gpu.ts')).onnxCudaNodeCompute();
    case 'reference':
      return (await import('../reference/backend.ts')).referenceCompute;
    default:
      return fail('backend/unknown', `There is no backend ${name} on this machine.`, {
        hint: 'Choose auto, onnx, webgpu, cuda or reference.',
      });
  }
}

async function onCpu(reason: string, threads?: number): Promise<Compute> {
  const { onnxNodeCompute } = await import('../onnx/node.ts');
  return onnxNodeCompute({ reason, ...(threads && { threads }) });
}

/** CUDA where it is installed and starts, else the CPU. WebGPU is not taken by itself: nobody has measured it on a GPU. */
async function automatic(threads?: number): Promise<Compute> {
  const { hasCuda, onnxCudaNodeCompute } = await import('../onnx/node-gpu.ts');
  if (!hasCuda()) return onCpu('CUDA is not installed here, so the CPU was taken', threads);
  const cuda = onnxCudaNodeCompute('CUDA is installed here');
  try {
    await tryOut(cuda);
    return cuda;
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return onCpu(`CUDA is installed here but does not start (${why}), so the CPU was taken`, threads);
  }
}

/** A provider that is installed may still lack its driver or a GPU. */
async function tryOut(compute: Compute): Promise<void> {
  const ir = new Builder();
  const program = makeProgram(ir, { y: ir.mul(ir.input('x', { dtype: 'float32', shape: [1] }), 2) });
  const running = await compute.compile(program);
  await running.run({ x: float32([1], [1]) });
  await running.dispose();
}
