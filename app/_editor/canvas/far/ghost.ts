import { type NodeHandle, Position } from '@xyflow/react';
import type { NodeBox } from '../../state/store.ts';

/** What stands in the page of a large graph; the ends of its wires that do not are ghosts: places without elements. */
export interface Shown {
  readonly near: ReadonlySet<string>;
  readonly ghosts: ReadonlyMap<string, NodeBox>;
}

/** A ghost's ports, for the wires that end in it. */
export function handlesOf({ width, ports }: NodeBox): NodeHandle[] {
  return ports.map(({ name, side, y }) => ({
    id: name,
    type: side === 'in' ? ('target' as const) : ('source' as const),
    position: side === 'in' ? Position.Left : Position.Right,
    x: side === 'in' ? -6 : width - 5,
    y: y - 5.5,
    width: 11,
    height: 11,
  }));
}
