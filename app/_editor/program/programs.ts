import type { CheckResult } from '../../../compiler/check.ts';
import type { WireTypeJson } from '../../../graph/types.ts';
import { readManifest, type ValueSource } from '../../_client/values.ts';
import type { RunState } from '../state/run-state.ts';
import type { Whole } from '../state/store.ts';
import type { ProgramsAnswer, ProgramsRequest } from './shown-programs.ts';

/** Whether a node, by its path, compiles tensor programs that can be looked at. */
export function hasPrograms(check: CheckResult | undefined, path: string): boolean {
  const node = check?.graph.nodes.get(path);
  const types = check?.flat.get(path);
  return (
    node?.definition.level === 'step' &&
    node.definition.programs !== undefined &&
    types !== undefined &&
    Object.keys(types.outputs).length > 0
  );
}

interface Compiler {
  readonly worker: Worker;
  readonly waiting: Map<number, (answer: ProgramsAnswer) => void>;
  asked: number;
}
let compiler: Compiler | undefined;

/** One worker for the page: what it has loaded and checked serves the next question too. */
function openCompiler(): Compiler {
  const worker = new Worker(new URL('./programs.worker.ts', import.meta.url), { type: 'module' });
  const made: Compiler = { worker, waiting: new Map(), asked: 0 };
  worker.addEventListener('message', ({ data }: MessageEvent<{ id: number; answer: ProgramsAnswer }>) => {
    made.waiting.get(data.id)?.(data.answer);
    made.waiting.delete(data.id);
  });
  worker.addEventListener('error', () => {
    const problem = {
      code: 'program/worker',
      message: 'The program could not be compiled in this browser.',
      hint: 'Load the page again.',
    };
    for (const answer of made.waiting.values()) answer({ problem });
    if (compiler === made) compiler = undefined;
    worker.terminate();
  });
  return made;
}

/** The programs of a node, compiled in a worker by the compiler that runs use. */
export async function compilePrograms(
  { log, check, run, stale }: Whole,
  node: string,
  source: ValueSource,
): Promise<ProgramsAnswer> {
  const told = check && run ? await toldBy(check, run, stale, source) : [];
  const request: ProgramsRequest = { document: log.document, node, told };
  compiler ??= openCompiler();
  const { worker, waiting } = compiler;
  const id = ++compiler.asked;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    worker.postMessage({ id, request });
  });
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
