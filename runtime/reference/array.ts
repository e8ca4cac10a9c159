import { elementCount } from '../../ir/types.ts';

/** Every number is a float64 here, ids and truth values too: the oracle is exact rather than fast. */
export interface Arr {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export const arr = (shape: readonly number[], data: ArrayLike<number>): Arr => {
  if (data.length !== elementCount(shape)) throw new RangeError(`${data.length} elements for [${shape.join(', ')}]`);
  return { shape, data: Float64Array.from(data) };
};

export const filled = (shape: readonly number[], at: (i: number) => number): Arr => {
  const data = new Float64Array(elementCount(shape));
  for (let i = 0; i < data.length; i++) data[i] = at(i);
  return { shape, data };
};

export const map1 = (x: Arr, f: (a: number) => number): Arr => ({ shape: x.shape, data: x.data.map(f) });
export const map2 = (x: Arr, y: Arr, f: (a: number, b: number) => number): Arr => ({
  shape: x.shape,
  data: x.data.map((a, i) => f(a, y.data[i]!)),
});

/** Row-major strides. */
export function strides(shape: readonly number[]): number[] {
  const out = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    out[axis] = step;
    step *= shape[axis]!;
  }
  return out;
}

/** A result whose element at (i₀, i₁, …) is x's element at offset + Σ iₐ·steps[a]. */
export function strided(x: Arr, shape: readonly number[], steps: readonly number[], offset = 0): Arr {
  const out = new Float64Array(elementCount(shape));
  const index = new Array<number>(shape.length).fill(0);
  let from = offset;
  for (let i = 0; i < out.length; i++) {
    out[i] = x.data[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      from += steps[axis]!;
      if (index[axis]! < shape[axis]!) break;
      from -= steps[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return { shape, data: out };
}

/** Folds the elements of each group of equal kept indices. */
export function reduce(x: Arr, axes: readonly number[], start: number, f: (total: number, a: number) => number): Arr {
  const kept = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const moved = strided(
    x,
    [...kept, ...axes].map((axis) => x.shape[axis]!),
    [...kept, ...axes].map((axis) => strides(x.shape)[axis]!),
  );
  const shape = kept.map((axis) => x.shape[axis]!);
  const group = elementCount(axes.map((axis) => x.shape[axis]!));
  return filled(shape, (i) => {
    let total = start;
    for (let j = 0; j < group; j++) total = f(total, moved.data[i * group + j]!);
    return total;
  });
}

/** Applies f to each row along the last axis. */
export function rows(x: Arr, f: (row: Float64Array, out: Float64Array) => void): Arr {
  const width = x.shape.at(-1)!;
  const data = new Float64Array(x.data.length);
  for (let at = 0; at < data.length; at += width) f(x.data.subarray(at, at + width), data.subarray(at, at + width));
  return { shape: x.shape, data };
}

export const sum = (values: Float64Array): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};
