import { fail } from '../lib/problem.ts';
import type { Builder } from './builder.ts';
import type { Value } from './operation.ts';
import { operations } from './operations.ts';
import { again, type Stretches } from './recompute.ts';
import { addSizes, type Size, sameSize, subtractSizes } from './size.ts';
import { showTensorType } from './types.ts';

/**
 * Reverse-mode differentiation: the gradients of a scalar `loss` with respect to `wrt`, as further values of the same
 * program. Each operation's row gives its rule. A value that does not depend on any of `wrt` costs nothing; one of `wrt`
 * that the loss does not depend on gets zeros. With `kept`, what lies between the borders of its stretches is worked out
 * again when the backward pass comes to it (gradient checkpointing).
 */
export function gradients(ir: Builder, loss: Value, wrt: readonly Value[], kept?: Stretches): Value[] {
  if (loss.type.dtype !== 'float32' || loss.type.shape.length !== 0)
    fail('gradient/scalar', `A gradient needs a scalar loss, got ${showTensorType(loss.type)}.`);
  const before = ir.values.slice(0, loss.id + 1);
  const needed = new Set<Value>(wrt);
  for (const value of before) if (value.args.some((arg) => needed.has(arg))) needed.add(value);

  const cotangents = new Map<Value, Value>([[loss, ir.constant(1)]]);
  const slices = new Map<Value, Slice[]>();
  const accumulate = (value: Value, part: Value) => {
    const old = cotangents.get(value);
    cotangents.set(value, old ? ir.add(old, part) : part);
  };

  let current = kept?.last;
  let copies: ReadonlyMap<Value, Value> = new Map();
  const now = (value: Value) => copies.get(value) ?? value;
  for (const value of before.reverse()) {
    const parts = slices.get(value);
    if (parts) accumulate(value, joinSlices(ir, value, parts));
    const cotangent = cotangents.get(value);
    if (!cotangent || !needed.has(value) || value.op === 'input') continue;
    if (value.op === 'slice') {
      const source = value.args[0]!;
      const { axis, start, length } = value.attrs as Omit<Slice, 'cotangent'>;
      slices.set(source, [...(slices.get(source) ?? []), { axis, start, length, cotangent }]);
      continue;
    }
    const rule = operations[value.op].vjp as
      | ((...all: readonly unknown[]) => readonly (Value | null)[])
      | { readonly none: string };
    if (typeof rule !== 'function') return fail('gradient/none', `No gradient goes through ${value.op}: ${rule.none}.`);
    const stretch = kept?.of(value);
    if (kept && stretch !== undefined && stretch !== current) {
      current = stretch;
      copies = again(ir, kept, stretch, cotangent);
    }
    const results = rule(ir, cotangent, value.args.map(now), now(value), value.attrs);
    value.args.forEach((arg, i) => {
      const part = results[i];
      if (part && needed.has(arg) && arg.type.dtype === 'float32') accumulate(arg, part);
    });
  }
  return wrt.map((value) => cotangents.get(value) ?? ir.zeros(value.type.shape));
}

interface Slice {
  readonly axis: number;
  readonly start: Size;
  readonly length: Size;
  readonly cotangent: Value;
}

/**
 * The gradients of all slices of one value. Slices that lie side by side on one axis become one concatenation instead of
 * a padded tensor each and a sum: half the time of an unrolled recurrent network.
 */
function joinSlices(ir: Builder, source: Value, slices: readonly Slice[]): Value {
  const axis = slices[0]!.axis;
  const ordered = [...slices].sort((a, b) => Number(a.start) - Number(b.start));
  const pieces: Value[] = [];
  let at: Size = 0;
  const gap = (length: Size) => ir.zeros(source.type.shape.map((size, i) => (i === axis ? length : size)));
  const numbered = ordered.every(({ start, length }) => typeof start === 'number' && typeof length === 'number');
  if (numbered && slices.every((slice) => slice.axis === axis)) {
    let apart = true;
    for (const { start, length, cotangent } of ordered) {
      if (Number(start) < Number(at)) apart = false;
      if (Number(start) > Number(at)) pieces.push(gap(subtractSizes(start, at)));
      pieces.push(cotangent);
      at = addSizes(start, length);
    }
    const end = source.type.shape[axis]!;
    if (apart && typeof end === 'number') {
      if (!sameSize(at, end)) pieces.push(gap(subtractSizes(end, at)));
      return ir.concat(pieces, { axis });
    }
  }
  return slices
    .map(({ axis: along, start, length, cotangent }) =>
      ir.pad(cotangent, {
        axis: along,
        before: start,
        after: subtractSizes(source.type.shape[along]!, addSizes(start, length)),
      }),
    )
    .reduce((a, b) => ir.add(a, b));
}
