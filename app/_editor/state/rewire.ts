import type { GraphDocument, GraphEdge, GraphNode } from '../../../graph/document.ts';
import { type Command, connect, type Edit } from '../../../graph/edit.ts';
import type { PaletteEntry, PalettePort } from '../../../nodes/catalogue.ts';
import { entryOfNode } from '../../../nodes/subgraphs.ts';
import { newNode, newWireId } from './new-node.ts';
import { parted, viaIf } from './routes.ts';
import type { Point } from './store.ts';
import { portOf, titleOf } from './wiring.ts';

const nameIf = (name: string | undefined): Pick<GraphEdge, 'name'> => (name === undefined ? {} : { name });

const shared = (a: readonly string[], b: readonly string[]): boolean => a.some((kind) => b.includes(kind));

/** The ports of a type that stand in a wire's way: one that takes what comes, one that gives what is needed. */
function through(entry: PaletteEntry, source: readonly string[], target: readonly string[]) {
  const takes = entry.inputs.filter(({ kinds }) => shared(kinds, source));
  const gives = entry.outputs.filter(({ kinds }) => shared(kinds, target));
  const input = takes.find(({ optional }) => !optional) ?? takes[0];
  return input && gives[0] ? { input, output: gives[0] } : undefined;
}

/** Whether a node with no wires yet could be put on this wire. */
export function canSplice(document: GraphDocument, wire: string, node: string): boolean {
  const edge = document.edges[wire];
  const entry = entryOfNode(document.nodes[node], document.definitions);
  if (!edge || !entry || edge.from[0] === node || edge.to[0] === node) return false;
  const wired = Object.values(document.edges).some(({ from, to }) => from[0] === node || to[0] === node);
  return !wired && spliceEdits(document, wire, node, entry) !== undefined;
}

/** Puts a node on a wire: what flowed in it flows through the node. Undefined where its ports do not fit. */
export function splice(document: GraphDocument, wire: string, node: string): Command | undefined {
  const entry = entryOfNode(document.nodes[node], document.definitions);
  const edits = entry && spliceEdits(document, wire, node, entry);
  return edits && { label: `Put ${titleOf(document, node)} on a wire`, edits };
}

function spliceEdits(document: GraphDocument, wire: string, node: string, entry: PaletteEntry): Edit[] | undefined {
  const edge = document.edges[wire];
  if (!edge) return undefined;
  const source = portOf(document, { node: edge.from[0], port: edge.from[1] }, 'outputs');
  const target = portOf(document, { node: edge.to[0], port: edge.to[1] }, 'inputs');
  const ports = source && target && through(entry, source.kinds, target.kinds);
  if (!ports) return undefined;
  const { via: _via, name, ...plain } = edge;
  const [before, after] = parted(edge, {
    start: sideOf(document, edge.from[0], 'right'),
    end: sideOf(document, edge.to[0], 'left'),
    at: sideOf(document, node, 'left'),
  });
  return [
    { path: ['edges', wire] },
    {
      path: ['edges', newWireId()],
      value: { from: edge.from, to: [node, ports.input.name], ...before, ...nameIf(name) },
    },
    // in the place of the old one among the wires of a port that takes many
    { path: ['edges', newWireId()], value: { ...plain, from: [node, ports.output.name], ...after } },
  ];
}

/** About where a node's ports are: near enough to tell the pieces of a wire apart. */
const sideOf = ({ nodes }: GraphDocument, id: string, side: 'left' | 'right'): Point => {
  const { x, y } = nodes[id]?.position ?? { x: 0, y: 0 };
  return { x: side === 'left' ? x : x + 216, y: y + 48 };
};

/** Another type in a node's place: its wires stay where the new type has ports for them, its params where they fit. */
export function swap(document: GraphDocument, id: string, entry: PaletteEntry): Command {
  const old = document.nodes[id] as GraphNode;
  const { node } = newNode(document, entry, old.position);
  const params = Object.fromEntries(
    Object.entries(old.params).filter(([name]) => name in entry.params && !(name in node.params)),
  );
  const { title, ...rest } = old;
  const keepsTitle = title !== undefined && title !== '';
  const next: GraphNode = {
    ...rest,
    ...(keepsTitle && { title }),
    type: entry.id,
    version: entry.version,
    params: { ...params, ...node.params },
  };
  const taken = new Set<PalettePort>();
  const edits: Edit[] = [{ path: ['nodes', id], value: next }];
  for (const [wire, edge] of Object.entries(document.edges)) {
    const side = edge.to[0] === id ? 'inputs' : edge.from[0] === id ? 'outputs' : undefined;
    if (!side) continue;
    const other =
      side === 'inputs'
        ? portOf(document, { node: edge.from[0], port: edge.from[1] }, 'outputs')
        : portOf(document, { node: edge.to[0], port: edge.to[1] }, 'inputs');
    const name = side === 'inputs' ? edge.to[1] : edge.from[1];
    const fitting = entry[side].filter(
      (port) => other && shared(port.kinds, other.kinds) && (side === 'outputs' || port.many || !taken.has(port)),
    );
    const port = fitting.find((each) => each.name === name) ?? fitting[0];
    if (port) taken.add(port);
    edits.push({
      path: ['edges', wire],
      ...(port && {
        value: { ...edge, ...(side === 'inputs' ? { to: [id, port.name] } : { from: [id, port.name] }) },
      }),
    });
  }
  return { label: `Swap ${titleOf(document, id)} for ${entry.title}`, edits };
}

/** Whether what comes in can go out again: a wire past the node has to end where it ended. */
export function canBypass(document: GraphDocument, id: string): boolean {
  const entry = entryOfNode(document.nodes[id], document.definitions);
  if (!entry) return false;
  const used = new Set(Object.values(document.edges).flatMap(({ from }) => (from[0] === id ? [from[1]] : [])));
  const outputs = entry.outputs.filter(({ name }) => used.size === 0 || used.has(name));
  return (
    outputs.length > 0 &&
    outputs.every(({ kinds }) => entry.inputs.some((input) => kinds[0] !== undefined && input.kinds.includes(kinds[0])))
  );
}

/** Takes nodes away and closes the gaps: what came into each goes where it went, where the kinds allow it. */
export function dissolve(document: GraphDocument, ids: readonly string[]): Command {
  const gone = new Set(ids);
  const edits: Edit[] = [];
  for (const [wire, { from, to, via, name }] of Object.entries(document.edges)) {
    if (!gone.has(from[0]) && !gone.has(to[0])) continue;
    edits.push({ path: ['edges', wire] });
    if (gone.has(to[0])) continue;
    const source = sourceThrough(document, from, gone);
    const many = portOf(document, { node: to[0], port: to[1] }, 'inputs')?.many === true;
    if (!source) continue;
    const whole = {
      from: [...source.end] as [string, string],
      to,
      ...viaIf([...source.via, ...(via ?? [])]),
      ...nameIf(source.name ?? name),
    };
    edits.push(...connect(document, newWireId(), whole, many).edits.slice(-1));
  }
  edits.push(...ids.map((id) => ({ path: ['nodes', id] })));
  const label = ids.length === 1 ? `Dissolve ${titleOf(document, ids[0]!)}` : `Dissolve ${ids.length} nodes`;
  return { label, edits };
}

interface Source {
  readonly end: readonly [string, string];
  /** The points that its wires were led through. */
  readonly via: readonly Point[];
  /** The first name that one of them has. */
  readonly name: string | undefined;
}

/** Where what a wire carries comes from, past nodes that are taken away. */
function sourceThrough(
  document: GraphDocument,
  [node, port]: readonly [string, string],
  gone: ReadonlySet<string>,
  seen: ReadonlySet<string> = new Set(),
): Source | undefined {
  if (!gone.has(node)) return { end: [node, port], via: [], name: undefined };
  if (seen.has(node)) return undefined;
  const kind = portOf(document, { node, port }, 'outputs')?.kinds[0];
  const input = entryOfNode(document.nodes[node], document.definitions)?.inputs.find(
    ({ kinds }) => kind && kinds.includes(kind),
  );
  const wire = input && Object.values(document.edges).find(({ to }) => to[0] === node && to[1] === input.name);
  const source = wire && sourceThrough(document, wire.from, gone, new Set([...seen, node]));
  return source && { ...source, via: [...source.via, ...(wire.via ?? [])], name: source.name ?? wire.name };
}
