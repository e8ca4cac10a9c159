import type { GraphDocument } from '../../../graph/document.ts';
import { applyCommand, type Command, type Edit, freeId } from '../../../graph/edit.ts';
import type { DocumentLog, Done } from './document-log.ts';

export interface Rebased {
  readonly log: DocumentLog;
  /** Edits of ours whose place is gone: another person took the node away. */
  readonly lost: number;
}

type Names = ReadonlyMap<string, string>;

/**
 * Puts what the server does not have yet on top of the server's document. A node or wire of ours whose id someone else
 * took in the meantime gets another id, so that neither replaces the other.
 */
export function rebase(log: DocumentLog, theirs: GraphDocument): Rebased {
  const names = newNames(log.pending, theirs);
  const pending = log.pending.map((command) => renamed(command, names));
  let document = theirs;
  let lost = 0;
  for (const command of pending) {
    const applied = applyCommand(document, command);
    document = applied.document;
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
  };
}

const isAddition = ({ path, value }: Edit): boolean =>
  path.length === 2 && (path[0] === 'nodes' || path[0] === 'edges') && value !== undefined;

/** Ids that our commands make and that the other document has already. */
function newNames(pending: readonly Command[], theirs: GraphDocument): Names {
  const names = new Map<string, string>();
  const taken: Record<string, Record<string, unknown>> = { nodes: { ...theirs.nodes }, edges: { ...theirs.edges } };
  const touched = new Set<string>();
  for (const { path, value } of pending.flatMap((command) => command.edits)) {
    const [root, id] = path as [string, string];
    if (root !== 'nodes' && root !== 'edges') continue;
    const key = `${root}|${id}`;
    const ours = !touched.has(key);
    touched.add(key);
    if (!ours || !isAddition({ path, value }) || !Object.hasOwn(taken[root]!, id)) continue;
    // the very same thing: a save of ours whose answer got lost
    if (JSON.stringify(taken[root]![id]) === JSON.stringify(value)) continue;
    const name = freeId(taken[root]!, id.replace(/-\d+$/, ''));
    taken[root]![name] = value;
    names.set(key, name);
  }
  return names;
}

function renamed(command: Command, names: Names): Command {
  if (names.size === 0) return command;
  const node = (id: string) => names.get(`nodes|${id}`) ?? id;
  return {
    ...command,
    edits: command.edits.map((edit) => {
      const [root, id, ...rest] = edit.path as [string, string, ...string[]];
      const path = id === undefined ? edit.path : [root, names.get(`${root}|${id}`) ?? id, ...rest];
      return {
        path,
        ...(edit.value !== undefined && { value: root === 'edges' ? wire(edit.value, node) : edit.value }),
      };
    }),
  };
}

function wire(value: unknown, node: (id: string) => string): unknown {
  if (typeof value !== 'object' || value === null || !('from' in value) || !('to' in value)) return value;
  const end = (at: unknown) => (Array.isArray(at) ? [node(String(at[0])), at[1]] : at);
  return { ...value, from: end(value.from), to: end(value.to) };
}
