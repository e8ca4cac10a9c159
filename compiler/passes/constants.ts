import type { Attrs, Value } from '../../ir/operation.ts';

/** The number that every element of a value is, if it is one. */
export function constantValue(value: Value): number | undefined {
  if (value.op === 'constant') return (value.attrs as Attrs<'constant'>).value;
  const moves = value.op === 'broadcast' || value.op === 'reshape' || value.op === 'transpose';
  return moves ? constantValue(value.args[0]!) : undefined;
}
