import type { GraphDocument } from '../../../graph/document.ts';
import { portsOf, wiresAt } from './ports.ts';
import { type End, titleOf } from './wiring.ts';

/** A line of the outline: a node, a port of it, or a wire at that port. */
export interface OutlineRow {
  /** Unique among all rows. */
  readonly key: string;
  readonly level: 1 | 2 | 3;
  readonly node: string;
  readonly port?: string;
  readonly side?: 'inputs' | 'outputs';
  readonly kind?: string;
  readonly wire?: string;
  /** For a wire: its other end. */
  readonly other?: End;
  /** For a wire that stands as tags: what they say. */
  readonly name?: string;
  readonly title: string;
  /** Undefined where there is nothing below. */
  readonly expanded?: boolean;
  readonly position: number;
  readonly count: number;
}

/** Nodes in the order in which data flows; of those that no wire orders, the upper left ones first. */
export function flowOrder({ nodes, edges }: GraphDocument): string[] {
  const waits = new Map(Object.keys(nodes).map((id) => [id, new Set<string>()]));
  for (const { from, to } of Object.values(edges)) if (from[0] in nodes) waits.get(to[0])?.add(from[0]);
  const place = (id: string) => nodes[id]!.position.x + nodes[id]!.position.y / 8;
  const left = Object.keys(nodes).sort((a, b) => place(a) - place(b));
  const done = new Set<string>();
  while (left.length > 0) {
    const next = left.findIndex((id) => [...waits.get(id)!].every((each) => done.has(each)));
    // on a cycle nothing is ready: the first one goes
    done.add(left.splice(Math.max(0, next), 1)[0]!);
  }
  return [...done];
}

/** The rows that can be seen: nodes, and of those that are open their ports and wires. */
export function outlineRows(document: GraphDocument, open: ReadonlySet<string>): OutlineRow[] {
  const ids = flowOrder(document);
  return ids.flatMap((id, i) => {
    const node = document.nodes[id]!;
    const ports = portsOf(node, wiresAt(document.edges, id), document.definitions);
    const all = (['inputs', 'outputs'] as const).flatMap((side) => ports[side].map((port) => ({ side, port })));
    const own: OutlineRow = {
      key: id,
      level: 1,
      node: id,
      title: titleOf(document, id),
      position: i + 1,
      count: ids.length,
      ...(all.length > 0 && { expanded: open.has(id) }),
    };
    if (!open.has(id)) return [own];
    return [own, ...all.flatMap(({ side, port }, k) => portRows(document, id, side, port, k + 1, all.length))];
  });
}

function portRows(
  document: GraphDocument,
  node: string,
  side: 'inputs' | 'outputs',
  port: { readonly name: string; readonly kinds: readonly string[] },
  position: number,
  count: number,
): OutlineRow[] {
  const here = side === 'inputs' ? 'to' : 'from';
  const there = side === 'inputs' ? 'from' : 'to';
  const wires = Object.entries(document.edges).filter(
    ([, edge]) => edge[here][0] === node && edge[here][1] === port.name,
  );
  const at = { node, port: port.name, side, kind: port.kinds.length === 1 ? port.kinds[0]! : 'any' };
  return [
    { ...at, key: `${node}|${side}|${port.name}`, level: 2, title: port.name, position, count },
    ...wires.map(([wire, edge], i): OutlineRow => {
      const other = { node: edge[there][0], port: edge[there][1] };
      return {
        ...at,
        key: `${node}|${side}|${wire}`,
        level: 3,
        wire,
        other,
        ...(edge.name !== undefined && { name: edge.name }),
        title: `${titleOf(document, other.node)}, ${other.port}`,
        position: i + 1,
        count: wires.length,
      };
    }),
  ];
}

/** Every port that a wire from this one may end in. */
export function portsFor(document: GraphDocument, fits: (end: End) => boolean, seeks: 'inputs' | 'outputs'): End[] {
  return flowOrder(document).flatMap((node) =>
    portsOf(document.nodes[node]!, wiresAt(document.edges, node), document.definitions)
      [seeks].map(({ name }) => ({ node, port: name }))
      .filter(fits),
  );
}
