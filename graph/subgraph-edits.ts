import { fail } from '../lib/problem.ts';
import type { GraphDocument, GraphEdge, GraphNode } from './document.ts';
import { type Command, type Edit, freeId } from './edit.ts';
import {
  type Definition,
  type Definitions,
  definitionId,
  definitionOf,
  INSTANCE,
  INSTANCE_VERSION,
  instanceParams,
} from './subgraphs.ts';

type Row = Definition['inputs'][number];
type Ends = readonly [string, string];
const same = (a: Ends, b: Ends): boolean => a[0] === b[0] && a[1] === b[1];

/** What commands on subgraphs need besides the document: ids that nobody else takes. */
export interface NewIds {
  wire(): string;
  definition(): string;
}

/** A name that is not taken: itself, or with the smallest free number. */
function freeName(taken: readonly string[], name: string, gap = '-'): string {
  if (!taken.includes(name)) return name;
  let n = 2;
  while (taken.includes(`${name}${gap}${n}`)) n++;
  return `${name}${gap}${n}`;
}

const stemOf = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40) || 'subgraph';

const namesOf = (nodes: GraphDocument['nodes']): Record<string, true> =>
  Object.fromEntries(
    Object.values(nodes).flatMap(({ params }) => (typeof params.name === 'string' ? [[params.name, true]] : [])),
  );

const cornerOf = (nodes: readonly GraphNode[]) => ({
  x: Math.min(...nodes.map(({ position }) => position.x)),
  y: Math.min(...nodes.map(({ position }) => position.y)),
});

/** An instance of a definition, with a name of its own for the parameters of the layers in it. */
export function newInstance(
  { nodes, definitions }: Pick<GraphDocument, 'nodes' | 'definitions'>,
  definition: string,
  position: GraphNode['position'],
): { readonly id: string; readonly node: GraphNode } {
  const stem = stemOf(definitions[definition]?.title ?? '');
  return {
    id: freeId(nodes, stem),
    node: {
      type: INSTANCE,
      version: INSTANCE_VERSION,
      params: { definition, name: freeId(namesOf(nodes), stem) },
      position: { x: Math.round(position.x), y: Math.round(position.y) },
    },
  };
}

export interface Made {
  readonly id: string;
  readonly command: Command;
}

/** Nodes in whose middle another one lies: together they could be no single node. */
function between({ edges }: Pick<GraphDocument, 'edges'>, chosen: ReadonlySet<string>): string | undefined {
  const next = new Map<string, string[]>();
  for (const { from, to } of Object.values(edges)) next.set(from[0], [...(next.get(from[0]) ?? []), to[0]]);
  /** What can be reached from the chosen ones by leaving them, each with the first node outside on its way. */
  const found = new Map<string, string>();
  for (const id of chosen) for (const other of next.get(id) ?? []) if (!chosen.has(other)) found.set(other, other);
  for (const [id, first] of found)
    for (const other of next.get(id) ?? []) {
      if (chosen.has(other)) return first;
      if (!found.has(other)) found.set(other, first);
    }
  return undefined;
}

/**
 * Makes one node of several: they move into a new definition with the wires between them, and the wires that are cut
 * become its ports. One source that feeds several nodes inside is one input.
 */
export function makeSubgraph(
  document: GraphDocument,
  ids: readonly string[],
  {
    title,
    ids: make,
    isWhole = true,
    titleOf,
  }: {
    title: string;
    ids: NewIds /** Not inside of another subgraph. */;
    isWhole?: boolean;
    titleOf(node: string): string;
  },
): Made {
  const chosen = new Set(ids.filter((id) => Object.hasOwn(document.nodes, id)));
  if (chosen.size === 0) fail('subgraph/nothing', 'A subgraph needs at least one node, none is selected.');
  const middle = between(document, chosen);
  if (middle !== undefined)
    fail('subgraph/between', `These nodes can't be one: ${titleOf(middle)} lies between them.`, {
      hint: 'Select it too.',
    });
  const nodes = Object.fromEntries(
    Object.entries(document.nodes)
      .filter(([id]) => chosen.has(id))
      .map(([id, { parent, ...node }]) => [
        id,
        parent !== undefined && chosen.has(parent) ? { ...node, parent } : node,
      ]),
  );
  const inputs: Row[] = [];
  const outputs: Row[] = [];
  const wired = new Map<string, GraphEdge>();
  const names = new Map<string, string>();
  const inner: [string, GraphEdge][] = [];
  const gone: Edit[] = [];
  const leaving: GraphEdge[] = [];
  const wires = Object.entries(document.edges).sort(([, a], [, b]) => (a.order ?? 0) - (b.order ?? 0));
  for (const [wire, edge] of wires) {
    const [out, into] = [chosen.has(edge.from[0]), chosen.has(edge.to[0])];
    if (!out && !into) continue;
    gone.push({ path: ['edges', wire] });
    if (out && into) inner.push([wire, edge]);
    else if (into) {
      const known = names.get(edge.from.join('\n'));
      const name = known ?? freeName([...wired.keys()], edge.to[1]);
      if (known === undefined) names.set(edge.from.join('\n'), name);
      if (known === undefined) wired.set(name, edge);
      inputs.push({ name, node: edge.to[0], port: edge.to[1], ...(edge.order !== undefined && { order: edge.order }) });
    } else {
      const known = outputs.find(({ node, port }) => same([node, port], edge.from));
      const name =
        known?.name ??
        freeName(
          outputs.map((row) => row.name),
          edge.from[1],
        );
      if (!known) outputs.push({ name, node: edge.from[0], port: edge.from[1] });
      leaving.push({ ...edge, from: ['', name] });
    }
  }
  const definition = make.definition();
  const value: Definition = { title, inputs, outputs, params: [], nodes, edges: Object.fromEntries(inner) };
  const left = Object.fromEntries(Object.entries(document.nodes).filter(([id]) => !chosen.has(id)));
  const { id, node } = newInstance(
    { nodes: left, definitions: { ...document.definitions, [definition]: value } },
    definition,
    cornerOf(Object.values(nodes)),
  );
  const edits: Edit[] = [
    ...gone,
    ...[...chosen].map((each) => ({ path: ['nodes', each] })),
    { path: ['definitions', definition], value },
    { path: ['nodes', id], value: node },
    ...[...wired].map(([port, { from, via, name }]) => ({
      path: ['edges', make.wire()],
      value: { from, to: [id, port], ...(via && { via }), ...(name !== undefined && { name }) },
    })),
    ...leaving.map((edge) => ({ path: ['edges', make.wire()], value: { ...edge, from: [id, edge.from[1]] } })),
    ...(isWhole ? declared(document, (node) => (chosen.has(node) ? `${id}/${node}` : node)) : []),
  ];
  const count = chosen.size === 1 ? 'one node' : `${chosen.size} nodes`;
  return { id, command: { label: `Make a subgraph of ${count}`, edits } };
}

/** The graph's own inputs and outputs name nodes by their paths: they go where the nodes go. */
function declared(document: GraphDocument, pathOf: (node: string) => string): Edit[] {
  return (['inputs', 'outputs'] as const).flatMap((part) => {
    const rows: readonly { readonly node: string }[] = document[part];
    const moved = rows.map((row) => ({ ...row, node: pathOf(row.node) }));
    return moved.some(({ node }, i) => node !== rows[i]!.node) ? [{ path: [part], value: moved }] : [];
  });
}

/** The nodes of a definition as one instance shows them: with the values that it gives to lifted params. */
export function nodesOf(definition: Definition, instance: GraphNode): GraphDocument['nodes'] {
  const nodes = { ...definition.nodes };
  for (const { name, node, param } of definition.params)
    if (Object.hasOwn(instance.params, name) && Object.hasOwn(nodes, node))
      nodes[node] = { ...nodes[node]!, params: { ...nodes[node]!.params, [param]: instance.params[name]! } };
  return nodes;
}

/** Puts what lies in an instance back where the instance stands. Its wires end where they ended inside. */
export function unpack(
  document: GraphDocument,
  id: string,
  { ids: make, title, isWhole = true }: { ids: NewIds; title: string; isWhole?: boolean },
): { readonly made: readonly string[]; readonly command: Command } {
  const instance = document.nodes[id];
  const definition = definitionOf(document.definitions, instance);
  if (!instance || !definition) return fail('subgraph/missing', `${title} holds no nodes that could be unpacked.`);
  const inner = nodesOf(definition, instance);
  const corner = Object.keys(inner).length === 0 ? instance.position : cornerOf(Object.values(inner));
  const shift = { x: instance.position.x - corner.x, y: instance.position.y - corner.y };
  const { [id]: _, ...others } = document.nodes;
  const taken: Record<string, unknown> = { ...others };
  const names = namesOf(others);
  const renamed = new Map<string, string>();
  const free = (old: string, all: Readonly<Record<string, unknown>>) =>
    Object.hasOwn(all, old) ? freeId(all, old.replace(/-\d+$/, '')) : old;
  for (const old of Object.keys(inner)) {
    const next = free(old, taken);
    taken[next] = true;
    renamed.set(old, next);
  }
  const edits: Edit[] = [];
  for (const [wire, { from, to }] of Object.entries(document.edges))
    if (from[0] === id || to[0] === id) edits.push({ path: ['edges', wire] });
  edits.push({ path: ['nodes', id] });
  for (const [old, { parent, ...node }] of Object.entries(inner)) {
    const { name } = node.params;
    const own = typeof name === 'string' && name ? free(name, names) : undefined;
    if (own !== undefined) names[own] = true;
    const { x, y } = node.position;
    const value: GraphNode = {
      ...node,
      params: own === undefined ? node.params : { ...node.params, name: own },
      position: { x: x + shift.x, y: y + shift.y },
      ...(parent !== undefined && { parent: renamed.get(parent) ?? parent }),
      ...(instance.muted && { muted: true }),
    };
    edits.push({ path: ['nodes', renamed.get(old)!], value });
  }
  const at = ([node, port]: Ends): [string, string] => [renamed.get(node) ?? node, port];
  const wire = (value: GraphEdge, wireId = make.wire()) => edits.push({ path: ['edges', wireId], value });
  const there = new Set(Object.keys(document.edges));
  for (const [wireId, edge] of Object.entries(definition.edges))
    wire(
      {
        ...edge,
        from: at(edge.from),
        to: at(edge.to),
        ...(edge.via && { via: edge.via.map(({ x, y }) => ({ x: x + shift.x, y: y + shift.y })) }),
      },
      there.has(wireId) ? undefined : wireId,
    );
  for (const edge of Object.values(document.edges)) {
    const { order: _order, ...plain } = edge;
    const sources = edge.from[0] === id ? definition.outputs.filter(({ name }) => name === edge.from[1]) : [undefined];
    const targets = edge.to[0] === id ? definition.inputs.filter(({ name }) => name === edge.to[1]) : [undefined];
    if (edge.from[0] !== id && edge.to[0] !== id) continue;
    for (const source of sources.slice(0, 1))
      for (const target of targets) {
        const order = target ? (target.order ?? edge.order) : edge.order;
        wire({
          ...plain,
          from: source ? at([source.node, source.port]) : edge.from,
          to: target ? at([target.node, target.port]) : edge.to,
          ...(typeof order === 'number' && { order }),
        });
      }
  }
  if (isWhole)
    edits.push(
      ...declared(document, (path) => {
        const inside = path.startsWith(`${id}/`) ? path.slice(id.length + 1) : '';
        const [first, ...rest] = inside.split('/');
        const next =
          renamed.get(inside) ?? (renamed.has(first!) ? [renamed.get(first!), ...rest].join('/') : undefined);
        return next ?? path;
      }),
    );
  return { made: [...renamed.values()], command: { label: `Unpack ${title}`, edits } };
}

/** Gives an instance a definition of its own, so that changes in it stay with it. */
export function makeIndependent(document: GraphDocument, id: string, make: NewIds): Command {
  const definition = definitionOf(document.definitions, document.nodes[id])!;
  const own = make.definition();
  const titles = Object.values(document.definitions).map(({ title }) => title);
  const title = freeName(titles, definition.title.replace(/ \d+$/, ''), ' ');
  return {
    label: `Make ${definition.title} independent`,
    edits: [
      { path: ['definitions', own], value: { ...definition, title } },
      { path: ['nodes', id, 'params', 'definition'], value: own },
    ],
  };
}

// --- ports and params of a definition

const rowsEdit = (definition: string, part: 'inputs' | 'outputs' | 'params', value: unknown): Edit => ({
  path: ['definitions', definition, part],
  value,
});

/** Makes a port of an inner node a port of the subgraph. */
export function exposePort(
  definitions: Definitions,
  id: string,
  side: 'inputs' | 'outputs',
  [node, port]: Ends,
): Command {
  const rows = definitions[id]![side];
  const name = freeName(
    rows.map((row) => row.name),
    port,
  );
  return {
    label: `Make ${port} ${side === 'inputs' ? 'an input' : 'an output'}`,
    edits: [rowsEdit(id, side, [...rows, { name, node, port }])],
  };
}

/** Takes a port away from the subgraph; `settled` takes the wires at it away too. */
export const hidePort = (
  definitions: Definitions,
  id: string,
  side: 'inputs' | 'outputs',
  [node, port]: Ends,
): Command => ({
  label: `Take the port ${port} away`,
  edits: [
    rowsEdit(
      id,
      side,
      definitions[id]![side].filter((row) => !same([row.node, row.port], [node, port])),
    ),
  ],
});

/** Calls a port by another name, in its definition and at every wire of every instance. */
export function renamePort(
  document: GraphDocument,
  id: string,
  side: 'inputs' | 'outputs',
  { from, to }: { from: string; to: string },
): Command {
  const { definitions } = document;
  const rows = definitions[id]![side];
  const name = to.trim();
  if (name === '') fail('subgraph/port-name', 'A port needs a name.');
  if (name !== from && rows.some((row) => row.name === name))
    fail('subgraph/port-name', `Two ${side} can't both be called ${name}.`, { hint: 'Choose another name.' });
  const end = side === 'inputs' ? 'to' : 'from';
  const levels = [
    { at: [] as string[], nodes: document.nodes, edges: document.edges },
    ...Object.entries(definitions).map(([key, level]) => ({ at: ['definitions', key], ...level })),
  ];
  const wires = levels.flatMap(({ at, nodes, edges }) =>
    Object.entries(edges).flatMap(([wire, edge]) => {
      const node = Object.hasOwn(nodes, edge[end][0]) ? nodes[edge[end][0]] : undefined;
      return node && definitionId(node) === id && edge[end][1] === from
        ? [{ path: [...at, 'edges', wire, end], value: [edge[end][0], name] }]
        : [];
    }),
  );
  const next = rows.map((row) => (row.name === from ? { ...row, name } : row));
  const outward = levels.flatMap(({ at, nodes, ...level }) =>
    // where the port of an instance is itself a port of what it lies in
    at.length === 0
      ? []
      : [level as unknown as Definition].flatMap((owner) => {
          const changed = owner[side].map((row) => {
            const node = Object.hasOwn(nodes, row.node) ? nodes[row.node] : undefined;
            return node && definitionId(node) === id && row.port === from ? { ...row, port: name } : row;
          });
          return changed.some((row, i) => row !== owner[side][i]) ? [rowsEdit(at[1]!, side, changed)] : [];
        }),
  );
  return { label: `Rename the port ${from}`, edits: [rowsEdit(id, side, next), ...wires, ...outward] };
}

/** Moves a port up or down among those of its side. */
export function movePort(
  definitions: Definitions,
  id: string,
  side: 'inputs' | 'outputs',
  { name, by }: { name: string; by: -1 | 1 },
): Command {
  const rows = definitions[id]![side];
  const names = [...new Set(rows.map((row) => row.name))];
  const at = names.indexOf(name);
  const other = names[at + by];
  if (at >= 0 && other !== undefined) [names[at], names[at + by]] = [other, name];
  const next = names.flatMap((each) => rows.filter((row) => row.name === each));
  return { label: `Move the port ${name}`, edits: [rowsEdit(id, side, next)] };
}

/** Lifts a param of an inner node to the instances, each of which may then give it a value of its own. */
export function liftParam(definitions: Definitions, id: string, [node, param]: Ends, title: string): Command {
  const rows = definitions[id]!.params;
  const name = freeName([...instanceParams, ...rows.map((row) => row.name)], param);
  return { label: `Show ${title} on the instances`, edits: [rowsEdit(id, 'params', [...rows, { name, node, param }])] };
}

export const lowerParam = (definitions: Definitions, id: string, [node, param]: Ends, title: string): Command => ({
  label: `Keep ${title} inside`,
  edits: [
    rowsEdit(
      id,
      'params',
      definitions[id]!.params.filter((row) => !same([row.node, row.param], [node, param])),
    ),
  ],
});
