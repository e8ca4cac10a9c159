// A server process for tests that kill it: the route handlers of app/api without Next. `PORT` and `PATCHBAY_DATA` say where.
import { openServer } from '../server.ts';
import { hostServer } from './host.ts';

const { address, close } = await hostServer(await openServer(), Number(process.env.PORT));
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void close().then(() => process.exit(0)));
process.stdout.write(`${address}\n`);
