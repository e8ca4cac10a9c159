import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';

/** One line of a result: ours against one peer. */
export interface Case {
  readonly name: string;
  readonly threads: number;
  /** Medians. */
  readonly oursMs: number | null;
  readonly peer: string;
  readonly peerMs: number | null;
  /** oursMs / peerMs, the median over rounds: a machine that is busy slows both sides of a round. */
  readonly ratio: number | null;
  /** Measurements of each side. */
  readonly n: number;
  readonly oursMinMs?: number;
  readonly peerMinMs?: number;
  /** Why a number is missing, or what else was seen. */
  readonly note?: string;
}

/** What a suite is asked for. */
export interface SuiteOptions {
  /** Only cases whose names have this in them. */
  readonly only?: string | undefined;
  readonly rounds: number;
  /** Tells how far it is. */
  readonly say: (line: string) => void;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

const rounded = (ms: number): number => Number(ms.toPrecision(4));

/** Takes turns: some steps of ours, some of the peer, round after round. Each gives the milliseconds of its steps. */
export async function interleaved(
  { name, threads, peer }: Pick<Case, 'name' | 'threads' | 'peer'>,
  sides: { ours(): Promise<number[]>; theirs?(): Promise<number[]> },
  rounds: number,
): Promise<Case> {
  const ours: number[] = [];
  const theirs: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const mine = await sides.ours();
    ours.push(...mine);
    const other = await sides.theirs?.();
    if (!other) continue;
    theirs.push(...other);
    ratios.push(median(mine) / median(other));
  }
  const has = theirs.length > 0;
  return {
    name,
    threads,
    oursMs: rounded(median(ours)),
    peer,
    peerMs: has ? rounded(median(theirs)) : null,
    ratio: has ? rounded(median(ratios)) : null,
    n: ours.length,
    oursMinMs: rounded(Math.min(...ours)),
    ...(has && { peerMinMs: rounded(Math.min(...theirs)) }),
  };
}

export async function timed(steps: number, step: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < steps; i++) {
    const began = performance.now();
    await step();
    times.push(performance.now() - began);
  }
  return times;
}

/** A Python that has a module: PATCHBAY_PYTHON, else python3 on the path. Peers are optional for whoever runs the bench. */
export function findPython(module: string): { python: string; version: string } | undefined {
  for (const python of [process.env.PATCHBAY_PYTHON, 'python3'])
    if (python) {
      const { status, stdout } = spawnSync(python, ['-c', `import ${module}; print(${module}.__version__)`], {
        encoding: 'utf8',
      });
      if (status === 0) return { python, version: stdout.trim() };
    }
  return undefined;
}
export const findTorch = () => findPython('torch');

/** A program that answers one line of JSON for each line of JSON. */
export class Peer {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: Interface;
  readonly #answers: AsyncIterator<string>;

  constructor(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(command, [...args], { env: { ...process.env, ...env } });
    this.#child.stderr.pipe(process.stderr);
    this.#lines = createInterface(this.#child.stdout);
    this.#answers = this.#lines[Symbol.asyncIterator]();
  }
  static python(python: string, file: string): Peer {
    return new Peer(python, [join(import.meta.dirname, 'peers', file)]);
  }
  async ask<T>(request: object): Promise<T> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error('the peer ended');
    return JSON.parse(value) as T;
  }
  close(): void {
    this.#lines.close();
    this.#child.kill();
  }
}

/** A program of bench/ours, in a process of its own. */
export const ours = (file: string, env: Readonly<Record<string, string>>): Peer =>
  new Peer(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'ours', file)], env);
