import type { GraphDocument } from '../../../graph/document.ts';
import { applyCommand, type Command } from '../../../graph/edit.ts';
import { type Level, levelsOf } from '../../../graph/subgraphs.ts';

const keyOf = (at: readonly string[], id: string): string => [...at, 'edges', id].join('/');

/** Wires that lack the node at one of their ends, by place. */
function loose(document: GraphDocument): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const isLoose = ({ nodes }: Level, ends: readonly (readonly [string, string])[]): boolean =>
    ends.some(([node]) => !Object.hasOwn(nodes, node));
  for (const { at, level } of levelsOf(document))
    for (const [id, { from, to }] of Object.entries(level.edges))
      if (isLoose(level, [from, to])) found.set(keyOf(at, id), [...at, 'edges', id]);
  return found;
}

/** The wire that an edit makes or leads elsewhere. */
function wireOf({ path, value }: Command['edits'][number]): string | undefined {
  const at = path.slice(0, path[0] === 'definitions' ? 2 : 0);
  const [root, id] = path.slice(at.length);
  return value !== undefined && root === 'edges' && id !== undefined ? keyOf(at, id) : undefined;
}

/**
 * A command that was thought of for another document, for one in which nodes that it wires may be gone, or nodes that it
 * takes away may have got new wires. A wire that would be left without a node is not made, or goes with the node.
 */
export function withoutLooseWires(document: GraphDocument, command: Command): { command: Command; wires: number } {
  const before = loose(document);
  const newlyLoose = (edits: Command['edits']) =>
    [...loose(applyCommand(document, { ...command, edits }).document)].filter(([key]) => !before.has(key));
  const wrong = new Map(newlyLoose(command.edits));
  if (wrong.size === 0) return { command, wires: 0 };
  const kept = command.edits.filter((edit) => !wrong.has(wireOf(edit) ?? ''));
  const left = newlyLoose(kept).map(([, path]) => ({ path }));
  return { command: { ...command, edits: [...kept, ...left] }, wires: wrong.size };
}
