import { fail } from '../../lib/problem.ts';
import type { Operation, OpName } from '../operation.ts';
import { multiplySizes, type Size, type SizeSolver } from '../size.ts';
import { type DType, showTensorType, type TensorType } from '../types.ts';

export const elements = (type: TensorType): Size => multiplySizes(1, ...type.shape);

export function needDtype(what: string, type: TensorType, ...allowed: readonly DType[]): void {
  if (!allowed.includes(type.dtype))
    fail('tensor/dtype', `${what} needs ${allowed.join(' or ')}, got ${showTensorType(type)}.`);
}

export function needAxis(what: string, type: TensorType, axis: number): void {
  if (!Number.isInteger(axis) || axis < 0 || axis >= type.shape.length)
    fail(
      'tensor/axis',
      `${what} needs an axis from 0 to ${type.shape.length - 1}, got ${axis} for ${showTensorType(type)}.`,
    );
}

export function needSameShape(what: string, types: readonly TensorType[], sizes: SizeSolver): void {
  const [first, ...rest] = types as [TensorType, ...TensorType[]];
  for (const type of rest)
    if (first.shape.length !== type.shape.length || !first.shape.every((size, i) => sizes.equal(size, type.shape[i]!)))
      fail('tensor/shape', `${what} needs equal shapes, got ${showTensorType(first)} and ${showTensorType(type)}.`);
}

type Row<K extends OpName> = Pick<Operation<K>, 'type' | 'flops' | 'pointwise'>;

/** float32 in, float32 out, elementwise. */
export const floatPointwise = (what: string): Row<'add'> & Row<'neg'> => ({
  pointwise: true,
  type: (types: readonly TensorType[], _: unknown, sizes: SizeSolver) => {
    for (const type of types) needDtype(what, type, 'float32');
    needSameShape(what, types, sizes);
    return { dtype: 'float32', shape: types[0]!.shape };
  },
  flops: elements,
});

/** Any one number type, elementwise: ids can be added and multiplied too. */
export const numberPointwise = (what: string): Row<'add'> & Row<'neg'> => ({
  pointwise: true,
  type: (types: readonly TensorType[], _: unknown, sizes: SizeSolver) => {
    for (const type of types) needDtype(what, type, 'float32', 'int32');
    needSameDtype(what, types);
    needSameShape(what, types, sizes);
    return { dtype: types[0]!.dtype, shape: types[0]!.shape };
  },
  flops: elements,
});

export function needSameDtype(what: string, types: readonly TensorType[]): void {
  const [first, ...rest] = types as [TensorType, ...TensorType[]];
  for (const type of rest)
    if (type.dtype !== first.dtype)
      fail('tensor/dtype', `${what} needs one dtype, got ${showTensorType(first)} and ${showTensorType(type)}.`);
}

export const boolPointwise = (what: string): Row<'and'> & Row<'not'> => ({
  pointwise: true,
  type: (types: readonly TensorType[], _: unknown, sizes: SizeSolver) => {
    for (const type of types) needDtype(what, type, 'bool');
    needSameShape(what, types, sizes);
    return { dtype: 'bool', shape: types[0]!.shape };
  },
  flops: elements,
});

export const comparison = (what: string): Row<'less'> => ({
  pointwise: true,
  type: (types, _, sizes) => {
    needSameDtype(what, types);
    needSameShape(what, types, sizes);
    return { dtype: 'bool', shape: types[0].shape };
  },
  flops: elements,
});

export const free = (): Size => 0;
