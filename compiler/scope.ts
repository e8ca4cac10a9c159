import type { Problem, ProblemPlace } from '../lib/problem.ts';
import type { CheckResult } from './check.ts';

/** What stands before the ids of nodes in their paths, seen from inside these instances. */
export const prefixOf = (scope: readonly string[]): string => scope.map((id) => `${id}/`).join('');

/** A check as it looks from inside an instance: what lies there goes by its own ids, all else is not there. */
export function checkInside(check: CheckResult, scope: readonly string[]): CheckResult {
  if (scope.length === 0) return check;
  const prefix = prefixOf(scope);
  const own = <T>(map: ReadonlyMap<string, T>): Map<string, T> =>
    new Map([...map].flatMap(([path, value]) => (path.startsWith(prefix) ? [[path.slice(prefix.length), value]] : [])));
  const seen = new Map<Problem, Problem>();
  const near = (problem: Problem): Problem => {
    const known = seen.get(problem) ?? problemInside(problem, prefix);
    seen.set(problem, known);
    return known;
  };
  return {
    ...check,
    nodes: new Map([...own(check.nodes)].map(([id, node]) => [id, { ...node, problems: node.problems.map(near) }])),
    flat: own(check.flat),
    graph: { ...check.graph, nodes: own(check.graph.nodes) },
    problems: check.problems.filter(({ at }) => at?.node.startsWith(prefix)).map(near),
  };
}

/** Places by their own ids; other ends that lie outside are told without the way there. */
function problemInside(problem: Problem, prefix: string): Problem {
  const near = (at: ProblemPlace): ProblemPlace | undefined =>
    at.node.startsWith(prefix) ? { ...at, node: at.node.slice(prefix.length) } : undefined;
  const { at, notes, ...rest } = problem;
  const place = at && near(at);
  return {
    ...rest,
    ...(place && { at: place }),
    ...(notes && {
      notes: notes.map((note) => {
        const end = note.at && near(note.at);
        return { message: note.message, ...(end && { at: end }) };
      }),
    }),
  };
}
