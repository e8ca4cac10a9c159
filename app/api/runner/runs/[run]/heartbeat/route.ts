import { answer, readJson, route } from '../../../../../../server/http.ts';
import { heartbeat } from '../../../../../../server/leases.ts';
import { heartbeatRequestSchema } from '../../../../../../server/runner-protocol.ts';
import { requireRunner } from '../../../../../../server/runners.ts';

export const POST = route<{ run: string }>(async (request, server, { run }) => {
  const { id } = await requireRunner(server.database, request.headers);
  const { epoch } = await readJson(request, heartbeatRequestSchema, 10_000);
  return answer(await heartbeat(server, { run, epoch, runner: id }));
});
