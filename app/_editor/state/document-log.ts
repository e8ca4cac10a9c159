import type { GraphDocument } from '../../../graph/document.ts';
import { applyCommand, type Command, type Edit } from '../../../graph/edit.ts';
import { withoutLooseWires } from './loose-wires.ts';

/** One step of undo. */
export interface Done {
  readonly command: Command;
  readonly inverse: Command;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Commands of one group that follow each other closely are one step: typing in a field, nudging with arrow keys. */
  readonly group?: string;
}

/** A document and the one log of what was done to it: undo, autosave and merging all read it. */
export interface DocumentLog {
  readonly document: GraphDocument;
  readonly past: readonly Done[];
  readonly future: readonly Done[];
  /** What the server does not have yet, oldest first. */
  readonly pending: readonly Command[];
}

/** Steps of undo that are kept. */
const MOST_STEPS = 500;
/** Commands of one group within this time are one step. */
const GROUP_MS = 1_000;

export const startLog = (document: GraphDocument): DocumentLog => ({ document, past: [], future: [], pending: [] });

/** Does a command. One that changes nothing leaves the log as it is. */
export function perform(
  log: DocumentLog,
  command: Command,
  { at, group }: { readonly at: number; readonly group?: string },
): DocumentLog {
  const { document, inverse } = applyCommand(log.document, command);
  if (inverse.edits.length === 0) return log;
  const last = log.past.at(-1);
  const joins = group !== undefined && last?.group === group && at - last.at < GROUP_MS && log.future.length === 0;
  const done: Done = joins
    ? { command: joined(last.command, command), inverse: joined(inverse, last.inverse), at, group }
    : { command, inverse, at, ...(group !== undefined && { group }) };
  const past = [...(joins ? log.past.slice(0, -1) : log.past), done].slice(-MOST_STEPS);
  return { document, past, future: [], pending: [...log.pending, command] };
}

export function undo(log: DocumentLog): DocumentLog {
  const last = log.past.at(-1);
  if (!last) return log;
  // what others did since may have taken a wire's node away, or wired a node that this takes away
  const { command } = withoutLooseWires(log.document, { ...last.inverse, label: `Undo: ${last.command.label}` });
  const { document, inverse } = applyCommand(log.document, command);
  return {
    document,
    past: log.past.slice(0, -1),
    future: [...log.future, { ...last, command: { ...inverse, label: last.command.label } }],
    pending: [...log.pending, command],
  };
}

export function redo(log: DocumentLog): DocumentLog {
  const next = log.future.at(-1);
  if (!next) return log;
  const { command } = withoutLooseWires(log.document, next.command);
  const { document, inverse } = applyCommand(log.document, command);
  // without its group, so that what is typed next is a step of its own
  const { group: _, ...done } = next;
  return {
    document,
    past: [...log.past, { ...done, command, inverse }],
    future: log.future.slice(0, -1),
    pending: [...log.pending, command],
  };
}

/** Two commands as one: the second one's value counts where both change one place and nothing lies between. */
function joined(first: Command, second: Command): Command {
  const same = (a: Edit, b: Edit) => a.path.length === b.path.length && a.path.every((key, i) => key === b.path[i]);
  const onlyValues = [...first.edits, ...second.edits].every((edit) => edit.path.length > 2);
  const kept = onlyValues
    ? first.edits.filter((edit) => !second.edits.some((other) => same(edit, other)))
    : first.edits;
  return { label: first.label, edits: [...kept, ...second.edits] };
}
