import { subscribe } from 'node:diagnostics_channel';
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProblemError } from '../lib/problem.ts';
import { closeServer, getServer } from './server.ts';

/** Opens the server inside Next's process, and closes it when the process is told to end. */
export async function boot(): Promise<void> {
  const listening = watchRequests();
  try {
    const { database } = await getServer();
    if (process.env.PATCHBAY_ADDRESS) database.lock?.announce(process.env.PATCHBAY_ADDRESS);
    database.embedded?.onCrash((error) => {
      console.error(`The database broke: ${error.message}`);
      process.exit(1);
    });
  } catch (error) {
    console.error(error instanceof ProblemError ? error.message : error);
    process.exit(1);
  }
  let isEnding = false;
  const end = async (): Promise<void> => {
    if (isEnding) return;
    isEnding = true;
    // whatever hangs does not keep the process
    setTimeout(() => process.exit(1), 10_000).unref();
    await finishRequests(listening);
    await closeServer();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.on(signal, () => void end());
  // does not keep the process by itself
  process.channel?.unref();
  process.send?.({ ready: true });
}

/**
 * Next hands requests on without their socket and believes any `x-forwarded-for`. Unless a proxy is known to stand before
 * it, the header is set here to who really asks: limits count by it.
 */
function watchRequests(): Set<HttpServer> {
  const listening = new Set<HttpServer>();
  const isBehindProxy = process.env.PATCHBAY_TRUST_PROXY === '1';
  subscribe('http.server.request.start', (message) => {
    const { request, socket, server } = message as { request: IncomingMessage; socket: Socket; server: HttpServer };
    listening.add(server);
    if (!isBehindProxy) request.headers['x-forwarded-for'] = socket.remoteAddress;
  });
  return listening;
}

/** New connections are refused, requests under way may finish; streams are cut, and go on with the next server. */
async function finishRequests(listening: ReadonlySet<HttpServer>): Promise<void> {
  (await getServer()).waiters.close();
  const closed = Promise.all([...listening].map((server) => new Promise((resolve) => server.close(resolve))));
  await Promise.race([closed, sleep(1_500)]);
  for (const server of listening) server.closeAllConnections();
}
