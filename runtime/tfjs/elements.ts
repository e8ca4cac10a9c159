import type { Attrs, OpName, Value } from '../../ir/operation.ts';
import { type DType, staticShape } from '../../ir/types.ts';
import { type Emitter, shapeOf, wgslTypes, zeros } from './emitter.ts';
import { helpers } from './helpers.ts';
import { type Index, index, join, reindex, zero } from './indices.ts';

/** An element of a value as WGSL, from its operands' elements: what can be computed wherever it is needed. */
export interface ElementRow<K extends OpName> {
  readonly kind: 'element';
  /** About what it costs to compute again, in additions. Moving costs nothing. */
  readonly work: number;
  at(e: Emitter, value: Value, at: readonly Index[], attrs: Attrs<K>): string;
}
type Rule<K extends OpName> = ElementRow<K>['at'];

const row = <K extends OpName>(work: number, at: Rule<K>): ElementRow<K> => ({ kind: 'element', work, at });

const arg = (value: Value, i: number): Value => value.args[i]!;
const pointwise = (work: number, text: (e: Emitter, x: string, y: string, dtype: DType) => string) => ({
  kind: 'element' as const,
  work,
  at: (e: Emitter, value: Value, at: readonly Index[]): string =>
    text(e, e.at(arg(value, 0), at), value.args[1] ? e.at(value.args[1], at) : '', arg(value, 0).type.dtype),
});
const help = (e: Emitter, name: keyof typeof helpers): string => e.helper(name, helpers[name]);

/** A number as WGSL text of a type. Infinities and NaN can't be written: they come as uniforms. */
export function literal(value: number, dtype: DType): string {
  if (dtype === 'bool') return value ? 'true' : 'false';
  if (dtype === 'int32') return value === -(2 ** 31) ? '(-2147483647i - 1i)' : `${Math.trunc(value)}i`;
  if (dtype === 'uint32') return `${value >>> 0}u`;
  const single = Math.fround(value);
  if (Number.isNaN(single)) return 'uniforms.NAN';
  if (!Number.isFinite(single)) return single > 0 ? 'uniforms.INFINITY' : '(-uniforms.INFINITY)';
  // the shortest text that reads as this float32
  return `${String(Number(single.toPrecision(9)))}f`;
}

/** What an index becomes where a broadcast repeated the axis. */
function unbroadcast(value: Value, at: readonly Index[]): Index[] {
  const shape = shapeOf(arg(value, 0));
  const extra = at.length - shape.length;
  return shape.map((size, axis) => (size === 1 ? zero : at[extra + axis]!));
}

const replaced = (at: readonly Index[], axis: number, by: Index): Index[] =>
  at.map((each, i) => (i === axis ? by : each));

const castTo = (from: DType, to: DType, x: string): string => {
  if (from === to) return x;
  if (to === 'bool') return `(${x} != ${zeros[from]})`;
  return from === 'bool' ? `select(${zeros[to]}, ${literal(1, to)}, ${x})` : `${wgslTypes[to]}(${x})`;
};

/** The part of a value that lies within bounds, zero elsewhere. */
function within(e: Emitter, value: Value, test: string, body: () => string): string {
  const name = e.fresh();
  e.line(`var ${name} = ${zeros[value.type.dtype]};`);
  e.block(`if (${test})`, () => e.line(`${name} = ${body()};`));
  return name;
}

export const elements = {
  constant: row<'constant'>(0, (_e, _value, _at, { value, dtype }) => literal(value, dtype)),
  iota: row<'iota'>(0, (_e, _value, at, { axis }) => at[axis]!.text),
  random: row<'random'>(30, (e, value, at, { key }) => {
    const [first, second] = [0, 1].map((i) => e.at(arg(value, 0), [index(String(i), 2)]));
    const words = key.map((word) => e.number(word | 0)).join(', ');
    return `${help(e, 'philox')}(${join(at).text}, ${first}, ${second}, ${words})`;
  }),
  uniform: pointwise(1, (_, x) => `(f32(${x} >> 8u) * ${literal(2 ** -24, 'float32')})`),
  neg: pointwise(1, (_, x) => `(-${x})`),
  abs: pointwise(1, (_, x) => `abs(${x})`),
  exp: pointwise(6, (_, x) => `exp(${x})`),
  log: pointwise(6, (_, x) => `select(log(${x}), uniforms.NAN, ${x} < 0f)`),
  sqrt: pointwise(4, (_, x) => `select(sqrt(${x}), uniforms.NAN, ${x} < 0f)`),
  sin: pointwise(8, (e, x) => `${help(e, 'waveOf')}(${x}, 0)`),
  cos: pointwise(8, (e, x) => `${help(e, 'waveOf')}(${x}, 1)`),
  tanh: pointwise(8, (e, x) => `${help(e, 'tanhOf')}(${x})`),
  erf: pointwise(8, (e, x) => `${help(e, 'erfOf')}(${x})`),
  sigmoid: pointwise(8, (e, x) => `${help(e, 'sigmoidOf')}(${x})`),
  gelu: pointwise(
    8,
    (e, x) => `(0.5f * ${x} * (1f + ${help(e, 'erfOf')}(${x} * ${literal(Math.SQRT1_2, 'float32')})))`,
  ),
  not: pointwise(1, (_, x) => `(!${x})`),
  stopGradient: row<'stopGradient'>(0, (e, value, at) => e.at(arg(value, 0), at)),
  add: pointwise(1, (_, x, y) => `(${x} + ${y})`),
  sub: pointwise(1, (_, x, y) => `(${x} - ${y})`),
  mul: pointwise(1, (_, x, y) => `(${x} * ${y})`),
  div: pointwise(2, (_, x, y) => `(${x} / ${y})`),
  pow: pointwise(10, (e, x, y) => `${help(e, 'powerOf')}(${x}, ${y})`),
  maximum: pointwise(1, (e, x, y) => `${help(e, 'largerOf')}(${x}, ${y})`),
  minimum: pointwise(1, (e, x, y) => `${help(e, 'smallerOf')}(${x}, ${y})`),
  equal: pointwise(1, (_, x, y) => `(${x} == ${y})`),
  less: pointwise(1, (_, x, y, dtype) => (dtype === 'bool' ? `(!${x} && ${y})` : `(${x} < ${y})`)),
  and: pointwise(1, (_, x, y) => `(${x} && ${y})`),
  or: pointwise(1, (_, x, y) => `(${x} || ${y})`),
  select: row<'select'>(1, (e, value, at) => {
    const [test, x, y] = value.args.map((each) => e.at(each, at));
    return `select(${y}, ${x}, ${test})`;
  }),
  cast: row<'cast'>(0, (e, value, at, { to }) => castTo(arg(value, 0).type.dtype, to, e.at(arg(value, 0), at))),
  broadcast: row<'broadcast'>(0, (e, value, at) => e.at(arg(value, 0), unbroadcast(value, at))),
  reshape: row<'reshape'>(0, (e, value, at) => e.at(arg(value, 0), reindex(at, shapeOf(arg(value, 0))))),
  transpose: row<'transpose'>(0, (e, value, at, { order }) =>
    e.at(
      arg(value, 0),
      order.map((_, axis) => at[order.indexOf(axis)]!),
    ),
  ),
  slice: row<'slice'>(0, (e, value, at, { axis, start }) => {
    const [from] = staticShape([start]) as [number];
    const size = shapeOf(arg(value, 0))[axis]!;
    if (from === 0) return e.at(arg(value, 0), replaced(at, axis, { ...at[axis]!, range: size }));
    const moved = at[axis]!.range === 1 ? e.number(from) : `(${at[axis]!.text} + ${e.number(from)})`;
    return e.at(arg(value, 0), replaced(at, axis, index(moved, size)));
  }),
  concat: row<'concat'>(1, (e, value, at, { axis }) => {
    const name = e.fresh();
    const i = e.let(at[axis]!.text, 'i');
    e.line(`var ${name} = ${zeros[value.type.dtype]};`);
    let end = 0;
    const parts = value.args.map((part) => {
      const [start, size] = [end, shapeOf(part)[axis]!];
      end += size;
      return { part, start, size };
    });
    // halves of halves: a long chain of branches takes drivers minutes to compile
    const choose = (some: typeof parts): void => {
      if (some.length > 1) {
        const middle = some.length >> 1;
        e.block(`if (${i} < ${some[middle]!.start})`, () => choose(some.slice(0, middle)));
        e.block('else', () => choose(some.slice(middle)));
        return;
      }
      const [{ part, start, size }] = some as [(typeof parts)[number]];
      const own = size === 1 ? zero : index(start === 0 ? i : `(${i} - ${start})`, size);
      e.line(`${name} = ${e.at(part, replaced(at, axis, own))};`);
    };
    choose(parts);
    return name;
  }),
  pad: row<'pad'>(1, (e, value, at, { axis, before }) => {
    const [from] = staticShape([before]) as [number];
    const size = shapeOf(arg(value, 0))[axis]!;
    const i = e.let(at[axis]!.text, 'i');
    return within(e, value, `${i} >= ${from} && ${i} < ${from + size}`, () =>
      e.at(arg(value, 0), replaced(at, axis, size === 1 ? zero : index(`(${i} - ${from})`, size))),
    );
  }),
  gather: row<'gather'>(1, (e, value, at) => {
    const [table, ids] = value.args as [Value, Value];
    const rank = ids.type.shape.length;
    const id = e.at(ids, at.slice(0, rank));
    return e.at(table, [index(id, shapeOf(table)[0]!), ...at.slice(rank)]);
  }),
  pick: row<'pick'>(1, (e, value, at) => {
    const [x, ids] = value.args as [Value, Value];
    return e.at(x, [...at, index(e.at(ids, at), shapeOf(x).at(-1)!)]);
  }),
  place: row<'place'>(2, (e, value, at) => {
    const [base, ids, x] = value.args as [Value, Value, Value];
    const lead = at.slice(0, -1);
    const test = `${e.at(ids, lead)} == ${at.at(-1)!.text}`;
    return `(${e.at(base, at)} + ${within(e, value, test, () => e.at(x, lead))})`;
  }),
} as const;
