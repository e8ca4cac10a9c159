import type { GraphDocument } from '../../../graph/document.ts';
import { type Command, moveNodes } from '../../../graph/edit.ts';
import { straighten } from './routes.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What lies where: boxes by node. */
export type Boxes = Readonly<Record<string, Box>>;

export type Side = 'left' | 'centre' | 'right' | 'top' | 'middle' | 'bottom';

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** Puts one side of every box, or its middle line, where the outermost of them has it. */
export function align(boxes: Boxes, side: Side): Command {
  const all = Object.values(boxes);
  const at = {
    left: Math.min(...all.map(({ x }) => x)),
    right: Math.max(...all.map(({ x, width }) => x + width)),
    top: Math.min(...all.map(({ y }) => y)),
    bottom: Math.max(...all.map(({ y, height }) => y + height)),
    centre: sum(all.map(({ x, width }) => x + width / 2)) / all.length,
    middle: sum(all.map(({ y, height }) => y + height / 2)) / all.length,
  }[side];
  const place = ({ x, y, width, height }: Box) =>
    ({
      left: { x: at, y },
      right: { x: at - width, y },
      centre: { x: at - width / 2, y },
      top: { x, y: at },
      bottom: { x, y: at - height },
      middle: { x, y: at - height / 2 },
    })[side];
  return { ...move(boxes, place), label: `Align ${side}` };
}

/** Makes the gaps between boxes equal; the two outermost stay. */
export function distribute(boxes: Boxes, axis: 'x' | 'y'): Command {
  const size = axis === 'x' ? 'width' : 'height';
  const ordered = Object.entries(boxes).sort(([, a], [, b]) => a[axis] - b[axis]);
  const [first, last] = [ordered[0]?.[1], ordered.at(-1)?.[1]];
  const inner = ordered.slice(1, -1);
  const free = first && last ? last[axis] - first[axis] - first[size] - sum(inner.map(([, box]) => box[size])) : 0;
  const gap = free / (ordered.length - 1);
  let next = first ? first[axis] + first[size] + gap : 0;
  const places = new Map<Box, number>();
  for (const [, box] of inner) {
    places.set(box, next);
    next += box[size] + gap;
  }
  const place = (box: Box) => ({ x: box.x, y: box.y, [axis]: places.get(box) ?? box[axis] });
  return { ...move(boxes, place), label: axis === 'x' ? 'Distribute across' : 'Distribute down' };
}

function move(boxes: Boxes, place: (box: Box) => { readonly x: number; readonly y: number }): Command {
  const moved = Object.entries(boxes).flatMap(([id, box]) => {
    const { x, y } = place(box);
    const to = { x: Math.round(x), y: Math.round(y) };
    return to.x === box.x && to.y === box.y ? [] : [[id, to] as const];
  });
  return moveNodes(Object.fromEntries(moved));
}

/** A layout's answer moved so that what was tidied stays where it was: its upper left corner does not move. */
export function tidied(
  document: GraphDocument,
  boxes: Boxes,
  places: Readonly<Record<string, { readonly x: number; readonly y: number }>>,
): Command {
  const left = Math.min(...Object.values(boxes).map(({ x }) => x));
  const top = Math.min(...Object.values(boxes).map(({ y }) => y));
  const newLeft = Math.min(...Object.values(places).map(({ x }) => x));
  const newTop = Math.min(...Object.values(places).map(({ y }) => y));
  const byBox = new Map(Object.entries(boxes).map(([id, box]) => [box, places[id]]));
  const command = move(boxes, (box) => {
    const to = byBox.get(box) ?? box;
    return { x: snap(to.x - newLeft + left), y: snap(to.y - newTop + top) };
  });
  // points led wires around nodes that lie elsewhere now
  const wires = wiresAmong(document, new Set(Object.keys(boxes))).map(([id]) => id);
  return { label: 'Tidy', edits: [...command.edits, ...straighten(document, wires).edits] };
}

const snap = (value: number): number => Math.round(value / 8) * 8;

/** The wires between the nodes that are laid out. */
export const wiresAmong = ({ edges }: GraphDocument, ids: ReadonlySet<string>) =>
  Object.entries(edges).filter(([, { from, to }]) => ids.has(from[0]) && ids.has(to[0]) && from[0] !== to[0]);
