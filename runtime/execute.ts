import { bindLayers, buildNetwork } from '../compiler/network.ts';
import { PROBE, probe } from '../compiler/probe.ts';
import type { Dataset } from '../graph/dataset.ts';
import type { EventData, EventKind, RunEvent } from '../graph/events.ts';
import type { Plan, PlanStep, StepInput } from '../graph/plan.ts';
import { mapSizes, type PortKind, toldSizes, type WireTypeJson, wireFromJson } from '../graph/types.ts';
import type { Figure, Layers, Model, PortValue, PortValues, ValueReference } from '../graph/values.ts';
import { type Size, symbolsOf } from '../ir/size.ts';
import { fail, type Problem, ProblemError, problemOf } from '../lib/problem.ts';
import { Random } from '../lib/random.ts';
import { loadNodes, lookup } from '../nodes/catalogue.ts';
import type { Compute } from '../nodes/kit/compute.ts';
import type {
  CancelSignal,
  Chat,
  Checkpoint,
  Datasets,
  Files,
  Neighbours,
  Networks,
  RunContext,
} from '../nodes/kit/context.ts';
import type { StepDefinition } from '../nodes/kit/define-node.ts';
import { optimising } from './optimising.ts';
import type { Outputs, ValueStore } from './store.ts';
import { decodeCheckpoint } from './values/checkpoint.ts';
import { loadManifest, loadValue, storeValue } from './values/codec.ts';

/** What page and Node each give to a run. */
export interface Platform {
  readonly datasets: Datasets;
  readonly files: Files;
  readonly neighbours: Neighbours;
  readonly chat: Chat;
  readonly store: ValueStore;
  readonly compute: Compute;
  /** Lets messages in. */
  breathe(): Promise<void>;
  /** Seconds between two checkpoints. */
  readonly checkpointSeconds: number;
}

export interface Execution {
  readonly run: string;
  readonly plan: Plan;
  readonly platform: Platform;
  readonly signal: CancelSignal;
  /** Called in order; `seq` counts from `firstSeq`. */
  readonly emit: (event: RunEvent) => void;
  readonly firstSeq?: number;
  /** Runs every step again even where its values are stored. */
  readonly fresh?: boolean;
}

export interface StepOutcome {
  readonly step: PlanStep;
  readonly cached: boolean;
  readonly ms: number;
  readonly outputs: Outputs;
}

export interface Outcome {
  readonly status: 'succeeded' | 'failed' | 'cancelled';
  readonly steps: readonly StepOutcome[];
  readonly problem?: Problem;
}

/** How long points of live curves are gathered before they travel together. */
const BATCH_MS = 100;

class Cancelled extends Error {}

/** Carries a plan out: each step whose key has no stored value is run, in order; events tell what happens. */
export async function execute(execution: Execution): Promise<Outcome> {
  const { plan, platform, signal, run } = execution;
  const began = Date.now();
  let seq = (execution.firstSeq ?? 1) - 1;
  const emit = <K extends EventKind>(kind: K, data: EventData<K>, node?: string) =>
    execution.emit({ run, seq: ++seq, at: Date.now(), kind, data, ...(node !== undefined && { node }) } as RunEvent);

  await loadNodes(plan.steps.flatMap(({ op, layers }) => [op, ...layerTypes(layers)]));
  const { backend, title, reason, threads } = platform.compute.device;
  emit('started', {
    backend,
    device: title,
    reason,
    threads,
    steps: plan.steps.map(({ id, node }) => ({ id, node })),
  });

  const outcomes = new Map<string, StepOutcome>();
  const values = new Values(plan, platform.store, outcomes);
  const symbols = new Map<string, Size>();
  const end = (status: Outcome['status'], problem?: Problem): Outcome => {
    emit('finished', { status, ms: Date.now() - began });
    return { status, steps: [...outcomes.values()], ...(problem && { problem }) };
  };

  for (const step of plan.steps) {
    try {
      if (signal.aborted) throw new Cancelled();
      const started = Date.now();
      const stored = execution.fresh || step.uncached ? undefined : await platform.store.lookup(step.cacheKey);
      emit('running', { step: step.id }, step.node);
      const outputs = stored ?? (await runStep(step, { values, symbols, platform, signal, emit }));
      for (const [port, reference] of Object.entries(outputs))
        await bindSymbols(step.outputs[port], reference, platform.store, symbols);
      const ms = Date.now() - started;
      outcomes.set(step.id, { step, cached: stored !== undefined, ms, outputs });
      values.release(step);
      emit(
        'done',
        { step: step.id, cached: stored !== undefined, key: step.cacheKey, ms, outputs: { ...outputs } },
        step.node,
      );
    } catch (error) {
      if (error instanceof Cancelled || signal.aborted) return end('cancelled');
      const problem = problemOf(error, { node: step.node });
      const shown: Problem =
        error instanceof ProblemError ? { ...problem, at: { ...problem.at, node: step.node } } : problem;
      emit('problem', { problem: shown }, step.node);
      return end('failed', shown);
    }
  }
  return end('succeeded');
}

const layerTypes = (layers: PlanStep['layers']): string[] =>
  Object.values(layers ?? {}).flatMap((each) => each.nodes.map((node) => node.type));

interface Running {
  readonly values: Values;
  readonly symbols: ReadonlyMap<string, Size>;
  readonly platform: Platform;
  readonly signal: CancelSignal;
  emit<K extends EventKind>(kind: K, data: EventData<K>, node?: string): void;
}

async function runStep(step: PlanStep, running: Running): Promise<Outputs> {
  const definition = (step.op === PROBE ? probe : lookup(step.op)) as StepDefinition;
  const { platform } = running;
  const inputs: Record<string, PortValue | PortValue[] | undefined> = {};
  for (const [port, spec] of Object.entries(definition.inputs)) {
    const layers = step.layers?.[port];
    if (layers) {
      inputs[port] = bindLayers(layers, (symbol) => running.symbols.get(symbol));
      continue;
    }
    const all = await Promise.all((step.inputs[port] ?? []).map((input) => running.values.get(input)));
    inputs[port] = spec.many ? all : all[0];
  }
  const points = new Points((series, steps, values) => running.emit('points', { series, steps, values }, step.node));
  const context = makeContext(step, running, points);
  const params = definition.params.parse(step.params);
  let results: Record<string, PortValue>;
  try {
    results = (await definition.run(inputs as never, params as never, context)) as Record<string, PortValue>;
  } finally {
    points.flush();
  }
  if (running.signal.aborted) throw new Cancelled();
  const outputs: Record<string, ValueReference> = {};
  for (const [port, spec] of Object.entries(definition.outputs)) {
    const value = results[port];
    if (value === undefined) return fail('step/no-output', `${definition.title} gave nothing on ${port}.`);
    const kind = spec.kinds[0] as PortKind;
    outputs[port] = (await storeValue(kind, value as PortValues[typeof kind], platform.store)).reference;
    running.values.keep({ step: step.id, port }, value);
  }
  await platform.store.remember(step.cacheKey, outputs);
  await platform.store.dropCheckpoints(step.cacheKey);
  return outputs;
}

function makeContext(step: PlanStep, { platform, signal, emit }: Running, points: Points): RunContext {
  let lastProgress = 0;
  const context: RunContext = {
    models: {
      async predict(model, dataset) {
        const definition = await stepDefinition(model.card.implementation);
        if (!definition.predict)
          return fail('model/no-predictions', `A model of ${definition.title} says nothing of rows.`);
        return definition.predict(model, await withTransforms(model, dataset, context), context);
      },
      async embed(model, dataset, pooling) {
        const definition = await stepDefinition(model.card.implementation);
        if (!definition.embed)
          return fail('model/no-vectors', `A model of ${definition.title} gives no vectors.`, {
            hint: 'Wire Pretrained model, or a Network whose task is none.',
          });
        return definition.embed(model, await withTransforms(model, dataset, context), pooling, context);
      },
    },
    random: new Random(step.seed),
    signal,
    compute: async () => optimising(platform.compute),
    networks,
    datasets: platform.datasets,
    files: platform.files,
    neighbours: platform.neighbours,
    chat: platform.chat,
    checkpoints: {
      get everySeconds() {
        return platform.checkpointSeconds;
      },
      load: async () => (await platform.store.loadCheckpoint(step.cacheKey)) ?? elsewhere(step, platform),
      save: (checkpoint) => platform.store.saveCheckpoint(step.cacheKey, checkpoint),
    },
    labels: step.labels ?? [],
    titles: (port) => step.titles?.[port] ?? [],
    progress(fraction, note) {
      const now = Date.now();
      if (now - lastProgress < BATCH_MS && fraction < 1) return;
      lastProgress = now;
      emit('progress', { fraction, ...(note !== undefined && { note }) }, step.node);
    },
    point: (series, at, value) => points.add(series, at, value),
    preview: (port, figure: Figure) => emit('preview', { port, figure }, step.node),
    log: (message) => emit('log', { message }, step.node),
    async breathe() {
      await platform.breathe();
      points.flushIfDue();
      if (signal.aborted) throw new Cancelled();
    },
  };
  return context;
}

/** The checkpoint that another device made of this step, where it is to go on from one. */
async function elsewhere({ continues }: PlanStep, { store }: Platform): Promise<Checkpoint | undefined> {
  if (continues === undefined) return undefined;
  const bytes = await store.get(continues);
  return (
    (bytes && decodeCheckpoint(bytes)) ??
    fail('run/no-checkpoint', 'The checkpoint that this run was to go on from is not there any more.', {
      hint: 'Start the run anew.',
    })
  );
}

async function stepDefinition(type: string): Promise<StepDefinition> {
  await loadNodes([type]);
  const definition = lookup(type);
  if (definition?.level !== 'step')
    return fail('model/unknown', `This Patchbay has no node type ${type}, which the model needs.`, {
      hint: 'Open it in a newer Patchbay.',
    });
  return definition;
}

/** Makes the columns that a model reads and that are absent from those that they came from. */
async function withTransforms({ card }: Model, dataset: Dataset, context: RunContext): Promise<Dataset> {
  let current = dataset;
  for (const { column, origin } of card.signature.inputs) {
    const transform = origin && card.transforms[origin.transform];
    if (current.find(column) || !transform || !current.find(transform.column)) continue;
    const definition = await stepDefinition(transform.implementation);
    if (definition.apply) current = await definition.apply(transform, current, context);
  }
  return current;
}

const networks: Networks = {
  async fromLayers(layers: Layers) {
    await loadNodes(layers.nodes.map((node) => node.type));
    return buildNetwork(layers, lookup);
  },
  async fromModel({ card }: Model) {
    if (!card.layers)
      return fail('model/no-layers', 'This model has no layers that can be built again.', {
        hint: 'Wire a model that a Network made.',
      });
    await loadNodes(card.layers.nodes.map((node) => node.type));
    return buildNetwork(
      card.layers,
      lookup,
      Object.fromEntries(card.parameters.map(({ name, trainable }) => [name, trainable])),
    );
  },
};

/** Points of live curves on their way: gathered for a moment, never dropped. */
class Points {
  readonly #send: (series: string, steps: number[], values: (number | null)[]) => void;
  readonly #waiting = new Map<string, { steps: number[]; values: (number | null)[] }>();
  #since = Date.now();

  constructor(send: (series: string, steps: number[], values: (number | null)[]) => void) {
    this.#send = send;
  }
  add(series: string, step: number, value: number): void {
    const waiting = this.#waiting.get(series) ?? { steps: [], values: [] };
    waiting.steps.push(step);
    waiting.values.push(Number.isFinite(value) ? value : null);
    this.#waiting.set(series, waiting);
  }
  flushIfDue(): void {
    if (Date.now() - this.#since >= BATCH_MS) this.flush();
  }
  flush(): void {
    this.#since = Date.now();
    for (const [series, { steps, values }] of this.#waiting) this.#send(series, steps, values);
    this.#waiting.clear();
  }
}

/** Values in memory for as long as a step ahead needs them; what was let go is read from the store again. */
class Values {
  readonly #store: ValueStore;
  readonly #outcomes: ReadonlyMap<string, StepOutcome>;
  readonly #held = new Map<string, PortValue>();
  readonly #needed = new Map<string, number>();

  constructor(plan: Plan, store: ValueStore, outcomes: ReadonlyMap<string, StepOutcome>) {
    this.#store = store;
    this.#outcomes = outcomes;
    for (const step of plan.steps)
      for (const input of Object.values(step.inputs).flat())
        this.#needed.set(key(input), (this.#needed.get(key(input)) ?? 0) + 1);
  }
  keep(at: StepInput, value: PortValue): void {
    if (this.#needed.get(key(at))) this.#held.set(key(at), value);
  }
  async get(at: StepInput): Promise<PortValue> {
    const held = this.#held.get(key(at));
    if (held !== undefined) return held;
    const reference = this.#outcomes.get(at.step)?.outputs[at.port];
    if (!reference) return fail('step/no-value', `The step ${at.step} has no value on ${at.port}.`);
    const value = await loadValue(reference, this.#store);
    this.#held.set(key(at), value);
    return value;
  }
  /** A step is done: what only it needed can go. */
  release(step: PlanStep): void {
    for (const input of Object.values(step.inputs).flat()) {
      const left = (this.#needed.get(key(input)) ?? 1) - 1;
      this.#needed.set(key(input), left);
      if (left <= 0) this.#held.delete(key(input));
    }
  }
}
const key = ({ step, port }: StepInput): string => `${step}|${port}`;

/** Compares the type that was expected with the type that came: symbols get their numbers. */
async function bindSymbols(
  expected: WireTypeJson | undefined,
  reference: ValueReference,
  store: ValueStore,
  symbols: Map<string, Size>,
): Promise<void> {
  if (!expected) return;
  const wanted = wireFromJson(expected);
  let isOpen = false;
  mapSizes(wanted, (size) => {
    if (symbolsOf(size).some((name) => !symbols.has(name))) isOpen = true;
    return size;
  });
  if (!isOpen) return;
  const { type } = await loadManifest(reference.sha256, store);
  if (!type) return;
  for (const [symbol, size] of toldSizes(wanted, wireFromJson(type as WireTypeJson)))
    if (!symbols.has(symbol)) symbols.set(symbol, size);
}
