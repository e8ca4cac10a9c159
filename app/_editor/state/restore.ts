import type { GraphDocument } from '../../../graph/document.ts';
import type { Command, Edit } from '../../../graph/edit.ts';
import { canonicalJson } from '../../../lib/canonical-json.ts';

/** Parts of a document in which each entry is somebody's own: only those that differ are changed. */
const records = ['definitions', 'nodes', 'edges', 'views'] as const;
const fields = ['name', 'description', 'seed', 'inputs', 'outputs'] as const;

const equal = (a: unknown, b: unknown): boolean => a === b || canonicalJson(a) === canonicalJson(b);

/** What turns one document into another, as one step that can be undone: nothing that differs is kept, nothing else touched. */
export function restoreCommand(now: GraphDocument, then: GraphDocument, label: string): Command {
  const edits: Edit[] = [];
  for (const part of records) {
    const [old, next] = [now[part], then[part]];
    for (const id of Object.keys(old)) if (!Object.hasOwn(next, id)) edits.push({ path: [part, id] });
    for (const [id, value] of Object.entries(next))
      if (!Object.hasOwn(old, id) || !equal(old[id], value)) edits.push({ path: [part, id], value });
  }
  for (const field of fields) if (!equal(now[field], then[field])) edits.push({ path: [field], value: then[field] });
  return { label, edits };
}

export interface Difference {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly wires: number;
}

/** How one document differs from another, in numbers. Where a node lies does not count. */
export function differenceOf(from: GraphDocument, to: GraphDocument): Difference {
  const place = { x: 0, y: 0 };
  const moved = (document: GraphDocument, id: string) => ({ ...document.nodes[id], position: place });
  const kept = Object.keys(to.nodes).filter((id) => id in from.nodes);
  const wires = (document: GraphDocument) =>
    new Set(Object.values(document.edges).map(({ from: a, to: b }) => [...a, ...b].join('\n')));
  const [before, after] = [wires(from), wires(to)];
  return {
    added: Object.keys(to.nodes).length - kept.length,
    removed: Object.keys(from.nodes).length - kept.length,
    changed: kept.filter((id) => !equal(moved(from, id), moved(to, id))).length,
    wires:
      [...after].filter((wire) => !before.has(wire)).length + [...before].filter((wire) => !after.has(wire)).length,
  };
}
