import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink, TRPCClientError } from '@trpc/client';
import type { inferRouterOutputs } from '@trpc/server';
import type { FileReference } from '../../graph/document.ts';
import { type Problem, ProblemError } from '../../lib/problem.ts';
import { wireJson } from '../../lib/wire-json.ts';
import type { AppRouter } from '../../server/router.ts';

const url = '/api/trpc';

/** The most that a browser sends after its page is gone. */
const KEEPALIVE_BYTES = 60_000;

export const api = createTRPCClient<AppRouter>({
  links: [
    splitLink({
      condition: ({ type }) => type === 'subscription',
      true: httpSubscriptionLink({ url, transformer: wireJson }),
      false: httpBatchLink({
        url,
        transformer: wireJson,
        maxURLLength: 4_000,
        fetch: (input, init) => {
          const { body } = init ?? {};
          const small = typeof body === 'string' && body.length < KEEPALIVE_BYTES;
          return fetch(input as RequestInfo, { ...(init as RequestInit), ...(small && { keepalive: true }) });
        },
      }),
    }),
  ],
});

type Outputs = inferRouterOutputs<AppRouter>;
export type GraphRow = Outputs['graphs']['list'][number];
export type RunRow = Outputs['runs']['list'][number];
export type LinkRow = Outputs['links']['list'][number];
export type OpenedLink = Outputs['links']['open'];
export type SaveResult = Outputs['graphs']['save'];

const offline: Problem = {
  code: 'network/offline',
  message: 'The server does not answer.',
  hint: 'Look at your connection; what you do here is kept and sent later.',
};

/** The problem inside anything that a call to the server throws. */
export function problemOfCall(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof TRPCClientError) {
    const problem = (error.data as { problem?: Problem } | undefined)?.problem;
    if (problem) return problem;
    // without data, no answer of ours came: no connection, or something between that speaks for the server
    return offline;
  }
  if (error instanceof TypeError && /fetch|network|load failed/i.test(error.message)) return offline;
  return { code: 'internal/error', message: error instanceof Error ? error.message : String(error) };
}

export const isOffline = (problem: Problem): boolean => problem.code === offline.code;

/** Sends a file's bytes; the node keeps what comes back. `onProgress` hears from 0 to 1. Throws a ProblemError. */
export function uploadFile(
  file: File,
  { onProgress, signal }: { onProgress?(fraction: number): void; signal?: AbortSignal } = {},
): Promise<FileReference> {
  // not fetch: it does not tell how much has been sent
  const request = new XMLHttpRequest();
  request.open('PUT', '/api/files');
  request.responseType = 'json';
  request.setRequestHeader('content-type', 'application/octet-stream');
  request.setRequestHeader('x-file-name', encodeURIComponent(file.name));
  request.upload.addEventListener('progress', ({ loaded, total }) => onProgress?.(total > 0 ? loaded / total : 0));
  signal?.addEventListener('abort', () => request.abort());
  return new Promise((resolve, reject) => {
    request.addEventListener('error', () => reject(new ProblemError(offline)));
    request.addEventListener('abort', () =>
      reject(new ProblemError({ code: 'file/stopped', message: 'The upload was stopped.' })),
    );
    request.addEventListener('load', () => {
      if (request.status >= 200 && request.status < 300) resolve(request.response as FileReference);
      else reject(new ProblemError(asProblem(request.response, request.status)));
    });
    request.send(file);
  });
}

const asProblem = (body: unknown, status: number): Problem =>
  typeof body === 'object' && body !== null && 'code' in body && 'message' in body
    ? (body as Problem)
    : { code: 'network/status', message: `The server answered ${status}.`, hint: 'Try again in a moment.' };

export async function problemOfResponse(response: Response): Promise<Problem> {
  return asProblem(await response.json().catch(() => undefined), response.status);
}
