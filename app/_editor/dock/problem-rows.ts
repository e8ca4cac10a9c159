import type { GraphDocument } from '../../../graph/document.ts';
import { locate } from '../../../graph/subgraphs.ts';
import { isError, type Problem, type ProblemPlace } from '../../../lib/problem.ts';
import { entryOfNode } from '../../../nodes/subgraphs.ts';
import { titleAt } from '../state/wiring.ts';

export type ProblemRow =
  | { readonly kind: 'head'; readonly severity: 'error' | 'warning' | 'run'; readonly count: number }
  | { readonly kind: 'problem'; readonly key: string; readonly problem: Problem; readonly place: string };

/** Where a problem is, in words: `Train, Steps` or `Linear, input x`. */
export function placeText(document: GraphDocument, at: ProblemPlace | undefined): string {
  if (!at) return 'The graph';
  const node = locate(document, at.node)?.node;
  const title = titleAt(document, at.node);
  if (at.param !== undefined) {
    const schema = entryOfNode(node, document.definitions)?.params[at.param];
    return `${title}, ${typeof schema?.title === 'string' ? schema.title : at.param}`;
  }
  return at.port === undefined ? title : `${title}, ${at.port}`;
}

/** What the list shows: what failed in the run, then errors, then warnings, each under a head that counts them. */
export function problemRows(
  document: GraphDocument,
  problems: readonly Problem[],
  failed: readonly Problem[] = [],
): ProblemRow[] {
  const group = (severity: 'error' | 'warning' | 'run', all: readonly Problem[]): ProblemRow[] =>
    all.length === 0
      ? []
      : [
          { kind: 'head', severity, count: all.length },
          ...all.map((problem, i) => ({
            kind: 'problem' as const,
            key: `${severity} ${i} ${problem.code}`,
            problem,
            place: placeText(document, problem.at),
          })),
        ];
  return [
    ...group('run', failed),
    ...group('error', problems.filter(isError)),
    ...group(
      'warning',
      problems.filter((problem) => !isError(problem)),
    ),
  ];
}

/** Every node that a problem is about: the one that needs something first, then those at the other ends. */
export function nodesOf({ at, notes }: Problem): string[] {
  const places = [at, ...(notes ?? []).map((note) => note.at)];
  return [...new Set(places.flatMap((place) => (place ? [place.node] : [])))];
}
