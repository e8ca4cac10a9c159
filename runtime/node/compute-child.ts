/**
 * Computes one run, in a process that may be killed at any moment: ONNX Runtime holds its thread while it computes, and a
 * file that makes it crash takes nothing else along. The parent keeps the lease and talks to the server.
 */
import { writeFileSync } from 'node:fs';
import { constants, setPriority, totalmem } from 'node:os';
import { join } from 'node:path';
import type { CheckResult } from '../../compiler/check.ts';
import { loadChecker } from '../../compiler/compile.ts';
import { makePlan } from '../../compiler/plan.ts';
import { openDocument } from '../../graph/document.ts';
import type { RunEvent } from '../../graph/events.ts';
import { showSize } from '../../ir/size.ts';
import { isError, type Problem, problemOf } from '../../lib/problem.ts';
import { codeHash } from '../../nodes/catalogue.ts';
import { execute } from '../execute.ts';
import { nodeCompute } from './backends.ts';
import { calibrationOf, keptCalibration } from './calibration.ts';
import type { FromChild, Job, ToChild } from './compute-messages.ts';
import { FileStore } from './file-store.ts';
import { type Ask, ParentStore } from './parent-store.ts';
import { dataFolder, nodePlatform } from './platform.ts';

// the editor and other people's requests come first; and where memory runs out, this process is the one to go
setPriority(constants.priority.PRIORITY_LOW);
try {
  writeFileSync('/proc/self/oom_score_adj', '1000');
} catch {
  // not Linux
}
process.on('disconnect', () => process.exit(1));

const tell = (message: FromChild): void => void process.send!(message);

const waiting = new Map<number, (answer: unknown) => void>();
const ask: Ask = (question, about) =>
  new Promise((resolve) => {
    const id = waiting.size === 0 ? 1 : Math.max(...waiting.keys()) + 1;
    waiting.set(id, resolve as (answer: unknown) => void);
    tell({ kind: 'ask', id, question, ...about } as FromChild);
  });

process.on('message', (message: ToChild) => {
  if (message.kind === 'run') void run(message);
  else if (message.kind === 'measure') void measure();
  else {
    waiting.get(message.id)?.(message.answer);
    waiting.delete(message.id);
  }
});

const [backend = 'auto', threads] = process.argv.slice(2);
// what is asked before the device is there waits for it
const opening = nodeCompute(backend, threads ? Number(threads) : undefined);
void opening.then(({ device }) =>
  tell({ kind: 'ready', device: device.title, calibration: keptCalibration(device, dataFolder()) }),
);

async function measure(): Promise<void> {
  tell({ kind: 'measured', calibration: await calibrationOf(await opening, dataFolder()) });
}

async function run({ run: id, document: source, targets, fresh, continues, scope }: Job): Promise<void> {
  let seq = 0;
  const emit = (event: RunEvent): void => {
    seq = event.seq;
    tell({ kind: 'event', event });
  };
  const refuse = (problems: readonly Problem[]): void => {
    const event = { run: id, at: Date.now() };
    for (const problem of problems)
      emit({ ...event, seq: ++seq, kind: 'problem', data: { problem }, ...(problem.at && { node: problem.at.node }) });
    emit({ ...event, seq: ++seq, kind: 'finished', data: { status: 'failed', ms: 0 } });
  };
  try {
    const compute = await opening;
    const { document } = openDocument(source);
    const check = await loadChecker(document);
    const checked = check(document);
    const { plan, problems } = makePlan(document, checked, {
      device: compute.device,
      codeHash,
      check,
      ...(targets && { targets }),
      ...(continues && { continues }),
    });
    if (!plan) return refuse(problems.filter(isError));
    const heavy = tooHeavy(checked.nodes);
    if (heavy) return refuse([heavy]);
    const store = new ParentStore(new FileStore(join(dataFolder(), 'runner'), scope), {
      ask,
      saved: (key) => tell({ kind: 'saved', key }),
    });
    if (!fresh) await store.prepare(plan.steps.map(({ cacheKey }) => cacheKey));
    const platform = nodePlatform(store, compute);
    // it is never aborted from within: who cancels kills this process
    const { signal } = new AbortController();
    await execute({ run: id, plan, platform, signal, fresh, emit });
  } catch (error) {
    refuse([problemOf(error)]);
  }
}

/** A node that needs more memory than this machine has, by the checker's estimate: told before hours are spent. */
function tooHeavy(nodes: CheckResult['nodes']): Problem | undefined {
  for (const [node, { cost }] of nodes)
    if (typeof cost.memory === 'number' && cost.memory > totalmem())
      return {
        code: 'run/memory',
        message: `This node needs about ${gigabytes(cost.memory)} of memory (${showSize(cost.memory)} bytes), this runner has ${gigabytes(totalmem())}.`,
        hint: 'Make the batch or the model smaller, or run it on a larger machine.',
        at: { node },
      };
  return undefined;
}
const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
