import type { GraphDocument, GraphEdge, GraphNode } from '../../../graph/document.ts';
import { type Command, freeId } from '../../../graph/edit.ts';
import { newWireId } from './new-node.ts';

const TOKENIZE = 'text/tokenize';

/** The node that prepared the rows that a model was trained on: the nearest one before it. */
function preparing({ nodes, edges }: GraphDocument, model: string): string | undefined {
  const before = new Set([model]);
  // a set is walked in the order in which it grows
  for (const id of before) {
    if (nodes[id]?.type === TOKENIZE) return id;
    for (const { from, to } of Object.values(edges)) if (to[0] === id) before.add(from[0]);
  }
  return undefined;
}

/** A place left of a node that no other one takes. */
function roomBefore({ nodes }: GraphDocument, { x, y }: GraphNode['position']): GraphNode['position'] {
  const all = Object.values(nodes).map(({ position }) => position);
  const at = { x: x - 280, y };
  while (all.some((each) => Math.abs(each.x - at.x) < 240 && each.y > at.y - 300 && each.y < at.y + 180)) at.y += 40;
  return at;
}

/** Puts the node that does it on a wire whose rows are converted. Undefined where this graph does not say how. */
export function materialise(document: GraphDocument, wire: string): Command | undefined {
  const edge = document.edges[wire];
  const target = edge && document.nodes[edge.to[0]];
  const model = Object.values(document.edges).find(({ to }) => to[0] === edge?.to[0] && /^models?$/.test(to[1]));
  const like = model && preparing(document, model.from[0]);
  const old = like === undefined ? undefined : document.nodes[like];
  const tokenizer = Object.values(document.edges).find(({ to }) => to[0] === like && to[1] === 'tokenizer');
  if (!edge || !target || !old || !tokenizer) return undefined;
  const id = freeId(document.nodes, 'tokenize');
  const { type, version, params } = old;
  const node: GraphNode = { type, version, params, position: roomBefore(document, target.position) };
  const make = (value: GraphEdge) => ({ path: ['edges', newWireId()], value });
  return {
    label: 'Make a conversion a node',
    edits: [
      { path: ['edges', wire] },
      { path: ['nodes', id], value: node },
      make({ from: edge.from, to: [id, 'dataset'], ...(edge.name !== undefined && { name: edge.name }) }),
      make({ from: tokenizer.from, to: [id, 'tokenizer'] }),
      make({ from: [id, 'dataset'], to: edge.to, ...(edge.order !== undefined && { order: edge.order }) }),
    ],
  };
}
