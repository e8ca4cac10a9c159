import * as tf from '@tensorflow/tfjs-core';
import type { Attrs, OpName, Value } from '../../ir/operation.ts';
import { type DType, elementCount, staticShape } from '../../ir/types.ts';
import { cosine, randomBits, sine, uniformFromBits } from './kernels.ts';
import { convolution, convolutionInput, convolutionKernel, maxPool, maxPoolInput } from './windows.ts';

type Lowering<K extends OpName> = (args: readonly tf.Tensor[], attrs: Attrs<K>, value: Value) => tf.Tensor;
export type TfjsRow<K extends OpName> = Lowering<K> | { readonly missing: string };

/** tfjs has no unsigned integers: their bits lie in int32. */
export const tfjsTypes: { readonly [T in DType]: 'float32' | 'int32' | 'bool' } = {
  float32: 'float32',
  int32: 'int32',
  uint32: 'int32',
  bool: 'bool',
};

const unary = (f: (x: tf.Tensor) => tf.Tensor) => (args: readonly tf.Tensor[]) => f(args[0]!);
const binary = (f: (x: tf.Tensor, y: tf.Tensor) => tf.Tensor) => (args: readonly tf.Tensor[]) => f(args[0]!, args[1]!);

const shapeOf = (value: Value): number[] => staticShape(value.type.shape);

/** Repeats over a shape. tfjs's broadcastTo is a tile, which has no kernel for bool. */
function repeat(x: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const padded = tf.reshape(x, [...new Array<number>(shape.length - x.rank).fill(1), ...x.shape]);
  const times = shape.map((size, axis) => (padded.shape[axis] === size ? 1 : size));
  if (times.every((n) => n === 1)) return padded;
  return x.dtype === 'bool' ? tf.cast(tf.tile(tf.cast(padded, 'int32'), times), 'bool') : tf.tile(padded, times);
}

/** Ids of one element in each row as ids into the flattened tensor. */
function flatIds(ids: tf.Tensor, width: number): tf.Tensor1D {
  const count = elementCount(ids.shape);
  return tf.add(tf.mul(tf.range(0, count, 1, 'int32'), tf.scalar(width, 'int32')), tf.reshape(ids, [count]));
}

function centred(x: tf.Tensor): tf.Tensor {
  return tf.sub(x, tf.mean(x, -1, true));
}
const inverse = (centre: tf.Tensor, epsilon: number): tf.Tensor =>
  tf.rsqrt(tf.add(tf.mean(tf.square(centre), -1, true), epsilon));

/** The TensorFlow.js column of the operation table: total, a gap carries its reason. */
export const tfjsLowerings: { readonly [K in OpName]: TfjsRow<K> } = {
  constant: (_, { value, dtype }, result) => tf.fill(shapeOf(result), value, tfjsTypes[dtype]),
  iota: (_, { axis }, result) => {
    const shape = shapeOf(result);
    const counts = tf.range(0, shape[axis]!, 1, 'int32');
    return repeat(
      tf.reshape(
        counts,
        shape.map((size, i) => (i === axis ? size : 1)),
      ),
      shape,
    );
  },
  random: ([counter], { key }, result) => randomBits(counter!, key, shapeOf(result)),
  uniform: unary(uniformFromBits),
  neg: unary(tf.neg),
  abs: unary(tf.abs),
  exp: unary(tf.exp),
  log: unary(tf.log),
  sqrt: unary(tf.sqrt),
  sin: unary(sine),
  cos: unary(cosine),
  tanh: unary(tf.tanh),
  erf: unary(tf.erf),
  sigmoid: unary(tf.sigmoid),
  gelu: unary((x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1))),
  not: unary(tf.logicalNot),
  stopGradient: unary(tf.clone),
  add: binary(tf.add),
  sub: binary(tf.sub),
  mul: binary(tf.mul),
  div: binary(tf.div),
  pow: binary(tf.pow),
  maximum: binary(tf.maximum),
  minimum: binary(tf.minimum),
  equal: binary(tf.equal),
  less: binary(tf.less),
  and: binary(tf.logicalAnd),
  or: binary(tf.logicalOr),
  select: ([test, x, y], _, result) => {
    const shape = shapeOf(result);
    return tf.where(repeat(test!, shape), repeat(x!, shape), repeat(y!, shape));
  },
  cast: ([x], { to }) => tf.cast(x!, tfjsTypes[to]),
  sum: ([x], { axes }) => tf.sum(x!, [...axes]),
  max: ([x], { axes }) => tf.max(x!, [...axes]),
  argmax: unary((x) => tf.argMax(x, -1)),
  broadcast: ([x], _, result) => repeat(x!, shapeOf(result)),
  reshape: ([x], _, result) => tf.reshape(x!, shapeOf(result)),
  transpose: ([x], { order }) => tf.transpose(x!, [...order]),
  slice: ([x], { axis, start }, result) => {
    const begin = result.type.shape.map((_, i) => (i === axis ? Number(start) : 0));
    return tf.slice(x!, begin, shapeOf(result));
  },
  concat: (args, { axis }) => tf.concat([...args], axis),
  pad: ([x], { axis, before, after }) =>
    tf.pad(
      x!,
      x!.shape.map((_, i) => (i === axis ? [Number(before), Number(after)] : [0, 0])),
    ),
  matmul: ([x, y], { transposeX, transposeY }) => tf.matMul(x!, y!, transposeX, transposeY),
  gather: ([table, ids]) => tf.gather(table!, ids! as tf.Tensor1D),
  scatterAdd: ([ids, rows], _, result) => {
    const [length, ...rest] = shapeOf(result) as [number, ...number[]];
    const count = elementCount(ids!.shape);
    return tf.unsortedSegmentSum(tf.reshape(rows!, [count, ...rest]), tf.reshape(ids!, [count]) as tf.Tensor1D, length);
  },
  pick: ([x, ids]) => {
    const width = x!.shape.at(-1)!;
    return tf.reshape(tf.gather(tf.reshape(x!, [-1]), flatIds(ids!, width)), ids!.shape);
  },
  place: ([base, ids, x]) => {
    const hot = tf.oneHot(tf.reshape(ids!, [-1]) as tf.Tensor1D, base!.shape.at(-1)!, 1, 0, 'float32');
    return tf.add(base!, tf.reshape(tf.mul(hot, tf.reshape(x!, [-1, 1])), base!.shape));
  },
  softmax: unary((x) => tf.softmax(x)),
  logSoftmax: unary((x) => tf.logSoftmax(x)),
  normalize: ([x], { epsilon }) => {
    const centre = centred(x!);
    return tf.mul(centre, inverse(centre, epsilon));
  },
  inverseDeviation: ([x], { epsilon }) => inverse(centred(x!), epsilon),
  cumulativeSum: ([x], { axis, reverse }) => tf.cumsum(x!, axis, false, reverse),
  convolution: (args, attrs, result) => convolution(args, attrs, shapeOf(result)),
  convolutionInput,
  convolutionKernel,
  maxPool: (args, attrs, result) => maxPool(args, attrs, shapeOf(result)),
  maxPoolInput,
};
