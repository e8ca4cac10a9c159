import { checkInside, prefixOf } from '../../../compiler/scope.ts';
import type { GraphDocument } from '../../../graph/document.ts';
import type { Command } from '../../../graph/edit.ts';
import { editsInside, inside, settled } from '../../../graph/subgraphs.ts';
import { withOwnNames } from '../../../graph/wire-names.ts';
import { factsOf } from './facts.ts';
import { runInside } from './run-inside.ts';
import type { EditorState, Whole } from './store.ts';

/**
 * The editor shows one graph at a time: the whole, or a subgraph that was opened. All that draws or changes a graph reads
 * `log`, `check`, `facts`, `run` and `stale`, which are as seen from there, with nodes by the ids that they have there.
 * Whoever saves, checks or runs reads and writes the whole, and only through the functions of this file.
 */
export const wholeOf = ({ whole, log, check, run, stale }: EditorState): Whole => whole ?? { log, check, run, stale };

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((each, i) => each === b[i]);

/** As far as one still gets: an instance on the way may be gone. */
function reachable(document: GraphDocument, scope: readonly string[]): readonly string[] {
  for (let depth = scope.length; depth > 0; depth--) {
    const some = scope.slice(0, depth);
    if (inside(document, some)) return some;
  }
  return [];
}

/** The state with another whole, or seen from elsewhere. */
export function withWhole(
  state: EditorState,
  change: Partial<Whole>,
  to: readonly string[] = state.scope,
): Partial<EditorState> {
  const before = wholeOf(state);
  const whole: Whole = { ...before, ...change };
  const { document } = whole.log;
  const reached = reachable(document, to);
  const stays = isSame(reached, state.scope);
  const scope = stays ? state.scope : reached;
  const isPlain = scope.length === 0 && Object.keys(document.definitions).length === 0;
  const shown = inside(document, scope)!.document;
  const log = shown === document ? whole.log : { ...whole.log, document: shown };
  const isChecked = stays && whole.check === before.check;
  const check = isChecked ? state.check : whole.check && checkInside(whole.check, scope);
  return {
    scope,
    whole: isPlain ? undefined : whole,
    log,
    check,
    ...(!isChecked && check && { facts: factsOf(shown, check, stays ? state.facts : {}) }),
    run: isPlain || !whole.run ? whole.run : runInside(whole.run, document, scope),
    stale: isPlain ? whole.stale : staleInside(whole.stale, shown, scope),
  };
}

/** What is stale of what is seen: an instance where anything in it is. */
function staleInside(stale: ReadonlySet<string>, shown: GraphDocument, scope: readonly string[]): ReadonlySet<string> {
  const prefix = prefixOf(scope);
  const found = new Set<string>();
  for (const path of stale) {
    if (!path.startsWith(prefix)) continue;
    const own = path.slice(prefix.length);
    for (let at = own.indexOf('/'); at > 0; at = own.indexOf('/', at + 1))
      if (Object.hasOwn(shown.nodes, own.slice(0, at))) found.add(own.slice(0, at));
    found.add(own);
  }
  return found;
}

/** A command on what is seen, as a command on the document, with all that follows from it. */
export function onWhole(state: EditorState, command: Command): Command {
  const { document } = wholeOf(state).log;
  const definition = inside(document, state.scope)?.definition;
  return withOwnNames(document, settled(document, { ...command, edits: editsInside(definition, command.edits) }));
}

/** The path of a node that is seen. */
export const pathOf = ({ scope }: EditorState, id: string): string => prefixOf(scope) + id;
