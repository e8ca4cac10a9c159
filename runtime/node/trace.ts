import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sectionsOf } from '../../compiler/sections.ts';
import { showProgram } from '../../compiler/show-program.ts';
import type { RunEvent } from '../../graph/events.ts';
import { estimate } from '../../ir/estimate.ts';
import type { Compute } from '../../nodes/kit/compute.ts';
import { onnxNodeCompute } from '../onnx/node.ts';

/** One event of Chrome's trace format, which chrome://tracing and Perfetto open. Times in microseconds. */
export interface TraceEvent {
  readonly name: string;
  readonly cat: string;
  readonly ph: 'X';
  readonly ts: number;
  readonly dur: number;
  readonly pid: number;
  readonly tid: number;
  readonly args?: Readonly<Record<string, unknown>>;
}

export interface OperationTime {
  readonly operation: string;
  readonly count: number;
  readonly ms: number;
}

interface Traced {
  /** Of its files: the node and a number. */
  readonly name: string;
  readonly prefix: string;
  /** When its session was made: ONNX Runtime's profile counts from there. */
  began: number;
}

const STEPS = 1;

/**
 * Looks at a run from within: every program that it compiles as text, ONNX Runtime's own times of each operation, and
 * both with the steps of the plan on one time line. `see` gets the run's events, so that a program has its node's name.
 */
export class RunTrace {
  readonly compute: Compute;
  readonly #folder: string;
  readonly #programs: Traced[] = [];
  readonly #steps: TraceEvent[] = [];
  #running: { node: string; at: number } | undefined;

  constructor(folder: string, threads?: number) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    const device = (profile?: string) =>
      onnxNodeCompute({ reason: 'asked for', ...(threads && { threads }), ...(profile && { profile }) });
    const plain = device();
    this.compute = {
      ...plain,
      compile: async (program, options) => {
        const node = (this.#running?.node ?? 'program').replaceAll(/[^\w-]/g, '-');
        const name = `${node}-${this.#programs.filter((each) => each.name.startsWith(`${node}-`)).length + 1}`;
        const traced: Traced = { name, prefix: join(folder, `profile-${name}`), began: Date.now() };
        this.#programs.push(traced);
        writeFileSync(
          join(folder, `${name}.txt`),
          showProgram({ ...estimate(program), sections: sectionsOf(program) }),
        );
        return device(traced.prefix).compile(program, options);
      },
    };
  }

  see(event: RunEvent): void {
    const { node, at } = event;
    if (event.kind === 'running' && node !== undefined) this.#running = { node, at };
    if ((event.kind !== 'done' && event.kind !== 'problem') || !this.#running) return;
    const { node: name, at: began } = this.#running;
    const [ts, dur] = [began * 1000, (at - began) * 1000];
    this.#steps.push({ name, cat: 'step', ph: 'X', ts, dur, pid: STEPS, tid: 0 });
    this.#running = undefined;
  }

  /** Writes trace.json and gives the time of each operation by program. Sessions have to be disposed of by then. */
  finish(): ReadonlyMap<string, readonly OperationTime[]> {
    const events: TraceEvent[] = [...this.#steps];
    const times = new Map<string, readonly OperationTime[]>();
    for (const [i, { name, prefix, began }] of this.#programs.entries()) {
      const own = this.#profileOf(prefix);
      for (const { args, ts, ...event } of own)
        events.push({ ...event, ts: ts + began * 1000, pid: STEPS + 1 + i, tid: 0, ...(args && { args }) });
      times.set(name, timesOf(own));
    }
    writeFileSync(join(this.#folder, 'trace.json'), JSON.stringify({ traceEvents: events, displayTimeUnit: 'ms' }));
    return times;
  }

  /** The operations of one session, out of the file that ONNX Runtime wrote, which then goes. */
  #profileOf(prefix: string): TraceEvent[] {
    const start = prefix.slice(this.#folder.length + 1);
    const file = readdirSync(this.#folder).find((each) => each.startsWith(`${start}_`) && each.endsWith('.json'));
    const path = file && join(this.#folder, file);
    if (!path || !existsSync(path)) return [];
    const all = JSON.parse(readFileSync(path, 'utf8')) as (TraceEvent & { args: Record<string, unknown> })[];
    rmSync(path);
    return all
      .filter((event) => event.cat === 'Node' && event.name.endsWith('_kernel_time'))
      .map(({ name, cat, ph, ts, dur, pid, tid, args }) => ({
        name: String(args.op_name),
        cat: cat.toLowerCase(),
        ph,
        ts,
        dur,
        pid,
        tid,
        args: { result: name.slice(0, -'_kernel_time'.length), shapes: args.output_type_shape },
      }));
  }
}

/** Summed up by operation, the longest first. */
export function timesOf(events: readonly TraceEvent[]): OperationTime[] {
  const sums = new Map<string, { count: number; ms: number }>();
  for (const { name, dur } of events) {
    const sum = sums.get(name) ?? { count: 0, ms: 0 };
    sum.count++;
    sum.ms += dur / 1000;
    sums.set(name, sum);
  }
  return [...sums].map(([operation, sum]) => ({ operation, ...sum })).sort((a, b) => b.ms - a.ms);
}
