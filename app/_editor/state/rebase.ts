import type { GraphDocument } from '../../../graph/document.ts';
import { applyCommand, type Command, freeId } from '../../../graph/edit.ts';
import type { DocumentLog, Done } from './document-log.ts';
import { withoutLooseWires } from './loose-wires.ts';

export interface Rebased {
  readonly log: DocumentLog;
  /** Edits of ours whose place is gone: another person took the node away. */
  readonly lost: number;
  /** Wires of either side that a node of the other one was taken from: they are gone. */
  readonly wires: number;
}

type Names = ReadonlyMap<string, string>;

/**
 * Puts what the server does not have yet on top of the server's document. A node or wire of ours whose id someone else
 * took in the meantime gets another id, so that neither replaces the other; a wire that lost a node to the other side goes.
 */
export function rebase(log: DocumentLog, theirs: GraphDocument): Rebased {
  const names = newNames(log.pending, theirs);
  const pending: Command[] = [];
  let document = theirs;
  let lost = 0;
  let wires = 0;
  for (const ours of log.pending) {
    const mended = withoutLooseWires(document, renamed(ours, names));
    const applied = applyCommand(document, mended.command);
    pending.push(mended.command);
    document = applied.document;
    wires += mended.wires;
    lost += applied.skipped.filter((edit) => edit.value !== undefined).length;
  }
  const renamedDone = (done: Done): Done => ({
    ...done,
    command: renamed(done.command, names),
    inverse: renamed(done.inverse, names),
  });
  return {
    log: { document, pending, past: log.past.map(renamedDone), future: log.future.map(renamedDone) },
    lost,
    wires,
  };
}

/** Where an edit is: the list that it changes (`nodes`, or those of a definition), the id in it, and the rest. */
function placeOf(
  path: readonly string[],
): { list: readonly string[]; id: string; rest: readonly string[] } | undefined {
  const depth = path[0] === 'definitions' ? 2 : 0;
  const [root, id, ...rest] = path.slice(depth);
  return (root === 'nodes' || root === 'edges') && id !== undefined
    ? { list: path.slice(0, depth + 1), id, rest }
    : undefined;
}
const keyOf = (list: readonly string[], id: string): string => `${list.join('/')}|${id}`;

/** Ids that our commands make and that the other document has already. */
function newNames(pending: readonly Command[], theirs: GraphDocument): Names {
  const names = new Map<string, string>();
  const taken: Record<string, Record<string, unknown>> = { nodes: { ...theirs.nodes }, edges: { ...theirs.edges } };
  for (const [id, { nodes, edges }] of Object.entries(theirs.definitions)) {
    taken[`definitions/${id}/nodes`] = { ...nodes };
    taken[`definitions/${id}/edges`] = { ...edges };
  }
  const touched = new Set<string>();
  for (const { path, value } of pending.flatMap((command) => command.edits)) {
    const place = placeOf(path);
    const ids = place && taken[place.list.join('/')];
    if (!place || !ids) continue;
    const { list, id, rest } = place;
    const key = keyOf(list, id);
    const ours = !touched.has(key);
    touched.add(key);
    if (!ours || rest.length > 0 || value === undefined || !Object.hasOwn(ids, id)) continue;
    // the very same thing: a save of ours whose answer got lost
    if (JSON.stringify(ids[id]) === JSON.stringify(value)) continue;
    const name = freeId(ids, id.replace(/-\d+$/, ''));
    ids[name] = value;
    names.set(key, name);
  }
  return names;
}

function renamed(command: Command, names: Names): Command {
  if (names.size === 0) return command;
  return {
    ...command,
    edits: command.edits.map((edit) => {
      const place = placeOf(edit.path);
      if (!place) return edit;
      const { list, id, rest } = place;
      const nodes = [...list.slice(0, -1), 'nodes'];
      const node = (each: string) => names.get(keyOf(nodes, each)) ?? each;
      const isWire = list.at(-1) === 'edges';
      return {
        path: [...list, names.get(keyOf(list, id)) ?? id, ...rest],
        ...(edit.value !== undefined && { value: isWire ? wire(edit.value, node) : edit.value }),
      };
    }),
  };
}

function wire(value: unknown, node: (id: string) => string): unknown {
  if (typeof value !== 'object' || value === null || !('from' in value) || !('to' in value)) return value;
  const end = (at: unknown) => (Array.isArray(at) ? [node(String(at[0])), at[1]] : at);
  return { ...value, from: end(value.from), to: end(value.to) };
}
