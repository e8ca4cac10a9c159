import type { OpName, Value } from './operation.ts';
import { operations } from './operations.ts';
import type { Program } from './program.ts';
import type { Size } from './size.ts';
import { elementCount, staticShape, type TensorType } from './types.ts';

/** What one run of a program takes. */
export interface Estimate {
  /** Floating-point operations. */
  readonly flops: number;
  /** Bytes of inputs and outputs, and of what lies in between where that is most, in the program's order. */
  readonly peak: number;
  /** Bytes that a process takes more which runs it again and again on ONNX Runtime: results come as copies beside it. */
  readonly memory: number;
}

/** A session, its graph and what the compiler leaves behind: 20 to 35 MB were measured, for small programs and large. */
export const SESSION_BYTES = 24e6;

/**
 * Results of earlier runs that nobody holds any more: V8 looks for them when they have come to some 32 MB. Runs that give
 * little never get there.
 */
export const leftBehind = (results: number): number => Math.min(32e6, 100 * results);

/** Backends repeat, name and reshape without work or memory. */
const free: ReadonlySet<Value['op']> = new Set(['input', 'constant', 'iota', 'broadcast', 'reshape', 'stopGradient']);
/** Where its numbers stand. */
export const sourceOf = (value: Value): Value =>
  value.op === 'broadcast' || value.op === 'reshape' || value.op === 'stopGradient' ? sourceOf(value.args[0]!) : value;

export const bytesOf = ({ type }: Value): number =>
  elementCount(staticShape(type.shape)) * (type.dtype === 'bool' ? 1 : 4);

/** `overwrite`: inputs whose next values lie where they lay. */
export function estimate(program: Program, overwrite: readonly string[] = []): Estimate {
  const peak = peakOf(program);
  const results = program.outputs.reduce((sum, { value }) => sum + bytesOf(value), 0);
  // what came in is held by whoever gave it too, unless it is written over
  const beside = program.inputs.reduce(
    (sum, each) => sum + (overwrite.includes(each.name!) ? -1 : 1) * bytesOf(each),
    0,
  );
  return {
    flops: program.values.reduce((sum, value) => sum + flopsOf(value), 0),
    peak,
    memory: peak + results + leftBehind(results) + SESSION_BYTES + beside,
  };
}

export function flopsOf(value: Value): number {
  if (value.op === 'input') return 0;
  const of = operations[value.op as OpName].flops as (
    result: TensorType,
    args: readonly TensorType[],
    attrs: unknown,
  ) => Size;
  const types = value.args.map(({ type }) => type);
  return Number(of(value.type, types, value.attrs));
}

/** Inputs and outputs lie in buffers of their own; the rest is there from where it is made to its last use. */
function peakOf(program: Program): number {
  const last = new Map<Value, number>();
  for (const [i, value] of program.values.entries()) for (const arg of value.args) last.set(sourceOf(arg), i);
  const made = new Set(program.outputs.map(({ value }) => sourceOf(value)));
  const outside = [...new Set([...program.inputs, ...made])].reduce((sum, value) => sum + bytesOf(value), 0);
  const ends = new Map<number, number>();
  let [now, most] = [0, 0];
  for (const [i, value] of program.values.entries()) {
    if (!free.has(value.op) && !made.has(value)) {
      const bytes = bytesOf(value);
      now += bytes;
      most = Math.max(most, now);
      const end = last.get(value) ?? i;
      ends.set(end, (ends.get(end) ?? 0) + bytes);
    }
    now -= ends.get(i) ?? 0;
  }
  return outside + most;
}
