import { type DType, elementCount } from './types.ts';

/** A tensor on the host. Truth values are bytes 0 and 1. */
export interface Tensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: TensorData;
}
export type TensorData = Float32Array | Int32Array | Uint32Array | Uint8Array;

const arrays = { float32: Float32Array, int32: Int32Array, uint32: Uint32Array, bool: Uint8Array } as const;

export const emptyTensor = (dtype: DType, shape: readonly number[]): Tensor => ({
  dtype,
  shape,
  data: new arrays[dtype](elementCount(shape)),
});

export function tensorOf(dtype: DType, shape: readonly number[], values: ArrayLike<number>): Tensor {
  if (values.length !== elementCount(shape))
    throw new RangeError(`${values.length} elements do not fill [${shape.join(', ')}]`);
  return { dtype, shape, data: arrays[dtype].from(values) };
}

export const float32 = (shape: readonly number[], values: ArrayLike<number>): Tensor =>
  tensorOf('float32', shape, values);
export const int32 = (shape: readonly number[], values: ArrayLike<number>): Tensor => tensorOf('int32', shape, values);
export const scalar = (value: number): Tensor => tensorOf('float32', [], [value]);
export const sizeInBytes = (tensor: Tensor): number => tensor.data.byteLength;

/** Writes numbers [… , 1] into [… , width] at one place of the last axis. */
export function putColumn(
  into: { [index: number]: number },
  column: ArrayLike<number>,
  at: number,
  width: number,
): void {
  for (let i = 0; i < column.length; i++) into[i * width + at] = column[i]!;
}
