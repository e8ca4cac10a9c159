import { requireSession } from '../../../../server/accounts.ts';
import { discard, receive } from '../../../../server/bytes.ts';
import { answer, route } from '../../../../server/http.ts';
import { linkOf } from '../../../../server/links.ts';
import { requireOwnOrigin } from '../../../../server/origin.ts';
import { refuse } from '../../../../server/problems.ts';
import { addressKey } from '../../../../server/rates.ts';
import { quotas } from '../../../../server/settings.ts';
import { keepValue, linkedValue, mediaOf, ownValue, requireHash, valueResponse } from '../../../../server/values.ts';

interface Params {
  readonly sha256: string;
}

/** The bytes of a value: of the session's own account, or one that a share link shows. */
export const GET = route<Params>(async (request, server, { sha256 }) => {
  requireHash(sha256);
  const token = new URL(request.url).searchParams.get('link');
  if (token === null) {
    const { user } = await requireSession(server, request.headers);
    return valueResponse(server, sha256, await ownValue(server.database.db, user, sha256));
  }
  requireOwnOrigin(request.headers, server.settings);
  const link = await linkOf(server.database.db, token).catch((error: unknown) => {
    server.rates.require('miss', addressKey(request.headers));
    throw error;
  });
  return valueResponse(server, sha256, await linkedValue(server, link, sha256));
});

/** Stores a value that this account's page made. What comes is always taken whole and hashed here. */
export const PUT = route<Params>(async (request, server, { sha256 }) => {
  requireHash(sha256);
  const { user } = await requireSession(server, request.headers);
  server.rates.require('upload', user);
  const received = await receive(request, { folder: server.uploads, limit: quotas.uploadBytes });
  if (received.sha256 !== sha256) {
    await discard(received);
    refuse('value/hash', `These bytes have the SHA-256 ${received.sha256}, not ${sha256}.`);
  }
  await keepValue(server, received, { owner: user, media: mediaOf(request.headers) });
  return answer({ sha256, bytes: received.bytes });
});
