import type { GraphDocument, GraphEdge } from '../../../graph/document.ts';
import { type Command, type Edit, routeWire } from '../../../graph/edit.ts';
import type { Point } from './store.ts';
import { curvesOf, longest, nearest } from './wire-path.ts';

/**
 * Points that wires are led through. They stand on the wire itself, beside its ends: what a graph computes, its checks
 * and its cache never see them, and whatever keeps a wire keeps them.
 */

/** Points lie on the grid that nodes lie on. */
const GRID = 8;
export const onGrid = ({ x, y }: Point): Point => ({
  x: Math.round(x / GRID) * GRID,
  y: Math.round(y / GRID) * GRID,
});

export const movedBy = (via: readonly Point[] | undefined, { x: dx, y: dy }: Point): Point[] =>
  (via ?? []).map(({ x, y }) => ({ x: Math.round(x + dx), y: Math.round(y + dy) }));

/** A wire with one more point: where it was asked for, or in the middle of its longest piece. */
export function withPoint(
  via: readonly Point[],
  { start, end, at }: { readonly start: Point; readonly end: Point; readonly at?: Point },
): { readonly via: Point[]; readonly index: number } {
  const curves = curvesOf(start, end, via);
  const most = longest(curves);
  const index = at ? nearest(curves, at).index : most.index;
  return { via: via.toSpliced(index, 0, onGrid(at ?? most.middle)), index };
}

/** The points of a wire before and after something that is put on it. */
export function parted(
  { via = [] }: Pick<GraphEdge, 'via'>,
  { start, end, at }: { readonly start: Point; readonly end: Point; readonly at: Point },
): readonly [Pick<GraphEdge, 'via'>, Pick<GraphEdge, 'via'>] {
  const { index } = nearest(curvesOf(start, end, via), at);
  return [viaIf(via.slice(0, index)), viaIf(via.slice(index))];
}

export const viaIf = (via: readonly Point[] = []): Pick<GraphEdge, 'via'> =>
  via.length > 0 ? { via: via.map(({ x, y }) => ({ x, y })) } : {};

/** Nodes that move take along the points of wires whose ends both go the same way; but not those that a wire shares which stays. */
export function carryPoints(
  { nodes, edges }: GraphDocument,
  positions: Readonly<Record<string, Point>>,
): readonly Edit[] {
  const by = (id: string): Point | undefined => {
    const [to, from] = [positions[id], nodes[id]?.position];
    return to && from && { x: to.x - from.x, y: to.y - from.y };
  };
  const led = Object.entries(edges).flatMap(([id, { from, to, via }]) => {
    if (!via) return [];
    const [a, b] = [by(from[0]), by(to[0])];
    const keyed = via.map((at) => ({ at, key: `${from.join('\n')}\n${at.x} ${at.y}` }));
    return [{ id, keyed, shift: a && b && a.x === b.x && a.y === b.y ? a : undefined }];
  });
  const staying = new Set(led.flatMap(({ keyed, shift }) => (shift ? [] : keyed.map(({ key }) => key))));
  return led.flatMap(({ id, keyed, shift }): readonly Edit[] => {
    if (!shift) return [];
    const via = keyed.flatMap(({ at, key }) => (staying.has(key) ? [at] : movedBy([at], shift)));
    return routeWire(id, via, '').edits;
  });
}

/** Wires straight from port to port again. */
export const straighten = ({ edges }: GraphDocument, ids: Iterable<string>): Command => {
  const led = [...ids].filter((id) => edges[id]?.via);
  return {
    label: led.length === 1 ? 'Straighten a wire' : `Straighten ${led.length} wires`,
    edits: led.flatMap((id) => routeWire(id, [], '').edits),
  };
};
