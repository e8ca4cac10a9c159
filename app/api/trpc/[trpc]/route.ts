import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { route, textOf } from '../../../../server/http.ts';
import { requireOwnOrigin } from '../../../../server/origin.ts';
import { refuse } from '../../../../server/problems.ts';
import { appRouter } from '../../../../server/router.ts';
import { quotas } from '../../../../server/settings.ts';
import { makeContext } from '../../../../server/trpc.ts';

const CALLS = 50;

const handle = route<{ trpc: string }>(async (request, server, { trpc }) => {
  requireOwnOrigin(request.headers, server.settings);
  if (trpc.split(',').length > CALLS) refuse('request/too-large', `A request may carry ${CALLS} calls.`);
  const req =
    request.method === 'POST'
      ? new Request(request.url, {
          method: 'POST',
          headers: request.headers,
          body: await textOf(request, quotas.requestBytes),
          signal: request.signal,
        })
      : request;
  return fetchRequestHandler({
    endpoint: '/api/trpc',
    req,
    router: appRouter,
    createContext: () => makeContext(server, request.headers),
  });
});

export { handle as GET, handle as POST };
