import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test, vi } from 'vitest';
import { Builder } from '../../ir/builder.ts';
import { makeProgram } from '../../ir/program.ts';
import { float32 } from '../../ir/tensor.ts';
import { ProblemError } from '../../lib/problem.ts';
import type { Compute } from '../../nodes/kit/compute.ts';
import { documentOf, runDocument, temporaryFolder } from '../testing/graphs.ts';
import { tfjsNodeCompute } from './node.ts';

// a GPU in software compiles a kernel for a second, on a busy machine for ten
vi.setConfig({ testTimeout: 240_000 });
const webgpu = await tfjsNodeCompute();
if (!webgpu) console.warn('No WebGPU adapter here: the loss of a device is not tried.');
const folder = temporaryFolder();
const destroy = (): void => (tf.backend() as WebGPUBackend).device.destroy();

function doubling() {
  const ir = new Builder();
  const x = ir.input('x', { dtype: 'float32', shape: [2] });
  return makeProgram(ir, { y: ir.mul(x, 2) });
}
async function problemOf(work: () => Promise<unknown>) {
  const error = await work().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ProblemError);
  return (error as ProblemError).problem;
}

describe.skipIf(!webgpu)('a GPU that goes away', () => {
  test('is one problem, in the run that it breaks and in those after it; a new device computes again', async () => {
    const running = await webgpu!.compile(doubling());
    const feeds = { x: float32([2], [1, 2]) };
    expect([...(await running.run(feeds)).y!.data]).toEqual([2, 4]);
    const broken = running.run(feeds);
    destroy();
    expect(await problemOf(() => broken)).toMatchObject({ code: 'backend/device-lost' });
    expect(await problemOf(() => running.run(feeds))).toMatchObject({ code: 'backend/device-lost' });
    expect(await problemOf(async () => (await webgpu!.compile(doubling())).run(feeds))).toMatchObject({
      code: 'backend/device-lost',
    });
    const next = await (await tfjsNodeCompute())!.compile(doubling());
    expect([...(await next.run(feeds)).y!.data]).toEqual([2, 4]);
  });

  test('ends a training as one problem on its node', async () => {
    const compute = (await tfjsNodeCompute())!;
    let runs = 0;
    const failing: Compute = {
      device: compute.device,
      async compile(program, options) {
        const running = await compute.compile(program, options);
        return {
          write: (state) => running.write(state),
          read: (names) => running.read(names),
          dispose: () => running.dispose(),
          run(feeds) {
            const result = running.run(feeds);
            if (++runs === 3) destroy();
            return result;
          },
        };
      },
    };
    const graph = documentOf({
      nodes: {
        data: { type: 'data/dataset', params: { dataset: 'iris' } },
        input: { type: 'network/input', params: { column: 'petal length' } },
        head: { type: 'network/linear', params: { name: 'head' } },
        network: { type: 'network/network', params: { task: 'classification' } },
        objective: { type: 'training/objective' },
        optimizer: { type: 'training/optimizer' },
        train: { type: 'training/train', params: { steps: 20 } },
      },
      edges: [
        ['data.dataset', 'input.dataset'],
        ['input.y', 'head.x'],
        ['head.y', 'network.x'],
        ['network.model', 'train.model'],
        ['data.dataset', 'train.dataset'],
        ['objective.objective', 'train.objective'],
        ['optimizer.optimizer', 'train.optimizer'],
      ],
    });
    const { outcome } = await runDocument(graph, { folder, compute: failing });
    expect(outcome).toMatchObject({
      status: 'failed',
      problem: { code: 'backend/device-lost', at: { node: 'train' } },
    });
  });

  test('a step that needs more than a buffer holds is a problem of memory', async () => {
    const compute = (await tfjsNodeCompute())!;
    const ir = new Builder();
    const x = ir.input('x', { dtype: 'float32', shape: [1] });
    const size = 2 ** 31;
    const program = makeProgram(ir, { y: ir.exp(ir.broadcast(x, { shape: [size] })) });
    expect(await problemOf(() => compute.compile(program))).toMatchObject({ code: 'backend/memory' });
  });
});
