import type { GraphDocument } from '../../../graph/document.ts';
import type { NodeRun } from '../state/run-state.ts';
import { showMilliseconds } from '../state/run-state.ts';
import { titleOf } from '../state/wiring.ts';

/** Why a node's results are old: something before it changed, or the node itself did. */
export function whyStale(document: GraphDocument, stale: ReadonlySet<string>, id: string): string {
  const before = [
    ...new Set(
      Object.values(document.edges).flatMap(({ from, to }) => (to[0] === id && stale.has(from[0]) ? [from[0]] : [])),
    ),
  ];
  if (before.length === 0)
    return 'These results come from before a change of this node: of its params, its wires or the seed.';
  const names = before.slice(0, 3).map((each) => titleOf(document, each));
  return `These results come from before a change further up: ${names.join(', ')}${before.length > 3 ? ' and others' : ''} will run again.`;
}

/** How a node stands in the shown run, in a sentence. */
export function whyState(run: NodeRun, running: boolean): string {
  switch (run.status) {
    case 'cached':
      return 'Not run again: an earlier run had the same params, inputs and code, and its results were taken.';
    case 'done':
      return `Computed in ${showMilliseconds(run.ms ?? 0)}.`;
    case 'failed':
      return run.problem?.message ?? 'It failed.';
    case 'running':
      return run.note ?? 'It is being computed.';
    case 'waiting':
      return running ? 'It waits for its inputs.' : 'The run ended before it.';
  }
}
