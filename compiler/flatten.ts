import type { GraphDocument, GraphNode } from '../graph/document.ts';
import { definitionId, definitionOf, INSTANCE } from '../graph/subgraphs.ts';
import type { Problem } from '../lib/problem.ts';
import type { NodeDefinition } from '../nodes/kit/define-node.ts';
import {
  bypass,
  MOST_DEPTH,
  type OpenLevel,
  refuseInstance,
  titleOfInstance,
  wireProblems,
  withValues,
} from './instances.ts';

/** Finds the definition of a node type among those that are loaded. */
export type Lookup = (type: string) => NodeDefinition | undefined;

/** A node after composites and subgraphs were opened: only layers, inputs of networks and steps are left. */
export interface FlatNode {
  /** The path of the document's node; for a node inside a composite `outer/inner`. */
  readonly id: string;
  /** The path of the node that it belongs to, as a person sees it: its id, in a subgraph `instance/id`. */
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
  /** What an outer output of a composite or an instance is inside: `outer|port` → flat node and port. */
  readonly outputs: ReadonlyMap<string, readonly [string, string]>;
  /** What an outer input of a composite or an instance feeds inside: `outer|port` → flat nodes and ports. */
  readonly inputs: ReadonlyMap<string, readonly (readonly [string, string])[]>;
  /** Every node that a person can see, by its path: those in subgraphs once for each instance. */
  readonly places: ReadonlyMap<string, GraphNode>;
  /** What instances are called, by path. */
  readonly titles: ReadonlyMap<string, string>;
  /** The params that instances show outside, with their values, by path. */
  readonly settings: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** Where a port or param inside is set from outside: `node|port` or `node|param` → the instance and its name there. */
  readonly outside: {
    readonly ports: ReadonlyMap<string, readonly [string, string]>;
    readonly params: ReadonlyMap<string, readonly [string, string]>;
  };
}

export const inputKey = (node: string, port: string): string => `${node}|${port}`;

/** The instances that a path leads through, outermost first. */
export function instancesAround(places: FlatGraph['places'], path: string): string[] {
  const found: string[] = [];
  for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
    const outer = path.slice(0, at);
    if (places.get(outer)?.type === INSTANCE) found.push(outer);
  }
  return found;
}

/** How many nodes may come of a document: subgraphs in subgraphs multiply. */
const MOST_NODES = 10_000;

interface Raw {
  readonly type: string;
  readonly version: number;
  readonly params: Readonly<Record<string, unknown>>;
  readonly title?: string | undefined;
}

/** What one node of the document becomes. Kept with the node: an edit elsewhere does not take it apart again. */
interface Part {
  readonly prefix: string;
  readonly definition: NodeDefinition | undefined;
  readonly nodes: readonly FlatNode[];
  readonly edges: readonly FlatEdge[];
  readonly problems: readonly Problem[];
  /** Outer ports of composites inside it, and what they are. */
  readonly sources: ReadonlyMap<string, readonly [string, string]>;
  readonly sinks: ReadonlyMap<string, readonly (readonly [string, string])[]>;
}
/** By node, then by path: the node of a definition stands in every instance. */
const parts = new WeakMap<GraphNode, Map<string, Part>>();

function partOf(id: string, node: GraphNode, prefix: string, lookup: Lookup): Part {
  const own = parts.get(node) ?? new Map<string, Part>();
  parts.set(node, own);
  const known = own.get(id);
  if (known && known.prefix === prefix && known.definition === lookup(node.type)) return known;
  const part = takeApart(id, node, prefix, lookup);
  own.set(id, part);
  return part;
}

function takeApart(origin: string, outer: GraphNode, prefix: string, lookup: Lookup): Part {
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
  visit(origin, outer, prefix + layerName(outer), 0);
  return { prefix, definition: lookup(outer.type), nodes, edges, problems, sources, sinks };
}

/** Opens composites and subgraphs, migrates and reads params, leaves out what is muted. Problems are collected. */
export function flatten(document: GraphDocument, lookup: Lookup): FlatGraph {
  const nodes = new Map<string, FlatNode>();
  const places = new Map<string, GraphNode>();
  const titles = new Map<string, string>();
  const settings = new Map<string, Readonly<Record<string, unknown>>>();
  const problems: Problem[] = [];
  const sources = new Map<string, readonly [string, string]>();
  const sinks = new Map<string, readonly Sink[]>();
  const wiresOfLevels: (FlatEdge & { readonly order: number })[] = [];
  const inner: FlatEdge[] = [];
  const ports = new Map<string, readonly [string, string]>();
  const params = new Map<string, readonly [string, string]>();

  const open = (level: OpenLevel): void => {
    for (const [id, node] of Object.entries(level.nodes)) {
      const path = level.path + id;
      places.set(path, node);
      if (node.muted || nodes.size > MOST_NODES) continue;
      if (node.type === INSTANCE) {
        openInstance(level, id, node);
        continue;
      }
      const part = partOf(path, node, level.prefix, lookup);
      for (const flat of part.nodes) nodes.set(flat.id, flat);
      for (const [key, end] of part.sources) sources.set(key, end);
      for (const [key, ends] of part.sinks)
        sinks.set(
          key,
          ends.map((end) => ({ end })),
        );
      problems.push(...part.problems);
      inner.push(...part.edges);
    }
    problems.push(...wireProblems(level, document.definitions));
    const sorted = Object.entries(level.edges).sort(
      ([a, x], [b, y]) => (x.order ?? 0) - (y.order ?? 0) || (a < b ? -1 : 1),
    );
    for (const [id, { from, to, order }] of sorted) {
      const real = bypass(level, document.definitions, lookup, from);
      if (real)
        wiresOfLevels.push({ id: level.path + id, from: real, to: [level.path + to[0], to[1]], order: order ?? 0 });
    }
  };

  const openInstance = (outer: OpenLevel, id: string, node: GraphNode): void => {
    const path = outer.path + id;
    const definition = definitionOf(document.definitions, node);
    titles.set(path, titleOfInstance(node, document.definitions));
    const refused = refuseInstance(outer, node, path, document.definitions);
    if (refused) problems.push(refused);
    if (refused || !definition) return;
    const level: OpenLevel = {
      path: `${path}/`,
      prefix: `${outer.prefix}${layerName(node)}.`,
      nodes: withValues(path, definition, node),
      edges: definition.edges,
      around: [...outer.around, definitionId(node)!],
      outer: { level: outer, id, definition },
    };
    const feeds = new Map<string, Sink[]>();
    for (const { name, node: target, port, order } of definition.inputs) {
      ports.set(inputKey(`${path}/${target}`, port), [path, name]);
      const sink = { end: [`${path}/${target}`, port] as const, ...(typeof order === 'number' && { order }) };
      feeds.set(name, [...(feeds.get(name) ?? []), sink]);
    }
    for (const [name, ends] of feeds) sinks.set(inputKey(path, name), ends);
    for (const { name, node: source, port } of definition.outputs) {
      const real = bypass(level, document.definitions, lookup, [source, port]);
      if (real) sources.set(inputKey(path, name), real);
    }
    for (const { name, node: target, param } of definition.params)
      if (Object.hasOwn(node.params, name)) params.set(inputKey(`${path}/${target}`, param), [path, name]);
    settings.set(
      path,
      Object.fromEntries(
        definition.params.map(({ name, node: target, param }) => [name, level.nodes[target]?.params[param]]),
      ),
    );
    open(level);
  };

  open({ path: '', prefix: '', nodes: document.nodes, edges: document.edges, around: [] });
  if (nodes.size > MOST_NODES)
    problems.push({
      code: 'graph/too-large',
      message: `With all its subgraphs open, a graph may have ${MOST_NODES.toLocaleString('en')} nodes, this one has more.`,
      hint: 'Use fewer instances, or smaller ones.',
    });

  const sourceOf = (end: readonly [string, string]): readonly [string, string] => {
    const inside = sources.get(inputKey(...end));
    return inside ? sourceOf(inside) : end;
  };
  const sinksOf = ({ end, order }: Sink): Sink[] =>
    sinks.get(inputKey(...end))?.flatMap((each) => sinksOf({ ...(order !== undefined && { order }), ...each })) ?? [
      { end, ...(order !== undefined && { order }) },
    ];

  const wires = new Map<string, (FlatEdge & { readonly order: number })[]>();
  for (const edge of [...wiresOfLevels, ...inner.map((each) => ({ ...each, order: Number.MAX_VALUE }))])
    for (const { end, order } of sinksOf({ end: edge.to, order: edge.order })) {
      const wire = { id: edge.id, from: sourceOf(edge.from), to: end, order: order ?? edge.order };
      const key = inputKey(...end);
      const list = wires.get(key);
      if (list) list.push(wire);
      else wires.set(key, [wire]);
    }
  // what comes in through a subgraph's port has its place among the wires that lie inside
  for (const list of wires.values()) list.sort((a, b) => a.order - b.order);
  return {
    nodes,
    wires,
    problems,
    outputs: new Map([...sources].map(([key, end]) => [key, sourceOf(end)])),
    inputs: new Map([...sinks].map(([key, ends]) => [key, ends.flatMap(sinksOf).map(({ end }) => end)])),
    places,
    titles,
    settings,
    outside: { ports, params },
  };
}

/**
 * The graph of a document that came of an edit. Where only params of nodes were edited that become one node each, all but
 * these nodes is as it was, and the wires are the very same object.
 */
export function flattenAfter(
  last: { readonly document: GraphDocument; readonly graph: FlatGraph } | undefined,
  document: GraphDocument,
  lookup: Lookup,
): FlatGraph {
  const changed = last && onlyParams(last.document, document, lookup);
  if (!changed) return flatten(document, lookup);
  const { graph } = last;
  const nodes = new Map(graph.nodes);
  const places = new Map(graph.places);
  for (const [id, flat] of changed) {
    nodes.set(id, flat);
    places.set(id, document.nodes[id]!);
  }
  return { ...graph, nodes, places };
}

/** The flat nodes of edited ones, if nothing else was edited. */
function onlyParams(before: GraphDocument, after: GraphDocument, lookup: Lookup): [string, FlatNode][] | undefined {
  if (before.edges !== after.edges || before.definitions !== after.definitions) return undefined;
  const ids = Object.keys(after.nodes);
  const old = Object.keys(before.nodes);
  if (ids.length !== old.length || ids.length > MOST_NODES) return undefined;
  const changed: [string, FlatNode][] = [];
  for (const [i, id] of ids.entries()) {
    if (id !== old[i]) return undefined;
    const [a, b] = [before.nodes[id]!, after.nodes[id]!];
    if (a === b && a.type !== INSTANCE && knows(id, a, lookup)) continue;
    const isSteady = (['type', 'version', 'title', 'muted', 'bypassed'] as const).every(
      (field) => a[field] === b[field],
    );
    if (!isSteady || a.type === INSTANCE || a.muted || a.bypassed) return undefined;
    const [x, y] = [plainPart(id, a, lookup), plainPart(id, b, lookup)];
    if (!x || !y) return undefined;
    changed.push([id, y]);
  }
  return changed;
}

/** The one node that a node becomes; undefined where it is another number of nodes, or has problems. */
function plainPart(id: string, node: GraphNode, lookup: Lookup): FlatNode | undefined {
  const { nodes, sources, sinks, problems } = partOf(id, node, '', lookup);
  return nodes.length === 1 && sources.size + sinks.size + problems.length === 0 ? nodes[0] : undefined;
}

/** Whether the node was taken apart by the same definition: more may have been loaded since. */
const knows = (id: string, node: GraphNode, lookup: Lookup): boolean =>
  node.muted === true || parts.get(node)?.get(id)?.definition === lookup(node.type);

interface Sink {
  readonly end: readonly [string, string];
  /** Its place among the wires of a port that takes many. */
  readonly order?: number;
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
