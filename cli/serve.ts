import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { holderOf, refuse } from '../db/lock.ts';
import { fail } from '../lib/problem.ts';
import { dataFolder, rootFolder } from '../runtime/node/platform.ts';
import { localTokenFile } from '../server/runners.ts';
import { readSettings } from '../server/settings.ts';

const help = `patchbay serve [--port N] [--host ADDRESS]

Starts the server, and beside it a runner that computes its runs. docs/runbook.md names the variables that it reads.

  --port N           this port; without it, the first free one from 3000 (also as PORT)
  --host ADDRESS     where to listen, 127.0.0.1 unless said (also as HOST)
`;

const FIRST_PORT = 3_000;

export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { port: { type: 'string' }, host: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  if (!existsSync(join(rootFolder, '.next', 'BUILD_ID')))
    fail('cli/not-built', 'Patchbay is not built yet.', { hint: 'Start it with npm start, which builds it.' });
  const settings = readSettings();
  const data = resolve(dataFolder());
  if (!settings.databaseUrl) {
    const holder = await holderOf(data);
    if (holder) refuse(data, holder);
  }
  const host = values.host ?? (process.env.HOST || '127.0.0.1');
  const port = await choosePort(host, values.port ?? process.env.PORT);
  const address = `http://${host.includes(':') ? `[${host}]` : host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`;
  const env = { ...process.env, PATCHBAY_DATA: data, PATCHBAY_ADDRESS: address };

  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());

  const web = new Kept('The server', stop.signal, () =>
    start(
      ['node_modules/next/dist/bin/next', 'start', '-H', host, '-p', String(port)],
      { ...env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', NEXT_MANUAL_SIG_HANDLE: 'true' },
      'ignore',
    ),
  );
  if (!(await web.first((child) => isReady(child, address)))) {
    await web.stop();
    return stop.signal.aborted ? 0 : 1;
  }
  process.stdout.write(`Patchbay is at ${address}\n`);
  const kept = [web];
  if (settings.databaseUrl ? process.env.PATCHBAY_LOCAL_RUNNER === '1' : process.env.PATCHBAY_LOCAL_RUNNER !== '0') {
    const command = ['cli/patchbay.mjs', 'runner', '--server', address, '--token-file', localTokenFile(data)];
    const runner = new Kept('The runner', stop.signal, () => start(command, env, 'inherit'));
    void runner.first(async () => true);
    // the runner goes first: it gives its run back while there is still somebody to give it to
    kept.unshift(runner);
  }
  if (!stop.signal.aborted) await once(stop.signal, 'abort');
  for (const each of kept) await each.stop();
  return 0;
}

/** Apart from the terminal's group, so that Ctrl-C reaches this process only, which then stops them in order. */
function start(args: readonly string[], env: NodeJS.ProcessEnv, stdout: 'inherit' | 'ignore'): ChildProcess {
  return spawn(process.execPath, args, {
    cwd: rootFolder,
    env,
    detached: true,
    stdio: ['ignore', stdout, 'inherit', 'ipc'],
  });
}

/** Whether the server answers before it ends. */
async function isReady(child: ChildProcess, address: string): Promise<boolean> {
  const ended = once(child, 'exit').then(() => false);
  const answers = async (): Promise<boolean> => {
    for (;;) {
      const response = await fetch(`${address}/api/health`, { signal: AbortSignal.timeout(5_000) }).catch(
        () => undefined,
      );
      if (response?.ok) return true;
      if (child.exitCode !== null || child.signalCode !== null) return false;
      await sleep(100);
    }
  };
  return Promise.race([ended, answers()]);
}

const LONGEST_WAIT_MS = 30_000;
/** A process that lived this long starts again at once. */
const HEALTHY_MS = 60_000;
const GRACE_MS = 12_000;

/** A process that is started again when it ends by itself, after a while that doubles. */
class Kept {
  readonly #what: string;
  readonly #signal: AbortSignal;
  readonly #start: () => ChildProcess;
  #child: ChildProcess | undefined;

  constructor(what: string, signal: AbortSignal, start: () => ChildProcess) {
    this.#what = what;
    this.#signal = signal;
    this.#start = start;
  }

  /** Starts it; once it is `ready` it is kept. False where it ended before: whoever is asked then gives up. */
  async first(ready: (child: ChildProcess) => Promise<boolean>): Promise<boolean> {
    this.#child = this.#start();
    if (!(await ready(this.#child))) return false;
    void this.#keep();
    return true;
  }

  async #keep(): Promise<void> {
    for (let wait = 1_000; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      const began = Date.now();
      const child = this.#child!;
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      if (this.#signal.aborted) return;
      if (Date.now() - began > HEALTHY_MS) wait = 1_000;
      const how = child.signalCode ? `signal ${child.signalCode}` : `code ${child.exitCode}`;
      process.stderr.write(`${this.#what} ended (${how}); starting it again in ${wait / 1000} s.\n`);
      await sleep(wait, undefined, { signal: this.#signal }).catch(() => undefined);
      if (this.#signal.aborted) return;
      this.#child = this.#start();
    }
  }

  /** Asks it to end, and makes it end where it does not. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
    await ended;
    clearTimeout(timer);
  }
}

async function choosePort(host: string, wanted: string | undefined): Promise<number> {
  if (wanted !== undefined) {
    const port = Number(wanted);
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      fail('cli/port', `A port is a number from 1 to 65535, got ${wanted}.`);
    const reason = await whyTaken(host, port);
    if (reason)
      fail('cli/port', `The server can't listen at ${host}, port ${port}: ${reason}.`, { hint: 'Choose another one.' });
    return port;
  }
  for (let port = FIRST_PORT; port < FIRST_PORT + 1_000; port++) {
    const reason = await whyTaken(host, port);
    if (!reason) return port;
    if (reason !== 'EADDRINUSE')
      fail('cli/port', `The server can't listen at ${host}: ${reason}.`, {
        hint: 'Set HOST to an address of this machine.',
      });
  }
  return fail('cli/port', `There is no free port from ${FIRST_PORT} on.`, { hint: 'Choose one with PORT.' });
}

const whyTaken = (host: string, port: number): Promise<string | undefined> =>
  new Promise((done) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => done(undefined)));
  });
