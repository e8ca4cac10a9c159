import { expect } from 'vitest';
import { makePlan } from '../../compiler/plan.ts';
import { Dataset } from '../../graph/dataset.ts';
import type { RunEvent } from '../../graph/events.ts';
import type { Column, PortKind, WireType } from '../../graph/types.ts';
import type { Model, PortValue, PortValues } from '../../graph/values.ts';
import { tensorTypeFromJson } from '../../ir/types.ts';
import { sha256Hex } from '../../lib/hash.ts';
import { ProblemError } from '../../lib/problem.ts';
import { codeHash } from '../../nodes/catalogue.ts';
import type { Compute } from '../../nodes/kit/compute.ts';
import { indexType } from '../../nodes/kit/indexes.ts';
import { kindOf } from '../../nodes/kit/values.ts';
import { execute } from '../execute.ts';
import { FileStore } from '../node/file-store.ts';
import { nodePlatform } from '../node/platform.ts';
import { onnxNodeCompute } from '../onnx/node.ts';
import { loadValue, storeValue } from '../values/codec.ts';
import { graphAround, NODE, type Tested } from './check-problems.ts';

export type Given = Readonly<Record<string, PortValue | readonly PortValue[] | undefined>>;

export interface StepRun {
  readonly events: readonly RunEvent[];
  /** What the checker said of each output before the step ran. */
  readonly declared: Readonly<Record<string, WireType>>;
  value<K extends PortKind>(port: string, kind: K): PortValues[K];
}

let runs = 0;

/**
 * Runs one step as a run does: its inputs are stored values, its params go through the checker, it executes on a real
 * backend, and its outputs come back from the store. Throws the ProblemError of the check or of the run.
 */
export async function runStep(
  definition: Tested,
  {
    params = {},
    inputs = {},
    folder,
    compute = onnxNodeCompute({ threads: 1 }),
    files = [],
  }: {
    readonly params?: Readonly<Record<string, unknown>>;
    readonly inputs?: Given;
    readonly folder: string;
    readonly compute?: Compute;
    /** Uploaded files, stored by their content. */
    readonly files?: readonly Uint8Array[];
  },
): Promise<StepRun> {
  const listed = Object.entries(inputs).map(
    ([port, value]) =>
      [port, value === undefined ? [] : Array.isArray(value) ? (value as PortValue[]) : [value as PortValue]] as const,
  );
  const arriving = Object.fromEntries(listed.map(([port, values]) => [port, values.map(wireOf)]));
  const { document, check } = await graphAround(definition, params, arriving);
  const { plan, problems } = makePlan(document, check, {
    device: compute.device,
    codeHash,
    // one step alone repeats nothing
    check: () => check,
  });
  if (!plan) throw new ProblemError(problems.find(({ severity }) => severity !== 'warning')!);

  // a scope of its own: the sources of two runs have one cache key and two values
  const store = new FileStore(folder, `test-${runs++}`);
  for (const file of files) await store.put(file, sha256Hex(file));
  for (const [port, values] of listed)
    for (const [i, value] of values.entries()) {
      const kind = kindOf(value);
      const { reference } = await storeValue(kind, value as never, store);
      const { cacheKey } = plan.steps.find(({ id }) => id === `${port}-${i}`)!;
      await store.remember(cacheKey, { given: reference });
    }
  const events: RunEvent[] = [];
  const outcome = await execute({
    run: 'test',
    plan,
    platform: nodePlatform(store, compute, folder),
    signal: new AbortController().signal,
    emit: (event) => events.push(event),
  });
  if (outcome.problem) throw new ProblemError(outcome.problem);
  const outputs = outcome.steps.find(({ step }) => step.id === NODE)!.outputs;
  const values = new Map<string, PortValue>();
  for (const [port, reference] of Object.entries(outputs)) values.set(port, await loadValue(reference, store));
  const declared = check.nodes.get(NODE)!.outputs;
  for (const [port, value] of values) agrees(declared[port]!, wireOf(value), port);
  return {
    events,
    declared,
    value: <K extends PortKind>(port: string, kind: K) => {
      const value = values.get(port)!;
      expect(kindOf(value)).toBe(kind);
      return value as PortValues[K];
    },
  };
}

/** The problem that a step meets, whole: code, message, hint. */
export async function problemOfStep(
  definition: Tested,
  options: Parameters<typeof runStep>[1],
): Promise<{ code: string; message: string; hint?: string }> {
  try {
    await runStep(definition, options);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const { code, message, hint } = error.problem;
    return { code, message, ...(hint && { hint }) };
  }
  return expect.fail('the step ran without a problem');
}

/** The type of a value that is there. */
export function wireOf(value: PortValue): WireType {
  const kind = kindOf(value);
  if (value instanceof Dataset) return value.type;
  if (kind === 'tokenizer') return { kind, vocabulary: (value as PortValues['tokenizer']).vocabulary };
  if (kind === 'model') return modelWire(value as Model);
  if (kind === 'index') return indexType(value as PortValues['index']);
  if (kind === 'objective') {
    const { loss, target } = (value as PortValues['objective']).params as { loss: string; target: string };
    return { kind, objective: loss, target };
  }
  return { kind } as WireType;
}

function modelWire({ card }: Model): WireType {
  const count = (trainable: boolean) =>
    card.parameters
      .filter((parameter) => !trainable || parameter.trainable)
      .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  return {
    kind: 'model',
    task: card.task,
    inputs: card.signature.inputs.map(({ column, type }) => ({ column, type: tensorTypeFromJson(type) })),
    ...(card.signature.columns && { columns: card.signature.columns as Column[] }),
    ...(card.signature.target && { target: targetOf(card.signature) }),
    ...(card.signature.output && { output: tensorTypeFromJson(card.signature.output) }),
    parameters: count(false),
    trainable: count(true),
    capabilities: card.capabilities,
    ...(card.layers && {
      sites: { weights: card.parameters.map((each) => ({ ...each, linear: each.shape.length === 2 })), layers: [] },
    }),
  };
}

const targetOf = ({ target: name = '', categories }: Model['card']['signature']): Column =>
  categories ? { name, kind: 'category', size: categories.length, categories } : { name, kind: 'number' };

/** What was declared of a data set is what came: names, kinds and roles of its columns in order, and known sizes. */
function agrees(declared: WireType, came: WireType, port: string): void {
  expect(came.kind, port).toBe(declared.kind);
  if (declared.kind !== 'dataset' || came.kind !== 'dataset') return;
  const head = ({ name, kind, role }: (typeof came.columns)[number]) => ({ name, kind, ...(role && { role }) });
  expect(came.columns.map(head), `the columns of ${port}`).toEqual(declared.columns.map(head));
  if (typeof declared.rows === 'number') expect(came.rows, `the rows of ${port}`).toBe(declared.rows);
  declared.columns.forEach((column, i) => {
    for (const [field, size] of Object.entries(column))
      if (typeof size === 'number')
        expect((came.columns[i] as unknown as Record<string, unknown>)[field], `${column.name}.${field}`).toBe(size);
  });
}
