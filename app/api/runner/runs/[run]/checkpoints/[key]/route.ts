import { isSha256 } from '../../../../../../../lib/hash.ts';
import { receive } from '../../../../../../../server/bytes.ts';
import { checkpointResponse, keepCheckpoint } from '../../../../../../../server/checkpoints.ts';
import { answer, route } from '../../../../../../../server/http.ts';
import { seeLease } from '../../../../../../../server/leases.ts';
import { refuse } from '../../../../../../../server/problems.ts';
import { requireRunner } from '../../../../../../../server/runners.ts';
import { quotas } from '../../../../../../../server/settings.ts';

interface Params {
  readonly run: string;
  readonly key: string;
}
const epochOf = ({ url }: Request): number => Number(new URL(url).searchParams.get('epoch')) || 0;

/** The newest checkpoint of a step of this run's account. */
export const GET = route<Params>(async (request, server, { run, key }) => {
  const { id } = await requireRunner(server.database, request.headers);
  const { owner } = await seeLease(server.database.db, { run, epoch: epochOf(request), runner: id });
  return checkpointResponse(server, owner, key);
});

export const PUT = route<Params>(async (request, server, { run, key }) => {
  if (!isSha256(key)) refuse('request/invalid', 'A checkpoint is stored under the cache key of its step.');
  const { id } = await requireRunner(server.database, request.headers);
  const lease = { run, epoch: epochOf(request), runner: id };
  await seeLease(server.database.db, lease);
  const received = await receive(request, { folder: server.uploads, limit: quotas.checkpointBytes });
  await keepCheckpoint(server, lease, key, received);
  return answer({});
});
