import type { RunEvent } from '../graph/events.ts';
import type { Program } from '../ir/program.ts';

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

/** An operation that a device did: when it began, in microseconds since 1970, and for how long. */
export type Done = Pick<TraceEvent, 'name' | 'ts' | 'dur' | 'args'>;

/** Hears of a program when it is compiled, and gives who wants to hear what is done for it. */
export type Tracing = (program: Program) => (done: readonly Done[]) => void;

/** Times of one program: the name of its node and a number. */
export interface ProgramTimes {
  readonly name: string;
  readonly times: readonly OperationTime[];
}

const STEPS = 1;

/** Puts the steps of a run and what a device did for them on one time line. `see` gets the run's events. */
export class Timeline {
  readonly #programs: { readonly name: string; readonly done: Done[] }[] = [];
  readonly #steps: TraceEvent[] = [];
  #running: { node: string; at: number } | undefined;

  see(event: RunEvent): void {
    const { node, at } = event;
    if (event.kind === 'running' && node !== undefined) this.#running = { node, at };
    if ((event.kind !== 'done' && event.kind !== 'problem') || !this.#running) return;
    const { node: name, at: began } = this.#running;
    const [ts, dur] = [began * 1000, (at - began) * 1000];
    this.#steps.push({ name, cat: 'step', ph: 'X', ts, dur, pid: STEPS, tid: 0 });
    this.#running = undefined;
  }

  /** A program of the step that runs now. */
  begin(): { readonly name: string; add(done: readonly Done[]): void } {
    const node = (this.#running?.node ?? 'program').replaceAll(/[^\w-]/g, '-');
    const name = `${node}-${this.#programs.filter((each) => each.name.startsWith(`${node}-`)).length + 1}`;
    const program = { name, done: [] as Done[] };
    this.#programs.push(program);
    return {
      name,
      add: (done) => {
        for (const each of done) program.done.push(each);
      },
    };
  }

  /** By program, the longest operation first. */
  times(): ProgramTimes[] {
    return this.#programs.map(({ name, done }) => ({ name, times: timesOf(done) }));
  }

  /** As Chrome's trace format. */
  json(): string {
    const done = this.#programs.flatMap((program, i) =>
      program.done.map((each) => ({ ...each, cat: 'node', ph: 'X', pid: STEPS + 1 + i, tid: 0 }) satisfies TraceEvent),
    );
    const names = this.#programs.map(({ name }, i) => ({
      name: 'process_name',
      ph: 'M',
      pid: STEPS + 1 + i,
      args: { name },
    }));
    return JSON.stringify({ traceEvents: [...names, ...this.#steps, ...done], displayTimeUnit: 'ms' });
  }
}

/** Summed up by operation, the longest first. */
export function timesOf(done: readonly Pick<TraceEvent, 'name' | 'dur'>[]): OperationTime[] {
  const sums = new Map<string, { count: number; ms: number }>();
  for (const { name, dur } of done) {
    const sum = sums.get(name) ?? { count: 0, ms: 0 };
    sum.count++;
    sum.ms += dur / 1000;
    sums.set(name, sum);
  }
  return [...sums].map(([operation, sum]) => ({ operation, ...sum })).sort((a, b) => b.ms - a.ms);
}

/**
 * The operations in a profile of ONNX Runtime, whose clock began with the session (milliseconds since 1970). A Loop takes as
 * long as the operations inside it, which are there too.
 */
export function operationsOf(profile: string, began: number): Done[] {
  const all = JSON.parse(profile) as (TraceEvent & { args: Record<string, unknown> })[];
  return all
    .filter(({ cat, name, args }) => cat === 'Node' && name.endsWith('_kernel_time') && args.op_name !== 'Loop')
    .map(({ name, ts, dur, args }) => ({
      name: String(args.op_name),
      ts: ts + began * 1000,
      dur,
      args: { result: name.slice(0, -'_kernel_time'.length), shapes: args.output_type_shape },
    }));
}
