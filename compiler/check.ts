import type { GraphDocument } from '../graph/document.ts';
import { INSTANCE } from '../graph/subgraphs.ts';
import { type ModelInput, mapSizes, type NetworkSites, type WireType } from '../graph/types.ts';
import { addSizes, type Size, SizeSolver, sizeKey, symbol } from '../ir/size.ts';
import type { Problem } from '../lib/problem.ts';
import { mapRecord } from '../lib/record.ts';
import type { Cost, NetworkSummary, NodeAbove } from '../nodes/kit/define-node.ts';
import { hasHole, solvedBlanks } from './blanks.ts';
import { checkNode, type Found, nothingFound } from './check-node.ts';
import {
  article,
  cycleProblem,
  dedupe,
  kindProblem,
  networkProblems,
  notes,
  outermost,
  placeOf,
  seenFromOutside,
} from './check-problems.ts';
import { type FlatGraph, type FlatNode, flattenAfter, inputKey, instancesAround, type Lookup } from './flatten.ts';
import { type Gathered, gather } from './gather.ts';
import { type Sorted, sort } from './order.ts';
import { summarize } from './summarize.ts';

/** What the checker found of one node. */
export interface NodeCheck {
  /** Types of wired inputs, in reading order. */
  readonly inputs: Readonly<Record<string, readonly WireType[]>>;
  readonly outputs: Readonly<Record<string, WireType>>;
  /** Blanks that were solved, with what they are. */
  readonly solved: Readonly<Record<string, Size>>;
  readonly cost: Cost;
  readonly axes?: Found['axes'];
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
  /** What sizes that only a run can tell are likely to be, by symbol. */
  readonly likely: ReadonlyMap<string, number>;
  readonly problems: readonly Problem[];
  resolve(size: Size): Size;
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
  readonly networks: ReadonlyMap<string, Gathered>;
  /** What all blanks were solved to. */
  readonly solved: string;
}

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
      // which layers lie above a tensor follows from the wires alone
      const gathered = isWiredAsBefore ? last.networks : undefined;
      const networksAbove = this.#networksAbove(node, graph, flat, networks, solver, gathered);
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
        ...(found.axes && { axes: found.axes }),
        problems: found.problems,
      });
    }
    this.#last = { document, graph, sorted, flat, checks, networks, solved };
    const unique = dedupe(problems.map((problem) => seenFromOutside(graph, problem)));
    return {
      nodes: summarize(graph, checks, unique),
      flat: checks,
      graph,
      order,
      reads: new Map([...flat].flatMap(([id, { found }]) => (found.reads ? [[id, found.reads] as const] : []))),
      networks,
      likely: new Map([...flat.values()].flatMap(({ found }) => [...found.likely])),
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
    // that of a network tells of all its layers: long to compare, and rarely the same
    return {
      ...found,
      outputs: mapRecord(found.outputs, (type) => (type.kind === 'model' ? type : this.#intern(type))),
    };
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
    before: ReadonlyMap<string, Gathered> | undefined,
  ): { port: string; summary: () => NetworkSummary; signature: readonly unknown[] }[] {
    if (node.definition.level !== 'step') return [];
    return Object.entries(node.definition.inputs)
      .filter(([, spec]) => spec.kinds.includes('tensor'))
      .map(([port]) => {
        const key = inputKey(node.id, port);
        const gathered = before?.get(key) ?? gather(graph, node.id, port);
        networks.set(key, gathered);
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
