import type { GraphDocument, GraphNode } from '../graph/document.ts';
import type { Problem } from '../lib/problem.ts';
import type { NodeDefinition } from '../nodes/kit/define-node.ts';

/** Finds the definition of a node type among those that are loaded. */
export type Lookup = (type: string) => NodeDefinition | undefined;

/** A node after composites were expanded: only layers, inputs of networks and steps are left. */
export interface FlatNode {
  /** The document's node id; for a node inside a composite `outer/inner`. */
  readonly id: string;
  /** The document's node that it belongs to. */
  readonly origin: string;
  readonly title: string;
  readonly definition: Exclude<NodeDefinition, { level: 'composite' }>;
  /** As its schema reads them. */
  readonly params: Readonly<Record<string, unknown>>;
  /** The first part of the names of its parameters. */
  readonly name: string;
}

export interface FlatEdge {
  readonly id: string;
  readonly from: readonly [node: string, port: string];
  readonly to: readonly [node: string, port: string];
}

export interface FlatGraph {
  readonly nodes: ReadonlyMap<string, FlatNode>;
  /** Wires by the input that they end in, in reading order. */
  readonly wires: ReadonlyMap<string, readonly FlatEdge[]>;
  readonly problems: readonly Problem[];
  /** What an outer output of a composite is inside: `outer|port` → flat node and port. */
  readonly outputs: ReadonlyMap<string, readonly [string, string]>;
}

export const inputKey = (node: string, port: string): string => `${node}|${port}`;

/** How deep composites may contain composites. */
const MOST_DEPTH = 32;

interface Raw {
  readonly type: string;
  readonly version: number;
  readonly params: Readonly<Record<string, unknown>>;
  readonly title?: string | undefined;
}

/** What one node of the document becomes. Kept with the node: an edit elsewhere does not take it apart again. */
interface Part {
  readonly id: string;
  readonly definition: NodeDefinition | undefined;
  readonly nodes: readonly FlatNode[];
  readonly edges: readonly FlatEdge[];
  readonly problems: readonly Problem[];
  /** Outer ports of composites inside it, and what they are. */
  readonly sources: ReadonlyMap<string, readonly [string, string]>;
  readonly sinks: ReadonlyMap<string, readonly (readonly [string, string])[]>;
}
const parts = new WeakMap<GraphNode, Part>();

function partOf(id: string, node: GraphNode, lookup: Lookup): Part {
  const known = parts.get(node);
  if (known && known.id === id && known.definition === lookup(node.type)) return known;
  const part = takeApart(id, node, lookup);
  parts.set(node, part);
  return part;
}

function takeApart(origin: string, outer: GraphNode, lookup: Lookup): Part {
  const nodes: FlatNode[] = [];
  const edges: FlatEdge[] = [];
  const problems: Problem[] = [];
  const sources = new Map<string, readonly [string, string]>();
  const sinks = new Map<string, readonly (readonly [string, string])[]>();

  const visit = (id: string, raw: Raw, name: string, depth: number): void => {
    const definition = lookup(raw.type);
    const place = { node: origin };
    const title = raw.title || definition?.title || raw.type;
    if (!definition) {
      problems.push({
        code: 'node/unknown',
        message: `This Patchbay has no node type ${raw.type}.`,
        hint: 'The node is kept as it is. Open the graph where its type is known, or take the node away.',
        at: place,
      });
      return;
    }
    if (raw.version > definition.version) {
      problems.push({
        code: 'node/newer',
        message: `${title} was saved as version ${raw.version}, this Patchbay has version ${definition.version}.`,
        hint: 'The node is kept as it is. Open the graph in a newer Patchbay.',
        at: place,
      });
      return;
    }
    const { params, problems: invalid } = readParams(definition, raw, title, origin);
    problems.push(...invalid);
    if (definition.level !== 'composite') {
      nodes.push({ id, origin, title, definition, params, name });
      return;
    }
    if (depth >= MOST_DEPTH) {
      problems.push({
        code: 'graph/too-deep',
        message: `${title} contains nodes ${MOST_DEPTH} levels deep.`,
        at: place,
      });
      return;
    }
    const expansion = definition.expand(params as never);
    for (const [part, node] of Object.entries(expansion.nodes)) {
      const own = String(node.params?.name ?? part);
      const version = lookup(node.type)?.version ?? 1;
      visit(
        `${id}/${part}`,
        { type: node.type, version, params: node.params ?? {}, title },
        `${name}.${own}`,
        depth + 1,
      );
    }
    const inside = ([node, port]: readonly [string, string]) => [`${id}/${node}`, port] as const;
    expansion.edges.forEach(({ from, to }, i) => {
      edges.push({ id: `${id}/${i}`, from: inside(from), to: inside(to) });
    });
    for (const [port, ends] of Object.entries(expansion.inputs)) sinks.set(inputKey(id, port), ends.map(inside));
    for (const [port, end] of Object.entries(expansion.outputs)) sources.set(inputKey(id, port), inside(end));
  };
  visit(origin, outer, layerName(outer), 0);
  return { id: origin, definition: lookup(outer.type), nodes, edges, problems, sources, sinks };
}

/** Takes composites apart, migrates and reads params, leaves out what is muted. Problems are collected. */
export function flatten(document: GraphDocument, lookup: Lookup): FlatGraph {
  const nodes = new Map<string, FlatNode>();
  const problems: Problem[] = [];
  const sources = new Map<string, readonly [string, string]>();
  const sinks = new Map<string, readonly (readonly [string, string])[]>();
  const inner: FlatEdge[] = [];
  for (const [id, node] of Object.entries(document.nodes)) {
    if (node.muted) continue;
    const part = partOf(id, node, lookup);
    for (const flat of part.nodes) nodes.set(flat.id, flat);
    for (const [key, end] of part.sources) sources.set(key, end);
    for (const [key, ends] of part.sinks) sinks.set(key, ends);
    problems.push(...part.problems);
    inner.push(...part.edges);
  }

  const sourceOf = (end: readonly [string, string]): readonly [string, string] => {
    const inside = sources.get(inputKey(...end));
    return inside ? sourceOf(inside) : end;
  };
  const sinksOf = (end: readonly [string, string]): (readonly [string, string])[] =>
    sinks.get(inputKey(...end))?.flatMap(sinksOf) ?? [end];

  const wires = new Map<string, FlatEdge[]>();
  const add = (edge: FlatEdge) => {
    const key = inputKey(...edge.to);
    const list = wires.get(key);
    if (list) list.push(edge);
    else wires.set(key, [edge]);
  };
  const outer = Object.entries(document.edges).sort(
    ([a, x], [b, y]) => (x.order ?? 0) - (y.order ?? 0) || (a < b ? -1 : 1),
  );
  for (const [id, { from, to }] of [...outer, ...inner.map((edge) => [edge.id, edge] as const)]) {
    const real = bypass(document, lookup, from);
    if (!real) continue;
    for (const sink of sinksOf(to)) add({ id, from: sourceOf(real), to: sink });
  }
  return { nodes, wires, problems, outputs: sources };
}

/** Where a wire from a bypassed node really comes from: the first of its inputs that carries the same kind. */
function bypass(
  document: GraphDocument,
  lookup: Lookup,
  from: readonly [string, string],
  seen = new Set<string>(),
): readonly [string, string] | undefined {
  const [id, port] = from;
  const node = Object.hasOwn(document.nodes, id) ? document.nodes[id] : undefined;
  if (!node?.bypassed) return from;
  if (seen.has(id)) return undefined;
  seen.add(id);
  const definition = lookup(node.type);
  const kind = definition?.outputs[port]?.kinds[0];
  const through = Object.entries(definition?.inputs ?? {}).find(([, input]) => kind && input.kinds.includes(kind));
  const wire = through && Object.values(document.edges).find(({ to }) => to[0] === id && to[1] === through[0]);
  return wire ? bypass(document, lookup, wire.from, seen) : undefined;
}

/** A layer's own name; without one, the last word of its type. */
const layerName = (node: GraphNode): string => {
  const { name } = node.params;
  return typeof name === 'string' && name ? name : node.type.slice(node.type.indexOf('/') + 1);
};

/** Migrates and reads params. Fields that do not fit are reported and stand at their defaults, so checking goes on. */
export function readParams(
  definition: NodeDefinition,
  raw: Raw,
  title: string,
  node: string,
): { params: Readonly<Record<string, unknown>>; problems: Problem[] } {
  let params: Record<string, unknown> = { ...raw.params };
  for (let version = raw.version; version < definition.version; version++)
    params = definition.migrate?.[version]?.(params) ?? params;
  const parsed = definition.params.safeParse(params);
  if (parsed.success) return { params: parsed.data, problems: [] };
  const problems = parsed.error.issues.map((issue): Problem => {
    const param = String(issue.path[0] ?? '');
    const label = definition.params.shape[param]?.meta()?.title ?? param;
    const got = JSON.stringify(params[param])?.slice(0, 60);
    return {
      code: 'param/invalid',
      message: `${label} of ${title} does not fit: ${issue.message[0]!.toLowerCase()}${issue.message.slice(1)}, got ${got}.`,
      at: { node, ...(param && { param }) },
    };
  });
  const bad = new Set(parsed.error.issues.map((issue) => String(issue.path[0])));
  const rest = Object.fromEntries(Object.entries(params).filter(([key]) => !bad.has(key)));
  const again = definition.params.safeParse(rest);
  return { params: again.success ? again.data : definition.params.parse({}), problems };
}
