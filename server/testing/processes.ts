import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { rootFolder } from '../../db/root.ts';
import type { Place } from './databases.ts';

/** A process that tests start, listen to and kill. */
export class Program {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  /** Its lines so far, of both streams. */
  readonly lines: string[] = [];

  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    started.add(this);
    this.#child = spawn(process.execPath, args, {
      cwd: rootFolder,
      env: { ...process.env, DATABASE_URL: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#ended = once(this.#child, 'exit');
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      createInterface({ input: stream }).on('line', (line) => this.lines.push(line));
  }
  get pid(): number {
    return this.#child.pid!;
  }
  /** Waits for a line that matches. */
  async says(pattern: RegExp, timeoutMs = 240_000): Promise<string> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const line = this.lines.find((each) => pattern.test(each));
      if (line !== undefined) return line;
      if (this.#child.exitCode !== null || Date.now() > end)
        throw new Error(`it never said ${pattern}, but:\n${this.lines.join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill(signal);
    // a stopped process hears nothing but SIGKILL until it goes on
    if (signal !== 'SIGKILL') this.#child.kill('SIGCONT');
    await this.#ended;
    started.delete(this);
  }
}

const started = new Set<Program>();
/** Kills what a test started, also where it broke off in the middle of it. */
export async function killAll(): Promise<void> {
  await Promise.all([...started].map((program) => program.kill()));
}

/** A server of its own process at a port that stays the same when it is started again. */
export async function startServer({ dataFolder, databaseUrl }: Place, port: number): Promise<Program> {
  const program = new Program(['--import', 'tsx', join(rootFolder, 'server', 'testing', 'serve.ts')], {
    PATCHBAY_DATA: dataFolder,
    PORT: String(port),
    ...(databaseUrl && { DATABASE_URL: databaseUrl }),
  });
  await program.says(/^http:/);
  return program;
}

export async function startRunner(
  server: string,
  { tokenFile, dataFolder }: { tokenFile: string; dataFolder: string },
): Promise<Program> {
  const program = new Program(
    [
      join(rootFolder, 'cli', 'patchbay.mjs'),
      'runner',
      ...['--server', server, '--token-file', tokenFile, '--backend', 'onnx', '--threads', '1'],
    ],
    { PATCHBAY_DATA: dataFolder, PATCHBAY_CHECKPOINT_SECONDS: '0.5' },
  );
  await program.says(/computes for/);
  return program;
}
