import type { Attrs, OpName, Value, Window } from '../../ir/operation.ts';
import { type Emitter, shapeOf } from './emitter.ts';
import { type Index, index, split } from './indices.ts';

/** An element that a thread finds by a loop of its own over the operands: made once, in a kernel of its own. */
export interface LoopRow<K extends OpName> {
  readonly kind: 'loop';
  at(e: Emitter, value: Value, at: readonly Index[], attrs: Attrs<K>): string;
}
const row = <K extends OpName>(at: LoopRow<K>['at']): LoopRow<K> => ({ kind: 'loop', at });

const arg = (value: Value, i: number): Value => value.args[i]!;

/** Adds up what `body` gives while it counts. */
function total(e: Emitter, heads: readonly string[], body: () => string): string {
  const sum = e.fresh('sum');
  e.line(`var ${sum} = 0f;`);
  const inner = (depth: number): void => {
    if (depth === heads.length) e.line(`${sum} += ${body()};`);
    else e.block(heads[depth]!, () => inner(depth + 1));
  };
  inner(0);
  return sum;
}

const count = (name: string, from: string | number, to: string | number): string =>
  `for (var ${name} = ${from}; ${name} < ${to}; ${name}++)`;

/** Where a window's place (row, i) lies in the picture, before the padding is taken off. */
const reach = ({ stride, dilation, padding }: Window, axis: 0 | 1, place: string, step: string): string =>
  `${place} * ${stride[axis]} + ${step} * ${dilation[axis]} - ${padding[axis][0]}`;

/** A test that two places lie within a picture. */
const inside = (h: string, w: string, height: number, width: number): string =>
  `if (${h} >= 0 && ${h} < ${height} && ${w} >= 0 && ${w} < ${width})`;

/** Adds up over a window's places that lie within the picture. */
function overWindow(
  e: Emitter,
  outer: readonly string[],
  places: { readonly h: string; readonly w: string; readonly height: number; readonly width: number },
  body: (h: string, w: string) => string,
): string {
  const sum = e.fresh('sum');
  e.line(`var ${sum} = 0f;`);
  const inner = (depth: number): void => {
    if (depth < outer.length) {
      e.block(outer[depth]!, () => inner(depth + 1));
      return;
    }
    const h = e.let(places.h, 'h');
    const w = e.let(places.w, 'w');
    e.block(inside(h, w, places.height, places.width), () => e.line(`${sum} += ${body(h, w)};`));
  };
  inner(0);
  return sum;
}

/** Names that no other loop of the kernel has. */
const names = (e: Emitter, ...prefixes: string[]): string[] => prefixes.map((prefix) => e.fresh(prefix));

/** Finds the first largest of a window of x: its value and its number in the picture (row · width + column). */
function winner(
  e: Emitter,
  x: Value,
  lead: readonly Index[],
  { attrs, row: y, column }: { attrs: Attrs<'maxPool'>; row: string; column: string },
): { most: string; best: string } {
  const [, , height, width] = shapeOf(x) as [number, number, number, number];
  const [most, best, i, j] = names(e, 'most', 'best', 'i', 'j') as [string, string, string, string];
  e.line(`var ${most} = 0f;`);
  e.line(`var ${best} = -1;`);
  e.block(count(i, 0, attrs.size[0]), () => {
    e.block(count(j, 0, attrs.size[1]), () => {
      const h = e.let(reach(attrs, 0, y, i), 'h');
      const w = e.let(reach(attrs, 1, column, j), 'w');
      e.block(inside(h, w, height, width), () => {
        const value = e.at(x, [...lead, index(h, height), index(w, width)]);
        e.line(`if (${best} < 0 || ${value} > ${most}) { ${best} = ${h} * ${width} + ${w}; ${most} = ${value}; }`);
      });
    });
  });
  return { most, best };
}

export const loops = {
  argmax: row<'argmax'>((e, value, at) => {
    const x = arg(value, 0);
    const width = shapeOf(x).at(-1)!;
    const [k, best] = names(e, 'k', 'best') as [string, string];
    const most = e.fresh('most');
    e.line(`var ${best} = 0;`);
    e.line(`var ${most} = ${e.at(x, [...at, index('0', width)])};`);
    e.block(count(k, 1, width), () => {
      const next = e.at(x, [...at, index(k, width)]);
      e.line(`if (${next} > ${most}) { ${best} = ${k}; ${most} = ${next}; }`);
    });
    return best;
  }),
  scatterAdd: row<'scatterAdd'>((e, value, at) => {
    const [ids, rows] = value.args as [Value, Value];
    const shape = shapeOf(ids);
    const size = shape.reduce((a, b) => a * b, 1);
    const [i, sum] = names(e, 'i', 'sum') as [string, string];
    const own = e.let(at[0]!.text, 'own');
    e.line(`var ${sum} = 0f;`);
    e.block(count(i, 0, size), () => {
      const from = split(index(i, size), shape);
      e.block(`if (${e.at(ids, from)} == ${own})`, () => e.line(`${sum} += ${e.at(rows, [...from, ...at.slice(1)])};`));
    });
    return sum;
  }),
  cumulativeSum: row<'cumulativeSum'>((e, value, at, { axis, reverse }) => {
    const x = arg(value, 0);
    const size = shapeOf(x)[axis]!;
    const k = e.fresh('k');
    const here = e.let(at[axis]!.text, 'here');
    const head = reverse ? count(k, here, size) : count(k, 0, `${here} + 1`);
    return total(e, [head], () =>
      e.at(
        x,
        at.map((each, i) => (i === axis ? index(k, size) : each)),
      ),
    );
  }),
  convolution: row<'convolution'>((e, value, at, attrs) => {
    const [x, kernel] = value.args as [Value, Value];
    const [, channels, height, width] = shapeOf(x) as [number, number, number, number];
    const [outs, each, kh, kw] = shapeOf(kernel) as [number, number, number, number];
    const [n, out, y, column] = at as [Index, Index, Index, Index];
    const [c, i, j] = names(e, 'c', 'i', 'j') as [string, string, string];
    const first = e.let(`(${out.text} / ${outs / attrs.groups}) * ${each}`);
    return overWindow(
      e,
      [count(c, 0, each), count(i, 0, kh), count(j, 0, kw)],
      { h: reach(attrs, 0, y.text, i), w: reach(attrs, 1, column.text, j), height, width },
      (h, w) =>
        `${e.at(x, [n, index(`(${first} + ${c})`, channels), index(h, height), index(w, width)])} * ${e.at(kernel, [
          out,
          index(c, each),
          index(i, kh),
          index(j, kw),
        ])}`,
    );
  }),
  convolutionInput: row<'convolutionInput'>((e, value, at, attrs) => {
    const [ct, kernel] = value.args as [Value, Value];
    const [, outs, yh, yw] = shapeOf(ct) as [number, number, number, number];
    const [, each, kh, kw] = shapeOf(kernel) as [number, number, number, number];
    const [n, channel, h, w] = at as [Index, Index, Index, Index];
    const { stride, dilation, padding } = attrs;
    const perGroup = outs / attrs.groups;
    const [o, i, j, sum] = names(e, 'o', 'i', 'j', 'sum') as [string, string, string, string];
    const first = e.let(`(${channel.text} / ${each}) * ${perGroup}`);
    e.line(`var ${sum} = 0f;`);
    e.block(count(o, first, `${first} + ${perGroup}`), () => {
      e.block(count(i, 0, kh), () => {
        e.block(count(j, 0, kw), () => {
          const r = e.let(`${h.text} + ${padding[0][0]} - ${i} * ${dilation[0]}`, 'r');
          const q = e.let(`${w.text} + ${padding[1][0]} - ${j} * ${dilation[1]}`, 'q');
          const steps = `${r} >= 0 && ${q} >= 0 && ${r} % ${stride[0]} == 0 && ${q} % ${stride[1]} == 0`;
          const ends = `${r} / ${stride[0]} < ${yh} && ${q} / ${stride[1]} < ${yw}`;
          e.block(`if (${steps} && ${ends})`, () => {
            const from = [n, index(o, outs), index(`(${r} / ${stride[0]})`, yh), index(`(${q} / ${stride[1]})`, yw)];
            const weight = [index(o, outs), index(`(${channel.text} % ${each})`, each), index(i, kh), index(j, kw)];
            e.line(`${sum} += ${e.at(ct, from)} * ${e.at(kernel, weight)};`);
          });
        });
      });
    });
    return sum;
  }),
  convolutionKernel: row<'convolutionKernel'>((e, value, at, attrs) => {
    const [x, ct] = value.args as [Value, Value];
    const [rows, channels, height, width] = shapeOf(x) as [number, number, number, number];
    const [, outs, yh, yw] = shapeOf(ct) as [number, number, number, number];
    const [o, c, i, j] = at as [Index, Index, Index, Index];
    const each = channels / attrs.groups;
    const [n, r, q] = names(e, 'n', 'r', 'q') as [string, string, string];
    const channel = e.let(`(${o.text} / ${outs / attrs.groups}) * ${each} + ${c.text}`);
    return overWindow(
      e,
      [count(n, 0, rows), count(r, 0, yh), count(q, 0, yw)],
      { h: reach(attrs, 0, r, i.text), w: reach(attrs, 1, q, j.text), height, width },
      (h, w) =>
        `${e.at(ct, [index(n, rows), o, index(r, yh), index(q, yw)])} * ${e.at(x, [
          index(n, rows),
          index(channel, channels),
          index(h, height),
          index(w, width),
        ])}`,
    );
  }),
  maxPool: row<'maxPool'>((e, value, at, attrs) => {
    const [n, c, y, column] = at as [Index, Index, Index, Index];
    return winner(e, arg(value, 0), [n, c], { attrs, row: y.text, column: column.text }).most;
  }),
  maxPoolInput: row<'maxPoolInput'>((e, value, at, attrs) => {
    const [ct, x] = value.args as [Value, Value];
    const [, , yh, yw] = shapeOf(ct) as [number, number, number, number];
    const width = shapeOf(x)[3]!;
    const [n, c, h, w] = at as [Index, Index, Index, Index];
    const [y, column, sum] = names(e, 'y', 'column', 'sum') as [string, string, string];
    const own = e.let(`${h.text} * ${width} + ${w.text}`, 'own');
    e.line(`var ${sum} = 0f;`);
    // only windows that reach this place
    const ends = ([0, 1] as const).map((axis) => {
      const place = axis === 0 ? h.text : w.text;
      const span = (attrs.size[axis] - 1) * attrs.dilation[axis];
      const low = e.let(
        `max(0, (${place} + ${attrs.padding[axis][0]} - ${span} + ${attrs.stride[axis]} - 1) / ${attrs.stride[axis]})`,
      );
      const high = e.let(
        `min(${axis === 0 ? yh : yw} - 1, (${place} + ${attrs.padding[axis][0]}) / ${attrs.stride[axis]})`,
      );
      return [low, high] as const;
    });
    e.block(count(y, ends[0]![0], `${ends[0]![1]} + 1`), () => {
      e.block(count(column, ends[1]![0], `${ends[1]![1]} + 1`), () => {
        const { best } = winner(e, x, [n, c], { attrs, row: y, column });
        e.block(`if (${best} == ${own})`, () =>
          e.line(`${sum} += ${e.at(ct, [n, c, index(y, yh), index(column, yw)])};`),
        );
      });
    });
    return sum;
  }),
} as const;
