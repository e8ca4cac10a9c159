import type { GraphDocument, GraphEdge, GraphNode } from '../../../graph/document.ts';
import { addNode, type Command, connect, freeId } from '../../../graph/edit.ts';
import type { PaletteEntry } from '../../../nodes/catalogue.ts';
import { bringDefinitions, isSubgraph, neededDefinitions, newIds, newInstanceOf } from './definitions.ts';
import { movedBy, viaIf } from './routes.ts';
import type { End } from './wiring.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

const stemOf = (type: string): string => type.slice(type.indexOf('/') + 1);

/** Names of layers that the graph has: the first parts of its parameters' names. */
const namesOf = (document: GraphDocument): Record<string, true> =>
  Object.fromEntries(
    Object.values(document.nodes).flatMap(({ params }) =>
      typeof params.name === 'string' ? [[params.name, true]] : [],
    ),
  );

/** A node of a type, valid at once. A layer gets a name of its own, which stays: its weights are called by it. */
export function newNode(
  document: GraphDocument,
  entry: PaletteEntry,
  position: Point,
): { readonly id: string; readonly node: GraphNode } {
  if (isSubgraph(entry)) return newInstanceOf(document, entry, position);
  const stem = stemOf(entry.id);
  const named = entry.level === 'layer' || entry.level === 'composite';
  return {
    id: freeId(document.nodes, stem),
    node: {
      type: entry.id,
      version: entry.version,
      params: named && 'name' in entry.params ? { name: freeId(namesOf(document), stem) } : {},
      position: { x: Math.round(position.x), y: Math.round(position.y) },
    },
  };
}

/** A new wire's id: random, so that two people who draw wires at once never take the same. */
export const newWireId = (): string => newIds.wire();

/** Adds a node, wired to a loose end if there is one, as one step of undo. */
export function addConnected(
  document: GraphDocument,
  entry: PaletteEntry,
  position: Point,
  wire?: {
    readonly end: End;
    readonly port: string;
    readonly seeks: 'inputs' | 'outputs';
    readonly many: boolean;
    readonly via?: readonly Point[] | undefined;
  },
): { readonly id: string; readonly command: Command } {
  const { id, node } = newNode(document, entry, position);
  const add = addNode(id, node, entry.title);
  if (!wire) return { id, command: add };
  const fixed: readonly [string, string] = [wire.end.node, wire.end.port];
  const edge: GraphEdge = {
    ...(wire.seeks === 'inputs'
      ? { from: [...fixed], to: [id, wire.port] }
      : { from: [id, wire.port], to: [...fixed] }),
    ...viaIf(wire.via),
  };
  const link = connect(document, newWireId(), edge, wire.many);
  return { id, command: { label: add.label, edits: [...add.edits, ...link.edits] } };
}

/** How far a copy lies from its original. */
const OFFSET = 32;

/**
 * Puts nodes and the wires between them into a document, under free ids and names. Used for paste and duplicate; wires
 * from outside are kept where `keepInputs` says so and their sources are here.
 */
export function insertNodes(
  document: GraphDocument,
  source: Pick<GraphDocument, 'nodes' | 'edges'> & Partial<Pick<GraphDocument, 'definitions'>>,
  { label, at, keepInputs = false }: { label: string; at?: Point; keepInputs?: boolean },
): { readonly ids: readonly string[]; readonly command: Command } {
  const taken: Record<string, unknown> = { ...document.nodes };
  const names = namesOf(document);
  const ids = new Map<string, string>();
  const positions = Object.values(source.nodes).map(({ position }) => position);
  const left = Math.min(...positions.map(({ x }) => x));
  const top = Math.min(...positions.map(({ y }) => y));
  const shift = at ? { x: at.x - left, y: at.y - top } : { x: OFFSET, y: OFFSET };
  const brought = bringDefinitions(document, source);
  const edits: Command['edits'][number][] = [...brought.edits];
  for (const [old, node] of Object.entries(brought.nodes)) {
    const id = freeId(taken, old.replace(/-\d+$/, ''));
    taken[id] = node;
    ids.set(old, id);
    const { name } = node.params;
    const free = typeof name === 'string' && name && Object.hasOwn(names, name);
    const given = free ? freeId(names, name.replace(/-\d+$/, '')) : name;
    if (typeof given === 'string') names[given] = true;
    edits.push({
      path: ['nodes', id],
      value: {
        ...node,
        params: { ...node.params, ...(given !== undefined && { name: given }) },
        position: { x: Math.round(node.position.x + shift.x), y: Math.round(node.position.y + shift.y) },
      },
    });
  }
  for (const edge of Object.values(source.edges)) {
    const to = ids.get(edge.to[0]);
    const from = ids.get(edge.from[0]) ?? (keepInputs && edge.from[0] in document.nodes ? edge.from[0] : undefined);
    if (to && from)
      edits.push({
        path: ['edges', newWireId()],
        value: {
          ...edge,
          from: [from, edge.from[1]],
          to: [to, edge.to[1]],
          ...(edge.via && { via: movedBy(edge.via, shift) }),
        },
      });
  }
  return { ids: [...ids.values()], command: { label, edits } };
}

/** The nodes with these ids and the wires between them, as a document: what is put on the clipboard. */
export function excerpt(document: GraphDocument, ids: ReadonlySet<string>, inputs = false): GraphDocument {
  const nodes = Object.fromEntries(Object.entries(document.nodes).filter(([id]) => ids.has(id)));
  return {
    ...document,
    nodes,
    definitions: neededDefinitions(document.definitions, nodes),
    edges: Object.fromEntries(
      Object.entries(document.edges).filter(([, { from, to }]) => ids.has(to[0]) && (inputs || ids.has(from[0]))),
    ),
    inputs: [],
    outputs: [],
    views: {},
  };
}
