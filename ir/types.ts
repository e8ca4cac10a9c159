import { type Size, type SizeJson, sameSize, showSize, sizeFromJson, sizeToJson, substitute } from './size.ts';

export type DType = 'float32' | 'int32' | 'uint32' | 'bool';

export interface TensorType {
  readonly dtype: DType;
  readonly shape: readonly Size[];
  /** For ids: every value is in [0, below). A program's inputs carry it; operations that keep values keep it. */
  readonly below?: Size;
}

export interface TensorTypeJson {
  readonly dtype: DType;
  readonly shape: readonly SizeJson[];
  readonly below?: SizeJson;
}

export const sameShape = (a: readonly Size[], b: readonly Size[]): boolean =>
  a.length === b.length && a.every((size, i) => sameSize(size, b[i]!));

export const showShape = (shape: readonly Size[]): string => `[${shape.map(showSize).join(', ')}]`;
/** `float32[B, T, 256]` */
export const showTensorType = (type: TensorType): string => `${type.dtype}${showShape(type.shape)}`;

export const tensorTypeToJson = (type: TensorType): TensorTypeJson => ({
  dtype: type.dtype,
  shape: type.shape.map(sizeToJson),
  ...(type.below !== undefined && { below: sizeToJson(type.below) }),
});

export const tensorTypeFromJson = (json: TensorTypeJson): TensorType => ({
  dtype: json.dtype,
  shape: json.shape.map(sizeFromJson),
  ...(json.below !== undefined && { below: sizeFromJson(json.below) }),
});

export function substituteTensorType(type: TensorType, values: (symbol: string) => Size | undefined): TensorType {
  return {
    dtype: type.dtype,
    shape: type.shape.map((size) => substitute(size, values)),
    ...(type.below !== undefined && { below: substitute(type.below, values) }),
  };
}

/** The shape as numbers; throws where a symbol is left, which is a fault of ours: programs that run are static. */
export function staticShape(shape: readonly Size[]): number[] {
  return shape.map((size) => {
    if (typeof size !== 'number') throw new TypeError(`${showShape(shape)} is not static`);
    return size;
  });
}

export const elementCount = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
