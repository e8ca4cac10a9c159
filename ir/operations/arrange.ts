import { fail } from '../../lib/problem.ts';
import type { Operation, OpName } from '../operation.ts';
import { addSizes, multiplySizes, type Size, sameSize, showSize, subtractSizes } from '../size.ts';
import { showShape, showTensorType } from '../types.ts';
import { elements, free, needAxis, needSameDtype } from './rules.ts';

type Rows<K extends OpName> = { readonly [P in K]: Operation<P> };

/** Operations that only move elements. */
export const arrange: Rows<'broadcast' | 'reshape' | 'transpose' | 'slice' | 'concat' | 'pad'> = {
  broadcast: {
    doc: 'repeats x along new leading axes and along axes of size 1 until it has this shape',
    moves: true,
    flops: free,
    type: ([x], { shape }, sizes) => {
      const extra = shape.length - x.shape.length;
      const fits = extra >= 0 && x.shape.every((size, i) => size === 1 || sizes.equal(size, shape[extra + i]!));
      if (!fits) fail('tensor/broadcast', `Broadcasting can't turn ${showTensorType(x)} into ${showShape(shape)}.`);
      return { ...x, shape };
    },
    vjp: (ir, ct, [x]) => {
      const shape = ct.type.shape;
      const extra = shape.length - x.type.shape.length;
      const axes = shape.flatMap((size, i) =>
        i < extra || (sameSize(x.type.shape[i - extra]!, 1) && !sameSize(size, 1)) ? [i] : [],
      );
      return [ir.reshape(ir.sum(ct, { axes }), { shape: x.type.shape })];
    },
  },
  reshape: {
    doc: 'the same elements in row-major order under another shape',
    moves: true,
    flops: free,
    type: ([x], { shape }, sizes) => {
      if (!sizes.equal(multiplySizes(1, ...x.shape), multiplySizes(1, ...shape)))
        fail('tensor/reshape', `${showTensorType(x)} has not as many elements as ${showShape(shape)}.`);
      return { ...x, shape };
    },
    vjp: (ir, ct, [x]) => [ir.reshape(ct, { shape: x.type.shape })],
  },
  transpose: {
    doc: 'axis i of the result is axis order[i] of x',
    moves: true,
    flops: free,
    type: ([x], { order }) => {
      const sorted = [...order].sort((a, b) => a - b);
      if (sorted.length !== x.shape.length || sorted.some((axis, i) => axis !== i))
        fail('tensor/axis', `Transposing ${showTensorType(x)} needs each axis once, got [${order.join(', ')}].`);
      return { ...x, shape: order.map((axis) => x.shape[axis]!) };
    },
    vjp: (ir, ct, _args, _result, { order }) => [ir.transpose(ct, { order: order.map((_, i) => order.indexOf(i)) })],
  },
  slice: {
    doc: '`length` entries of one axis, from `start`',
    moves: true,
    flops: free,
    type: ([x], { axis, start, length }) => {
      needAxis('Slicing', x, axis);
      const end = addSizes(start, length);
      const size = x.shape[axis]!;
      const bad = typeof start === 'number' && start < 0;
      const past = typeof end === 'number' && typeof size === 'number' && end > size;
      if (bad || past || (typeof length === 'number' && length < 1))
        fail(
          'tensor/slice',
          `A slice of ${showSize(length)} from ${showSize(start)} does not lie in axis ${axis} of ${showTensorType(x)}.`,
        );
      return { ...x, shape: x.shape.map((each, i) => (i === axis ? length : each)) };
    },
    vjp: (ir, ct, [x], _, { axis, start, length }) => [
      ir.pad(ct, { axis, before: start, after: subtractSizes(x.type.shape[axis]!, addSizes(start, length)) }),
    ],
  },
  concat: {
    doc: 'the operands one after the other along an axis',
    moves: true,
    flops: free,
    type: (types, { axis }, sizes) => {
      const [first, ...rest] = types;
      if (!first) return fail('tensor/concat', 'Concatenation needs at least one tensor, got none.');
      needAxis('Concatenation', first, axis);
      needSameDtype('Concatenation', types);
      for (const type of rest)
        if (
          type.shape.length !== first.shape.length ||
          !type.shape.every((size, i) => i === axis || sizes.equal(size, first.shape[i]!))
        )
          fail(
            'tensor/concat',
            `Concatenation needs equal sizes but for axis ${axis}, got ${showTensorType(first)} and ${showTensorType(type)}.`,
          );
      const total = addSizes(...types.map((type) => type.shape[axis]!));
      return { dtype: first.dtype, shape: first.shape.map((size, i) => (i === axis ? total : size)) };
    },
    vjp: (ir, ct, args, _, { axis }) => {
      let start: Size = 0;
      return args.map((x) => {
        const length = x.type.shape[axis]!;
        const part = ir.slice(ct, { axis, start, length });
        start = addSizes(start, length);
        return part;
      });
    },
  },
  pad: {
    doc: 'zeros before and after along one axis',
    moves: true,
    flops: free,
    type: ([x], { axis, before, after }) => {
      needAxis('Padding', x, axis);
      if ([before, after].some((size) => typeof size === 'number' && size < 0))
        fail('tensor/pad', `Padding needs sizes of 0 or more, got ${showSize(before)} and ${showSize(after)}.`);
      return { dtype: x.dtype, shape: x.shape.map((size, i) => (i === axis ? addSizes(before, size, after) : size)) };
    },
    vjp: (ir, ct, [x], _, { axis, before }) => [ir.slice(ct, { axis, start: before, length: x.type.shape[axis]! })],
  },
};

export const leaves: Rows<'constant' | 'iota' | 'random' | 'uniform' | 'stopGradient'> = {
  stopGradient: {
    doc: 'x, taken as given: no gradient goes through',
    moves: true,
    flops: free,
    type: ([x]) => x,
    vjp: () => [null],
  },
  constant: {
    doc: 'one number, repeated over a shape',
    flops: free,
    type: (_, { dtype, shape }) => ({ dtype, shape }),
    vjp: () => [],
  },
  iota: {
    doc: 'the index along an axis, as int32',
    flops: free,
    type: (_, { shape, axis }) => {
      needAxis('Counting', { dtype: 'int32', shape }, axis);
      return { dtype: 'int32', shape, below: shape[axis]! };
    },
    vjp: () => [],
  },
  random: {
    doc: 'uint32 bits: word e is element e mod 4 of Philox4x32-10(key, [⌊e/4⌋, 0, counter₀, counter₁])',
    flops: (type) => multiplySizes(40, elements(type)),
    type: ([counter], { shape }) => {
      if (counter.dtype !== 'uint32' || counter.shape.length !== 1 || counter.shape[0] !== 2)
        fail('tensor/counter', `Random bits need a counter uint32[2], got ${showTensorType(counter)}.`);
      return { dtype: 'uint32', shape };
    },
    vjp: { none: 'random bits depend on nothing differentiable' },
  },
  uniform: {
    doc: 'bits → float32 in [0, 1): the upper 24 bits times 2⁻²⁴',
    pointwise: true,
    flops: elements,
    type: ([bits]) => {
      if (bits.dtype !== 'uint32')
        fail('tensor/dtype', `Uniform numbers need uint32 bits, got ${showTensorType(bits)}.`);
      return { dtype: 'float32', shape: bits.shape };
    },
    vjp: { none: 'random bits depend on nothing differentiable' },
  },
};
