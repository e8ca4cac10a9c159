import type { Point } from './store.ts';

/** A cubic curve: where it starts, the two points that pull it, where it ends. */
export type Curve = readonly [Point, Point, Point, Point];

/** How far a wire without points leans out of its ports. */
const bend = (distance: number): number => (distance >= 0 ? distance / 2 : 6.25 * Math.sqrt(-distance));

/** How far a curve between points of a wire leans, as a share of the way. */
const LEAN = 0.35;
/** How far before its end something stands on a wire. */
const BEFORE_END = 24;
/** How far it leans out of a port at most. */
const MOST_OUT = 96;

const between = (a: Point, b: Point): Point => ({ x: b.x - a.x, y: b.y - a.y });
const plus = (a: Point, { x, y }: Point, by: number): Point => ({ x: a.x + x * by, y: a.y + y * by });

function direction(a: Point, b: Point): Point {
  const { x, y } = between(a, b);
  const length = Math.hypot(x, y);
  return length === 0 ? { x: 1, y: 0 } : { x: x / length, y: y / length };
}

/**
 * The line of a wire: out of its port to the right, through its points, into its port from the left. At a fork, where other
 * wires go elsewhere, it does not lean to where it goes itself: up to there they are one line.
 */
export function curvesOf(start: Point, end: Point, via: readonly Point[] = [], forks?: ReadonlySet<number>): Curve[] {
  if (via.length === 0) {
    const reach = bend(end.x - start.x);
    return [[start, { x: start.x + reach, y: start.y }, { x: end.x - reach, y: end.y }, end]];
  }
  const all = [start, ...via, end];
  const way = all.map((_, i) =>
    i === 0 || i === all.length - 1 ? { x: 1, y: 0 } : direction(all[i - 1]!, all[forks?.has(i - 1) ? i : i + 1]!),
  );
  return all.slice(1).map((to, i): Curve => {
    const from = all[i]!;
    const { x, y } = between(from, to);
    const reach = LEAN * Math.hypot(x, y);
    const atPort = Math.min(MOST_OUT, reach);
    const [out, into] = [i === 0 ? atPort : reach, i === all.length - 2 ? atPort : reach];
    return [from, plus(from, way[i]!, out), plus(to, way[i + 1]!, -into), to];
  });
}

/** As the `d` of an SVG path. */
export const pathOf = (curves: readonly Curve[]): string =>
  curves
    .map(
      ([from, a, b, to], i) => `${i === 0 ? `M${from.x} ${from.y} ` : ''}C${a.x} ${a.y} ${b.x} ${b.y} ${to.x} ${to.y}`,
    )
    .join(' ');

function on([a, b, c, d]: Curve, t: number): Point {
  const s = 1 - t;
  const mix = (axis: 'x' | 'y') =>
    s * s * s * a[axis] + 3 * s * s * t * b[axis] + 3 * s * t * t * c[axis] + t * t * t * d[axis];
  return { x: mix('x'), y: mix('y') };
}

/** A point shortly before the end of a wire, where no other node lies over it. */
export function nearEnd(curves: readonly Curve[]): Point {
  const last = curves.at(-1)!;
  const [, , into, end] = last;
  // a curve comes to its end three times as fast as its last leg is long
  const speed = 3 * Math.hypot(end.x - into.x, end.y - into.y);
  return on(last, speed === 0 ? 0.5 : Math.max(0.5, 1 - BEFORE_END / speed));
}

const length = ([a, , , d]: Curve): number => Math.hypot(d.x - a.x, d.y - a.y);

/** The longest piece of a wire: where there is most room. */
export function longest(curves: readonly Curve[]): {
  readonly index: number;
  readonly middle: Point;
  readonly width: number;
} {
  let index = 0;
  for (const [i, curve] of curves.entries()) if (length(curve) > length(curves[index]!)) index = i;
  const curve = curves[index]!;
  return { index, middle: on(curve, 0.5), width: curve[3].x - curve[0].x };
}

/** Points along a wire, so close that a line through them is the wire, with the piece that each lies on. */
export function along(curves: readonly Curve[], step: number): { readonly at: Point; readonly index: number }[] {
  return curves.flatMap((curve, index) => {
    const [a, b, c, d] = curve;
    const reach =
      Math.hypot(b.x - a.x, b.y - a.y) + Math.hypot(c.x - b.x, c.y - b.y) + Math.hypot(d.x - c.x, d.y - c.y);
    const count = Math.max(2, Math.ceil(reach / step));
    return Array.from({ length: count + (index === 0 ? 1 : 0) }, (_, i) => ({
      at: on(curve, (index === 0 ? i : i + 1) / count),
      index,
    }));
  });
}

/** The part of a wire nearest to a point: how far away it is, and on which piece. */
export function nearest(
  curves: readonly Curve[],
  { x, y }: Point,
): { readonly distance: number; readonly index: number } {
  let best = { distance: Number.POSITIVE_INFINITY, index: 0 };
  const points = along(curves, 12);
  for (const [i, { at, index }] of points.entries()) {
    const before = points[i - 1]?.at ?? at;
    const d = between(before, at);
    const size = d.x * d.x + d.y * d.y;
    const t = size === 0 ? 0 : Math.min(1, Math.max(0, ((x - before.x) * d.x + (y - before.y) * d.y) / size));
    const distance = Math.hypot(x - before.x - t * d.x, y - before.y - t * d.y);
    if (distance < best.distance) best = { distance, index };
  }
  return best;
}
