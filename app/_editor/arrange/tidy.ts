import ELK, { type ElkNode } from 'elkjs/lib/elk-api.js';
import type { GraphDocument } from '../../../graph/document.ts';
import { wiresAmong } from '../state/arrange.ts';
import type { NodeBox, Point } from '../state/store.ts';

const layered = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.layered.spacing.nodeNodeBetweenLayers': '72',
  'elk.spacing.nodeNode': '32',
  'elk.spacing.componentComponent': '64',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  // what a person put above stays above, where the wires leave a choice
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
};

/** A long chain is broken into rows when it is this many times as wide as high. */
const TOO_WIDE = 3;
const rows = { 'elk.layered.wrapping.strategy': 'MULTI_EDGE', 'elk.aspectRatio': '1.6' };

/** Places for nodes, so that data flows from left to right and wires cross little. Computed in a worker. */
export async function layOut(
  document: GraphDocument,
  boxes: Readonly<Record<string, NodeBox>>,
): Promise<Record<string, Point>> {
  const elk = new ELK({ workerFactory: () => new Worker(new URL('./tidy.worker.ts', import.meta.url)) });
  try {
    const graph = elkGraph(document, boxes);
    const wide = await elk.layout({ ...graph, layoutOptions: layered });
    const { width = 0, height = 1, children = [] } = wide;
    const isTooWide = width > height * TOO_WIDE && children.length > 6;
    const best = isTooWide ? await elk.layout({ ...graph, layoutOptions: { ...layered, ...rows } }) : wide;
    return Object.fromEntries((best.children ?? []).map(({ id, x = 0, y = 0 }) => [id, { x, y }]));
  } finally {
    elk.terminateWorker();
  }
}

function elkGraph(document: GraphDocument, boxes: Readonly<Record<string, NodeBox>>): ElkNode {
  const ids = new Set(Object.keys(boxes));
  const portId = (side: 'in' | 'out', [node, port]: readonly [string, string]) => `${node}|${side}|${port}`;
  return {
    id: 'graph',
    children: Object.entries(boxes)
      .sort(([, a], [, b]) => a.y - b.y || a.x - b.x)
      .map(([id, { width, height, ports }]) => ({
        id,
        width,
        height,
        layoutOptions: { 'elk.portConstraints': 'FIXED_POS' },
        ports: ports.map(({ name, side, y }) => ({
          id: portId(side, [id, name]),
          x: side === 'in' ? 0 : width,
          y,
          width: 0,
          height: 0,
        })),
      })),
    edges: wiresAmong(document, ids).flatMap(([id, { from, to }]) => {
      const [source, target] = [portId('out', from), portId('in', to)];
      const there = (end: string, node: string, side: 'in' | 'out') =>
        boxes[node]!.ports.some((port) => portId(side, [node, port.name]) === end && port.side === side);
      return there(source, from[0], 'out') && there(target, to[0], 'in')
        ? [{ id, sources: [source], targets: [target] }]
        : [];
    }),
  };
}
