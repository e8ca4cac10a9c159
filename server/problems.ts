import { databaseCode } from '../db/transaction.ts';
import { type Problem, ProblemError } from '../lib/problem.ts';

/** Every problem that the server itself can answer, with its HTTP status. Problems of lower layers are the request's: 400. */
const statuses = {
  'document/too-large': 413,
  'document/too-many': 413,
  'data/not-fetched': 502,
  'data/unknown': 404,
  'file/unsafe': 415,
  'file/empty': 400,
  'graph/not-found': 404,
  'graph/no-version': 404,
  'graph/too-many': 429,
  'internal/error': 500,
  'database/away': 503,
  'lease/stale': 409,
  'events/gap': 409,
  'link/not-found': 404,
  'link/role': 403,
  'request/cross-origin': 403,
  'request/host': 403,
  'request/invalid': 400,
  'request/too-fast': 429,
  'request/too-large': 413,
  'run/not-found': 404,
  'run/over': 409,
  'run/too-many': 429,
  'runner/token': 401,
  'runner/not-allowed': 403,
  'save/not-a-graph': 400,
  'session/none': 401,
  'storage/full': 413,
  'template/not-found': 404,
  'value/hash': 400,
  'value/not-found': 404,
} as const satisfies Readonly<Record<string, number>>;
export type ServerCode = keyof typeof statuses;

export function refuse(code: ServerCode, message: string, hint?: string): never {
  throw new ProblemError({ code, message, ...(hint !== undefined && { hint }) });
}

export function statusOf({ code }: Problem): number {
  if (Object.hasOwn(statuses, code)) return statuses[code as ServerCode];
  return code.startsWith('internal/') ? 500 : 400;
}

/** PostgreSQL's classes and codes of connections that broke or can't be had. */
const isAway = (code: string | undefined): boolean =>
  code !== undefined && (/^(08|57P)/.test(code) || ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND'].includes(code));

/**
 * What a user is told of anything thrown. A fault of ours is told by a number that the log has too, never by its text: it
 * may hold what only the server should know.
 */
export function publicProblem(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  const message = error instanceof Error ? error.message : '';
  if (isAway(databaseCode(error)) || /timeout exceeded when trying to connect|Connection terminated/.test(message)) {
    console.warn(`The database is away: ${message}`);
    return {
      code: 'database/away',
      message: 'The database does not answer right now.',
      hint: 'Try again in a few seconds.',
    };
  }
  const number = Math.random().toString(36).slice(2, 8);
  console.error(`Fault ${number}:`, error);
  return {
    code: 'internal/error',
    message: `Something went wrong on the server (fault ${number}).`,
    hint: "Try again. If it stays, look for this number in the server's log.",
  };
}
