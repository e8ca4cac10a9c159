import type { GraphDocument } from './document.ts';
import { outputOf } from './wire-names.ts';

/** Named wires whose names do not say what flows in them: two outputs have one name, or one output has two. */
export interface MixedNames {
  /** One, or those of the output. */
  readonly names: readonly string[];
  /** Node and port, with the wires from there that have such a name. */
  readonly outputs: readonly { readonly from: readonly [string, string]; readonly wires: readonly string[] }[];
}

const known = new WeakMap<GraphDocument['edges'], readonly MixedNames[]>();

/** What two people who name wires at once can leave. Found once after each change of wires. */
export function mixedNames(edges: GraphDocument['edges']): readonly MixedNames[] {
  const found = known.get(edges) ?? findMixed(edges);
  known.set(edges, found);
  return found;
}

function findMixed(edges: GraphDocument['edges']): MixedNames[] {
  const outputs = new Map<string, { from: readonly [string, string]; names: Map<string, string[]> }>();
  for (const [id, edge] of Object.entries(edges)) {
    if (edge.name === undefined) continue;
    const key = outputOf(edge);
    const output = outputs.get(key) ?? { from: edge.from, names: new Map<string, string[]>() };
    outputs.set(key, output);
    output.names.set(edge.name, [...(output.names.get(edge.name) ?? []), id]);
  }
  const all = [...outputs.values()];
  const having = (name: string) =>
    all.flatMap(({ from, names }) => (names.has(name) ? [{ from, wires: names.get(name)! }] : []));
  return [
    ...[...new Set(all.flatMap(({ names }) => [...names.keys()]))]
      .map((name) => ({ names: [name], outputs: having(name) }))
      .filter(({ outputs }) => outputs.length > 1),
    ...all
      .filter(({ names }) => names.size > 1)
      .map(({ from, names }) => ({ names: [...names.keys()], outputs: [{ from, wires: [...names.values()].flat() }] })),
  ];
}
