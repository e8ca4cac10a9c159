import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { fail } from '../../lib/problem.ts';
import type { Compute, DeviceInfo } from '../../nodes/kit/compute.ts';
import { nodeAdapterName } from '../node/webgpu.ts';
import { onnxCompute } from './backend.ts';
import { onnxGpuCompute } from './gpu.ts';

/** ONNX Runtime's own WebGPU provider: any GPU with Vulkan, Metal or Direct3D 12. */
export async function onnxWebgpuNodeCompute(reason = 'asked for'): Promise<Compute> {
  const name = await nodeAdapterName();
  if (!name)
    return fail('backend/no-webgpu', 'This machine gives no WebGPU adapter.', {
      hint: 'Choose onnx, which computes on the CPU, or install a driver for Vulkan.',
    });
  const device: DeviceInfo = { backend: 'onnx-webgpu', title: `ONNX Runtime, WebGPU, ${name}`, reason, threads: 1 };
  return onnxGpuCompute(ort, device);
}

const CUDA_LIBRARY = { linux: 'libonnxruntime_providers_cuda.so', win32: 'onnxruntime_providers_cuda.dll' } as const;

/** Whether ONNX Runtime's CUDA provider was installed: its package downloads it only where that is asked for. */
export function hasCuda(): boolean {
  const library = CUDA_LIBRARY[process.platform as keyof typeof CUDA_LIBRARY];
  if (!library) return false;
  const root = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  return existsSync(join(root, 'bin', 'napi-v6', process.platform, process.arch, library));
}

/**
 * ONNX Runtime's CUDA provider. JavaScript holds no tensors of it, so training steps run in a Loop, many in one call; it
 * has kernels for MatMul, Gemm and FusedMatMul in bfloat16, which need an Ampere GPU or a later one. Never run by us: no
 * machine of ours has a GPU of NVIDIA's.
 */
export function onnxCudaNodeCompute(reason = 'asked for'): Compute {
  if (!hasCuda())
    return fail('backend/no-cuda', 'The CUDA provider of ONNX Runtime is not installed here.', {
      hint: 'docs/runbook.md says how to install it. Or choose onnx, which computes on the CPU.',
    });
  return onnxCompute(
    ort,
    { backend: 'cuda', title: 'ONNX Runtime, CUDA', reason, threads: 1 },
    { executionProviders: ['cuda', 'cpu'] },
    { loops: true, bfloat16: 'bfloat16' },
  );
}
