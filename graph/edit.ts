import { fail } from '../lib/problem.ts';
import type { GraphDocument, GraphEdge, GraphNode } from './document.ts';
import { unsafeKey } from './plain-document.ts';

/**
 * One place of the document gets one value; without a value it is taken away. Every change that the app can make is a
 * list of these, so undo, autosave, history and merging all work on one log.
 */
export interface Edit {
  readonly path: readonly string[];
  readonly value?: unknown;
}

/** What one action of a person did: undone and redone as a whole. */
export interface Command {
  /** For the history: "Add Linear". */
  readonly label: string;
  readonly edits: readonly Edit[];
}

export interface Applied {
  readonly document: GraphDocument;
  /** Undoes exactly this. */
  readonly inverse: Command;
  /** Edits whose place is gone (another person removed the node): left out. */
  readonly skipped: readonly Edit[];
}

/** The parts of a document that commands may change. */
const editable = new Set([
  'name',
  'description',
  'seed',
  'nodes',
  'edges',
  'definitions',
  'inputs',
  'outputs',
  'views',
]);

type Tree = Readonly<Record<string, unknown>>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

export function applyCommand(document: GraphDocument, command: Command): Applied {
  let current: Tree = document;
  const inverse: Edit[] = [];
  const skipped: Edit[] = [];
  for (const edit of command.edits) {
    const [root] = edit.path;
    if (root === undefined || !editable.has(root) || edit.path.some(unsafeKey))
      fail('edit/path', `A command can't change ${edit.path.join('.') || 'the document as a whole'}.`);
    const result = setAt(current, edit.path, edit);
    if (!result) {
      skipped.push(edit);
      continue;
    }
    inverse.unshift(result.inverse);
    current = result.tree;
  }
  return { document: current as GraphDocument, inverse: { label: command.label, edits: inverse }, skipped };
}

function setAt(tree: Tree, path: readonly string[], edit: Edit): { tree: Tree; inverse: Edit } | undefined {
  const [key, ...rest] = path as [string, ...string[]];
  const old = Object.hasOwn(tree, key) ? tree[key] : undefined;
  if (rest.length > 0) {
    if (!isTree(old)) return undefined;
    const inner = setAt(old, rest, edit);
    return inner && { tree: { ...tree, [key]: inner.tree }, inverse: inner.inverse };
  }
  const inverse: Edit = old === undefined ? { path: edit.path } : { path: edit.path, value: old };
  if (edit.value === undefined) {
    if (old === undefined) return undefined;
    const { [key]: _, ...others } = tree;
    return { tree: others, inverse };
  }
  return { tree: { ...tree, [key]: edit.value }, inverse };
}

// --- the commands of the app

export const addNode = (id: string, node: GraphNode, title: string): Command => ({
  label: `Add ${title}`,
  edits: [{ path: ['nodes', id], value: node }],
});

/** Removes nodes with every wire on them. */
export function removeNodes(document: GraphDocument, ids: readonly string[], label: string): Command {
  const gone = new Set(ids);
  const wires = Object.entries(document.edges).filter(([, { from, to }]) => gone.has(from[0]) || gone.has(to[0]));
  return {
    label,
    edits: [
      ...wires.map(([id]) => ({ path: ['edges', id] })),
      ...ids.filter((id) => id in document.nodes).map((id) => ({ path: ['nodes', id] })),
    ],
  };
}

export const setParam = (node: string, param: string, value: unknown, title: string): Command => ({
  label: `Set ${title}`,
  edits: [{ path: ['nodes', node, 'params', param], ...(value !== undefined && { value }) }],
});

export const setNodeField = (
  node: string,
  field: 'title' | 'muted' | 'bypassed' | 'collapsed' | 'color' | 'parent' | 'silenced',
  value: unknown,
  label: string,
): Command => ({ label, edits: [{ path: ['nodes', node, field], ...(value !== undefined && { value }) }] });

/** Stops telling a warning of a node, or tells it again. */
export function silence(document: GraphDocument, node: string, code: string): Command {
  const old = document.nodes[node]?.silenced ?? [];
  const again = old.includes(code);
  const next = again ? old.filter((each) => each !== code) : [...old, code];
  return setNodeField(
    node,
    'silenced',
    next.length > 0 ? next : undefined,
    again ? 'Tell a warning again' : 'Silence a warning',
  );
}

export const moveNodes = (
  positions: Readonly<Record<string, { readonly x: number; readonly y: number }>>,
): Command => ({
  label: Object.keys(positions).length === 1 ? 'Move node' : `Move ${Object.keys(positions).length} nodes`,
  edits: Object.entries(positions).map(([id, { x, y }]) => ({ path: ['nodes', id, 'position'], value: { x, y } })),
});

/** Wires an output to an input. An input that takes one wire loses the one that it had. */
export function connect(document: GraphDocument, id: string, edge: GraphEdge, many: boolean): Command {
  const there = Object.entries(document.edges).filter(([, { to }]) => to[0] === edge.to[0] && to[1] === edge.to[1]);
  const order = Math.max(-1, ...there.map(([, wire]) => wire.order ?? 0)) + 1;
  return {
    label: 'Connect',
    edits: [
      ...(many ? [] : there.map(([old]) => ({ path: ['edges', old] }))),
      { path: ['edges', id], value: many ? { ...edge, order } : edge },
    ],
  };
}

export const disconnect = (ids: readonly string[]): Command => ({
  label: ids.length === 1 ? 'Disconnect' : `Disconnect ${ids.length} wires`,
  edits: ids.map((id) => ({ path: ['edges', id] })),
});

/** Leads a wire through points of the canvas; without any, straight from port to port. */
export const routeWire = (
  id: string,
  via: readonly { readonly x: number; readonly y: number }[],
  label: string,
): Command => ({ label, edits: [{ path: ['edges', id, 'via'], ...(via.length > 0 && { value: via }) }] });

/** Gives wires a name: they are drawn as tags at their ends. Without one they are lines again. */
export const nameWires = (ids: readonly string[], name: string | undefined): Command => ({
  label: `${name === undefined ? 'Draw' : 'Name'} ${ids.length === 1 ? 'a wire' : `${ids.length} wires`}`,
  edits: ids.map((id) => ({ path: ['edges', id, 'name'], ...(name !== undefined && { value: name }) })),
});

export const setDocumentField = (
  field: 'name' | 'description' | 'seed' | 'inputs' | 'outputs',
  value: unknown,
  label: string,
): Command => ({ label, edits: [{ path: [field], value }] });

/** An id that the document does not have yet: the type's last word and the smallest free number. */
export function freeId(taken: Readonly<Record<string, unknown>>, stem: string): string {
  for (let i = 1; ; i++) if (!Object.hasOwn(taken, `${stem}-${i}`)) return `${stem}-${i}`;
}
