import type { CheckResult } from '../../../compiler/check.ts';
import type { WireTypeJson } from '../../../graph/types.ts';
import { CALIBRATION, type Calibration } from '../../../ir/roofline.ts';
import { type Problem, ProblemError } from '../../../lib/problem.ts';
import { readManifest, type ValueSource } from '../../_client/values.ts';
import type { RunState } from '../state/run-state.ts';
import type { Whole } from '../state/store.ts';
import type { ProgramsAnswer, ProgramsRequest, TimesAnswer, timesOfNodes } from './shown-programs.ts';

/** What the worker is asked: to compile, how long all takes, or to measure the page's device. */
type Question =
  | { readonly request: ProgramsRequest }
  | { readonly times: Parameters<typeof timesOfNodes>[0] }
  | { readonly measure: true };
export type ToCompiler = { readonly id: number } & Question;
type FromCompiler = { readonly id: number } & (
  | { readonly answer: ProgramsAnswer }
  | { readonly times: TimesAnswer }
  | { readonly measured: Measured }
  | { readonly problem: Problem }
);

interface Compiler {
  readonly worker: Worker;
  readonly waiting: Map<number, (told: FromCompiler) => void>;
  asked: number;
}
let compiler: Compiler | undefined;

/** One worker for the page: what it has loaded and checked serves the next question too. */
function openCompiler(): Compiler {
  const worker = new Worker(new URL('./programs.worker.ts', import.meta.url), { type: 'module' });
  const made: Compiler = { worker, waiting: new Map(), asked: 0 };
  worker.addEventListener('message', ({ data }: MessageEvent<FromCompiler>) => {
    made.waiting.get(data.id)?.(data);
    made.waiting.delete(data.id);
  });
  worker.addEventListener('error', () => {
    const problem = {
      code: 'program/worker',
      message: 'The program could not be compiled in this browser.',
      hint: 'Load the page again.',
    };
    for (const [id, tell] of made.waiting) tell({ id, problem });
    if (compiler === made) compiler = undefined;
    worker.terminate();
  });
  return made;
}

function ask(what: Question): Promise<FromCompiler> {
  compiler ??= openCompiler();
  const { worker, waiting } = compiler;
  const id = ++compiler.asked;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    worker.postMessage({ id, ...what } satisfies ToCompiler);
  });
}

/** The programs of a node, compiled in a worker by the compiler that runs use. */
export async function compilePrograms(
  { log, check, run, stale }: Whole,
  node: string,
  source: ValueSource,
  calibration: Calibration | undefined,
): Promise<ProgramsAnswer> {
  const told = check && run ? await toldBy(check, run, stale, source) : [];
  const request = { document: log.document, node, told, calibration };
  const found = await ask({ request });
  return 'answer' in found ? found.answer : { problem: 'problem' in found ? found.problem : unexpected };
}

/** How long a run of each node computes on a device. Throws a ProblemError. */
export async function estimateTimes(
  { log, check, run, stale }: Whole,
  calibration: Calibration,
  source: ValueSource,
): Promise<TimesAnswer> {
  const told = check && run ? await toldBy(check, run, stale, source) : [];
  const found = await ask({ times: { document: log.document, told, calibration } });
  if (!('times' in found)) throw new ProblemError('problem' in found ? found.problem : unexpected);
  return found.times;
}

const unexpected: Problem = { code: 'program/worker', message: 'The compiler gave another answer than was asked for.' };

/** The page's device and what it was measured to do. */
export interface Measured {
  readonly device: string;
  readonly calibration: Calibration;
}

const KEY = 'patchbay:device';

/** What was measured in this browser before. */
export function measuredDevice(): Measured | undefined {
  try {
    const kept = localStorage.getItem(KEY);
    const measured = kept === null ? undefined : (JSON.parse(kept) as Measured);
    return measured?.calibration.version === CALIBRATION ? measured : undefined;
  } catch {
    // a browser that keeps nothing: it is measured again
    return undefined;
  }
}

/** Measures the page's device and keeps what was found in this browser. Throws a ProblemError. */
export async function measureDevice(): Promise<void> {
  const found = await ask({ measure: true });
  if (!('measured' in found)) throw new ProblemError('problem' in found ? found.problem : unexpected);
  localStorage.setItem(KEY, JSON.stringify(found.measured));
}

/** Kinds whose values know more of their type than the checker does. */
const telling: ReadonlySet<string> = new Set(['dataset', 'tokenizer', 'index']);

/** The exact types of what the run made, where the graph has not changed since. */
async function toldBy(
  check: CheckResult,
  run: RunState,
  stale: ReadonlySet<string>,
  source: ValueSource,
): Promise<ProgramsRequest['told']> {
  const values = Object.entries(run.nodes).flatMap(([node, { outputs }]) =>
    stale.has(node) || !check.flat.has(node)
      ? []
      : Object.entries(outputs).flatMap(([port, value]) =>
          telling.has(value.kind) ? [[`${node}|${port}`, value] as const] : [],
        ),
  );
  const read = await Promise.all(
    values.map(async ([place, value]) => {
      // a value that is gone tells nothing: sizes are then what they are likely to be
      const manifest = await readManifest(value, source).catch(() => undefined);
      return manifest?.type ? [[place, manifest.type as WireTypeJson] as const] : [];
    }),
  );
  return read.flat();
}
