import type { Ir } from './builder.ts';
import type { Size, SizeSolver } from './size.ts';
import type { DType, TensorType } from './types.ts';

/** A tensor inside a program: what one instruction gives. Values are made by a Builder only. */
export interface Value {
  readonly kind: 'value';
  /** Position in its program; operands have smaller numbers. */
  readonly id: number;
  readonly op: OpName | 'input';
  readonly args: readonly Value[];
  readonly attrs: unknown;
  readonly type: TensorType;
  /** Inputs only. */
  readonly name?: string;
}

// biome-ignore lint/complexity/noBannedTypes: an operation without attributes has the empty object
type None = {};
type Unary = { args: readonly [x: Value]; attrs: None };
type Binary = { args: readonly [x: Value, y: Value]; attrs: None };
type Along = { args: readonly [x: Value]; attrs: { readonly axes: readonly number[] } };

/** The header of the operation table: every operation's operands and attributes. A line here makes tsc ask for the rest. */
export interface OpSpecs {
  constant: {
    args: readonly [];
    attrs: { readonly value: number; readonly dtype: DType; readonly shape: readonly Size[] };
  };
  iota: { args: readonly []; attrs: { readonly shape: readonly Size[]; readonly axis: number } };
  random: {
    args: readonly [counter: Value];
    attrs: { readonly key: readonly [number, number]; readonly shape: readonly Size[] };
  };
  uniform: Unary;
  neg: Unary;
  abs: Unary;
  exp: Unary;
  log: Unary;
  sqrt: Unary;
  sin: Unary;
  cos: Unary;
  tanh: Unary;
  erf: Unary;
  sigmoid: Unary;
  gelu: Unary;
  not: Unary;
  stopGradient: Unary;
  add: Binary;
  sub: Binary;
  mul: Binary;
  div: Binary;
  pow: Binary;
  maximum: Binary;
  minimum: Binary;
  equal: Binary;
  less: Binary;
  and: Binary;
  or: Binary;
  select: { args: readonly [test: Value, x: Value, y: Value]; attrs: None };
  cast: { args: readonly [x: Value]; attrs: { readonly to: DType } };
  sum: Along;
  max: Along;
  argmax: Unary;
  broadcast: { args: readonly [x: Value]; attrs: { readonly shape: readonly Size[] } };
  reshape: { args: readonly [x: Value]; attrs: { readonly shape: readonly Size[] } };
  transpose: { args: readonly [x: Value]; attrs: { readonly order: readonly number[] } };
  slice: {
    args: readonly [x: Value];
    attrs: { readonly axis: number; readonly start: Size; readonly length: Size };
  };
  concat: { args: readonly Value[]; attrs: { readonly axis: number } };
  pad: {
    args: readonly [x: Value];
    attrs: { readonly axis: number; readonly before: Size; readonly after: Size };
  };
  matmul: {
    args: readonly [x: Value, y: Value];
    attrs: { readonly transposeX: boolean; readonly transposeY: boolean };
  };
  gather: { args: readonly [table: Value, ids: Value]; attrs: None };
  scatterAdd: { args: readonly [ids: Value, rows: Value]; attrs: { readonly length: Size } };
  pick: { args: readonly [x: Value, ids: Value]; attrs: None };
  place: { args: readonly [base: Value, ids: Value, x: Value]; attrs: None };
  softmax: Unary;
  logSoftmax: Unary;
  normalize: { args: readonly [x: Value]; attrs: { readonly epsilon: number } };
  inverseDeviation: { args: readonly [x: Value]; attrs: { readonly epsilon: number } };
  cumulativeSum: { args: readonly [x: Value]; attrs: { readonly axis: number; readonly reverse: boolean } };
  convolution: { args: readonly [x: Value, kernel: Value]; attrs: Window & { readonly groups: number } };
  convolutionInput: {
    args: readonly [ct: Value, kernel: Value];
    attrs: Window & { readonly groups: number; readonly size: readonly [Size, Size] };
  };
  convolutionKernel: {
    args: readonly [x: Value, ct: Value];
    attrs: Window & { readonly groups: number; readonly size: readonly [Size, Size] };
  };
  maxPool: { args: readonly [x: Value]; attrs: Window & { readonly size: readonly [number, number] } };
  maxPoolInput: {
    args: readonly [ct: Value, x: Value];
    attrs: Window & { readonly size: readonly [number, number] };
  };
}

/** How a window moves over a picture, for [height, width] each; padding is [before, after] of each. */
export interface Window {
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly padding: readonly [readonly [number, number], readonly [number, number]];
}

export type OpName = keyof OpSpecs;
export type Args<K extends OpName> = OpSpecs[K]['args'];
export type Attrs<K extends OpName> = OpSpecs[K]['attrs'];
export type Each<T, To> = { readonly [I in keyof T]: To };

/** The cotangent of every operand (null: none reaches it), or the reason why there is none. No third state. */
export type Vjp<K extends OpName> =
  | ((ir: Ir, cotangent: Value, args: Args<K>, result: Value, attrs: Attrs<K>) => readonly (Value | null)[])
  | { readonly none: string };

/** One row of the table: meaning, type rule, gradient, cost, properties. Backends keep tables of their own. */
export interface Operation<K extends OpName> {
  readonly doc: string;
  /** Throws a ProblemError where the operands do not fit. May solve blanks through `sizes`. */
  readonly type: (args: Each<Args<K>, TensorType>, attrs: Attrs<K>, sizes: SizeSolver) => TensorType;
  readonly vjp: Vjp<K>;
  /** Floating-point operations, as a size over the types. Moving data counts nothing. */
  readonly flops: (result: TensorType, args: readonly TensorType[], attrs: Attrs<K>) => Size;
  /** Element i of the result needs only elements i of the operands, all of one shape. */
  readonly pointwise?: true;
  readonly commutative?: true;
  /** Only rearranges or repeats what is there. */
  readonly moves?: true;
}
