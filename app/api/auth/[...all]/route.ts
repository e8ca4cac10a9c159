import { route } from '../../../../server/http.ts';
import { requireOwnOrigin } from '../../../../server/origin.ts';

const handle = route<{ all: string[] }>(async (request, { auth, settings }) => {
  requireOwnOrigin(request.headers, settings);
  return auth.handler(request);
});

export { handle as GET, handle as POST };
