import { fail } from '../../lib/problem.ts';
import type { Operation, OpName, Value } from '../operation.ts';
import { multiplySizes, type Size } from '../size.ts';
import { showTensorType, type TensorType } from '../types.ts';
import { elements, free, needAxis, needDtype } from './rules.ts';

type Rows<K extends OpName> = { readonly [P in K]: Operation<P> };

const last = (type: TensorType): Size => type.shape.at(-1)!;
const lastAxis = (type: TensorType): number => type.shape.length - 1;

function needRows(what: string, type: TensorType): void {
  needDtype(what, type, 'float32');
  if (type.shape.length === 0) fail('tensor/rank', `${what} needs at least one axis, got ${showTensorType(type)}.`);
}

/** float32, works along the last axis, keeps the shape. */
const alongLast =
  (what: string) =>
  ([x]: readonly TensorType[]) => {
    needRows(what, x!);
    return { dtype: 'float32' as const, shape: x!.shape };
  };

function without(type: TensorType, axes: readonly number[]): Size[] {
  return type.shape.filter((_, i) => !axes.includes(i));
}

/** Operations that mix elements: reductions, products, look-ups, the softmax family, normalisation. */
export const combine: Rows<
  | 'sum'
  | 'max'
  | 'argmax'
  | 'matmul'
  | 'gather'
  | 'scatterAdd'
  | 'pick'
  | 'place'
  | 'softmax'
  | 'logSoftmax'
  | 'normalize'
  | 'inverseDeviation'
> = {
  sum: {
    doc: 'Σ over axes, which are dropped',
    flops: (_, [x]) => elements(x!),
    type: ([x], { axes }) => {
      needDtype('A sum', x, 'float32', 'int32');
      for (const axis of axes) needAxis('A sum', x, axis);
      return { dtype: x.dtype, shape: without(x, axes) };
    },
    vjp: (ir, ct, [x], _, { axes }) => [ir.broadcast(keepAxes(ir, ct, x.type, axes), { shape: x.type.shape })],
  },
  max: {
    doc: 'the largest over axes, which are dropped; equal ones share the gradient',
    flops: (_, [x]) => elements(x!),
    type: ([x], { axes }) => {
      needDtype('A maximum', x, 'float32');
      for (const axis of axes) needAxis('A maximum', x, axis);
      return { dtype: x.dtype, shape: without(x, axes) };
    },
    vjp: (ir, ct, [x], result, { axes }) => {
      const spread = (value: typeof ct) => ir.broadcast(keepAxes(ir, value, x.type, axes), { shape: x.type.shape });
      const winners = ir.cast(ir.equal(x, spread(result)), { to: 'float32' });
      return [ir.mul(winners, spread(ir.div(ct, ir.sum(winners, { axes }))))];
    },
  },
  argmax: {
    doc: 'the index of the largest along the last axis, which is dropped; the first of equal ones',
    flops: (_, [x]) => elements(x!),
    type: ([x]) => {
      needRows('Argmax', x);
      return { dtype: 'int32', shape: x.shape.slice(0, -1), below: last(x) };
    },
    vjp: { none: 'an index does not change smoothly' },
  },
  matmul: {
    doc: 'matrix product over the last two axes, each operand transposed there on demand; leading axes are equal',
    flops: (result, [x], { transposeX }) => multiplySizes(2, elements(result), x!.shape.at(transposeX ? -2 : -1)!),
    type: ([x, y], { transposeX, transposeY }, sizes) => {
      needDtype('A matrix product', x, 'float32');
      needDtype('A matrix product', y, 'float32');
      const rank = x.shape.length;
      const inner = x.shape.at(transposeX ? -2 : -1);
      const fits =
        rank >= 2 &&
        y.shape.length === rank &&
        x.shape.slice(0, -2).every((size, i) => sizes.equal(size, y.shape[i]!)) &&
        sizes.equal(inner!, y.shape.at(transposeY ? -1 : -2)!);
      if (!fits)
        fail(
          'tensor/matmul',
          `A matrix product needs equal inner sizes, got ${showTensorType(x)}${transposeX ? 'ᵀ' : ''} and ${showTensorType(y)}${transposeY ? 'ᵀ' : ''}.`,
        );
      return {
        dtype: 'float32',
        shape: [...x.shape.slice(0, -2), x.shape.at(transposeX ? -1 : -2)!, y.shape.at(transposeY ? -2 : -1)!],
      };
    },
    // Z = XY: dX = dZ Yᵀ, dY = Xᵀ dZ; the four cases of transposition follow by transposing both sides.
    vjp: (ir, ct, [x, y], _, { transposeX, transposeY }) => [
      transposeX
        ? ir.matmul(y, ct, { transposeX: transposeY, transposeY: true })
        : ir.matmul(ct, y, { transposeX: false, transposeY: !transposeY }),
      transposeY
        ? ir.matmul(ct, x, { transposeX: true, transposeY: transposeX })
        : ir.matmul(x, ct, { transposeX: !transposeX, transposeY: false }),
    ],
  },
  gather: {
    doc: 'rows of a table by int32 ids',
    flops: free,
    type: ([table, ids]) => {
      needDtype('Looking up rows', ids, 'int32');
      if (table.shape.length < 1)
        fail('tensor/rank', `Looking up rows needs a table with at least one axis, got ${showTensorType(table)}.`);
      return { dtype: table.dtype, shape: [...ids.shape, ...table.shape.slice(1)] };
    },
    vjp: (ir, ct, [table, ids]) => [ir.scatterAdd(ids, ct, { length: table.type.shape[0]! }), null],
  },
  scatterAdd: {
    doc: 'a table of zeros to which each row is added at its id',
    flops: (_, [, rows]) => elements(rows!),
    type: ([ids, rows], { length }, sizes) => {
      needDtype('Adding rows by id', ids, 'int32');
      needDtype('Adding rows by id', rows, 'float32');
      const rank = ids.shape.length;
      if (rows.shape.length < rank || !ids.shape.every((size, i) => sizes.equal(size, rows.shape[i]!)))
        fail(
          'tensor/scatter',
          `Adding rows by id needs a row for each id, got ${showTensorType(ids)} and ${showTensorType(rows)}.`,
        );
      return { dtype: 'float32', shape: [length, ...rows.shape.slice(rank)] };
    },
    vjp: (ir, ct, [ids]) => [null, ir.gather(ct, ids)],
  },
  pick: {
    doc: 'one element of each row (last axis), by int32 id',
    flops: free,
    type: ([x, ids], _, sizes) => {
      needRows('Picking by id', x);
      needIds('Picking by id', x, ids, sizes);
      return { dtype: 'float32', shape: ids.shape };
    },
    vjp: (ir, ct, [x, ids]) => [ir.place(ir.zeros(x.type.shape), ids, ct), null],
  },
  place: {
    doc: 'base with x added to one element of each row (last axis), by int32 id',
    flops: (_, [, , x]) => elements(x!),
    type: ([base, ids, x], _, sizes) => {
      needRows('Placing by id', base);
      needIds('Placing by id', base, ids, sizes);
      needIds('Placing by id', base, { ...x, dtype: 'int32' }, sizes);
      return { dtype: 'float32', shape: base.shape };
    },
    vjp: (ir, ct, [, ids]) => [ct, null, ir.pick(ct, ids)],
  },
  softmax: {
    doc: 'eˣ / Σ eˣ along the last axis',
    flops: (result) => multiplySizes(5, elements(result)),
    type: alongLast('Softmax'),
    vjp: (ir, ct, [x], y) => {
      const axes = [lastAxis(x.type)];
      return [ir.mul(y, ir.sub(ct, ir.sum(ir.mul(ct, y), { axes, keep: true })))];
    },
  },
  logSoftmax: {
    doc: 'x − ln Σ eˣ along the last axis',
    flops: (result) => multiplySizes(5, elements(result)),
    type: alongLast('Log-softmax'),
    vjp: (ir, ct, [x], y) => {
      const total = ir.sum(ct, { axes: [lastAxis(x.type)], keep: true });
      return [ir.sub(ct, ir.mul(ir.exp(y), total))];
    },
  },
  normalize: {
    doc: '(x − mean) / √(variance + ε) along the last axis, with the biased variance',
    flops: (result) => multiplySizes(6, elements(result)),
    type: alongLast('Normalisation'),
    // Ba, Kiros and Hinton (2016): dx = (ct − mean(ct) − y·mean(ct·y)) / √(variance + ε)
    vjp: (ir, ct, [x], y, { epsilon }) => {
      const axes = [lastAxis(x.type)];
      const centred = ir.sub(ct, ir.mean(ct, { axes, keep: true }));
      const along = ir.mul(y, ir.mean(ir.mul(ct, y), { axes, keep: true }));
      const scale = ir.inverseDeviation(x, { epsilon });
      return [ir.mul(ir.sub(centred, along), scale)];
    },
  },
  inverseDeviation: {
    doc: '1 / √(variance + ε) along the last axis, which becomes 1',
    flops: (_, [x]) => multiplySizes(4, elements(x!)),
    type: ([x]) => {
      needRows('Normalisation', x);
      return { dtype: 'float32', shape: [...x.shape.slice(0, -1), 1] };
    },
    // d(1/σ)/dx = −(x − mean)/(n σ³) = −y/(n σ²), y the normalised x
    vjp: (ir, ct, [x], result, { epsilon }) => {
      const n = ir.constantSize(last(x.type));
      const scale = ir.div(ir.mul(ct, ir.mul(result, result)), n);
      return [ir.neg(ir.mul(ir.normalize(x, { epsilon }), scale))];
    },
  },
};

function needIds(what: string, x: TensorType, ids: TensorType, sizes: { equal(a: Size, b: Size): boolean }): void {
  needDtype(what, ids, 'int32');
  if (ids.shape.length !== x.shape.length - 1 || !ids.shape.every((size, i) => sizes.equal(size, x.shape[i]!)))
    fail('tensor/ids', `${what} needs one id for each row, got ${showTensorType(x)} and ${showTensorType(ids)}.`);
}

/** A reduced value with its lost axes back as 1. */
function keepAxes(
  ir: { reshape(x: Value, attrs: { shape: readonly Size[] }): Value },
  value: Value,
  type: TensorType,
  axes: readonly number[],
): Value {
  return ir.reshape(value, { shape: type.shape.map((size, i) => (axes.includes(i) ? 1 : size)) });
}
