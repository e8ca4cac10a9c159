import { answer, readJson, route } from '../../../../../../server/http.ts';
import { releaseRun, tellEvents } from '../../../../../../server/leases.ts';
import { refuse } from '../../../../../../server/problems.ts';
import { finishSchema } from '../../../../../../server/runner-protocol.ts';
import { requireRunner } from '../../../../../../server/runners.ts';
import { quotas } from '../../../../../../server/settings.ts';

/** The end of a run with its last events; without any, the run goes back to the queue. */
export const POST = route<{ run: string }>(async (request, server, { run }) => {
  const { id } = await requireRunner(server.database, request.headers);
  const { epoch, events } = await readJson(request, finishSchema, quotas.batchBytes);
  const lease = { run, epoch, runner: id };
  if (events.length === 0) await releaseRun(server, lease);
  else if (events.at(-1)?.kind !== 'finished')
    refuse('request/invalid', 'The last event of a run is that it has finished.');
  else await tellEvents(server, lease, events);
  return answer({});
});
