import type { Attrs, OpName } from '../../ir/operation.ts';
import type { DType } from '../../ir/types.ts';
import { type Arr, arr, filled } from './array.ts';

export interface Sample<K extends OpName> {
  readonly args: readonly Arr[];
  /** float32 where nothing is said. */
  readonly dtypes?: readonly DType[];
  readonly attrs: Attrs<K>;
}

/** Irregular numbers in [low, high], without two equal ones: away from every kink. */
const spread = (shape: readonly number[], low: number, high: number, salt = 1): Arr =>
  filled(shape, (i) => low + (high - low) * ((((i + salt) * 0.618033988749895) % 1) * 0.98 + 0.01));

const any = (shape: readonly number[], salt = 1) => spread(shape, -2, 2, salt);
const positive = (shape: readonly number[], salt = 1) => spread(shape, 0.2, 2.5, salt);
const truth = (shape: readonly number[]) => filled(shape, (i) => ((i * 7 + 3) % 3) % 2);

const unary = (x = any([2, 3, 4])) => [{ args: [x], attrs: {} }];
const binary = (x = any([2, 3]), y = any([2, 3], 5)) => [{ args: [x, y], attrs: {} }];
const bools = { args: [truth([2, 5]), filled([2, 5], (i) => i % 2)], dtypes: ['bool', 'bool'] as const, attrs: {} };

const still = {
  stride: [1, 1],
  dilation: [1, 1],
  padding: [
    [0, 0],
    [0, 0],
  ],
} as const;
const even = (n: number) =>
  [
    [n, n],
    [n, n],
  ] as const;
const convolutions = [
  { x: [2, 2, 5, 4], kernel: [3, 2, 3, 2], result: [2, 3, 3, 3], attrs: { ...still, groups: 1 } },
  { x: [1, 1, 6, 6], kernel: [2, 1, 3, 3], result: [1, 2, 6, 6], attrs: { ...still, padding: even(1), groups: 1 } },
  {
    x: [2, 2, 6, 7],
    kernel: [4, 1, 3, 3],
    result: [2, 4, 3, 4],
    attrs: { ...still, stride: [2, 2], padding: even(1), groups: 2 },
  },
  { x: [1, 2, 7, 7], kernel: [1, 2, 2, 2], result: [1, 1, 5, 5], attrs: { ...still, dilation: [2, 2], groups: 1 } },
  {
    x: [1, 1, 5, 6],
    kernel: [2, 1, 2, 3],
    result: [1, 2, 3, 3],
    attrs: {
      stride: [2, 2],
      dilation: [1, 1],
      padding: [
        [1, 0],
        [0, 1],
      ],
      groups: 1,
    },
  },
  { x: [1, 2, 3, 3], kernel: [2, 2, 1, 2], result: [1, 2, 7, 6], attrs: { ...still, padding: even(2), groups: 1 } },
] as const;
const pools = [
  { x: [2, 2, 4, 6], result: [2, 2, 2, 3], attrs: { ...still, stride: [2, 2], size: [2, 2] } },
  { x: [1, 2, 5, 7], result: [1, 2, 2, 2], attrs: { ...still, stride: [2, 3], size: [2, 3] } },
  { x: [1, 2, 5, 5], result: [1, 2, 3, 3], attrs: { ...still, size: [3, 3] } },
  { x: [1, 1, 5, 5], result: [1, 1, 3, 3], attrs: { ...still, stride: [2, 2], padding: even(1), size: [3, 3] } },
] as const;

/** Sample operands for every operation: type rule, gradient and each backend are tested on them. */
export const samples: { readonly [K in OpName]: readonly Sample<K>[] } = {
  constant: [
    { args: [], attrs: { value: 2.5, dtype: 'float32', shape: [2, 3] } },
    { args: [], attrs: { value: 7, dtype: 'int32', shape: [] } },
    { args: [], attrs: { value: 1, dtype: 'bool', shape: [3] } },
  ],
  iota: [
    { args: [], attrs: { shape: [2, 3, 4], axis: 1 } },
    { args: [], attrs: { shape: [5], axis: 0 } },
  ],
  random: [
    { args: [arr([2], [7, 0])], dtypes: ['uint32'], attrs: { key: [0x12345678, 0x9abcdef0], shape: [3, 7] } },
    { args: [arr([2], [0xffffffff, 3])], dtypes: ['uint32'], attrs: { key: [0, 0xffffffff], shape: [64] } },
  ],
  uniform: [{ args: [arr([2, 3], [0, 255, 256, 0x7fffffff, 0x80000000, 0xffffffff])], dtypes: ['uint32'], attrs: {} }],
  neg: unary(),
  abs: unary(),
  exp: unary(),
  log: unary(positive([2, 3])),
  sqrt: unary(positive([2, 3])),
  sin: [...unary(), ...unary(spread([40], -2000, 2000))],
  cos: [...unary(), ...unary(spread([40], -2000, 2000))],
  tanh: unary(),
  erf: unary(spread([25], -3.5, 3.5)),
  sigmoid: unary(spread([25], -9, 9)),
  gelu: unary(spread([25], -4, 4)),
  stopGradient: unary(),
  not: [{ args: [truth([2, 3])], dtypes: ['bool'], attrs: {} }],
  add: binary(),
  sub: binary(),
  mul: binary(),
  div: binary(any([2, 3]), positive([2, 3])),
  pow: binary(positive([2, 3]), any([2, 3])),
  maximum: binary(),
  minimum: binary(),
  equal: [
    { args: [arr([4], [1, 2, 3, 4]), arr([4], [1, 0, 3, 5])], dtypes: ['int32', 'int32'], attrs: {} },
    { args: [arr([3], [1, 2.5, 3]), arr([3], [1, 2.25, 3])], attrs: {} },
  ],
  less: [
    { args: [any([2, 3]), any([2, 3], 5)], attrs: {} },
    { args: [arr([4], [1, 2, 3, 4]), arr([4], [1, 3, 2, 5])], dtypes: ['int32', 'int32'], attrs: {} },
  ],
  and: [bools],
  or: [bools],
  select: [
    { args: [truth([2, 3]), any([2, 3]), any([2, 3], 5)], dtypes: ['bool', 'float32', 'float32'], attrs: {} },
    {
      args: [truth([4]), arr([4], [1, 2, 3, 4]), arr([4], [5, 6, 7, 8])],
      dtypes: ['bool', 'int32', 'int32'],
      attrs: {},
    },
  ],
  cast: [
    { args: [any([2, 3])], attrs: { to: 'float32' } },
    { args: [arr([4], [0, 1, 2, 3])], dtypes: ['int32'], attrs: { to: 'float32' } },
    { args: [arr([4], [-1.7, -0.2, 0.9, 2.5])], attrs: { to: 'int32' } },
    { args: [truth([4])], dtypes: ['bool'], attrs: { to: 'float32' } },
    { args: [arr([4], [0, 1, 5, 0])], dtypes: ['int32'], attrs: { to: 'bool' } },
  ],
  sum: [
    { args: [any([2, 3, 4])], attrs: { axes: [1] } },
    { args: [any([2, 3, 4])], attrs: { axes: [0, 2] } },
    { args: [any([2, 3])], attrs: { axes: [0, 1] } },
    { args: [arr([2, 2], [1, 2, 3, 4])], dtypes: ['int32'], attrs: { axes: [0] } },
  ],
  max: [
    { args: [any([2, 3, 4])], attrs: { axes: [2] } },
    { args: [any([2, 3, 4])], attrs: { axes: [0, 1] } },
  ],
  argmax: unary(any([3, 4, 5])),
  broadcast: [
    { args: [any([3])], attrs: { shape: [2, 3] } },
    { args: [any([2, 1, 3])], attrs: { shape: [2, 4, 3] } },
    { args: [any([1, 3])], attrs: { shape: [4, 2, 3] } },
    { args: [any([])], attrs: { shape: [2, 2] } },
  ],
  reshape: [{ args: [any([2, 6])], attrs: { shape: [3, 2, 2] } }],
  transpose: [
    { args: [any([2, 3, 4])], attrs: { order: [2, 0, 1] } },
    { args: [any([2, 3, 2, 2])], attrs: { order: [0, 2, 1, 3] } },
  ],
  slice: [
    { args: [any([2, 5, 3])], attrs: { axis: 1, start: 1, length: 3 } },
    { args: [any([4])], attrs: { axis: 0, start: 3, length: 1 } },
  ],
  concat: [
    { args: [any([2, 1, 3]), any([2, 4, 3], 9)], attrs: { axis: 1 } },
    { args: [any([2]), any([3], 4), any([1], 8)], attrs: { axis: 0 } },
  ],
  pad: [
    { args: [any([2, 3, 2])], attrs: { axis: 1, before: 1, after: 2 } },
    { args: [any([3])], attrs: { axis: 0, before: 0, after: 1 } },
  ],
  matmul: [
    { args: [any([3, 4]), any([4, 5], 7)], attrs: { transposeX: false, transposeY: false } },
    { args: [any([4, 3]), any([4, 5], 7)], attrs: { transposeX: true, transposeY: false } },
    { args: [any([3, 4]), any([5, 4], 7)], attrs: { transposeX: false, transposeY: true } },
    { args: [any([4, 3]), any([5, 4], 7)], attrs: { transposeX: true, transposeY: true } },
    // wide: ONNX turns the first around beforehand
    { args: [any([3, 2]), any([3, 257], 7)], attrs: { transposeX: true, transposeY: false } },
    { args: [any([3, 2]), any([257, 3], 7)], attrs: { transposeX: true, transposeY: true } },
    { args: [any([2, 2, 3, 4]), any([2, 2, 4, 2], 7)], attrs: { transposeX: false, transposeY: false } },
    { args: [any([2, 4, 3]), any([2, 4, 2], 7)], attrs: { transposeX: true, transposeY: false } },
    { args: [any([2, 3, 4]), any([2, 5, 4], 7)], attrs: { transposeX: false, transposeY: true } },
    { args: [any([2, 4, 3]), any([2, 5, 4], 7)], attrs: { transposeX: true, transposeY: true } },
  ],
  gather: [
    { args: [any([5, 3]), arr([2, 2], [4, 0, 1, 4])], dtypes: ['float32', 'int32'], attrs: {} },
    { args: [any([4]), arr([3], [3, 3, 0])], dtypes: ['float32', 'int32'], attrs: {} },
  ],
  scatterAdd: [
    { args: [arr([2, 2], [4, 0, 1, 4]), any([2, 2, 3])], dtypes: ['int32', 'float32'], attrs: { length: 5 } },
    { args: [arr([3], [3, 3, 0]), any([3])], dtypes: ['int32', 'float32'], attrs: { length: 4 } },
  ],
  pick: [
    { args: [any([2, 3, 4]), arr([2, 3], [0, 3, 1, 2, 2, 0])], dtypes: ['float32', 'int32'], attrs: {} },
    { args: [any([4]), arr([], [2])], dtypes: ['float32', 'int32'], attrs: {} },
  ],
  place: [
    {
      args: [any([2, 3, 4]), arr([2, 3], [0, 3, 1, 2, 2, 0]), any([2, 3], 5)],
      dtypes: ['float32', 'int32', 'float32'],
      attrs: {},
    },
  ],
  softmax: unary(any([3, 5])),
  logSoftmax: unary(any([2, 3, 5])),
  normalize: [
    { args: [any([3, 6])], attrs: { epsilon: 1e-5 } },
    { args: [any([2, 2, 5])], attrs: { epsilon: 0.1 } },
  ],
  inverseDeviation: [{ args: [any([3, 6])], attrs: { epsilon: 1e-5 } }],
  cumulativeSum: [
    { args: [any([2, 5])], attrs: { axis: 1, reverse: false } },
    { args: [any([3, 2, 2])], attrs: { axis: 0, reverse: true } },
  ],
  convolution: convolutions.map(({ x, kernel, attrs }) => ({ args: [any(x), any(kernel, 9)], attrs })),
  convolutionInput: convolutions.map(({ x, kernel, result, attrs }) => ({
    args: [any(result), any(kernel, 9)],
    attrs: { ...attrs, size: [x[2]!, x[3]!] },
  })),
  convolutionKernel: convolutions.map(({ x, kernel, result, attrs }) => ({
    args: [any(x), any(result, 9)],
    attrs: { ...attrs, size: [kernel[2]!, kernel[3]!] },
  })),
  maxPool: pools.map(({ x, attrs }) => ({ args: [any(x)], attrs })),
  // the second time among numbers of which many are equal
  maxPoolInput: pools.flatMap(({ x, result, attrs }) =>
    [any(x), filled(x, (i) => (i * i) % 3)].map((of) => ({ args: [any(result, 3), of] as const, attrs })),
  ),
};
