import { answer, readJson, route } from '../../../../../../server/http.ts';
import { seeLease } from '../../../../../../server/leases.ts';
import { lookupSchema } from '../../../../../../server/runner-protocol.ts';
import { requireRunner } from '../../../../../../server/runners.ts';
import { storedSteps } from '../../../../../../server/steps.ts';

export const POST = route<{ run: string }>(async (request, server, { run }) => {
  const { id } = await requireRunner(server.database, request.headers);
  const { epoch, keys } = await readJson(request, lookupSchema, 2_000_000);
  const { owner } = await seeLease(server.database.db, { run, epoch, runner: id });
  return answer({ found: await storedSteps(server, owner, keys) });
});
