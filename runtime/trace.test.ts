import { expect, test } from 'vitest';
import type { RunEvent } from '../graph/events.ts';
import { Builder } from '../ir/builder.ts';
import { makeProgram } from '../ir/program.ts';
import { float32 } from '../ir/tensor.ts';
import { nodeAdapterName } from './node/webgpu.ts';
import { operationsOf, Timeline, type TraceEvent } from './trace.ts';

const step = 'step';
const running = (node: string, at: number): RunEvent => ({
  run: 'r',
  seq: 1,
  at,
  node,
  kind: 'running',
  data: { step },
});
const done = (node: string, at: number): RunEvent => {
  const data = { step, cached: false, key: 'key', ms: 20, outputs: {} };
  return { run: 'r', seq: 2, at, node, kind: 'done', data };
};

test('steps and what a device did for them stand on one time line', () => {
  const timeline = new Timeline();
  timeline.see(running('a/train', 100));
  const program = timeline.begin();
  expect(program.name).toBe('a-train-1');
  expect(timeline.begin().name).toBe('a-train-2');
  // as ONNX Runtime writes it: microseconds since its session began
  const kernel = {
    cat: 'Node',
    ph: 'X',
    pid: 9,
    tid: 9,
    args: { op_name: 'Gemm', output_type_shape: [{ float: [2] }] },
  };
  const profile = [
    { ...kernel, name: 'y_kernel_time', ts: 2_000, dur: 500 },
    { ...kernel, name: 'y_fence_after', ts: 2_500, dur: 1 },
    { ...kernel, cat: 'Session', name: 'model_run', ts: 1_000, dur: 9_000 },
  ];
  program.add(operationsOf(JSON.stringify(profile), 101));
  timeline.see(done('a/train', 120));
  expect(timeline.times()[0]).toEqual({ name: 'a-train-1', times: [{ operation: 'Gemm', count: 1, ms: 0.5 }] });
  const { traceEvents } = JSON.parse(timeline.json()) as { traceEvents: TraceEvent[] };
  expect(traceEvents.filter(({ ph }) => ph === 'X')).toEqual([
    { name: 'a/train', cat: 'step', ph: 'X', ts: 100_000, dur: 20_000, pid: 1, tid: 0 },
    {
      name: 'Gemm',
      cat: 'node',
      ph: 'X',
      ts: 103_000,
      dur: 500,
      pid: 2,
      tid: 0,
      args: { result: 'y', shapes: [{ float: [2] }] },
    },
  ]);
});

test.runIf(await nodeAdapterName())(
  'on WebGPU each dispatch is measured, and gives what it gives unmeasured',
  async () => {
    const { tfjsNodeCompute } = await import('./tfjs/node.ts');
    const timeline = new Timeline();
    const compute = (await tfjsNodeCompute(() => timeline.begin().add))!;
    const ir = new Builder();
    const x = ir.input('x', { dtype: 'float32', shape: [2, 2] });
    const running = await compute.compile(makeProgram(ir, { y: ir.exp(ir.matmul(x, x)), s: ir.sum(x) }));
    for (let i = 0; i < 2; i++) {
      const { y, s } = await running.run({ x: float32([2, 2], [0, 1, 1, 0]) });
      expect([...y!.data].map((each) => Math.round(each * 1000))).toEqual([2718, 1000, 1000, 2718]);
      expect(s!.data[0]).toBe(2);
    }
    await running.dispose();
    const [{ name, times } = { name: '', times: [] }] = timeline.times();
    expect(name).toBe('program-1');
    expect(times.map(({ operation, count }) => [operation, count]).sort()).toEqual([
      ['matmul, exp', 2],
      ['sum', 2],
    ]);
  },
);
