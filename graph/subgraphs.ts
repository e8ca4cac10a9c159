import type { GraphDocument, GraphEdge, GraphNode } from './document.ts';
import { applyCommand, type Command, type Edit } from './edit.ts';

/**
 * Subgraphs: a definition is a graph of its own inside the document, and every node of type `graph/instance` that names
 * it shows it. A node is told apart from the same node in another instance by its path: `instance/inner/node`.
 */
export const INSTANCE = 'graph/instance';
export const INSTANCE_VERSION = 1;

export type Definitions = GraphDocument['definitions'];
export type Definition = Definitions[string];
/** Nodes and the wires between them: those of the document, or those of a definition. */
export type Level = Pick<GraphDocument, 'nodes' | 'edges'>;

/** Params of an instance that are its own; all others are those that its definition lifts out. */
export const instanceParams: readonly string[] = ['definition', 'name'];

export const definitionId = ({ type, params }: Pick<GraphNode, 'type' | 'params'>): string | undefined =>
  type === INSTANCE && typeof params.definition === 'string' ? params.definition : undefined;

export function definitionOf(
  definitions: Definitions,
  node: Pick<GraphNode, 'type' | 'params'> | undefined,
): Definition | undefined {
  const id = node && definitionId(node);
  return id !== undefined && Object.hasOwn(definitions, id) ? definitions[id] : undefined;
}

/** Names of the ports on one side, each once: one input may feed several ports inside. */
export const portNames = (definition: Definition, side: 'inputs' | 'outputs'): string[] => [
  ...new Set(definition[side].map(({ name }) => name)),
];

/** Every node type that a document uses, in its definitions too. */
export const typesOf = ({ nodes, definitions }: Pick<GraphDocument, 'nodes' | 'definitions'>): string[] => [
  ...new Set([nodes, ...Object.values(definitions).map((each) => each.nodes)].flatMap(typesIn)),
];
const typesIn = (nodes: GraphDocument['nodes']): string[] => Object.values(nodes).map(({ type }) => type);

/** Definitions that nodes show, and those that these contain. */
export function definitionsUsed(definitions: Definitions, nodes: GraphDocument['nodes']): Set<string> {
  const found = new Set<string>();
  const visit = (level: GraphDocument['nodes']): void => {
    for (const node of Object.values(level)) {
      const id = definitionId(node);
      if (id === undefined || found.has(id) || !Object.hasOwn(definitions, id)) continue;
      found.add(id);
      visit(definitions[id]!.nodes);
    }
  };
  visit(nodes);
  return found;
}

/** Whether a definition is another one, or contains it: an instance of it inside that one would contain itself. */
export const reaches = (definitions: Definitions, id: string, other: string): boolean =>
  id === other || (Object.hasOwn(definitions, id) && definitionsUsed(definitions, definitions[id]!.nodes).has(other));

// --- places

export interface Located {
  /** The instances that it lies in, outermost first. */
  readonly scope: readonly string[];
  readonly id: string;
  readonly node: GraphNode;
}

/** The node at a path. Ids may hold slashes themselves, so each way to read the path is tried. */
export function locate({ nodes, definitions }: GraphDocument, path: string): Located | undefined {
  const visit = (level: GraphDocument['nodes'], rest: string, scope: readonly string[]): Located | undefined => {
    if (Object.hasOwn(level, rest)) return { scope, id: rest, node: level[rest]! };
    for (let at = rest.indexOf('/'); at > 0; at = rest.indexOf('/', at + 1)) {
      const outer = rest.slice(0, at);
      const inside = Object.hasOwn(level, outer) ? definitionOf(definitions, level[outer]) : undefined;
      const found = inside && visit(inside.nodes, rest.slice(at + 1), [...scope, outer]);
      if (found) return found;
    }
    return undefined;
  };
  return visit(nodes, path, []);
}

export interface Inside {
  /** What a graph would be that had only what lies here: nodes and wires are the definition's. */
  readonly document: GraphDocument;
  /** The definition that is looked into; undefined for the document itself. */
  readonly definition: string | undefined;
}

/** The document as it is seen from inside instances; undefined where there is no such place. */
export function inside(document: GraphDocument, scope: readonly string[]): Inside | undefined {
  let level: Level = document;
  let definition: string | undefined;
  for (const id of scope) {
    const node: GraphNode | undefined = Object.hasOwn(level.nodes, id) ? level.nodes[id] : undefined;
    const next = definitionOf(document.definitions, node);
    if (!node || !next) return undefined;
    level = next;
    definition = definitionId(node);
  }
  if (definition === undefined) return { document, definition };
  return { document: { ...document, nodes: level.nodes, edges: level.edges }, definition };
}

/** A change of what lies in a definition, as a change of the document. */
export const editsInside = (definition: string | undefined, edits: readonly Edit[]): readonly Edit[] =>
  definition === undefined
    ? edits
    : edits.map((edit) =>
        edit.path[0] === 'nodes' || edit.path[0] === 'edges'
          ? { ...edit, path: ['definitions', definition, ...edit.path] }
          : edit,
      );

/**
 * Edits that name nodes by their paths, as edits of the document: a node in an instance stands in its definition.
 * Undefined where they would reach over the edge of a subgraph.
 */
export function editsAtPaths(document: GraphDocument, edits: readonly Edit[]): readonly Edit[] | undefined {
  const scopeOf = (path: unknown): Located | undefined => {
    const found = typeof path === 'string' ? locate(document, path) : undefined;
    return found && found.scope.length > 0 ? found : undefined;
  };
  const definitionAt = (scope: readonly string[]) => inside(document, scope)?.definition;
  const all = edits.map((edit): Edit | undefined => {
    const [root, id, ...rest] = edit.path;
    if (root === 'nodes') {
      const found = scopeOf(id);
      return found ? { ...edit, path: ['definitions', definitionAt(found.scope)!, 'nodes', found.id, ...rest] } : edit;
    }
    if (root !== 'edges' || edit.value === undefined) return edit;
    const value = edit.value as Partial<GraphEdge> & readonly unknown[];
    const ends = rest.length > 0 ? [value] : [value.from, value.to];
    const found = ends.map((end) => scopeOf(end?.[0]));
    if (found.every((each) => each === undefined)) return edit;
    const [a, b] = found;
    if (!a || !b || a.scope.join('/') !== b.scope.join('/')) return undefined;
    return {
      path: ['definitions', definitionAt(a.scope)!, 'edges', id!],
      value: { ...value, from: [a.id, value.from![1]], to: [b.id, value.to![1]] },
    };
  });
  return all.every((edit) => edit !== undefined) ? all : undefined;
}

/** Gives a param of the node at a path a value; in a subgraph, to all instances. Undefined where there is no such node. */
export function paramEdit(document: GraphDocument, path: string, param: string, value: unknown): Edit | undefined {
  const found = locate(document, path);
  const place = found && inside(document, found.scope);
  const edit = { path: ['nodes', found?.id ?? '', 'params', param], value };
  return place && editsInside(place.definition, [edit])[0];
}

/** Where the value of an instance's output is made: the node inside and its port. */
export function innerEnd(
  { definitions }: Pick<GraphDocument, 'definitions'>,
  node: GraphNode | undefined,
  [path, port]: readonly [string, string],
): readonly [string, string] | undefined {
  const definition = definitionOf(definitions, node);
  if (!definition) return [path, port];
  const row = definition.outputs.find(({ name }) => name === port);
  return row && innerEnd({ definitions }, definition.nodes[row.node], [`${path}/${row.node}`, row.port]);
}

// --- keeping whole

/** Every level of a document: the document itself, then its definitions. */
export const levelsOf = (
  document: GraphDocument,
): readonly { readonly at: readonly string[]; readonly level: Level }[] => [
  { at: [], level: document },
  ...Object.entries(document.definitions).map(([id, level]) => ({ at: ['definitions', id], level })),
];

/** Wires of a level that end at a port of an instance which its definition does not have. */
export const looseWires = ({ nodes, edges }: Level, definitions: Definitions): [string, GraphEdge][] =>
  Object.entries(edges).filter(([, { from, to }]) => {
    const has = ([node, port]: readonly [string, string], side: 'inputs' | 'outputs') => {
      const definition = Object.hasOwn(nodes, node) ? definitionOf(definitions, nodes[node]) : undefined;
      return !definition || definition[side].some(({ name }) => name === port);
    };
    return !has(from, 'outputs') || !has(to, 'inputs');
  });

/**
 * A command with what follows from it: ports and params whose node is gone leave their definition, wires at ports that
 * are gone leave every instance, definitions that nothing shows any more leave the document.
 */
export function settled(document: GraphDocument, command: Command): Command {
  if (Object.keys(document.definitions).length === 0 && !command.edits.some(({ path }) => path[0] === 'definitions'))
    return command;
  let now = applyCommand(document, command).document;
  const more: Edit[] = [];
  const add = (edits: readonly Edit[]) => {
    if (edits.length === 0) return;
    more.push(...edits);
    now = applyCommand(now, { label: command.label, edits }).document;
  };
  const used = definitionsUsed(now.definitions, now.nodes);
  const had = definitionsUsed(document.definitions, document.nodes);
  add([...had].filter((id) => !used.has(id) && id in now.definitions).map((id) => ({ path: ['definitions', id] })));
  for (const [id, { nodes, ...rows }] of Object.entries(now.definitions))
    add(
      (['inputs', 'outputs', 'params'] as const).flatMap((part) => {
        const all: readonly { readonly node: string }[] = rows[part];
        const left = all.filter(({ node }) => Object.hasOwn(nodes, node));
        return left.length === all.length ? [] : [{ path: ['definitions', id, part], value: left }];
      }),
    );
  for (const { at, level } of levelsOf(now)) {
    const before = at.length === 0 ? document : document.definitions[at[1]!];
    const old = new Set(before ? looseWires(before, document.definitions).map(([id]) => id) : []);
    add(
      looseWires(level, now.definitions)
        .filter(([id]) => !old.has(id))
        .map(([id]) => ({ path: [...at, 'edges', id] })),
    );
  }
  return more.length === 0 ? command : { ...command, edits: [...command.edits, ...more] };
}
