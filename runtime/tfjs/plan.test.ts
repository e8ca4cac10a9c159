import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { optimise } from '../../compiler/optimise.ts';
import { gradients } from '../../ir/autodiff.ts';
import { Builder } from '../../ir/builder.ts';
import type { Value } from '../../ir/operation.ts';
import { makeProgram } from '../../ir/program.ts';
import { float32 } from '../../ir/tensor.ts';
import { arr } from '../reference/array.ts';
import { evaluate } from '../reference/evaluate.ts';
import { tfjsNodeCompute } from './node.ts';
import { planOf } from './plan.ts';

const MEGABYTES_128 = 128 * 2 ** 20;

test('the rows of softmax, normalisation and cross-entropy are one kernel each way', () => {
  const count = (build: (ir: Builder, x: Value) => Value) => {
    const ir = new Builder();
    const y = build(ir, ir.input('x', { dtype: 'float32', shape: [32, 64] }));
    return planOf(makeProgram(ir, { y }), {}, MEGABYTES_128).dispatches.length;
  };
  expect(count((ir, x) => ir.softmax(ir.mul(x, 0.5)))).toBe(1);
  expect(count((ir, x) => ir.tanh(ir.add(ir.normalize(x, { epsilon: 1e-5 }), 1)))).toBe(1);
  expect(count((ir, x) => ir.neg(ir.pick(ir.logSoftmax(x), ir.input('ids', { dtype: 'int32', shape: [32] }))))).toBe(1);
  // a transposed product with a bias and what follows
  expect(count((ir, x) => ir.gelu(ir.add(ir.matmul(x, ir.transpose(x, { order: [1, 0] })), 1)))).toBe(1);
});

test('values take the place of those that nothing needs any more, in as few buffers as fit', () => {
  const ir = new Builder();
  let x = ir.input('x', { dtype: 'float32', shape: [64, 64] });
  for (let i = 0; i < 10; i++) x = ir.matmul(x, x);
  const program = makeProgram(ir, { x });
  const words = (mostBytes: number) => [...planOf(program, {}, mostBytes).words.values()];
  expect(words(MEGABYTES_128)).toEqual([2 * 64 * 64]);
  expect(words(4 * 64 * 64)).toEqual([64 * 64, 64 * 64]);
  expect(() => words(4 * 64)).toThrow();
});

// a GPU in software compiles a kernel for a second, on a busy machine for ten
vi.setConfig({ testTimeout: 240_000 });
const webgpu = await tfjsNodeCompute();
describe.skipIf(!webgpu)('the program interface of tfjs', () => {
  test('is that of the pinned version', () => {
    const { dependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const installed = (name: string) =>
      (
        JSON.parse(readFileSync(new URL(`../../node_modules/${name}/package.json`, import.meta.url), 'utf8')) as {
          version: string;
        }
      ).version;
    for (const name of ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-webgpu'])
      expect([name, dependencies[name], installed(name)]).toEqual([name, '4.22.0', '4.22.0']);
  });

  test('keeps state between runs, gives what it was before, and starts from zeros', async () => {
    const ir = new Builder();
    const [total, x] = ['total', 'x'].map((name) => ir.input(name, { dtype: 'float32', shape: [3] }));
    const program = makeProgram(ir, { next: ir.add(total!, x!), twice: ir.mul(total!, 2) });
    const running = await webgpu!.compile(program, { carry: { total: 'next' } });
    const step = (values: number[]) => running.run({ x: float32([3], values) });
    expect([...(await step([1, 2, 3])).twice!.data]).toEqual([0, 0, 0]);
    expect([...(await step([1, 1, 1])).twice!.data]).toEqual([2, 4, 6]);
    expect([...(await running.read(['total'])).total!.data]).toEqual([2, 3, 4]);
    expect([...(await running.before!(['total']))!.total!.data]).toEqual([1, 2, 3]);
    await running.write({ total: float32([3], [5, 5, 5]) });
    expect([...(await step([0, 0, 0])).twice!.data]).toEqual([10, 10, 10]);
    await running.dispose();
  });

  test('attention is two kernels, its gradient four, and both are right', async () => {
    const ir = new Builder();
    const [q, k, v, ct] = ['q', 'k', 'v', 'ct'].map((name) =>
      ir.input(name, { dtype: 'float32', shape: [2, 3, 24, 8] }),
    );
    const later = ir.less(ir.iota({ shape: [24, 24], axis: 0 }), ir.iota({ shape: [24, 24], axis: 1 }));
    const scores = ir.add(ir.matmul(ir.mul(q!, 0.3), k!, { transposeY: true }), ir.select(later, -1e9, 0));
    const y = ir.matmul(ir.softmax(scores), v!);
    const forward = makeProgram(ir, { y });
    expect(planOf(forward, {}, MEGABYTES_128).dispatches).toHaveLength(2);
    const [dq, dk, dv] = gradients(ir, ir.sum(ir.mul(y, ct!)), [q!, k!, v!]);
    const program = makeProgram(ir, { y, dq: dq!, dk: dk!, dv: dv! });
    expect(planOf(optimise(program), {}, MEGABYTES_128).dispatches).toHaveLength(6);
    const data = (phase: number) => Array.from({ length: 2 * 3 * 24 * 8 }, (_, i) => Math.sin(phase + 1.3 * i));
    const running = await webgpu!.compile(optimise(program));
    const names = ['q', 'k', 'v', 'ct'];
    const got = await running.run(Object.fromEntries(names.map((name, i) => [name, float32([2, 3, 24, 8], data(i))])));
    const want = evaluate(program, Object.fromEntries(names.map((name, i) => [name, arr([2, 3, 24, 8], data(i))])));
    for (const [name, { data: numbers }] of Object.entries(want))
      for (const [i, value] of numbers.entries()) expect(got[name]!.data[i]).toBeCloseTo(value, 4);
    await running.dispose();
  });

  test('a vector whose parts lie side by side is what concatenation gives', async () => {
    const ir = new Builder();
    const x = ir.input('x', { dtype: 'float32', shape: [6, 5] });
    const parts = [
      ir.matmul(x, x, { transposeX: true }),
      ir.exp(x),
      ir.sum(x, { axes: [0] }),
      ir.zeros([7]),
      ir.sum(x, { axes: [1] }),
    ];
    const flat = parts.map((part) =>
      ir.reshape(part, { shape: [part.type.shape.reduce<number>((a, b) => a * Number(b), 1)] }),
    );
    const all = ir.concat([...flat, flat[2]!], { axis: 0 });
    const program = makeProgram(ir, { all, doubled: ir.mul(all, 2) });
    const data = Array.from({ length: 30 }, (_, i) => Math.sin(i));
    const running = await webgpu!.compile(program);
    const got = await running.run({ x: float32([6, 5], data) });
    const want = evaluate(program, { x: arr([6, 5], data) });
    for (const name of ['all', 'doubled'])
      for (const [i, value] of want[name]!.data.entries()) expect(got[name]!.data[i]).toBeCloseTo(value, 5);
    await running.dispose();
  });
});
