import { discard, receive } from '../../../../../server/bytes.ts';
import { answer, route } from '../../../../../server/http.ts';
import { holdLease, type Lease, seeLease } from '../../../../../server/leases.ts';
import { refuse } from '../../../../../server/problems.ts';
import { requireRunner } from '../../../../../server/runners.ts';
import type { Server } from '../../../../../server/server.ts';
import { quotas } from '../../../../../server/settings.ts';
import { keepValue, mediaOf, requireHash, valueForRun, valueResponse } from '../../../../../server/values.ts';

interface Params {
  readonly sha256: string;
}
async function leaseOf(request: Request, { database }: Server): Promise<Lease> {
  const { id } = await requireRunner(database, request.headers);
  const { searchParams } = new URL(request.url);
  return { run: searchParams.get('run') ?? '', epoch: Number(searchParams.get('epoch')) || 0, runner: id };
}

/** A value that the run may read: its account's own, or a file that the graph behind its link names. */
export const GET = route<Params>(async (request, server, { sha256 }) => {
  requireHash(sha256);
  const run = await seeLease(server.database.db, await leaseOf(request, server));
  return valueResponse(server, sha256, await valueForRun(server, run, sha256));
});

/** A value that the run made. The lease is held when the row is written, so a lost runner stores nothing. */
export const PUT = route<Params>(async (request, server, { sha256 }) => {
  requireHash(sha256);
  const lease = await leaseOf(request, server);
  const { owner } = await seeLease(server.database.db, lease);
  const received = await receive(request, { folder: server.uploads, limit: quotas.valueBytes });
  if (received.sha256 !== sha256) {
    await discard(received);
    refuse('value/hash', `These bytes have the SHA-256 ${received.sha256}, not ${sha256}.`);
  }
  await keepValue(server, received, { owner, media: mediaOf(request.headers), also: (tx) => holdLease(tx, lease) });
  return answer({ sha256, bytes: received.bytes });
});
