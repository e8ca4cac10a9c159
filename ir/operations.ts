import type { Operation, OpName } from './operation.ts';
import { arrange, leaves } from './operations/arrange.ts';
import { combine } from './operations/combine.ts';
import { pointwise } from './operations/pointwise.ts';
import { windows } from './operations/windows.ts';

/** THE operation table, total by type: an operation without a row does not compile. */
export const operations: { readonly [K in OpName]: Operation<K> } = {
  ...leaves,
  ...pointwise,
  ...arrange,
  ...combine,
  ...windows,
};

export const opNames = Object.keys(operations) as OpName[];
