import { answer, readJson, route } from '../../../../server/http.ts';
import { registrationSchema } from '../../../../server/runner-protocol.ts';
import { requireRunner, touchRunner } from '../../../../server/runners.ts';

export const POST = route(async (request, { database }) => {
  const { id, name } = await requireRunner(database, request.headers);
  const device = await readJson(request, registrationSchema, 50_000);
  await touchRunner(database, id, device);
  return answer({ runner: id, name });
});
