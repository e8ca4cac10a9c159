import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Tensor } from '../../ir/tensor.ts';
import { type DType, elementCount } from '../../ir/types.ts';

/** Reference numbers of another program, committed in fixtures/ beside the program that made them. */
export const readFixture = <T>(name: string): T =>
  JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'fixtures', `${name}.json`), 'utf8')) as T;

/** A tensor as fixtures hold it. Numbers are a list, or float32 in base64 where they are many. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[] | string;
  /** float32 unless said. */
  readonly dtype?: DType;
  /** Ids only: each is in [0, below). */
  readonly below?: number;
}

export function numbersOf({ shape, data }: Numbers): Float64Array {
  const bytes = typeof data === 'string' ? Buffer.from(data, 'base64') : undefined;
  const values = bytes
    ? Float64Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(i * 4))
    : Float64Array.from(data as readonly number[]);
  if (values.length !== elementCount(shape)) throw new Error(`${values.length} numbers for [${shape.join(', ')}]`);
  return values;
}

/** Every number within `tolerance` of what is wanted, relative where they are large. */
export function expectClose(
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  tolerance: number,
  what: string = 'numbers',
): void {
  expect(got.length, what).toBe(want.length);
  let worst = -1;
  let by = tolerance;
  for (let i = 0; i < want.length; i++) {
    const apart = Math.abs(got[i]! - want[i]!) / Math.max(1, Math.abs(want[i]!));
    if (!(apart <= by)) {
      worst = i;
      by = Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart;
    }
  }
  if (worst >= 0) expect.fail(`${what}: element ${worst} is ${got[worst]}, not ${want[worst]} (off by ${by})`);
}

/** ‖got − want‖ / ‖want‖ */
export function relativeDistance(got: ArrayLike<number>, want: ArrayLike<number>): number {
  let apart = 0;
  let size = 0;
  for (let i = 0; i < want.length; i++) {
    apart += (got[i]! - want[i]!) ** 2;
    size += want[i]! ** 2;
  }
  return Math.sqrt(apart / size);
}

export const values = (tensor: Tensor): number[] => Array.from(tensor.data);
