import { answer, readJson, route } from '../../../../../../server/http.ts';
import { tellEvents } from '../../../../../../server/leases.ts';
import { refuse } from '../../../../../../server/problems.ts';
import { batchSchema } from '../../../../../../server/runner-protocol.ts';
import { requireRunner } from '../../../../../../server/runners.ts';
import { quotas } from '../../../../../../server/settings.ts';

export const POST = route<{ run: string }>(async (request, server, { run }) => {
  const { id } = await requireRunner(server.database, request.headers);
  const { epoch, events } = await readJson(request, batchSchema, quotas.batchBytes);
  if (events.some(({ kind }) => kind === 'finished'))
    refuse('request/invalid', 'A run is ended by finish, not by its events.');
  return answer(await tellEvents(server, { run, epoch, runner: id }, events));
});
