import { ZodError, type z } from 'zod';
import { megabytes } from './bytes.ts';
import { publicProblem, refuse, statusOf } from './problems.ts';
import { getServer, type Server } from './server.ts';
import { invalidInput } from './trpc.ts';

/** A route handler: what is thrown becomes a Problem as JSON with its status. */
export function route<P = Record<string, never>>(
  handle: (request: Request, server: Server, params: P) => Promise<Response>,
): (request: Request, context: { params: Promise<P> }) => Promise<Response> {
  return async (request, { params }) => {
    try {
      return await handle(request, await getServer(), await params);
    } catch (error) {
      const problem = error instanceof ZodError ? invalidInput(error) : publicProblem(error);
      return Response.json(problem, { status: statusOf(problem), headers: { 'cache-control': 'no-store' } });
    }
  };
}

/** An answer that nobody keeps. */
export const answer = (body: unknown): Response => Response.json(body, { headers: { 'cache-control': 'no-store' } });

/** A request's body as text, no longer than it may be. */
export async function textOf(request: Request, limit: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > limit) refuse('request/too-large', `A request may have ${megabytes(limit)}, this one has more.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A request's body as JSON of a known shape. */
export async function readJson<T>(request: Request, schema: z.ZodType<T>, limit: number): Promise<T> {
  const text = await textOf(request, limit);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    refuse('request/invalid', 'The body of this request is not JSON.');
  }
  return schema.parse(value);
}
