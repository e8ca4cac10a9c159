import { readFileSync, rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Calibration } from '../ir/roofline.ts';
import { fail, ProblemError, problemOf } from '../lib/problem.ts';
import { dataFolder } from '../runtime/node/platform.ts';
import { ComputeChild, type Device } from './runner/compute.ts';
import { incomingFolder, Job } from './runner/job.ts';
import { Measuring } from './runner/measuring.ts';
import { persist, ServerLink, Stale } from './runner/server-link.ts';
import { showProblem } from './show.ts';

const help = `patchbay runner --server URL (--token TOKEN | --token-file FILE) [options]

Computes the runs of a server, on this machine. It needs an outgoing connection to the server and nothing else.
Make a token on the server's machine: patchbay runner-token NAME

  --server URL       for example http://192.168.1.10:3000
  --token TOKEN      also as PATCHBAY_RUNNER_TOKEN
  --token-file FILE  a file that holds the token
  --backend NAME     auto, onnx, webgpu, cuda or reference
  --threads N        threads of the backend
`;

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      server: { type: 'string' },
      token: { type: 'string' },
      'token-file': { type: 'string' },
      backend: { type: 'string', default: 'auto' },
      threads: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const server = values.server ?? fail('cli/runner', 'A runner needs its server.', { hint: 'Say --server URL.' });
  const link = new ServerLink(server, readToken(values));
  const stop = new AbortController();
  // the parent's death ends this process too: `patchbay serve` starts it with a channel
  for (const signal of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.on(signal, () => stop.abort());
  process.channel?.unref();
  rmSync(incomingFolder(dataFolder()), { recursive: true, force: true });

  const compute = {
    backend: values.backend,
    dataFolder: dataFolder(),
    ...(values.threads && { threads: values.threads }),
  };
  let child = new ComputeChild(compute);
  try {
    await serve(link, stop.signal, {
      server,
      next() {
        const ready = child;
        child = new ComputeChild(compute);
        return ready;
      },
      device: () => child.ready,
      measuring: (found) => new Measuring(compute, found),
    });
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    stop.abort();
    child.kill();
  }
  return 0;
}

interface Children {
  readonly server: string;
  /** A child that has started already; the one after it starts meanwhile. */
  next(): ComputeChild;
  device(): Promise<Device>;
  /** Finds out how fast the device is. */
  measuring(found: (calibration: Calibration) => void): Measuring;
}

async function serve(
  link: ServerLink,
  signal: AbortSignal,
  { server, next, device, measuring }: Children,
): Promise<void> {
  let isAway = false;
  const away = (error: Error): void => {
    if (!isAway) say(`The server ${server} does not answer (${error.message}); trying again.`);
    isAway = true;
  };
  const { title, calibration } = await device();
  const { name } = await persist(signal, () => link.register(title, calibration), away);
  say(`Runner ${name} computes for ${server} with ${title}.`);
  const looking = calibration
    ? undefined
    : measuring((found) => {
        say(`Runner ${name} measured how fast that is.`);
        void persist(signal, () => link.register(title, found)).catch((error: unknown) => {
          // where the runner is stopped meanwhile its next start tells it
          if (!signal.aborted) say(`The server ${server} did not take that: ${problemOf(error).message}`);
        });
      });
  signal.addEventListener('abort', () => looking?.stop());
  while (!signal.aborted) {
    looking?.begin();
    const claim = await persist(signal, () => link.claim(signal), away);
    isAway = false;
    if (!claim) continue;
    looking?.stop();
    const began = Date.now();
    try {
      const end = await new Job({ link, claim, child: next(), dataFolder: dataFolder(), signal }).work();
      say(`Run ${claim.run}: ${end} after ${((Date.now() - began) / 1000).toFixed(1)} s.`);
    } catch (error) {
      if (signal.aborted) return;
      // its lease runs out, and the run goes back to the queue
      say(
        `Run ${claim.run}: ${error instanceof ProblemError ? showProblem(error.problem) : error instanceof Stale ? 'taken by another runner' : problemOf(error).message}`,
      );
    }
  }
}

function readToken(values: { token?: string | undefined; 'token-file'?: string | undefined }): string {
  const file = values['token-file'];
  if (file !== undefined)
    try {
      return readFileSync(file, 'utf8').trim();
    } catch (error) {
      return fail('cli/runner', `The token file ${file} can't be read: ${(error as Error).message}.`);
    }
  return (
    values.token ??
    process.env.PATCHBAY_RUNNER_TOKEN ??
    fail('cli/runner', 'A runner needs its token.', {
      hint: "Make one on the server's machine: patchbay runner-token NAME.",
    })
  );
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
