import type { GraphDocument, GraphEdge, GraphNode } from '../../../graph/document.ts';
import type { Definitions } from '../../../graph/subgraphs.ts';
import type { PalettePort } from '../../../nodes/catalogue.ts';
import { entryOfNode } from '../../../nodes/subgraphs.ts';

/** The wires at a node: ports by side, and how many wires each has. */
interface NodeWires {
  readonly inputs: ReadonlyMap<string, number>;
  readonly outputs: ReadonlyMap<string, number>;
}

const none: NodeWires = { inputs: new Map(), outputs: new Map() };
const known = new WeakMap<GraphDocument['edges'], ReadonlyMap<string, NodeWires>>();

/** Which ports of a node have wires. Worked out once for all nodes after each change of wires. */
export function wiresAt(edges: GraphDocument['edges'], node: string): NodeWires {
  let all = known.get(edges);
  if (!all) {
    const made = new Map<string, { inputs: Map<string, number>; outputs: Map<string, number> }>();
    const at = (id: string) => {
      const old = made.get(id) ?? { inputs: new Map(), outputs: new Map() };
      made.set(id, old);
      return old;
    };
    for (const { from, to } of Object.values(edges)) {
      const { outputs } = at(from[0]);
      outputs.set(from[1], (outputs.get(from[1]) ?? 0) + 1);
      const { inputs } = at(to[0]);
      inputs.set(to[1], (inputs.get(to[1]) ?? 0) + 1);
    }
    all = made;
    known.set(edges, all);
  }
  return all.get(node) ?? none;
}

const ends = new WeakMap<GraphDocument['edges'], ReadonlyMap<string, readonly (readonly [string, GraphEdge])[]>>();
const noEnds: readonly (readonly [string, GraphEdge])[] = [];

/** The wires that begin or end at a node, by id, in the order of the document. Found once for all nodes, as above. */
export function wiresOf(edges: GraphDocument['edges'], node: string): readonly (readonly [string, GraphEdge])[] {
  let all = ends.get(edges);
  if (!all) {
    const made = new Map<string, (readonly [string, GraphEdge])[]>();
    const put = (at: string, wire: readonly [string, GraphEdge]) => {
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
