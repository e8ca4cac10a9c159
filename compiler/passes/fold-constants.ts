import type { Builder } from '../../ir/builder.ts';
import type { Attrs, OpName, Value } from '../../ir/operation.ts';
import { type Program, type Rule, rewrite } from '../../ir/program.ts';
import { elementCount, staticShape, type TensorType } from '../../ir/types.ts';
import { constantValue } from './constants.ts';

type Fold = (numbers: readonly number[], value: Value) => number;

const of1 =
  (f: (x: number) => number): Fold =>
  ([x]) =>
    f(x!);
const of2 =
  (f: (x: number, y: number) => number): Fold =>
  ([x, y]) =>
    f(x!, y!);
const inner = ({ type }: Value, axes: readonly number[]): number => {
  const shape = staticShape(type.shape);
  return elementCount(axes.map((axis) => shape[axis]!));
};

/** Operations over constants that give a constant. Those that are missing here are left to the device. */
const folds: { readonly [K in OpName]?: Fold } = {
  neg: of1((x) => -x),
  abs: of1(Math.abs),
  exp: of1(Math.exp),
  log: of1(Math.log),
  sqrt: of1(Math.sqrt),
  sin: of1(Math.sin),
  cos: of1(Math.cos),
  tanh: of1(Math.tanh),
  sigmoid: of1((x) => 1 / (1 + Math.exp(-x))),
  not: of1((x) => (x ? 0 : 1)),
  add: of2((x, y) => x + y),
  sub: of2((x, y) => x - y),
  mul: of2((x, y) => x * y),
  div: of2((x, y) => x / y),
  pow: of2((x, y) => x ** y),
  maximum: of2(Math.max),
  minimum: of2(Math.min),
  equal: of2((x, y) => Number(x === y)),
  less: of2((x, y) => Number(x < y)),
  and: of2((x, y) => Number(x && y)),
  or: of2((x, y) => Number(x || y)),
  select: ([test, x, y]) => (test ? x! : y!),
  cast: ([x], value) => converted(x!, (value.attrs as Attrs<'cast'>).to),
  stopGradient: of1((x) => x),
  slice: of1((x) => x),
  transpose: of1((x) => x),
  max: of1((x) => x),
  sum: ([x], value) => x! * inner(value.args[0]!, (value.attrs as Attrs<'sum'>).axes),
};

const converted = (x: number, to: TensorType['dtype']): number =>
  to === 'float32' ? x : to === 'bool' ? Number(x !== 0) : Math.trunc(x);

/** What is the same number everywhere, whatever runs, is worked out now. */
export const foldConstantsRule: Rule = (ir, value, args) => {
  const numbers = args.map(constantValue);
  const fold = folds[value.op as OpName];
  if (!fold || args.length === 0 || !numbers.every((number) => number !== undefined)) return chosen(ir, value, args);
  const number = fold(numbers, value);
  // int32 arithmetic wraps around; what does not fit is left to the device
  const wraps = value.type.dtype !== 'float32' && !(Number.isInteger(number) && Math.abs(number) < 2 ** 31);
  return wraps ? undefined : ir.constant(number, value.type);
};
export const foldConstants = (program: Program): Program => rewrite(program, foldConstantsRule);

/** A choice whose test is known. */
function chosen(_ir: Builder, value: Value, [test, x, y]: readonly Value[]): Value | undefined {
  const known = value.op === 'select' ? constantValue(test!) : undefined;
  return known === undefined ? undefined : known ? x : y;
}
