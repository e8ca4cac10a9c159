import type { GraphDocument, GraphEdge, GraphNode } from '../../../graph/document.ts';
import type { Definitions } from '../../../graph/subgraphs.ts';
import type { PalettePort } from '../../../nodes/catalogue.ts';
import { entryOfNode } from '../../../nodes/subgraphs.ts';

type Wire = readonly [id: string, edge: GraphEdge];
const noEnds: readonly Wire[] = [];
const ends = new WeakMap<GraphDocument['edges'], ReadonlyMap<string, readonly Wire[]>>();

/** The wires that begin or end at a node, in the order of the document. Found once for all nodes after each change of wires. */
export function wiresOf(edges: GraphDocument['edges'], node: string): readonly Wire[] {
  let all = ends.get(edges);
  if (!all) {
    const made = new Map<string, Wire[]>();
    const put = (at: string, wire: Wire) => {
      const known = made.get(at);
      if (known) known.push(wire);
      else made.set(at, [wire]);
    };
    for (const wire of Object.entries(edges)) {
      const [from, to] = [wire[1].from[0], wire[1].to[0]];
      put(from, wire);
      if (to !== from) put(to, wire);
    }
    all = made;
    ends.set(edges, all);
  }
  return all.get(node) ?? noEnds;
}

/** Works something out of a node's wires, once after each change of wires. */
export function ofWires<T>(none: T, make: (wires: readonly Wire[], node: string) => T) {
  const known = new WeakMap<readonly Wire[], T>();
  return (edges: GraphDocument['edges'], node: string): T => {
    const wires = wiresOf(edges, node);
    if (wires.length === 0) return none;
    const found = known.get(wires) ?? make(wires, node);
    known.set(wires, found);
    return found;
  };
}

/** The wires at a node: ports by side, and how many wires each has. */
interface NodeWires {
  readonly inputs: ReadonlyMap<string, number>;
  readonly outputs: ReadonlyMap<string, number>;
}

/** Which ports of a node have wires. */
export const wiresAt = ofWires<NodeWires>({ inputs: new Map(), outputs: new Map() }, (wires, node) => {
  const inputs = new Map<string, number>();
  const outputs = new Map<string, number>();
  for (const [, { from, to }] of wires) {
    if (from[0] === node) outputs.set(from[1], (outputs.get(from[1]) ?? 0) + 1);
    if (to[0] === node) inputs.set(to[1], (inputs.get(to[1]) ?? 0) + 1);
  }
  return { inputs, outputs };
});

export interface NodePort extends PalettePort {
  readonly wired: boolean;
  /** A wire ends here, but the node type has no such port. */
  readonly unknown?: boolean;
}

/** A node's ports: those of its type, and those that only its wires know of, so that no wire hangs in the air. */
export function portsOf(
  node: GraphNode,
  wires: NodeWires,
  definitions: Definitions,
): { readonly inputs: readonly NodePort[]; readonly outputs: readonly NodePort[] } {
  const entry = entryOfNode(node, definitions);
  const side = (which: 'inputs' | 'outputs'): NodePort[] => {
    const own = (entry?.[which] ?? []).map((port) => ({ ...port, wired: wires[which].has(port.name) }));
    const strange = [...wires[which].keys()].filter((name) => !own.some((port) => port.name === name));
    return [...own, ...strange.map((name) => ({ name, kinds: [], doc: '', wired: true, unknown: true }))];
  };
  return { inputs: side('inputs'), outputs: side('outputs') };
}
