import type { GraphDocument } from '../../../graph/document.ts';
import { type Command, routeWire } from '../../../graph/edit.ts';
import { wiresOf } from './ports.ts';
import type { Point } from './store.ts';

/**
 * Wires of one output share a point where their points lie at the same place. Nothing in the document says more: what is
 * done to such a point is done to all of these wires, as one step of undo.
 */

type Edges = GraphDocument['edges'];

export const isAt = (a: Point, b: Point): boolean => a.x === b.x && a.y === b.y;

type Led = readonly [id: string, via: readonly Point[]];

/** The wires of the same output that are led through points, a wire itself included. */
export function wiresBeside(edges: Edges, wire: string): readonly Led[] {
  const [node, port] = edges[wire]?.from ?? ['', ''];
  return wiresOf(edges, node).flatMap(([id, { from, via }]): readonly Led[] =>
    via && from[0] === node && from[1] === port ? [[id, via]] : [],
  );
}

/** The wires that share a point of a wire, itself included. */
export const sharersOf = (edges: Edges, wire: string, point: Point) =>
  wiresBeside(edges, wire).filter(([, via]) => via.some((each) => isAt(each, point)));

const none: ReadonlySet<number> = new Set();

/** How many points two wires have in common from their start on. */
function common(a: readonly Point[], b: readonly Point[]): number {
  const parts = a.findIndex((point, i) => !b[i] || !isAt(point, b[i]));
  return parts < 0 ? a.length : parts;
}

/** Where a wire and others of its output part: at these of its points. */
export function forksOf(edges: Edges, wire: string): ReadonlySet<number> {
  const via = edges[wire]?.via;
  if (!via) return none;
  const others = wiresBeside(edges, wire).filter(([id]) => id !== wire);
  return new Set(others.map(([, other]) => common(via, other) - 1).filter((index) => index >= 0));
}

const some = (wires: readonly unknown[]): string => (wires.length === 1 ? 'a wire' : `${wires.length} wires`);

/** Puts a point elsewhere, for all wires that share it. */
export function movePoint(edges: Edges, wire: string, old: Point, to: Point): Command {
  const wires = sharersOf(edges, wire, old);
  return {
    label: `Move a point of ${some(wires)}`,
    edits: wires.flatMap(
      ([id, via]) =>
        routeWire(
          id,
          via.map((each) => (isAt(each, old) ? to : each)),
          '',
        ).edits,
    ),
  };
}

/** Takes a point away from all wires that share it. */
export function takePoint(edges: Edges, wire: string, old: Point): Command {
  const wires = sharersOf(edges, wire, old);
  return {
    label: `Take a point of ${some(wires)} away`,
    edits: wires.flatMap(
      ([id, via]) =>
        routeWire(
          id,
          via.filter((each) => !isAt(each, old)),
          '',
        ).edits,
    ),
  };
}

/** A point more on a piece of a wire, and of those that have the piece in common with it: as far as they go the same way. */
export function insertPoint(edges: Edges, wire: string, index: number, at: Point): Command {
  const own: readonly Point[] = edges[wire]?.via ?? [];
  const wires = wiresBeside(edges, wire).filter(
    ([id, via]) => id !== wire && index < own.length && common(own, via) > index,
  );
  const all: readonly Led[] = [[wire, own], ...wires];
  return {
    label: `Lead ${some(all)} through a point`,
    edits: all.flatMap(([id, via]) => routeWire(id, via.toSpliced(index, 0, at), '').edits),
  };
}
