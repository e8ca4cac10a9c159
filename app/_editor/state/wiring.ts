import type { GraphDocument } from '../../../graph/document.ts';
import { locate } from '../../../graph/subgraphs.ts';
import type { PortKind } from '../../../graph/types.ts';
import type { Problem } from '../../../lib/problem.ts';
import type { PaletteEntry, PalettePort } from '../../../nodes/catalogue.ts';
import { entryOfNode } from '../../../nodes/subgraphs.ts';

export interface End {
  readonly node: string;
  readonly port: string;
}

export const titleOf = (document: GraphDocument, id: string): string => {
  const node = document.nodes[id];
  return node?.title || entryOfNode(node, document.definitions)?.title || node?.type || id;
};

/** The same of a node anywhere: `Encoder › Linear`. */
export function titleAt(whole: GraphDocument, path: string): string {
  const found = locate(whole, path);
  if (!found) return path;
  const outer = found.scope.map((_, i) => locate(whole, found.scope.slice(0, i + 1).join('/')));
  return [...outer, found]
    .map((each) => each?.node.title || entryOfNode(each?.node, whole.definitions)?.title || each?.node.type)
    .join(' › ');
}

export const portOf = (
  document: GraphDocument,
  { node, port }: End,
  side: 'inputs' | 'outputs',
): PalettePort | undefined => {
  const entry = entryOfNode(document.nodes[node], document.definitions);
  return entry?.[side].find(({ name }) => name === port);
};

const article = (kind: string): string => `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;
const overlap = (a: readonly string[], b: readonly string[]): boolean => a.some((kind) => b.includes(kind));

/**
 * Why a wire may not be drawn: the kinds do not fit, or nodes would wait for each other. Shapes and schemas that do not
 * fit are drawn: the checker marks both ends.
 */
export function refuseWire(document: GraphDocument, from: End, to: End): Problem | undefined {
  const output = portOf(document, from, 'outputs');
  const input = portOf(document, to, 'inputs');
  if (!output || !input)
    return {
      code: 'graph/no-port',
      message: `${titleOf(document, output ? to.node : from.node)} has no port ${output ? to.port : from.port}.`,
    };
  if (!overlap(output.kinds, input.kinds))
    return {
      code: 'graph/kind',
      message: `${titleOf(document, to.node)} needs ${input.kinds.map(article).join(' or ')} on ${to.port}, got ${article(output.kinds[0]!)} from ${titleOf(document, from.node)}.`,
      hint: `Connect an output that gives ${article(input.kinds[0]!)}.`,
    };
  if (from.node === to.node)
    return {
      code: 'graph/cycle',
      message: `${titleOf(document, to.node)} can't take what it gives itself.`,
      hint: 'Connect the output of another node.',
    };
  const path = wayBetween(document, to.node, from.node);
  if (path)
    return {
      code: 'graph/cycle',
      message: `These nodes would wait for each other: ${[...path, to.node].map((id) => titleOf(document, id)).join(' → ')}.`,
      hint: 'Connect the output of a node that does not depend on this one.',
    };
  return undefined;
}

/** The nodes on the shortest way along wires, both ends included. */
function wayBetween(document: GraphDocument, start: string, goal: string): string[] | undefined {
  const next = new Map<string, string[]>();
  for (const { from, to } of Object.values(document.edges)) next.set(from[0], [...(next.get(from[0]) ?? []), to[0]]);
  const before = new Map<string, string | undefined>([[start, undefined]]);
  for (const id of before.keys()) {
    if (id === goal) {
      const path: string[] = [];
      for (let at: string | undefined = goal; at !== undefined; at = before.get(at)) path.unshift(at);
      return path;
    }
    for (const other of next.get(id) ?? []) if (!before.has(other)) before.set(other, id);
  }
  return undefined;
}

/** The nodes that can be reached from one along wires, itself included: those after it, or those before it. */
export function reach(document: GraphDocument, start: string, way: 'after' | 'before'): Set<string> {
  const [from, to] = way === 'after' ? (['from', 'to'] as const) : (['to', 'from'] as const);
  const next = new Map<string, string[]>();
  for (const edge of Object.values(document.edges)) {
    const known = next.get(edge[from][0]);
    if (known) known.push(edge[to][0]);
    else next.set(edge[from][0], [edge[to][0]]);
  }
  const found = new Set([start]);
  // a set is walked in the order in which it grows
  for (const id of found) for (const other of next.get(id) ?? []) found.add(other);
  return found;
}

/** Whether a loose wire fits a port, for many ports: the same answers as `refuseWire` gives for one. */
export function fitting(document: GraphDocument, end: End, { kinds, seeks }: Loose): (other: End) => boolean {
  const inTheWay = reach(document, end.node, seeks === 'inputs' ? 'before' : 'after');
  return (other) => {
    const port = portOf(document, other, seeks);
    return port !== undefined && overlap(port.kinds, kinds) && !inTheWay.has(other.node);
  };
}

/** What is dragged: the kinds of the end that is fixed, and which side of it is looked for. */
export interface Loose {
  readonly kinds: readonly string[];
  readonly seeks: 'inputs' | 'outputs';
  /** The end that is fixed, for ranking what fits. */
  readonly at?: { readonly type: string; readonly port: string };
}

/** A wire that hangs from a port: what its other end seeks. */
export function looseEnd(document: GraphDocument, end: End, side: 'inputs' | 'outputs'): Loose {
  const type = document.nodes[end.node]?.type;
  return {
    kinds: portOf(document, end, side)?.kinds ?? [],
    seeks: side === 'inputs' ? 'outputs' : 'inputs',
    ...(type !== undefined && { at: { type, port: end.port } }),
  };
}

/** The first port that a loose wire may end in: those that are needed before those that may stay open. */
export const fittingPort = (entry: PaletteEntry, { kinds, seeks }: Loose): PalettePort | undefined => {
  const fitting = entry[seeks].filter((port) => overlap(port.kinds, kinds));
  return fitting.find((port) => !port.optional) ?? fitting[0];
};

/** The port of a node that a wire dropped on its body goes to: one that is free before one that is taken. */
export function portForDrop(document: GraphDocument, node: string, loose: Loose): PalettePort | undefined {
  const entry = entryOfNode(document.nodes[node], document.definitions);
  if (!entry) return undefined;
  const taken = new Set(Object.values(document.edges).flatMap(({ to }) => (to[0] === node ? [to[1]] : [])));
  const fitting = entry[loose.seeks].filter((port) => overlap(port.kinds, loose.kinds));
  const free = fitting.filter((port) => port.many || !taken.has(port.name));
  return free.find((port) => !port.optional) ?? free[0] ?? fitting[0];
}

export const kindOfPort = (port: PalettePort | undefined): PortKind | 'any' =>
  port?.kinds.length === 1 ? (port.kinds[0] as PortKind) : 'any';
