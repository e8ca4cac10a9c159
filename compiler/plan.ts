import { documentHash, type GraphDocument } from '../graph/document.ts';
import { applyCommand } from '../graph/edit.ts';
import type { Plan, PlanStep, StepInput } from '../graph/plan.ts';
import { substituteWire, wireFromJson, wireToJson } from '../graph/types.ts';
import type { Layers } from '../graph/values.ts';
import { nodeSymbol, type Size, symbol, symbolsOf } from '../ir/size.ts';
import { hashJson } from '../lib/hash.ts';
import { fail, isError, type Problem } from '../lib/problem.ts';
import { keyOf } from '../lib/random.ts';
import type { StepDefinition, Variation } from '../nodes/kit/define-node.ts';
import { type CheckResult, nodesAbove } from './check.ts';
import { type FlatNode, inputKey, instancesAround } from './flatten.ts';
import { gatherAbove } from './gather.ts';
import { bindLayers, layersOf } from './network.ts';
import { PROBE, probe } from './probe.ts';

/** Raised by hand when the compiler or a runtime changes what programs compute: every stored result is then stale. */
export const SEMANTICS = 4;

export interface PlanOptions {
  /** Results of computing steps are kept apart by these: another backend's numbers are offered, never substituted. */
  readonly device: { readonly backend: string; readonly threads: number };
  /** The hash of a node type's code and all it imports here. */
  readonly codeHash: (type: string) => string;
  /** Only what these nodes of the document need; absent, everything. */
  readonly targets?: readonly string[];
  /**
   * Step → SHA-256 of a checkpoint that was made on another device. What such a step gives is kept apart from what it gives
   * when this device alone computes it.
   */
  readonly continues?: Readonly<Record<string, string>>;
  /** Checks a variation of the document, where a step repeats what is above it. */
  readonly check: (document: GraphDocument) => CheckResult;
}

export interface PlanResult {
  /** Absent where a problem stands in the way. */
  readonly plan?: Plan;
  readonly problems: readonly Problem[];
}

/** Orders the steps of a checked document and gives each its cache key. Pure: equal documents give equal plans. */
export function makePlan(document: GraphDocument, check: CheckResult, options: PlanOptions): PlanResult {
  const wanted = options.targets ? above(check, options.targets) : undefined;
  const inScope = (node: FlatNode) => !wanted || wanted.has(node.id);
  const { places } = check.graph;
  const origins = new Set(
    [...check.graph.nodes.values()]
      .filter(inScope)
      .flatMap(({ origin }) => [...instancesAround(places, origin), origin]),
  );
  for (const target of options.targets ?? []) origins.add(target);
  const problems: Problem[] = check.problems.filter(
    (problem) => !options.targets || !problem.at || origins.has(problem.at.node),
  );
  if (problems.some(isError)) return { problems };

  const steps = new Map<string, PlanStep>();
  for (const id of check.order) {
    const node = check.graph.nodes.get(id)!;
    if (node.definition.level !== 'step' || !inScope(node)) continue;
    if (node.definition.variations) {
      const repeated = repeat(node, node.definition, document, check, steps, options);
      problems.push(...repeated.problems);
      steps.set(id, makeStep(node, node.definition, document, check, steps, options, repeated));
    } else steps.set(id, makeStep(node, node.definition, document, check, steps, options));
  }
  if (problems.some(isError)) return { problems };
  for (const target of options.targets ?? []) {
    const step = probeStep(target, document, check, steps, options);
    if (step) steps.set(step.id, step);
  }
  if (steps.size === 0)
    return {
      problems: [
        ...problems,
        { code: 'plan/empty', message: 'There is nothing to run yet.', hint: 'Add a data set, or open a template.' },
      ],
    };
  return {
    plan: { format: 'patchbay-plan/1', document: documentHash(document), steps: [...steps.values()] },
    problems,
  };
}

function makeStep(
  node: FlatNode,
  definition: StepDefinition,
  document: GraphDocument,
  check: CheckResult,
  steps: ReadonlyMap<string, PlanStep>,
  { device, codeHash, continues }: PlanOptions,
  repeated: Repeated = { inputs: {}, labels: [] },
): PlanStep {
  const inputs: Record<string, readonly StepInput[]> = {};
  const layers: Record<string, Layers> = {};
  const after: StepInput[] = [];
  const own = node.params.seed;
  for (const [port, spec] of Object.entries(definition.inputs)) {
    const gathered = check.networks.get(inputKey(node.id, port));
    if (!spec.kinds.includes('tensor') || !gathered) {
      inputs[port] = repeated.inputs[port] ?? wiresTo(check, node.id, port);
      continue;
    }
    layers[port] = layersOf(check, gathered, typeof own === 'number' ? own : document.seed);
    for (const id of gathered.nodes)
      for (const [name, { kinds }] of Object.entries(check.graph.nodes.get(id)!.definition.inputs))
        if (!kinds.includes('tensor')) after.push(...wiresTo(check, id, name));
  }
  const seed = typeof own === 'number' ? keyOf(own) : keyOf(document.seed, node.id);
  const keyed = (list: readonly StepInput[]) => list.map(({ step, port }) => [steps.get(step)!.cacheKey, port]);
  const titles =
    definition.titled &&
    Object.fromEntries(
      Object.entries(inputs).map(([port, list]) => [
        port,
        list.map(({ step }) => check.graph.nodes.get(step)?.title ?? step),
      ]),
    );
  const continued = continues?.[node.id];
  const cacheKey = hashJson({
    semantics: SEMANTICS,
    op: definition.id,
    version: definition.version,
    code: codeHash(definition.id),
    params: node.params,
    inputs: Object.fromEntries(Object.entries(inputs).map(([port, list]) => [port, keyed(list)])),
    after: keyed(after),
    layers: Object.values(layers).map((each) => [each, each.nodes.map(({ type }) => codeHash(type))]),
    ...(titles && { titles }),
    ...(repeated.labels.length > 0 && { labels: repeated.labels }),
    ...(definition.random && { seed }),
    ...(definition.computes && { device: [device.backend, device.threads] }),
    ...(continued && { continues: continued }),
  });
  const { outputs } = check.flat.get(node.id)!;
  return {
    id: node.id,
    node: node.origin,
    op: definition.id,
    version: definition.version,
    inputs,
    params: node.params,
    after,
    ...(Object.keys(layers).length > 0 && { layers }),
    outputs: Object.fromEntries(Object.entries(outputs).map(([port, type]) => [port, wireToJson(type)])),
    ...(titles && { titles }),
    ...(repeated.labels.length > 0 && { labels: repeated.labels }),
    seed,
    cacheKey,
    ...(definition.uncached && { uncached: true as const }),
    ...(continued && { continues: continued }),
  };
}

/** What a step over repetitions gets: for each port its inputs, variation by variation. */
interface Repeated {
  readonly inputs: Readonly<Record<string, readonly StepInput[]>>;
  readonly labels: readonly string[];
}

/**
 * The steps above a step, once for each of its variations. A step that the changes do not reach has the key that it had:
 * it is there once. Gives the step's inputs: port by port, variation by variation.
 */
function repeat(
  node: FlatNode,
  definition: StepDefinition,
  document: GraphDocument,
  check: CheckResult,
  steps: Map<string, PlanStep>,
  options: PlanOptions,
): Repeated & { problems: Problem[] } {
  const inputs: Record<string, StepInput[]> = {};
  const problems: Problem[] = [];
  const variations = variationsOf(node, definition, check);
  const sources = [...new Set(Object.keys(definition.inputs).flatMap((port) => wiresTo(check, node.id, port)))];
  const targets = [...new Set(sources.map(({ step }) => check.graph.nodes.get(step)!.origin))];
  for (const [i, { label, changes }] of variations.entries()) {
    const changed = changes.reduce(withChange, document);
    const { plan, problems: found } = makePlan(changed, options.check(changed), { ...options, targets });
    problems.push(...found.filter(isError).map((problem) => ({ ...problem, message: `${label}: ${problem.message}` })));
    if (!plan) continue;
    const own = new Map<string, string>();
    for (const step of plan.steps)
      own.set(step.id, steps.get(step.id)?.cacheKey === step.cacheKey ? step.id : `${step.id}#${node.id}.${i + 1}`);
    const renamed = (input: StepInput): StepInput => ({ ...input, step: own.get(input.step)! });
    const cloned = new Set(plan.steps.filter((step) => own.get(step.id) !== step.id).map(({ id }) => symbolSuffix(id)));
    for (const step of plan.steps) {
      const id = own.get(step.id)!;
      if (id !== step.id)
        steps.set(id, cloneStep(step, id, renamed, apart(cloned, `_${symbolSuffix(node.id)}_${i + 1}`)));
    }
    for (const port of Object.keys(definition.inputs))
      inputs[port] = [...(inputs[port] ?? []), ...wiresTo(check, node.id, port).map(renamed)];
  }
  return { inputs, problems, labels: variations.map(({ label }) => label) };
}

function variationsOf(node: FlatNode, definition: StepDefinition, check: CheckResult): readonly Variation[] {
  const refuse = (code: string, message: string): never => fail(code, message, { at: { node: node.origin } });
  return definition.variations!(node.params as never, nodesAbove(check.graph, node.id), {
    symbol: () => refuse('plan/size', 'A repetition does not depend on sizes.'),
    equal: () => false,
    fail: refuse,
    warn: () => undefined,
  });
}

function withChange(document: GraphDocument, { node, param, value }: Variation['changes'][number]): GraphDocument {
  const path = node === undefined ? [param] : ['nodes', node, 'params', param];
  return applyCommand(document, { label: 'Vary', edits: [{ path, value }] }).document;
}

const symbolSuffix = (node: string): string => symbolsOf(nodeSymbol('x', node))[0]!.slice(2);

/** Sizes that a repeated node finds out are its own in each repetition: two vocabularies may differ. */
const apart =
  (nodes: ReadonlySet<string>, suffix: string) =>
  (name: string): Size | undefined => {
    const at = name.indexOf('@');
    return at > 0 && nodes.has(name.slice(at + 1)) ? symbol(name + suffix) : undefined;
  };

function cloneStep(
  step: PlanStep,
  id: string,
  renamed: (input: StepInput) => StepInput,
  sizes: (symbol: string) => Size | undefined,
): PlanStep {
  const mapped = <T, U>(record: Readonly<Record<string, T>>, f: (value: T) => U) =>
    Object.fromEntries(Object.entries(record).map(([port, value]) => [port, f(value)]));
  return {
    ...step,
    id,
    inputs: mapped(step.inputs, (list) => list.map(renamed)),
    after: step.after.map(renamed),
    ...(step.layers && { layers: mapped(step.layers, (layers) => bindLayers(layers, sizes)) }),
    outputs: mapped(step.outputs, (type) => wireToJson(substituteWire(wireFromJson(type), sizes))),
  };
}

/** A layer that is asked for by itself gets a step of its own, which shows what it gives. */
function probeStep(
  target: string,
  document: GraphDocument,
  check: CheckResult,
  steps: ReadonlyMap<string, PlanStep>,
  { device, codeHash }: PlanOptions,
): PlanStep | undefined {
  const own = check.graph.nodes.get(target);
  if (own?.definition.level === 'step') return undefined;
  const [inside] = [...check.graph.outputs].flatMap(([key, end]) => (key.startsWith(`${target}|`) ? [end] : []));
  const output = inside ?? (own && ([target, Object.keys(own.definition.outputs)[0]!] as const));
  if (!output || check.graph.nodes.get(output[0])?.definition.level === 'step') return undefined;
  const gathered = gatherAbove(check.graph, output);
  const layers = layersOf(check, gathered, document.seed);
  const datasets = gathered.nodes
    .filter((id) => check.graph.nodes.get(id)!.definition.level === 'input')
    .flatMap((id) =>
      Object.keys(check.graph.nodes.get(id)!.definition.inputs).flatMap((port) => wiresTo(check, id, port)),
    );
  const cacheKey = hashJson({
    semantics: SEMANTICS,
    op: PROBE,
    layers: [layers, layers.nodes.map(({ type }) => codeHash(type))],
    datasets: datasets.map(({ step, port }) => [steps.get(step)!.cacheKey, port]),
    device: [device.backend, device.threads],
  });
  return {
    id: `${target}/${PROBE}`,
    node: target,
    op: PROBE,
    version: probe.version,
    inputs: { datasets },
    params: {},
    after: [],
    layers: { x: layers },
    outputs: { figure: { kind: 'figure' }, metrics: { kind: 'metrics' } },
    seed: keyOf(document.seed, target),
    cacheKey,
  };
}

const wiresTo = (check: CheckResult, id: string, port: string): StepInput[] =>
  (check.graph.wires.get(inputKey(id, port)) ?? []).map(({ from }) => ({ step: from[0], port: from[1] }));

/** Flat ids of the targets and all that they need. */
function above(check: CheckResult, targets: readonly string[]): Set<string> {
  const wanted = new Set<string>();
  const visit = (id: string): void => {
    if (wanted.has(id)) return;
    wanted.add(id);
    const node = check.graph.nodes.get(id);
    for (const port of Object.keys(node?.definition.inputs ?? {}))
      for (const { from } of check.graph.wires.get(inputKey(id, port)) ?? []) visit(from[0]);
  };
  const asked = new Set(targets);
  // a subgraph that is asked for is all that lies in it
  const { places } = check.graph;
  for (const { id, origin } of check.graph.nodes.values())
    if (asked.has(origin) || instancesAround(places, origin).some((path) => asked.has(path))) visit(id);
  return wanted;
}
