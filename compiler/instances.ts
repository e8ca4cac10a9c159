import type { GraphDocument, GraphNode } from '../graph/document.ts';
import {
  type Definition,
  type Definitions,
  definitionId,
  definitionOf,
  INSTANCE,
  INSTANCE_VERSION,
  looseWires,
} from '../graph/subgraphs.ts';
import type { Problem } from '../lib/problem.ts';
import type { Lookup } from './flatten.ts';

/** How deep composites and subgraphs may contain each other. */
export const MOST_DEPTH = 32;

/** One graph while it is opened: the document's own, or that of an instance. */
export interface OpenLevel {
  /** What stands before the ids of its nodes in their paths. */
  readonly path: string;
  /** What stands before the names of its layers. */
  readonly prefix: string;
  readonly nodes: GraphDocument['nodes'];
  readonly edges: GraphDocument['edges'];
  /** The definitions that it lies in. */
  readonly around: readonly string[];
  readonly outer?: { readonly level: OpenLevel; readonly id: string; readonly definition: Definition };
}

export const titleOfInstance = (node: GraphNode, definitions: Definitions): string =>
  node.title || definitionOf(definitions, node)?.title || 'This subgraph';

/** Why an instance can't be opened. */
export function refuseInstance(
  { around }: OpenLevel,
  node: GraphNode,
  path: string,
  definitions: Definitions,
): Problem | undefined {
  const id = definitionId(node);
  const title = titleOfInstance(node, definitions);
  const at = { node: path };
  if (node.version > INSTANCE_VERSION)
    return {
      code: 'node/newer',
      message: `${title} was saved as version ${node.version}, this Patchbay has version ${INSTANCE_VERSION}.`,
      hint: 'The node is kept as it is. Open the graph in a newer Patchbay.',
      at,
    };
  if (id === undefined || !definitionOf(definitions, node))
    return {
      code: 'subgraph/missing',
      message: `${title} needs the subgraph that it shows, this graph does not have it.`,
      hint: 'Delete the node, or copy it again from the graph that it came from.',
      at,
    };
  if (around.includes(id)) {
    const circle = [...around.slice(around.indexOf(id)), id].map((each) => definitions[each]!.title);
    return {
      code: 'subgraph/contains-itself',
      message: `${definitions[id]!.title} contains itself: ${circle.join(' → ')}.`,
      hint: 'Take this instance out of it.',
      at,
    };
  }
  if (around.length >= MOST_DEPTH)
    return { code: 'graph/too-deep', message: `${title} contains nodes ${MOST_DEPTH} levels deep.`, at };
  return undefined;
}

const given = new WeakMap<GraphNode, Map<string, { readonly values: string; readonly node: GraphNode }>>();

/** The nodes of a definition with an instance's values for lifted params. Equal values give the same objects. */
export function withValues(path: string, definition: Definition, instance: GraphNode): GraphDocument['nodes'] {
  const values = new Map<string, Record<string, GraphNode['params'][string]>>();
  for (const { name, node, param } of definition.params)
    if (Object.hasOwn(instance.params, name) && Object.hasOwn(definition.nodes, node))
      values.set(node, { ...values.get(node), [param]: instance.params[name]! });
  if (values.size === 0) return definition.nodes;
  const nodes = { ...definition.nodes };
  for (const [id, own] of values) {
    const plain = nodes[id]!;
    const text = JSON.stringify(own);
    const before = given.get(plain) ?? new Map<string, { values: string; node: GraphNode }>();
    given.set(plain, before);
    const known = before.get(path);
    const node = known?.values === text ? known.node : { ...plain, params: { ...plain.params, ...own } };
    before.set(path, { values: text, node });
    nodes[id] = node;
  }
  return nodes;
}

/** Wires that lead nowhere: to a node that is not there, or to a port that a subgraph does not have. */
export function wireProblems(level: OpenLevel, definitions: Definitions): Problem[] {
  const dangling = Object.entries(level.edges).flatMap(([id, { from, to }]): Problem[] => {
    const missing = [from[0], to[0]].find((node) => !Object.hasOwn(level.nodes, node));
    if (!missing) return [];
    return [
      {
        code: 'graph/dangling-wire',
        message: `The wire ${id} leads to a node ${missing} that does not exist.`,
        hint: 'Take the wire away.',
        at: { node: level.path + (missing === from[0] ? to[0] : from[0]) },
      },
    ];
  });
  const loose = looseWires(level, definitions).map(([id, { from, to }]): Problem => {
    const own = definitionOf(definitions, level.nodes[to[0]]);
    const into = own !== undefined && !own.inputs.some(({ name }) => name === to[1]);
    const [node, port] = into ? to : from;
    return {
      code: 'subgraph/no-port',
      message: `The wire ${id} needs a port ${port} of ${titleOfInstance(level.nodes[node]!, definitions)}, it has none.`,
      hint: 'Take the wire away.',
      at: { node: level.path + node, port },
    };
  });
  return [...dangling, ...loose];
}

/** Kinds of a port, whatever the node is. */
function kindsAt(
  nodes: GraphDocument['nodes'],
  definitions: Definitions,
  lookup: Lookup,
  [id, port]: readonly [string, string],
  side: 'inputs' | 'outputs',
  depth = 0,
): readonly string[] {
  const node = Object.hasOwn(nodes, id) ? nodes[id] : undefined;
  // a subgraph that contains itself would ask for ever
  if (!node || depth > MOST_DEPTH) return [];
  if (node.type !== INSTANCE) return lookup(node.type)?.[side][port]?.kinds ?? [];
  const inside = definitionOf(definitions, node);
  const row = inside?.[side].find(({ name }) => name === port);
  return row && inside ? kindsAt(inside.nodes, definitions, lookup, [row.node, row.port], side, depth + 1) : [];
}

/** Where a wire from a bypassed node really comes from: the first of its inputs that carries the same kind. */
export function bypass(
  level: OpenLevel,
  definitions: Definitions,
  lookup: Lookup,
  from: readonly [string, string],
  seen = new Set<string>(),
): readonly [string, string] | undefined {
  const [id, port] = from;
  const path = level.path + id;
  const node = Object.hasOwn(level.nodes, id) ? level.nodes[id] : undefined;
  if (!node?.bypassed) return [path, port];
  if (seen.has(path)) return undefined;
  seen.add(path);
  const kind = kindsAt(level.nodes, definitions, lookup, from, 'outputs')[0];
  const names =
    node.type === INSTANCE
      ? (definitionOf(definitions, node)?.inputs ?? []).map(({ name }) => name)
      : Object.keys(lookup(node.type)?.inputs ?? {});
  const through = names.find(
    (name) => kind && kindsAt(level.nodes, definitions, lookup, [id, name], 'inputs').includes(kind),
  );
  if (through === undefined) return undefined;
  const wire = Object.values(level.edges).find(({ to }) => to[0] === id && to[1] === through);
  if (wire) return bypass(level, definitions, lookup, wire.from, seen);
  // what comes in through the subgraph's own port
  const { outer } = level;
  const row = outer?.definition.inputs.find((each) => each.node === id && each.port === through);
  const feed = row && Object.values(outer!.level.edges).find(({ to }) => to[0] === outer!.id && to[1] === row.name);
  return feed && bypass(outer!.level, definitions, lookup, feed.from, seen);
}
