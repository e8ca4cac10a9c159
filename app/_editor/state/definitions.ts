import type { GraphDocument } from '../../../graph/document.ts';
import type { Edit } from '../../../graph/edit.ts';
import { type NewIds, newInstance } from '../../../graph/subgraph-edits.ts';
import {
  type Definition,
  type Definitions,
  definitionId,
  definitionsUsed,
  INSTANCE,
  inside,
  reaches,
} from '../../../graph/subgraphs.ts';
import { canonicalJson } from '../../../lib/canonical-json.ts';
import type { Problem } from '../../../lib/problem.ts';
import { entries, entryOf, type PaletteEntry } from '../../../nodes/catalogue.ts';
import { entryOfDefinition } from '../../../nodes/subgraphs.ts';
import { wholeOf } from './scope.ts';
import type { EditorState } from './store.ts';

/** Random, so that two people who make something at once never take the same id. */
export const newIds: NewIds = {
  wire: () => `wire-${crypto.randomUUID().slice(0, 8)}`,
  definition: () => `subgraph-${crypto.randomUUID().slice(0, 8)}`,
};

/** The definition that is open; undefined where the whole graph is seen. */
export function openDefinition(
  state: EditorState,
): { readonly id: string; readonly definition: Definition } | undefined {
  if (state.scope.length === 0) return undefined;
  const { document } = wholeOf(state).log;
  const id = inside(document, state.scope)?.definition;
  const definition = id === undefined ? undefined : document.definitions[id];
  return id !== undefined && definition ? { id, definition } : undefined;
}

const nothing: Readonly<Record<string, string>> = {};
const named = new WeakMap<Definition, ReadonlyMap<string, Readonly<Record<string, string>>>>();

/** What the ports of a node inside are called outside, by side and name: `inputs x` → `tokens`. */
export function outsideNames(definition: Definition | undefined, node: string): Readonly<Record<string, string>> {
  if (!definition) return nothing;
  let all = named.get(definition);
  if (!all) {
    const made = new Map<string, Record<string, string>>();
    for (const side of ['inputs', 'outputs'] as const)
      for (const row of definition[side]) {
        const own = made.get(row.node) ?? {};
        own[`${side} ${row.port}`] = own[`${side} ${row.port}`]
          ? `${own[`${side} ${row.port}`]}, ${row.name}`
          : row.name;
        made.set(row.node, own);
      }
    all = made;
    named.set(definition, all);
  }
  return all.get(node) ?? nothing;
}

/** A definition of this graph in the list of nodes. */
export interface SubgraphEntry extends PaletteEntry {
  readonly definition: string;
}
export const isSubgraph = (entry: PaletteEntry): entry is SubgraphEntry => entry.id === INSTANCE;
/** What tells entries apart: all instances are of one type. */
export const entryKey = (entry: PaletteEntry): string => (isSubgraph(entry) ? entry.definition : entry.id);

/** Definitions that may stand here: not those that what is open lies in. */
export function subgraphEntries(definitions: Definitions, open: string | undefined): SubgraphEntry[] {
  return Object.entries(definitions)
    .filter(([id]) => open === undefined || !reaches(definitions, id, open))
    .map(([id, definition]) => ({ ...entryOfDefinition(definition, definitions), definition: id }));
}

/** All that may be added here: the definitions of this graph, then every node type. */
export const offered = (state: EditorState): readonly PaletteEntry[] => [
  ...subgraphEntries(state.log.document.definitions, openDefinition(state)?.id),
  ...entries,
];

/** What goes by this key in the list of nodes. */
export const entryNamed = (state: EditorState, key: string): PaletteEntry | undefined =>
  entryOf(key) ?? offered(state).find((entry) => entryKey(entry) === key);

export const newInstanceOf = (
  document: GraphDocument,
  { definition }: SubgraphEntry,
  position: { x: number; y: number },
) => newInstance(document, definition, position);

/** Why nodes that come from elsewhere may not be put into the open definition. */
export function refuseInside(
  definitions: Definitions,
  open: string,
  nodes: GraphDocument['nodes'],
): Problem | undefined {
  const wrong = Object.values(nodes)
    .flatMap((node) => definitionId(node) ?? [])
    .find((id) => reaches(definitions, id, open));
  if (wrong === undefined) return undefined;
  const title = definitions[open]?.title ?? 'A subgraph';
  return {
    code: 'subgraph/contains-itself',
    message:
      wrong === open
        ? `${title} can't contain itself.`
        : `${title} can't contain ${definitions[wrong]?.title}, which contains it.`,
    hint: 'Put it into another subgraph, or beside this one.',
  };
}

/**
 * Brings the definitions along that pasted nodes show. One that the graph has already is linked to; another one that has
 * the same id gets an id of its own.
 */
export function bringDefinitions(
  document: Pick<GraphDocument, 'definitions'>,
  source: Pick<GraphDocument, 'nodes'> & Partial<Pick<GraphDocument, 'definitions'>>,
): { readonly edits: readonly Edit[]; readonly nodes: GraphDocument['nodes'] } {
  const theirs = source.definitions ?? {};
  const used = [...definitionsUsed(theirs, source.nodes)];
  const names = new Map<string, string>();
  for (const id of used) {
    const own = Object.hasOwn(document.definitions, id) ? document.definitions[id] : undefined;
    if (own && canonicalJson(own as never) !== canonicalJson(theirs[id] as never)) names.set(id, newIds.definition());
  }
  const renamed = (nodes: GraphDocument['nodes']): GraphDocument['nodes'] =>
    names.size === 0
      ? nodes
      : Object.fromEntries(
          Object.entries(nodes).map(([id, node]) => {
            const name = names.get(definitionId(node) ?? '');
            return [id, name === undefined ? node : { ...node, params: { ...node.params, definition: name } }];
          }),
        );
  const edits = used.flatMap((id): Edit[] => {
    const name = names.get(id);
    if (name === undefined && Object.hasOwn(document.definitions, id)) return [];
    const definition = theirs[id]!;
    return [{ path: ['definitions', name ?? id], value: { ...definition, nodes: renamed(definition.nodes) } }];
  });
  return { edits, nodes: renamed(source.nodes) };
}

/** The definitions that nodes need to go anywhere. */
export function neededDefinitions(definitions: Definitions, nodes: GraphDocument['nodes']): Definitions {
  const used = definitionsUsed(definitions, nodes);
  return Object.fromEntries(Object.entries(definitions).filter(([id]) => used.has(id)));
}
