import { expect, test } from 'vitest';
import { Builder } from '../../ir/builder.ts';
import type { Value } from '../../ir/operation.ts';
import { makeProgram, type Program, printProgram, verify } from '../../ir/program.ts';
import { arr, filled } from '../../runtime/reference/array.ts';
import { evaluate } from '../../runtime/reference/evaluate.ts';
import { joinProducts } from './join-products.ts';

/** Σ XₜᵀYₜ over `count` steps. */
function sum(count: number, shared = false): Program {
  const ir = new Builder();
  const products: Value[] = [];
  for (let t = 0; t < count; t++) {
    const x = ir.input(`x${t}`, { dtype: 'float32', shape: [2, 3] });
    const y = ir.input(`y${t}`, { dtype: 'float32', shape: [2, 4] });
    products.push(ir.matmul(x, y, { transposeX: true }));
  }
  const out = products.reduce((a, b) => ir.add(a, b));
  return makeProgram(ir, shared ? { out, first: products[0]! } : { out });
}

test('the products of four steps become one', () => {
  const joined = joinProducts(sum(4));
  verify(joined);
  expect(printProgram(joined).split('\n').slice(8)).toEqual([
    '%8 = concat %0, %2, %4, %6 {axis: 0} : float32[8, 3]',
    '%9 = concat %1, %3, %5, %7 {axis: 0} : float32[8, 4]',
    '%10 = matmul %8, %9 {transposeX: true, transposeY: false} : float32[3, 4]',
    'output "out" %10',
  ]);
});

test('the sum is the same number for number', () => {
  const program = sum(5);
  const feeds = Object.fromEntries(
    program.inputs.map(({ name, type }, k) => {
      const shape = type.shape as number[];
      return [name!, arr(shape, filled(shape, (i) => Math.sin(i + 3 * k)).data)];
    }),
  );
  const [got, want] = [evaluate(joinProducts(program), feeds).out!, evaluate(program, feeds).out!];
  got.data.forEach((value, i) => {
    expect(value).toBeCloseTo(want.data[i]!, 12);
  });
});

test('few products, and products that something else uses, stay', () => {
  const [few, shared] = [sum(3), sum(4, true)];
  expect(printProgram(joinProducts(few))).toBe(printProgram(few));
  expect(printProgram(joinProducts(shared))).toBe(printProgram(shared));
});
