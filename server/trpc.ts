import { initTRPC, TRPCError } from '@trpc/server';
import { ZodError } from 'zod';
import { type Problem, ProblemError } from '../lib/problem.ts';
import { wireJson } from '../lib/wire-json.ts';
import { type Session, sessionOf } from './accounts.ts';
import { publicProblem, refuse, statusOf } from './problems.ts';
import { addressKey, type Rate } from './rates.ts';
import type { Server } from './server.ts';

export interface Context {
  readonly server: Server;
  /** Who asks, for limits. */
  readonly address: string;
  /** Read at most once a request, whatever number of calls it carries. */
  session(): Promise<Session | undefined>;
}

export function makeContext(server: Server, headers: Headers): Context {
  let session: Promise<Session | undefined> | undefined;
  return {
    server,
    address: addressKey(headers),
    session() {
      session ??= sessionOf(server.auth, headers);
      return session;
    },
  };
}

const codes = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'TOO_MANY_REQUESTS',
  500: 'INTERNAL_SERVER_ERROR',
  502: 'BAD_GATEWAY',
  503: 'SERVICE_UNAVAILABLE',
} as const satisfies Readonly<Record<number, TRPCError['code']>>;

/** Any error as one that tRPC answers, with its problem inside. */
export function asTrpcError(error: unknown): TRPCError {
  if (error instanceof TRPCError) {
    if (error.cause instanceof ProblemError) return wrap(error.cause.problem);
    if (error.cause instanceof ZodError) return wrap(invalidInput(error.cause));
    // tRPC's own: an unknown procedure, a wrong method, a body that is not JSON
    if (error.code !== 'INTERNAL_SERVER_ERROR') return error;
  }
  return wrap(publicProblem(error instanceof TRPCError ? (error.cause ?? error) : error));
}

function wrap(problem: Problem): TRPCError {
  const code = codes[statusOf(problem) as keyof typeof codes];
  return new TRPCError({ code, message: problem.message, cause: new ProblemError(problem) });
}

export function invalidInput(error: ZodError): Problem {
  const issue = error.issues[0];
  const where = issue?.path.join('.');
  return {
    code: 'request/invalid',
    message: `This request is not right${where ? ` at ${where}` : ''}: ${issue?.message ?? 'unknown'}.`,
  };
}

const t = initTRPC.context<Context>().create({
  transformer: wireJson,
  isDev: false,
  // a silent connection may be dead: both ends look every few seconds
  sse: { ping: { enabled: true, intervalMs: 5_000 }, client: { reconnectAfterInactivityMs: 15_000 } },
  errorFormatter({ shape, error }) {
    const { cause } = asTrpcError(error);
    const problem: Problem =
      cause instanceof ProblemError
        ? cause.problem
        : { code: 'request/invalid', message: `${error.message.replace(/\.$/, '')}.` };
    return { ...shape, message: problem.message, data: { ...shape.data, problem } };
  },
});
export const { router, createCallerFactory } = t;

/** For everyone, without a session. */
export const open = t.procedure.use(async ({ next }) => {
  const result = await next();
  if (!result.ok) throw asTrpcError(result.error);
  return result;
});

/** For whoever has a session, an anonymous one too: it is made at the first visit of a page. */
export const procedure = open.use(async ({ ctx, next }) => {
  const session =
    (await ctx.session()) ?? refuse('session/none', 'This needs a session.', 'Open Patchbay, or reload its page.');
  return next({ ctx: { ...ctx, session, owner: session.user } });
});

/** The same, no more often than the rate allows. */
export const limited = (rate: Rate) =>
  procedure.use(({ ctx, next }) => {
    ctx.server.rates.require(rate, ctx.owner);
    return next();
  });
