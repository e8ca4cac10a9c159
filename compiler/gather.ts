import { type FlatGraph, inputKey } from './flatten.ts';

/** The layers above one tensor input of a step. */
export interface Gathered {
  /** Flat ids, inputs first. */
  readonly nodes: readonly string[];
  /** The output that the step takes. */
  readonly output?: readonly [string, string];
}

/** Walks tensor wires upwards from a step's port to the inputs of the network. */
export function gather(graph: FlatGraph, node: string, port: string): Gathered {
  const wire = graph.wires.get(inputKey(node, port))?.[0];
  if (!wire) return { nodes: [] };
  const nodes: string[] = [];
  const seen = new Set<string>();
  const visit = (id: string): void => {
    if (seen.has(id)) return;
    seen.add(id);
    const flat = graph.nodes.get(id);
    if (!flat || flat.definition.level === 'step') return;
    for (const [name, spec] of Object.entries(flat.definition.inputs))
      if (spec.kinds.includes('tensor'))
        for (const { from } of graph.wires.get(inputKey(id, name)) ?? []) visit(from[0]);
    nodes.push(id);
  };
  visit(wire.from[0]);
  return { nodes, output: wire.from };
}
