import type { OpName } from '../../ir/operation.ts';
import { decompositions } from './decompose.ts';
import { type ElementRow, elements } from './elements.ts';
import { type LoopRow, loops } from './loops.ts';

/** How an operation runs on WebGPU. No third state: a gap carries its reason. */
export type WebgpuRow<K extends OpName> =
  | ElementRow<K>
  | LoopRow<K>
  /** A reduction over axes, which what is near may join: rows.ts. */
  | { readonly kind: 'reduction' }
  /** A matrix product in tiles: products.ts. */
  | { readonly kind: 'product' }
  /** Written with other operations before kernels are made: decompose.ts. */
  | { readonly kind: 'decomposed' }
  | { readonly missing: string };

const decomposed = Object.fromEntries(Object.keys(decompositions).map((op) => [op, { kind: 'decomposed' }])) as {
  readonly [K in keyof typeof decompositions]: { readonly kind: 'decomposed' };
};

/** The WebGPU column of the operation table: total. */
export const webgpuLowerings: { readonly [K in OpName]: WebgpuRow<K> } = {
  ...elements,
  ...loops,
  ...decomposed,
  sum: { kind: 'reduction' },
  max: { kind: 'reduction' },
  matmul: { kind: 'product' },
};
