import { type FlatGraph, inputKey } from './flatten.ts';

/** The layers above one tensor. */
export interface Gathered {
  /** Flat ids, inputs first. */
  readonly nodes: readonly string[];
  /** The output that is taken. */
  readonly output?: readonly [string, string];
}

/** The layers above what is wired to a step's port. */
export function gather(graph: FlatGraph, node: string, port: string): Gathered {
  const wire = graph.wires.get(inputKey(node, port))?.[0];
  return wire ? gatherAbove(graph, wire.from) : { nodes: [] };
}

/** Walks tensor wires upwards from an output to the inputs of the network. */
export function gatherAbove(graph: FlatGraph, output: readonly [string, string]): Gathered {
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
  visit(output[0]);
  return { nodes, output };
}
