import type { Builder } from './builder.ts';
import type { Args, OpName, Value } from './operation.ts';
import { operations } from './operations.ts';
import { liveValues } from './program.ts';
import { elementCount, staticShape } from './types.ts';

/** A forward pass in stretches of which only the borders are kept for the backward pass (Chen et al., 2016). */
export interface Stretches {
  /** Which stretch a value is part of; undefined for what stays anyway, such as inputs and constants. */
  of(value: Value): number | undefined;
  /** What comes in anew with each batch: it begins the first stretch, and the random numbers of each. */
  comesIn(value: Value): boolean;
  /** The last one is used as it is: its backward pass begins at once. */
  readonly last: number;
  readonly members: readonly (readonly Value[])[];
  /** Bytes of all results on the way to the loss, and of those that are in memory at most at one time. */
  readonly bytes: { readonly all: number; readonly kept: number };
}

/** More stretches than this are not tried: each takes one more border to keep. */
const MOST = 16;

const sizeOf = ({ type }: Value): number => elementCount(staticShape(type.shape)) * (type.dtype === 'bool' ? 1 : 4);

/**
 * Cuts the way to a loss where the fewest bytes go across, into as many stretches as need least memory: all borders, and
 * one stretch whole. `batch` are the inputs that are not parameters.
 */
export function stretches(values: readonly Value[], loss: Value, batch: readonly Value[]): Stretches {
  const live = liveValues([loss]);
  const stays = staying(values);
  const incoming = new Set(batch);
  for (const value of values)
    if (value.op !== 'input' && stays.has(value) && value.args.some((arg) => incoming.has(arg))) incoming.add(value);
  const way = values.filter((value) => live.has(value) && !stays.has(value));
  const place = new Map(way.map((value, i) => [value, i]));
  const lastUse = way.map((_, i) => i);
  for (const [i, value] of way.entries())
    for (const arg of value.args) if (place.has(arg)) lastUse[place.get(arg)!] = i;
  // bytes that later values need, after each place; and bytes that were made until there
  const across = new Float64Array(way.length);
  const made = new Float64Array(way.length + 1);
  for (const [i, value] of way.entries()) {
    made[i + 1] = made[i]! + sizeOf(value);
    for (let at = i; at < lastUse[i]!; at++) across[at]! += sizeOf(value);
  }
  const all = made[way.length]!;

  let best: { cuts: number[]; kept: number } = { cuts: [], kept: all };
  for (let count = 2; count <= Math.min(MOST, way.length); count++) {
    const cuts: number[] = [];
    for (let k = 1; k < count; k++) {
      const inWindow = (i: number) => Math.abs(made[i + 1]! - (k * all) / count) <= all / count / 2;
      let cut = -1;
      for (let i = cuts.at(-1) ?? 0; i < way.length - 1; i++)
        if (inWindow(i) && (cut < 0 || across[i]! < across[cut]!)) cut = i;
      if (cut > (cuts.at(-1) ?? -1)) cuts.push(cut);
    }
    const ends = [...cuts.map((cut) => made[cut + 1]!), all];
    const largest = Math.max(...ends.map((end, i) => end - (ends[i - 1] ?? 0)));
    const kept = cuts.reduce((sum, cut) => sum + across[cut]!, largest);
    if (kept < best.kept) best = { cuts, kept };
  }
  const members = [...best.cuts, way.length - 1].map((cut, i) => way.slice((best.cuts[i - 1] ?? -1) + 1, cut + 1));
  const stretch = new Map(members.flatMap((each, i) => each.map((value) => [value, i] as const)));
  return {
    of: (value) => stretch.get(value),
    comesIn: (value) => incoming.has(value),
    last: members.length - 1,
    members,
    bytes: { all, kept: best.kept },
  };
}

/** Inputs and what only moves them, and what depends on no input: never worked out again. */
function staying(values: readonly Value[]): ReadonlySet<Value> {
  const stays = new Set<Value>();
  const fixed = new Set<Value>();
  for (const value of values) {
    if (value.op === 'input') stays.add(value);
    else if (value.args.every((arg) => fixed.has(arg))) {
      fixed.add(value);
      stays.add(value);
    } else if (operations[value.op].moves && value.args.every((arg) => stays.has(arg))) stays.add(value);
  }
  return stays;
}

/**
 * A stretch worked out again from its borders, once `after` is there: each of its values by its copy. What is chosen
 * from twice the same border is the border, bit for bit, yet nothing can be shared with the first time or begin early.
 */
export function again(
  ir: Builder,
  { members, of, comesIn }: Stretches,
  stretch: number,
  after: Value,
): ReadonlyMap<Value, Value> {
  const first = ir.slice(ir.reshape(after, { shape: [elementCount(staticShape(after.type.shape))] }), {
    axis: 0,
    start: 0,
    length: 1,
  });
  const test = ir.less(ir.reshape(first, { shape: [] }), 0);
  const copies = new Map<Value, Value>();
  const borders = new Map<Value, Value>();
  const operand = (arg: Value): Value => {
    if (of(arg) === undefined && !comesIn(arg)) return arg;
    const known = copies.get(arg) ?? borders.get(arg);
    if (known) return known;
    const border = late(ir, test, arg);
    borders.set(arg, border);
    return border;
  };
  for (const value of members[stretch]!) {
    const args = value.args.map(operand) as unknown as Args<OpName>;
    copies.set(value, ir.emit(value.op as OpName, args, value.attrs as never));
  }
  return new Map([...copies, ...borders]);
}

/** Counters are chosen as int32: ONNX Runtime has no choice of uint32. */
function late(ir: Builder, test: Value, value: Value): Value {
  if (value.type.dtype !== 'uint32') return ir.select(test, value, value);
  const signed = ir.cast(value, { to: 'int32' });
  return ir.cast(ir.select(test, signed, signed), { to: 'uint32' });
}
