import { answer, route } from '../../../../server/http.ts';
import { claimRun } from '../../../../server/leases.ts';
import { CLAIM_SECONDS } from '../../../../server/runner-protocol.ts';
import { requireRunner, touchRunner } from '../../../../server/runners.ts';

/** Other servers may queue runs too, so a waiting runner looks for itself now and then. */
const LOOK_MS = 1_000;

export const POST = route(async (request, server) => {
  const { id } = await requireRunner(server.database, request.headers);
  await touchRunner(server.database, id);
  const until = Date.now() + CLAIM_SECONDS * 1000;
  for (;;) {
    // whoever has left takes no run with them
    if (request.signal.aborted || server.waiters.closed) return answer({ claim: null });
    const claim = await claimRun(server, id);
    if (claim || Date.now() >= until) return answer({ claim: claim ?? null });
    await server.waiters.wait(Math.min(LOOK_MS, until - Date.now()), request.signal);
  }
});
