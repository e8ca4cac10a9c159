import type { Edge } from '@xyflow/react';
import type { GraphDocument, GraphNode } from '../../../graph/document.ts';
import { entryOf } from '../../../nodes/catalogue.ts';
import { isLine, isTraced } from '../state/hidden-wires.ts';
import type { EditorState, NodeBox, Selection } from '../state/store.ts';
import { titleOf } from '../state/wiring.ts';
import { handlesOf, type Shown } from './far/ghost.ts';
import type { CanvasNode } from './node-view.tsx';

export type CanvasWire = Edge<Record<string, never>, 'wire'>;

/** One object for all: what a node shows it reads from the state itself. */
const noData: Record<string, never> = {};

/** How large a note or a group is, as its params say. Other nodes are as large as what they show. */
export function furnitureSize({
  type,
  params,
}: GraphNode): { readonly width: number; readonly height: number } | undefined {
  const entry = entryOf(type);
  if (!entry?.canvas) return undefined;
  const size = (name: 'width' | 'height'): number => {
    const value = params[name] ?? entry.params[name]?.default;
    return typeof value === 'number' && value > 0 ? value : 200;
  };
  return { width: size('width'), height: size('height') };
}

/** Groups lie under everything, so that wires and nodes in them can be reached. */
const zIndexOf = ({ type }: GraphNode): number => (entryOf(type)?.canvas === 'group' ? -10 : 0);

/** The end of a wire that leads to what is far away: it has a place and ports, and no element. */
function ghost(id: string, box: NodeBox, known: CanvasNode | undefined): CanvasNode {
  const { x, y, width, height } = box;
  const stays = known?.hidden && known.position.x === x && known.position.y === y && known.height === height;
  if (stays) return known;
  return { id, type: 'patch', position: { x, y }, width, height, data: noData, hidden: true, handles: handlesOf(box) };
}

/**
 * The document's nodes as the canvas library takes them: all, or what of a large graph is shown. A node that has not
 * changed keeps its object.
 */
export function canvasNodes(
  document: GraphDocument,
  selection: Selection,
  before: readonly CanvasNode[] = [],
  shown?: Shown,
): CanvasNode[] {
  const old = new Map(before.map((node) => [node.id, node]));
  const ghosts = [...(shown?.ghosts ?? [])].map(([id, box]) => ghost(id, box, old.get(id)));
  const ids = shown ? [...shown.near].filter((id) => id in document.nodes) : Object.keys(document.nodes);
  const nodes = ids.map((id): CanvasNode => {
    const node = document.nodes[id]!;
    const { x, y } = node.position;
    const selected = selection.nodes.has(id);
    const ariaLabel = titleOf(document, id);
    const size = furnitureSize(node);
    const type = size ? 'furniture' : 'patch';
    const zIndex = zIndexOf(node);
    const known = old.get(id);
    if (known?.type !== type || known.hidden)
      return { id, type, position: { x, y }, data: noData, selected, ariaLabel, zIndex, ...size };
    const stays = known.position.x === x && known.position.y === y;
    const isSame = known.selected === selected && known.ariaLabel === ariaLabel && known.zIndex === zIndex;
    const keepsSize = !size || (known.width === size.width && known.height === size.height);
    if (stays && isSame && keepsSize) return known;
    return { ...known, position: stays ? known.position : { x, y }, selected, ariaLabel, zIndex, ...size };
  });
  return ghosts.length > 0 ? [...nodes, ...ghosts] : nodes;
}

/**
 * The wires that are lines. One whose ends are gone has no place on the canvas; the checker tells of it. One with a name,
 * or that is hidden, is drawn while it is selected or its tag pointed at: lightly, and nothing to take hold of.
 */
export function canvasWires(
  state: Pick<EditorState, 'log' | 'selection' | 'hiding' | 'traced'>,
  before: readonly CanvasWire[] = [],
  shown?: Shown,
): CanvasWire[] {
  const { log, selection } = state;
  const { document } = log;
  const old = new Map(before.map((wire) => [wire.id, wire]));
  return Object.keys(document.edges).flatMap((id) => {
    const edge = document.edges[id]!;
    const { from, to } = edge;
    if (shown && !shown.near.has(from[0]) && !shown.near.has(to[0])) return [];
    if (!(from[0] in document.nodes) || !(to[0] in document.nodes)) return [];
    const light = !isLine(state, id, edge);
    if (light && !isTraced(state, id)) return [];
    const selected = selection.edges.has(id);
    const ariaLabel = `Wire from ${titleOf(document, from[0])} ${from[1]} to ${titleOf(document, to[0])} ${to[1]}`;
    const known = old.get(id);
    const same =
      known?.source === from[0] &&
      known.sourceHandle === from[1] &&
      known.target === to[0] &&
      known.targetHandle === to[1] &&
      known.ariaLabel === ariaLabel &&
      (known.selectable === false) === light;
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
        ...(light && { selectable: false, focusable: false, reconnectable: false }),
      },
    ];
  });
}
