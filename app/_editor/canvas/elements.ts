import type { Edge } from '@xyflow/react';
import type { GraphDocument } from '../../../graph/document.ts';
import type { Selection } from '../state/store.ts';
import { titleOf } from '../state/wiring.ts';
import type { CanvasNode } from './node-view.tsx';

export type CanvasWire = Edge<Record<string, never>, 'wire'>;

/** One object for all: what a node shows it reads from the state itself. */
const noData: Record<string, never> = {};

/** The document's nodes as the canvas library takes them. A node that has not changed keeps its object. */
export function canvasNodes(
  document: GraphDocument,
  selection: Selection,
  before: readonly CanvasNode[] = [],
): CanvasNode[] {
  const old = new Map(before.map((node) => [node.id, node]));
  return Object.entries(document.nodes).map(([id, { position }]) => {
    const selected = selection.nodes.has(id);
    const ariaLabel = titleOf(document, id);
    const known = old.get(id);
    if (!known)
      return { id, type: 'patch', position: { x: position.x, y: position.y }, data: noData, selected, ariaLabel };
    const stays = known.position.x === position.x && known.position.y === position.y;
    if (stays && known.selected === selected && known.ariaLabel === ariaLabel) return known;
    return { ...known, position: stays ? known.position : { x: position.x, y: position.y }, selected, ariaLabel };
  });
}

/** The document's wires. One whose ends are gone has no place on the canvas; the checker tells of it. */
export function canvasWires(
  document: GraphDocument,
  selection: Selection,
  before: readonly CanvasWire[] = [],
): CanvasWire[] {
  const old = new Map(before.map((wire) => [wire.id, wire]));
  return Object.entries(document.edges).flatMap(([id, { from, to }]) => {
    if (!(from[0] in document.nodes) || !(to[0] in document.nodes)) return [];
    const selected = selection.edges.has(id);
    const ariaLabel = `Wire from ${titleOf(document, from[0])} ${from[1]} to ${titleOf(document, to[0])} ${to[1]}`;
    const known = old.get(id);
    const same =
      known?.source === from[0] &&
      known.sourceHandle === from[1] &&
      known.target === to[0] &&
      known.targetHandle === to[1] &&
      known.ariaLabel === ariaLabel;
    if (known && same && known.selected === selected) return [known];
    return [
      {
        id,
        type: 'wire' as const,
        source: from[0],
        sourceHandle: from[1],
        target: to[0],
        targetHandle: to[1],
        selected,
        ariaLabel,
      },
    ];
  });
}
