import type { GraphDocument, GraphNode } from '../graph/document.ts';
import type { Command } from '../graph/edit.ts';
import { type NewIds, newInstance } from '../graph/subgraph-edits.ts';
import type { Definition } from '../graph/subgraphs.ts';
import { fail } from '../lib/problem.ts';
import { entryOf } from './catalogue.ts';
import type { Expansion, NodeDefinition } from './kit/define-node.ts';

const COLUMN = 280;
const ROW = 200;

/** Where the parts of an expansion lie: each right of all that it needs. */
function places({ nodes, edges }: Expansion): Map<string, { x: number; y: number }> {
  const columns = new Map<string, number>();
  const columnOf = (id: string): number => {
    const known = columns.get(id);
    if (known !== undefined) return known;
    const before = edges.filter(({ to }) => to[0] === id).map(({ from }) => columnOf(from[0]));
    const column = Math.max(-1, ...before) + 1;
    columns.set(id, column);
    return column;
  };
  const rows = new Map<number, number>();
  return new Map(
    Object.keys(nodes).map((id) => {
      const column = columnOf(id);
      const row = rows.get(column) ?? 0;
      rows.set(column, row + 1);
      return [id, { x: column * COLUMN, y: row * ROW }];
    }),
  );
}

/**
 * Puts a subgraph of its layers in the place of a ready-made node. Ids and names stay what they are inside the node, so
 * parameters are called the same, begin with the same numbers, and the graph computes the same.
 */
export function expandComposite(
  document: GraphDocument,
  id: string,
  { definition, params, ids }: { definition: NodeDefinition; params: Readonly<Record<string, unknown>>; ids: NewIds },
): Command {
  const node = document.nodes[id] as GraphNode;
  const title = node.title || definition.title;
  if (definition.level !== 'composite' || definition.canvas)
    return fail('subgraph/not-composite', `${title} is one piece: it has no layers to expand into.`);
  const expansion = definition.expand(params as never);
  const at = places(expansion);
  const nodes = Object.fromEntries(
    Object.entries(expansion.nodes).map(([part, { type, params: own = {} }]): [string, GraphNode] => {
      const entry = entryOf(type);
      const named = entry && 'name' in entry.params && !own.name;
      return [
        part,
        {
          type,
          version: entry?.version ?? 1,
          params: { ...own, ...(named && { name: part }) } as GraphNode['params'],
          position: at.get(part)!,
        },
      ];
    }),
  );
  const value: Definition = {
    title,
    inputs: Object.entries(expansion.inputs).flatMap(([name, ends]) =>
      ends.map(([inner, port]) => ({ name, node: inner, port })),
    ),
    outputs: Object.entries(expansion.outputs).map(([name, [inner, port]]) => ({ name, node: inner, port })),
    params: [],
    nodes,
    edges: Object.fromEntries(
      expansion.edges.map(({ from, to }, i) => [`wire-${i + 1}`, { from: [...from], to: [...to] }]),
    ),
  };
  const made = ids.definition();
  const definitions = { ...document.definitions, [made]: value };
  const { node: instance } = newInstance({ nodes: document.nodes, definitions }, made, node.position);
  const { type: _type, version: _version, params: old, ...rest } = node;
  const stem = node.type.slice(node.type.indexOf('/') + 1);
  const name = typeof old.name === 'string' && old.name ? old.name : stem;
  return {
    label: `Expand ${title}`,
    edits: [
      { path: ['definitions', made], value },
      { path: ['nodes', id], value: { ...rest, ...instance, params: { ...instance.params, name } } },
    ],
  };
}
