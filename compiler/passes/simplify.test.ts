import { expect, test } from 'vitest';
import { Builder } from '../../ir/builder.ts';
import type { Value } from '../../ir/operation.ts';
import { makeProgram, printProgram, verify } from '../../ir/program.ts';
import { simplify } from './simplify.ts';

const matrix = { dtype: 'float32', shape: [2, 3] } as const;
const ids = { dtype: 'int32', shape: [2] } as const;

/** Builds, simplifies, and gives the instructions without inputs and output, one a line. */
function after(build: (ir: Builder, x: Value, y: Value) => Value): string[] {
  const ir = new Builder();
  const out = build(ir, ir.input('x', matrix), ir.input('y', matrix));
  const simple = simplify(makeProgram(ir, { out }));
  verify(simple);
  return printProgram(simple)
    .split('\n')
    .filter((line) => !/ input /.test(line))
    .map((line) => line.replace(/ : .*/, ''));
}

test.each<[string, (ir: Builder, x: Value, y: Value) => Value, string[]]>([
  ['x + 0 = x', (ir, x) => ir.add(x, 0), ['output "out" %0']],
  ['0 − x = −x', (ir, x) => ir.sub(0, x), ['%2 = neg %0', 'output "out" %2']],
  ['x · 1 = x', (ir, x) => ir.mul(x, 1), ['output "out" %0']],
  ['x / 1 = x', (ir, x) => ir.div(x, 1), ['output "out" %0']],
  ['−(−x) = x', (ir, x) => ir.neg(ir.neg(x)), ['output "out" %0']],
  [
    '(x · 2) · 3 = x · 6',
    (ir, x) => ir.mul(ir.mul(x, 2), 3),
    [
      '%2 = constant {value: 6, dtype: float32, shape: []}',
      '%3 = broadcast %2 {shape: [2, 3]}',
      '%4 = mul %0, %3',
      'output "out" %4',
    ],
  ],
  [
    'x / 8 = x · 0.125',
    (ir, x) => ir.div(x, 8),
    [
      '%2 = constant {value: 0.125, dtype: float32, shape: []}',
      '%3 = broadcast %2 {shape: [2, 3]}',
      '%4 = mul %0, %3',
      'output "out" %4',
    ],
  ],
])('%s', (_, build, want) => {
  expect(after(build)).toEqual(want);
});

test('the gradient of a picked log-softmax has no dense one-hot tensor', () => {
  const ir = new Builder();
  const x = ir.input('x', matrix);
  const at = ir.input('ids', ids);
  const weight = ir.input('weight', { dtype: 'float32', shape: [2] });
  const placed = ir.place(ir.zeros([2, 3]), at, weight);
  const total = ir.sum(placed, { axes: [1], keep: true });
  const out = ir.sub(placed, ir.mul(ir.exp(x), total));
  const text = printProgram(simplify(makeProgram(ir, { out })));
  expect(text).not.toContain('constant');
  expect(text).not.toContain('sum');
  expect(text.match(/place/g)).toHaveLength(1);
});
