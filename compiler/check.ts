import type { GraphDocument } from '../graph/document.ts';
import { INSTANCE } from '../graph/subgraphs.ts';
import { type ModelInput, mapSizes, type NetworkSites, showWire, type WireType } from '../graph/types.ts';
import { Builder } from '../ir/builder.ts';
import type { Value } from '../ir/operation.ts';
import { operations } from '../ir/operations.ts';
import {
  addSizes,
  isHole,
  multiplySizes,
  nodeSymbol,
  type Size,
  SizeSolver,
  sizeKey,
  symbol,
  symbolsOf,
} from '../ir/size.ts';
import type { TensorType } from '../ir/types.ts';
import { fail, type Problem, ProblemError, type ProblemPlace, problemOf } from '../lib/problem.ts';
import type {
  Cost,
  InputDefinition,
  LayerNodeDefinition,
  NetworkSummary,
  NodeAbove,
  Place,
  StepDefinition,
  TypeContext,
} from '../nodes/kit/define-node.ts';
import { isBlank } from '../nodes/kit/params.ts';
import {
  type FlatEdge,
  type FlatGraph,
  type FlatNode,
  flattenAfter,
  inputKey,
  instancesAround,
  type Lookup,
} from './flatten.ts';
import { type Gathered, gather } from './gather.ts';

const noCost: Cost = { parameters: 0, flops: 0, memory: 0 };
const noSites: NetworkSites = { weights: [], layers: [] };

/** What the checker found of one node. */
export interface NodeCheck {
  /** Types of wired inputs, in reading order. */
  readonly inputs: Readonly<Record<string, readonly WireType[]>>;
  readonly outputs: Readonly<Record<string, WireType>>;
  /** Blanks that were solved, with what they are. */
  readonly solved: Readonly<Record<string, Size>>;
  readonly cost: Cost;
  readonly problems: readonly Problem[];
}

export interface CheckResult {
  /** By path: the document's node ids, and in subgraphs `instance/id`. What lies in a node is summed up in it. */
  readonly nodes: ReadonlyMap<string, NodeCheck>;
  /** By flat ids. */
  readonly flat: ReadonlyMap<string, NodeCheck>;
  readonly graph: FlatGraph;
  /** Flat node ids, inputs first. Nodes on a cycle are left out. */
  readonly order: readonly string[];
  /** What each input of a network reads, by flat id. */
  readonly reads: ReadonlyMap<string, ModelInput>;
  /** The layers above each tensor input of a step, by `node|port`. */
  readonly networks: ReadonlyMap<string, Gathered>;
  readonly problems: readonly Problem[];
  resolve(size: Size): Size;
}

interface Found {
  readonly outputs: Readonly<Record<string, WireType>>;
  readonly sites: NetworkSites;
  readonly reads?: ModelInput;
  readonly cost: Cost;
  readonly problems: readonly Problem[];
  readonly solved: ReadonlyMap<string, Size>;
}

interface Remembered {
  readonly node: FlatNode;
  readonly inputs: readonly unknown[];
  readonly found: Found;
  /** The other ends, as its problems tell of them. */
  readonly ends: string | undefined;
}

/** What was found of a flat node in its place in the graph. */
interface Entry {
  readonly inputs: Record<string, WireType[]>;
  readonly found: Found;
  readonly blocked: boolean;
  /** Problems of its wires. */
  readonly wiring: readonly Problem[];
}

interface Last {
  readonly document: GraphDocument;
  readonly graph: FlatGraph;
  readonly sorted: Sorted;
  readonly flat: ReadonlyMap<string, Entry>;
  readonly checks: ReadonlyMap<string, NodeCheck>;
  /** What all blanks were solved to. */
  readonly solved: string;
}

const nothingFound: Found = { outputs: {}, sites: noSites, cost: noCost, problems: [], solved: new Map() };
const solvedKey = ({ solved }: SizeSolver): string =>
  [...solved].map(([hole, size]) => `${hole}=${sizeKey(size)}`).join();

/** Everything a check of the same document found is kept, so that a check after one edit looks at what it touches. */
export class Checker {
  readonly #lookup: Lookup;
  #memory = new Map<string, Remembered>();
  #last: Last | undefined;
  readonly #interned = new Map<string, WireType>();

  constructor(lookup: Lookup) {
    this.#lookup = lookup;
  }

  check(document: GraphDocument): CheckResult {
    const last = this.#last;
    const graph = flattenAfter(last, document, this.#lookup);
    const problems: Problem[] = [...graph.problems];
    const isWiredAsBefore = last !== undefined && graph.wires === last.graph.wires;
    const sorted = isWiredAsBefore ? last.sorted : sort(graph);
    const { order, cyclic, waits } = sorted;
    for (const cycle of cyclic) problems.push(cycleProblem(graph, cycle));

    const solver = new SizeSolver();
    const memory = new Map<string, Remembered>();
    const flat = new Map<string, Entry>();
    const networks = new Map<string, Gathered>();
    const resolved = (type: WireType): WireType =>
      solver.solved.size === 0 || !hasHole(type) ? type : this.#intern(mapSizes(type, (size) => solver.resolve(size)));

    const isKept = (id: string): boolean => flat.get(id) === last?.flat.get(id);
    // as long as the blanks above were solved to the same sizes as at the last check
    let isSolvedAsBefore = isWiredAsBefore;
    const set = (id: string, entry: Entry): void => {
      flat.set(id, entry);
      problems.push(...entry.wiring, ...entry.found.problems);
      for (const [hole, size] of entry.found.solved) solver.equal(symbol(hole), size);
      const before = last?.flat.get(id)?.found;
      if (entry.found !== before && entry.found.solved.size + (before?.solved.size ?? 0) > 0) isSolvedAsBefore = false;
    };

    for (const id of order) {
      const node = graph.nodes.get(id)!;
      const before = last?.flat.get(id);
      const isSame = isSolvedAsBefore && before !== undefined && node === last?.graph.nodes.get(id);
      if (isSame && !looksAbove(node) && [...waits.get(id)!].every(isKept)) {
        const old = this.#memory.get(id);
        if (old) memory.set(id, old);
        set(id, before);
        continue;
      }
      const { inputs, blocked, problems: wiring } = this.#inputs(node, graph, flat, resolved);
      if (blocked) {
        set(id, { inputs, blocked, found: nothingFound, wiring });
        continue;
      }
      const networksAbove = this.#networksAbove(node, graph, flat, networks, solver);
      const repeated = node.definition.level === 'step' && node.definition.variations ? nodesAbove(graph, id) : [];
      const above = { networks: networksAbove, nodes: repeated };
      const old = this.#memory.get(id);
      const key = [
        ...Object.entries(inputs).flat(2),
        ...networksAbove.flatMap(({ signature }) => signature),
        ...repeated.flatMap((each) => [each.id, each.title, each.params]),
      ];
      const endsOf = ({ problems }: Found): string | undefined =>
        problems.length === 0 ? undefined : JSON.stringify(notes(node, graph, inputs));
      const remembered =
        old &&
        old.node === node &&
        old.inputs.length === key.length &&
        old.inputs.every((each, i) => each === key[i]) &&
        old.ends === endsOf(old.found);
      const found = remembered ? old.found : this.#shared(checkNode(node, inputs, above, notes(node, graph, inputs)));
      memory.set(id, { node, inputs: key, found, ends: endsOf(found) });
      const blocks = found.problems.some((problem) => problem.severity !== 'warning');
      const same = remembered && isSame && before.found === found && before.wiring.length + wiring.length === 0;
      set(id, same ? before : { inputs, found, blocked: blocks, wiring });
    }
    this.#memory = memory;

    for (const gathered of networks.values()) problems.push(...networkProblems(gathered, graph, flat, solver));
    const checks = new Map<string, NodeCheck>();
    const solved = solvedKey(solver);
    for (const [id, entry] of flat) {
      const before = solved === last?.solved && isKept(id) ? last.checks.get(id) : undefined;
      if (before && graph.nodes.get(id) === last?.graph.nodes.get(id)) {
        checks.set(id, before);
        continue;
      }
      const { inputs, found } = entry;
      checks.set(id, {
        inputs: mapRecord(inputs, (types) => types.map(resolved)),
        outputs: mapRecord(found.outputs, resolved),
        solved: solvedBlanks(graph.nodes.get(id)!, solver),
        cost: {
          parameters: solver.resolve(found.cost.parameters),
          flops: solver.resolve(found.cost.flops),
          memory: solver.resolve(found.cost.memory),
        },
        problems: found.problems,
      });
    }
    this.#last = { document, graph, sorted, flat, checks, solved };
    const unique = dedupe(problems.map((problem) => seenFromOutside(graph, problem)));
    return {
      nodes: summarize(graph, checks, unique),
      flat: checks,
      graph,
      order,
      reads: new Map([...flat].flatMap(([id, { found }]) => (found.reads ? [[id, found.reads] as const] : []))),
      networks,
      problems: unique,
      resolve: (size) => solver.resolve(size),
    };
  }

  /** One object for equal types, so that a type with solved blanks is the same one at the next check. */
  #intern(type: WireType): WireType {
    const key = JSON.stringify(type);
    const known = this.#interned.get(key);
    if (known) return known;
    if (this.#interned.size > 10_000) this.#interned.clear();
    this.#interned.set(key, type);
    return type;
  }

  /** A changed node that gives what it gave before leaves everything after it as it was. */
  #shared(found: Found): Found {
    return { ...found, outputs: mapRecord(found.outputs, (type) => this.#intern(type)) };
  }

  /** The types that arrive at a node. Blocked: one that it needs is missing, or its source has a problem already. */
  #inputs(
    node: FlatNode,
    graph: FlatGraph,
    flat: ReadonlyMap<string, { found: Found; blocked: boolean }>,
    resolved: (type: WireType) => WireType,
  ) {
    const inputs: Record<string, WireType[]> = {};
    const problems: Problem[] = [];
    let blocked = false;
    for (const [port, spec] of Object.entries(node.definition.inputs)) {
      const wires = graph.wires.get(inputKey(node.id, port)) ?? [];
      if (wires.length > 1 && !spec.many)
        problems.push({
          code: 'graph/too-many-wires',
          message: `${port} of ${node.title} takes one wire, got ${wires.length}.`,
          hint: 'Take away all but one.',
          at: placeOf(node, { port }),
        });
      inputs[port] = [];
      for (const wire of spec.many ? wires : wires.slice(0, 1)) {
        const source = graph.nodes.get(wire.from[0]);
        const output = source?.definition.outputs[wire.from[1]];
        if (!source || !output) {
          blocked = true;
          continue;
        }
        if (!output.kinds.some((kind) => spec.kinds.includes(kind))) {
          problems.push(kindProblem(node, port, source, wire));
          blocked = true;
          continue;
        }
        const type = flat.get(source.id)?.found.outputs[wire.from[1]];
        if (!type || flat.get(source.id)?.blocked) blocked = true;
        else inputs[port].push(resolved(type));
      }
      if (wires.length === 0 && !spec.optional && !spec.many) {
        blocked = true;
        const open = outermost(graph, node, port);
        problems.push({
          code: 'graph/missing-input',
          message: `${open.title} needs ${article(spec.kinds[0]!)} on ${open.port}, got nothing.`,
          hint: `Wire an output that gives ${article(spec.kinds[0]!)} to it.`,
          at: open.at,
        });
      }
    }
    return { inputs, blocked, problems };
  }

  #networksAbove(
    node: FlatNode,
    graph: FlatGraph,
    flat: ReadonlyMap<string, { found: Found }>,
    networks: Map<string, Gathered>,
    solver: SizeSolver,
  ): { port: string; summary: () => NetworkSummary; signature: readonly unknown[] }[] {
    if (node.definition.level !== 'step') return [];
    return Object.entries(node.definition.inputs)
      .filter(([, spec]) => spec.kinds.includes('tensor'))
      .map(([port]) => {
        const gathered = gather(graph, node.id, port);
        networks.set(inputKey(node.id, port), gathered);
        const parts = gathered.nodes.map((id) => flat.get(id)!.found);
        const summary = (): NetworkSummary => {
          const total = (field: keyof Cost) => addSizes(0, ...parts.map((part) => solver.resolve(part.cost[field])));
          const parameters = total('parameters');
          const inputs = parts.flatMap((part) => (part.reads ? [part.reads] : []));
          const hasAttention = gathered.nodes.some((id) => {
            const { definition } = graph.nodes.get(id)!;
            return definition.level === 'layer' && definition.attends === true;
          });
          const sites: NetworkSites = {
            weights: parts.flatMap((part) =>
              part.sites.weights.map((each) => ({ ...each, shape: each.shape.map((size) => solver.resolve(size)) })),
            ),
            layers: parts.flatMap((part) =>
              part.sites.layers.map((each) => ({ ...each, width: solver.resolve(each.width) })),
            ),
          };
          return {
            sites,
            inputs,
            parameters,
            trainable: parameters,
            flops: total('flops'),
            memory: total('memory'),
            hasAttention,
          };
        };
        // all that the summary is made of
        return { port, summary, signature: [gathered.nodes.length, ...parts, solvedKey(solver)] };
      });
  }
}

/** Whether what a node gives follows from more than what arrives at it. */
const looksAbove = ({ definition }: FlatNode): boolean =>
  definition.level === 'step' &&
  (definition.variations !== undefined ||
    Object.values(definition.inputs).some(({ kinds }) => kinds.includes('tensor')));

/** What a step may know of what is above it beyond its input types. */
interface Above {
  readonly networks: readonly { readonly port: string; readonly summary: () => NetworkSummary }[];
  /** Only for steps over repetitions. */
  readonly nodes: readonly NodeAbove[];
}

/** Every node of the document that a node depends on, in the order of the document. */
export function nodesAbove(graph: FlatGraph, id: string): NodeAbove[] {
  const seen = new Set<string>();
  const visit = (at: string): void => {
    if (seen.has(at)) return;
    seen.add(at);
    for (const port of Object.keys(graph.nodes.get(at)?.definition.inputs ?? {}))
      for (const { from } of graph.wires.get(inputKey(at, port)) ?? []) visit(from[0]);
  };
  visit(id);
  // what lies in a subgraph stands in all its instances: no repetition may change it for one of them alone
  const isOwn = (node: FlatNode) => node.id !== id && node.id === node.origin && !isInside(graph, node.id);
  const nodes = [...graph.nodes.values()]
    .filter((node) => seen.has(node.id) && isOwn(node))
    .map(({ id: own, definition, title, params }) => ({ id: own, type: definition.id, title, params }));
  const instances = [...graph.settings]
    .filter(([path]) => !isInside(graph, path) && [...seen].some((each) => each.startsWith(`${path}/`)))
    .map(([path, params]) => ({ id: path, type: INSTANCE, title: graph.titles.get(path) ?? path, params }));
  return [...nodes, ...instances];
}

const isInside = ({ places }: FlatGraph, path: string): boolean => instancesAround(places, path).length > 0;

/** One node alone: its types, costs and problems for given inputs. */
function checkNode(
  node: FlatNode,
  inputs: Readonly<Record<string, readonly WireType[]>>,
  above: Above,
  ends: readonly NonNullable<Problem['notes']>[number][],
): Found {
  const problems: Problem[] = [];
  const sizes = new SizeSolver();
  const at = (place: Place) => placeOf(node, place);
  const check: TypeContext = {
    symbol: (name) => nodeSymbol(name, node.id),
    equal: (a, b) => sizes.equal(a, b),
    fail: (code, message, place = {}) =>
      fail(code, message, { ...(place.hint && { hint: place.hint }), at: at(place), notes: ends }),
    warn: (code, message, place = {}) => {
      problems.push({ code, message, ...(place.hint && { hint: place.hint }), at: at(place), severity: 'warning' });
    },
  };
  const { definition } = node;
  const params = withHoles(node);
  try {
    const found =
      definition.level === 'layer'
        ? checkLayer(definition, node, inputs, params, check, sizes)
        : definition.level === 'input'
          ? checkInput(definition, inputs, params, check)
          : checkStep(definition, inputs, params, check, above);
    return { ...found, problems, solved: sizes.solved };
  } catch (error) {
    if (!(error instanceof ProblemError)) problems.push(problemOf(error, { node: node.origin }));
    else
      problems.push({
        ...error.problem,
        at: error.problem.at ?? { node: node.origin },
        notes: error.problem.notes ?? ends,
        message: error.problem.at ? error.problem.message : `${node.title}: ${error.problem.message}`,
      });
    return { outputs: {}, sites: noSites, cost: noCost, problems, solved: new Map() };
  }
}

type Rules = Omit<Found, 'problems' | 'solved'>;

function checkLayer(
  definition: LayerNodeDefinition,
  node: FlatNode,
  inputs: Readonly<Record<string, readonly WireType[]>>,
  params: Readonly<Record<string, unknown>>,
  check: TypeContext,
  sizes: SizeSolver,
): Rules {
  const ir = new Builder(sizes);
  const values: Record<string, Value | Value[] | undefined> = {};
  const types: Record<string, TensorType | TensorType[] | undefined> = {};
  for (const [port, spec] of Object.entries(definition.inputs)) {
    const all = (inputs[port] ?? []) as (TensorType & { kind: 'tensor' })[];
    const made = all.map((type, i) => ir.input(`${port}:${i}`, type));
    values[port] = spec.many ? made : made[0];
    types[port] = spec.many ? [...all] : all[0];
  }
  const specs = definition.weights?.(types as never, params as never, check) ?? {};
  for (const [name, { shape }] of Object.entries(specs)) values[name] = ir.input(name, { dtype: 'float32', shape });
  const counter = ir.input('counter', { dtype: 'uint32', shape: [2] });
  const mode = {
    kind: 'train' as const,
    uniform: (shape: readonly Size[]) => ir.uniform(ir.random(counter, { key: [0, 0], shape })),
  };
  const results = definition.build(values as never, params as never, ir, mode) as Record<string, Value>;
  const weights = Object.entries(specs).map(([name, { shape }]) => ({
    name: `${node.name}.${name}`,
    shape,
    trainable: true,
    linear: ir.linearWeights.has(values[name] as Value),
  }));
  const y = results.y?.type;
  const width = y?.dtype === 'float32' ? y.shape.at(-1) : undefined;
  const layers = width === undefined ? [] : [{ name: node.name, width, attends: definition.attends === true }];
  const { flops, memory } = forwardCost(ir.values);
  return {
    outputs: mapRecord(results, (value) => ({ kind: 'tensor' as const, ...value.type })),
    sites: { weights, layers },
    cost: { parameters: addSizes(0, ...weights.map(({ shape }) => multiplySizes(1, ...shape))), flops, memory },
  };
}

/** What one pass over these values costs. Values that only move do not count: backends alias them. */
function forwardCost(values: readonly Value[]): { flops: Size; memory: Size } {
  const flops: Size[] = [];
  const bytes: Size[] = [];
  for (const value of values) {
    if (value.op === 'input') continue;
    const operation = operations[value.op];
    flops.push(
      (operation.flops as (result: TensorType, args: readonly TensorType[], attrs: unknown) => Size)(
        value.type,
        value.args.map((arg) => arg.type),
        value.attrs,
      ),
    );
    if (!operation.moves && value.op !== 'constant') bytes.push(multiplySizes(4, ...value.type.shape));
  }
  return { flops: addSizes(0, ...flops), memory: addSizes(0, ...bytes) };
}

function checkInput(
  definition: InputDefinition,
  inputs: Readonly<Record<string, readonly WireType[]>>,
  params: Readonly<Record<string, unknown>>,
  check: TypeContext,
): Rules {
  const types = mapRecord(definition.inputs, (_, port) => inputs[port]?.[0]);
  const reads = definition.reads(types as never, params as never, check);
  const [port] = Object.keys(definition.outputs) as [string];
  return { outputs: { [port]: { kind: 'tensor', ...reads.type } }, sites: noSites, reads, cost: noCost };
}

function checkStep(
  definition: StepDefinition,
  inputs: Readonly<Record<string, readonly WireType[]>>,
  params: Readonly<Record<string, unknown>>,
  check: TypeContext,
  above: Above,
): Rules {
  const types = mapRecord(definition.inputs, (spec, port) => (spec.many ? (inputs[port] ?? []) : inputs[port]?.[0]));
  const network = (port: string) => above.networks.find((each) => each.port === port)!.summary();
  definition.variations?.(params as never, above.nodes, check);
  const outputs = definition.types(types as never, params as never, { ...check, network }) as Record<string, WireType>;
  return { outputs, sites: noSites, cost: { ...noCost, ...definition.cost?.(types as never, params as never) } };
}

// --- blanks

const holes = new WeakMap<WireType, boolean>();
function hasHole(type: WireType): boolean {
  let known = holes.get(type);
  if (known === undefined) {
    known = false;
    mapSizes(type, (size) => {
      if (symbolsOf(size).some(isHole)) known = true;
      return size;
    });
    holes.set(type, known);
  }
  return known;
}

const holeOf = (node: FlatNode, param: string): Size => nodeSymbol(`?${param}`, node.id);

/** Params with a hole in the place of every blank. */
function withHoles(node: FlatNode): Record<string, unknown> {
  const { shape } = node.definition.params;
  return Object.fromEntries(
    Object.entries(node.params).map(([name, value]) => {
      const schema = shape[name];
      return [name, value === null && schema && isBlank(schema as never) ? holeOf(node, name) : value];
    }),
  );
}

function solvedBlanks(node: FlatNode, solver: SizeSolver): Record<string, Size> {
  const { shape } = node.definition.params;
  const solved: Record<string, Size> = {};
  for (const [name, value] of Object.entries(node.params)) {
    const schema = shape[name];
    if (value !== null || !schema || !isBlank(schema as never)) continue;
    const size = solver.resolve(holeOf(node, name));
    if (!symbolsOf(size).some(isHole)) solved[name] = size;
  }
  return solved;
}

// --- problems

/** Problems that only a whole network shows: blanks that nothing solves, two parameters with one name. */
function networkProblems(
  gathered: Gathered,
  graph: FlatGraph,
  flat: ReadonlyMap<string, { found: Found; blocked: boolean }>,
  solver: SizeSolver,
): Problem[] {
  const problems: Problem[] = [];
  const owners = new Map<string, FlatNode>();
  for (const id of gathered.nodes) {
    const node = graph.nodes.get(id)!;
    if (flat.get(id)?.blocked) continue;
    const solved = solvedBlanks(node, solver);
    for (const [param, value] of Object.entries(node.params)) {
      const schema = node.definition.params.shape[param];
      if (value !== null || param in solved || !schema || !isBlank(schema as never)) continue;
      const label = (schema as { meta(): { title?: string } | undefined }).meta()?.title ?? param;
      problems.push({
        code: 'size/unsolved',
        message: `${label} of ${node.title} is blank, and nothing that it is wired to tells its size.`,
        hint: 'Type a number, or wire the network on to what decides it.',
        at: placeOf(node, { param }),
      });
    }
    for (const { name } of flat.get(id)?.found.sites.weights ?? []) {
      const owner = owners.get(name);
      if (owner && owner !== node)
        problems.push({
          code: 'network/same-name',
          message: `${node.title} and ${owner.title} both have a parameter ${name}.`,
          hint: 'Give one of the two another name.',
          at: placeOf(node, { param: 'name' }),
          notes: [{ message: `${owner.title} has it too.`, at: placeOf(owner, { param: 'name' }) }],
        });
      owners.set(name, node);
    }
  }
  return problems;
}

function kindProblem(node: FlatNode, port: string, source: FlatNode, wire: FlatEdge): Problem {
  const gives = source.definition.outputs[wire.from[1]]!.kinds[0]!;
  const needs = node.definition.inputs[port]!.kinds;
  return {
    code: 'graph/kind',
    message: `${port} of ${node.title} needs ${needs.map(article).join(' or ')}, got ${article(gives)} from ${source.title}.`,
    hint: `Take this wire away and connect an output that gives ${article(needs[0]!)}.`,
    at: placeOf(node, { port }),
    notes: [{ message: `${source.title} gives ${article(gives)} here.`, at: placeOf(source, { port: wire.from[1] }) }],
  };
}

/** The other ends: where each input of a node comes from, and what it carries. */
function notes(node: FlatNode, graph: FlatGraph, inputs: Readonly<Record<string, readonly WireType[]>>) {
  return Object.entries(inputs).flatMap(([port, types]) =>
    types.map((type, i) => {
      const wire = graph.wires.get(inputKey(node.id, port))![i]!;
      const source = graph.nodes.get(wire.from[0])!;
      return {
        message: `${port} comes from ${source.title}: ${showWire(type)}.`,
        at: placeOf(source, { port: wire.from[1] }),
      };
    }),
  );
}

/** A problem inside a composite is a problem of the composite as a whole: its ports and params are not the user's. */
const placeOf = (node: FlatNode, { port, param }: Place = {}): ProblemPlace =>
  node.id === node.origin
    ? { node: node.origin, ...(port && { port }), ...(param && { param }) }
    : { node: node.origin };

const article = (kind: string): string => `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;

/** Where an input has to be wired: at the node, or at the instance whose port leads to it. */
function outermost(graph: FlatGraph, node: FlatNode, port: string) {
  const ports = graph.outside.ports;
  let at = ports.get(inputKey(node.id, port));
  if (!at) return { title: node.title, port, at: placeOf(node, { port }) };
  for (let next = ports.get(inputKey(...at)); next; next = ports.get(inputKey(...at))) at = next;
  return { title: graph.titles.get(at[0]) ?? at[0], port: at[1], at: { node: at[0], port: at[1] } };
}

/** A param inside that an instance has given its value is mended at the instance. */
function seenFromOutside({ outside }: FlatGraph, problem: Problem): Problem {
  if (problem.at?.param === undefined) return problem;
  let end: readonly [string, string] = [problem.at.node, problem.at.param];
  for (let next = outside.params.get(inputKey(...end)); next; next = outside.params.get(inputKey(...end))) end = next;
  return end[0] === problem.at.node ? problem : { ...problem, at: { node: end[0], param: end[1] } };
}

function cycleProblem(graph: FlatGraph, cycle: readonly string[]): Problem {
  const nodes = cycle.map((id) => graph.nodes.get(id)!);
  const titles = nodes.map((node) => node.title);
  return {
    code: 'graph/cycle',
    message: `These nodes wait for each other: ${[...titles, titles[0]].join(' → ')}.`,
    hint: 'Take away one of the wires between them.',
    at: { node: nodes[0]!.origin },
    notes: nodes
      .slice(1)
      .map((node) => ({ message: `${node.title} is part of the cycle.`, at: { node: node.origin } })),
  };
}

const dedupe = (problems: readonly Problem[]): Problem[] => {
  const seen = new Set<string>();
  const place = ({ at }: Problem): string => `${at?.node}|${at?.param}`;
  const invalid = new Set(problems.flatMap((problem) => (problem.code === 'param/invalid' ? [place(problem)] : [])));
  return problems.filter((problem) => {
    // a size that can't be read stands as a blank: that nothing solves it is no second problem
    if (problem.code === 'size/unsolved' && invalid.has(place(problem))) return false;
    const key = `${problem.code}|${problem.at?.node}|${problem.at?.port}|${problem.at?.param}|${problem.message}`;
    return !seen.has(key) && seen.add(key);
  });
};

// --- order

interface Sorted {
  readonly order: readonly string[];
  readonly cyclic: readonly (readonly string[])[];
  /** The nodes that each one reads. */
  readonly waits: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Inputs first; nodes that wait for themselves are given back as cycles. Deterministic: by document order. */
function sort(graph: FlatGraph): Sorted {
  const waits = new Map<string, Set<string>>();
  const next = new Map<string, string[]>();
  for (const id of graph.nodes.keys()) waits.set(id, new Set());
  for (const wires of graph.wires.values())
    for (const { from, to } of wires) {
      if (!graph.nodes.has(from[0]) || !graph.nodes.has(to[0])) continue;
      const set = waits.get(to[0])!;
      if (set.has(from[0])) continue;
      set.add(from[0]);
      next.set(from[0], [...(next.get(from[0]) ?? []), to[0]]);
    }
  const left = new Map([...waits].map(([id, set]) => [id, set.size]));
  const order = [...left].filter(([, count]) => count === 0).map(([id]) => id);
  for (let i = 0; i < order.length; i++)
    for (const id of next.get(order[i]!) ?? []) {
      left.set(id, left.get(id)! - 1);
      if (left.get(id) === 0) order.push(id);
    }
  const stuck = new Set([...left].filter(([, count]) => count > 0).map(([id]) => id));
  return { order, cyclic: cyclesAmong(stuck, waits), waits };
}

/** One cycle for each group of nodes that wait for each other. */
function cyclesAmong(stuck: Set<string>, waits: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const cycles: string[][] = [];
  const seen = new Set<string>();
  for (const start of stuck) {
    const path: string[] = [];
    let at: string | undefined = start;
    while (at !== undefined && !seen.has(at)) {
      seen.add(at);
      path.push(at);
      at = [...waits.get(at)!].find((id) => stuck.has(id));
    }
    const from = at === undefined ? -1 : path.indexOf(at);
    if (from >= 0) cycles.push(path.slice(from).reverse());
  }
  return cycles;
}

// --- what the editor shows

function summarize(
  graph: FlatGraph,
  flat: ReadonlyMap<string, NodeCheck>,
  problems: readonly Problem[],
): Map<string, NodeCheck> {
  const { places } = graph;
  const around = (path: string) => [...instancesAround(places, path), path];
  const byNode = new Map<string, Problem[]>();
  for (const problem of problems)
    for (const place of [problem.at, ...(problem.notes ?? []).map((note) => note.at)])
      for (const path of place ? around(place.node) : []) {
        const list = byNode.get(path);
        if (list) list.push(problem);
        else byNode.set(path, [problem]);
      }
  const parts = new Map<string, string[]>();
  for (const node of graph.nodes.values())
    for (const path of around(node.origin)) {
      const list = parts.get(path);
      if (list) list.push(node.id);
      else parts.set(path, [node.id]);
    }
  const split = (key: string) => {
    const at = key.lastIndexOf('|');
    return [key.slice(0, at), key.slice(at + 1)] as const;
  };
  const outputs = new Map<string, Record<string, WireType>>();
  for (const [key, [node, port]] of graph.outputs) {
    const type = flat.get(node)?.outputs[port];
    const [path, name] = split(key);
    if (type) outputs.set(path, { ...outputs.get(path), [name]: type });
  }
  const inputs = new Map<string, Record<string, readonly WireType[]>>();
  for (const [key, [first]] of graph.inputs) {
    const types = first && flat.get(first[0])?.inputs[first[1]];
    const [path, name] = split(key);
    if (types) inputs.set(path, { ...inputs.get(path), [name]: types });
  }

  const nodes = new Map<string, NodeCheck>();
  for (const path of places.keys()) {
    const own = flat.get(path);
    // one node that stands for itself, as almost all do: what was found of it is the same object at the next check
    const isPlain = own && parts.get(path)?.length === 1 && !outputs.has(path) && !inputs.has(path);
    if (isPlain && own.problems.length === 0 && !byNode.has(path)) {
      nodes.set(path, own);
      continue;
    }
    const inner = (parts.get(path) ?? []).flatMap((part) => flat.get(part) ?? []);
    const total = (field: keyof Cost) => addSizes(0, ...inner.map((check) => check.cost[field]));
    nodes.set(path, {
      inputs: own?.inputs ?? inputs.get(path) ?? {},
      outputs: { ...own?.outputs, ...outputs.get(path) },
      solved: own?.solved ?? {},
      cost: { parameters: total('parameters'), flops: total('flops'), memory: total('memory') },
      problems: [...new Set(byNode.get(path) ?? [])],
    });
  }
  return nodes;
}

const mapRecord = <T, U>(record: Readonly<Record<string, T>>, f: (value: T, key: string) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, f(value, key)]));
