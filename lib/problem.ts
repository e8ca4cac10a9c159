/** Where a problem is. `nodes` may be several: a wrong wire is shown on both of its ends. */
export interface ProblemPlace {
  readonly node: string;
  readonly port?: string;
  readonly param?: string;
}

/** A change of the graph that mends a problem: a label for a button, and the edits that it does. */
export interface Fix {
  readonly label: string;
  readonly edits: readonly { readonly path: readonly string[]; readonly value?: unknown }[];
}

/** Every failure a user can meet, as data. The code is stable and tested; the sentence may change. */
export interface Problem {
  /** `area/kebab`, for example `shape/mismatch`. */
  readonly code: string;
  /** Who needs what, got what. */
  readonly message: string;
  /** What to do, as an imperative. */
  readonly hint?: string;
  readonly at?: ProblemPlace;
  /** The other ends: where the thing that does not fit comes from. */
  readonly notes?: readonly { readonly message: string; readonly at?: ProblemPlace }[];
  readonly severity?: 'error' | 'warning';
  /** Why it is one, for people who have not met it yet. */
  readonly reason?: string;
  /** Best first. */
  readonly fixes?: readonly Fix[];
}

export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.hint ? `${problem.message} ${problem.hint}` : problem.message);
    this.name = 'ProblemError';
    this.problem = problem;
  }
}

export function fail(code: string, message: string, rest: Omit<Problem, 'code' | 'message'> = {}): never {
  throw new ProblemError({ code, message, ...rest });
}

/** The problem inside any thrown thing; an error that is ours to mend becomes `internal/error`. */
export function problemOf(error: unknown, at?: ProblemPlace): Problem {
  if (error instanceof ProblemError) return at && !error.problem.at ? { ...error.problem, at } : error.problem;
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal/error', message, ...(at && { at }) };
}

export const isError = (problem: Problem): boolean => problem.severity !== 'warning';
