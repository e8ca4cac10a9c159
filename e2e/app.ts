import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const root = join(import.meta.dirname, '..');
const command = join(root, 'cli', 'patchbay.mjs');

/** Patchbay as its user starts it: the built app with a data folder of its own, its server and its runner. */
export class App {
  readonly address: string;
  readonly folder: string;
  readonly #process: ChildProcess | undefined;

  private constructor(address: string, folder: string, process?: ChildProcess) {
    this.address = address;
    this.folder = folder;
    this.#process = process;
  }

  static async start(): Promise<App> {
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-e2e-'));
    // one that runs already, while one works on a test
    if (process.env.PATCHBAY_E2E_ADDRESS) return new App(process.env.PATCHBAY_E2E_ADDRESS, folder);
    const port = await freePort();
    const { DATABASE_URL: _, ...env } = process.env;
    const child = spawn(process.execPath, [command, 'serve', '--port', String(port)], {
      cwd: root,
      env: { ...env, PATCHBAY_DATA: folder, PATCHBAY_LOCAL_RUNNER: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    const address = await new Promise<string>((ready, failed) => {
      const hear = (chunk: Buffer): void => {
        said += chunk.toString();
        const found = /Patchbay is at (\S+)/.exec(said);
        if (found) ready(found[1]!);
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.once('exit', () => failed(new Error(`patchbay serve ended: ${said}`)));
    });
    return new App(address, folder, child);
  }

  async stop(): Promise<void> {
    if (this.#process?.exitCode === null) {
      const ended = once(this.#process, 'exit');
      this.#process.kill('SIGTERM');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Processes that `patchbay serve` has started. */
  #childNamed(words: RegExp): number {
    const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
    const found = rows.map((row) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row)).filter((row) => row !== null);
    const own = found.find(([, , parent, args]) => Number(parent) === this.#process?.pid && words.test(args!));
    if (!own) throw new Error(`patchbay serve has no process like ${words}`);
    return Number(own[1]);
  }

  /** As the system does when it has no memory left. `patchbay serve` starts it again. */
  killServer(): void {
    process.kill(this.#childNamed(/next/), 'SIGKILL');
  }

  killRunner(): void {
    process.kill(this.#childNamed(/runner/), 'SIGKILL');
  }

  async isUp(): Promise<boolean> {
    const response = await fetch(`${this.address}/api/health`, { signal: AbortSignal.timeout(2_000) }).catch(
      () => undefined,
    );
    return response?.ok === true;
  }
}

/** The command line, with a data folder of its own. */
export async function patchbay(args: readonly string[], folder: string): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, [command, ...args], {
    cwd: root,
    env: { ...process.env, PATCHBAY_DATA: folder },
    maxBuffer: 64e6,
  });
}

const freePort = (): Promise<number> =>
  new Promise((found, failed) => {
    const probe = createServer();
    probe.once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => found(typeof address === 'object' && address ? address.port : 0));
    });
  });
