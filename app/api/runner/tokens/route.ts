import { answer, readJson, route } from '../../../../server/http.ts';
import { tokenRequestSchema } from '../../../../server/runner-protocol.ts';
import { createRunnerToken, deleteRunner, requireRunner } from '../../../../server/runners.ts';

/** A token for another runner; only the token in the server's own data folder makes one. */
export const POST = route(async (request, { database }) => {
  const by = await requireRunner(database, request.headers);
  const { name } = await readJson(request, tokenRequestSchema, 10_000);
  return answer(await createRunnerToken(database, by, name));
});

export const DELETE = route(async (request, { database }) => {
  const by = await requireRunner(database, request.headers);
  const { name } = await readJson(request, tokenRequestSchema, 10_000);
  return answer(await deleteRunner(database, by, name));
});
