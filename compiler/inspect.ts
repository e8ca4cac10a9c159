import type { GraphDocument } from '../graph/document.ts';
import { substituteWire, toldSizes, type WireType } from '../graph/types.ts';
import type { Layers, Recipe } from '../graph/values.ts';
import { type Estimate, estimate } from '../ir/estimate.ts';
import type { Program } from '../ir/program.ts';
import { type Size, showSize, sizeFromJson, substitute, symbol as symbolNamed, symbolsOf } from '../ir/size.ts';
import { elementCount, staticShape, tensorTypeFromJson } from '../ir/types.ts';
import { fail } from '../lib/problem.ts';
import { keyOf } from '../lib/random.ts';
import { mapRecord } from '../lib/record.ts';
import type { Network } from '../nodes/kit/context.ts';
import type { NamedProgram, StepDefinition } from '../nodes/kit/define-node.ts';
import type { CheckResult } from './check.ts';
import { type FlatNode, inputKey, type Lookup } from './flatten.ts';
import { bindLayers, buildNetwork, layersOf } from './network.ts';
import { optimise } from './optimise.ts';
import { sectionsOf } from './sections.ts';
import type { ProgramSection } from './show-program.ts';

/** A program of a node as a device gets it, and as people read it. */
export interface InspectedProgram extends Estimate {
  readonly title: string;
  readonly program: Program;
  readonly sections: readonly ProgramSection[];
  /** Numbers in its parameters, trained or not. */
  readonly parameters: number;
  /** How often one run of the node runs it, a number where that is known; absent where others run it. */
  readonly runs?: Size;
}

export interface Inspection {
  readonly programs: readonly InspectedProgram[];
  /** Sizes that a run has not told yet, as they were assumed: `vocabulary` is likely to be what was asked for. */
  readonly assumed: Readonly<Record<string, number>>;
}

export interface InspectOptions {
  readonly lookup: Lookup;
  /** What a run told of its values: their exact types by `step|port`. */
  readonly told?: ReadonlyMap<string, WireType>;
  /** False: as the node makes them, before any pass. */
  readonly passes?: boolean;
}

const isStep = (node: FlatNode | undefined): node is FlatNode & { definition: StepDefinition } =>
  node?.definition.level === 'step';

/** The flat node that a node of the document is, where it has programs. */
export function nodeWithPrograms(check: CheckResult, path: string): string | undefined {
  const node = check.graph.nodes.get(path);
  return isStep(node) && node.definition.programs ? node.id : undefined;
}

/**
 * The tensor programs of a node of a checked document, through all passes: what a device will get. Nothing runs and no
 * weight is made.
 */
export function inspectPrograms(
  { document, check }: { readonly document: GraphDocument; readonly check: CheckResult },
  path: string,
  { lookup, told = new Map(), passes = true }: InspectOptions,
): Inspection {
  const node = check.graph.nodes.get(path);
  if (!isStep(node) || !node.definition.programs)
    return fail('program/none', `${node?.title ?? path} compiles no tensor program of its own.`, {
      hint: 'Choose a Network, or a step that trains or runs one.',
    });
  const assumed: Record<string, number> = {};
  const sizes = sizesOf(check, told);
  const known = (symbol: string): Size | undefined => {
    const guess = check.likely.get(symbol);
    if (!sizes.has(symbol) && guess !== undefined) assumed[showSize(symbolNamed(symbol))] = guess;
    return sizes.get(symbol) ?? guess;
  };
  const types = typesAt(check, node, { known, told });
  const networks = new Map<string, Network>();
  const network = (port: string): Network => {
    const made = networks.get(port) ?? buildAt({ document, check }, node, port, { lookup, known });
    networks.set(port, made);
    return made;
  };
  const recipe = (port: string): Recipe => {
    const source = sourceOf(check, node, port);
    return { type: source.definition.id, params: source.params };
  };
  const programs = node.definition
    .programs(types as never, node.params as never, { network, recipe })
    .map((each) => inspected(each, { known, passes }));
  return { programs, assumed };
}

function inspected(
  { title, program, overwrite, runs }: NamedProgram,
  { known, passes }: { readonly known: (symbol: string) => Size | undefined; readonly passes: boolean },
): InspectedProgram {
  const optimised = passes ? optimise(program) : program;
  const times = runs === undefined ? undefined : substitute(runs, known);
  const parameters = program.inputs.filter(({ name }) => name === 'trained' || /^(parameter|teacher):/.test(name!));
  return {
    title,
    program: optimised,
    sections: sectionsOf(optimised),
    ...estimate(optimised, overwrite),
    parameters: parameters.reduce((sum, { type }) => sum + elementCount(staticShape(type.shape)), 0),
    ...(times !== undefined && { runs: times }),
  };
}

/** All sizes that the values of a run tell. */
function sizesOf(check: CheckResult, told: ReadonlyMap<string, WireType>): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const [place, actual] of told) {
    const at = place.lastIndexOf('|');
    const expected = check.flat.get(place.slice(0, at))?.outputs[place.slice(at + 1)];
    if (expected?.kind !== actual.kind) continue;
    for (const [symbol, size] of toldSizes(expected, actual)) sizes.set(symbol, size);
  }
  return sizes;
}

interface Known {
  readonly known: (symbol: string) => Size | undefined;
  readonly told: ReadonlyMap<string, WireType>;
}

/** Types of a node's inputs: those that a run told, else those that the checker found. */
function typesAt(check: CheckResult, node: FlatNode, { known, told }: Known) {
  const inputs = check.flat.get(node.id)?.inputs ?? {};
  return mapRecord(node.definition.inputs, (spec, port) => {
    const wires = check.graph.wires.get(inputKey(node.id, port)) ?? [];
    const types = (inputs[port] ?? []).map((type, i) => {
      const actual = wires[i] && told.get(`${wires[i].from[0]}|${wires[i].from[1]}`);
      return actual?.kind === type.kind ? actual : substituteWire(type, known);
    });
    return spec.many ? types : types[0];
  });
}

function sourceOf(check: CheckResult, node: FlatNode, port: string): FlatNode & { definition: StepDefinition } {
  const wire = check.graph.wires.get(inputKey(node.id, port))?.[0];
  const source = wire && check.graph.nodes.get(wire.from[0]);
  return isStep(source)
    ? source
    : fail('program/not-wired', `${node.title} has a program once something is wired to ${port}.`, {
        at: { node: node.origin, port },
      });
}

function buildAt(
  graph: { readonly document: GraphDocument; readonly check: CheckResult },
  node: FlatNode,
  port: string,
  { lookup, known }: { readonly lookup: Lookup; readonly known: (symbol: string) => Size | undefined },
): Network {
  const layers = bindLayers(layersAt(graph, node, port), known);
  const unknown = unknownSizes(layers);
  if (unknown.length > 0)
    fail('program/unknown-size', `The program depends on ${unknown.join(' and ')}, which a run finds out first.`, {
      hint: 'Run the graph once, then look again.',
      at: { node: node.origin },
    });
  const type: WireType | undefined = graph.check.flat.get(node.id)?.inputs[port]?.[0];
  const weights = type?.kind === 'model' ? (type.sites?.weights ?? []) : [];
  return buildNetwork(layers, lookup, Object.fromEntries(weights.map(({ name, trainable }) => [name, trainable])));
}

/** The layers of the network at a port, through all that adapts, freezes or trains it on the way. */
function layersAt(
  graph: { readonly document: GraphDocument; readonly check: CheckResult },
  node: FlatNode,
  port: string,
): Layers {
  const { document, check } = graph;
  const gathered = check.networks.get(inputKey(node.id, port));
  const own = node.params.seed;
  if (gathered?.output) return layersOf(check, gathered, typeof own === 'number' ? own : document.seed);
  const source = sourceOf(check, node, port);
  const { definition } = source;
  const none = (): never =>
    fail('program/no-network', `What ${source.title} gives is known only after it has run.`, {
      hint: 'Programs of networks that are in the graph layer by layer can be looked at.',
      at: { node: source.origin },
    });
  if (!definition.layers) return none();
  const given: Record<string, Layers> = {};
  for (const [name, { kinds }] of Object.entries(definition.inputs)) {
    const isWired = (check.graph.wires.get(inputKey(source.id, name)) ?? []).length > 0;
    if (isWired && (kinds.includes('tensor') || kinds.includes('model'))) given[name] = layersAt(graph, source, name);
  }
  const seed = source.params.seed;
  return (
    definition.layers(
      {
        layers: given,
        types: typesAt(check, source, { known: () => undefined, told: new Map() }) as never,
        seed: typeof seed === 'number' ? keyOf(seed) : keyOf(document.seed, source.id),
      },
      source.params as never,
    ) ?? none()
  );
}

/** Sizes that are still symbols, but for the rows of a batch. */
function unknownSizes({ nodes, inputs }: Layers): string[] {
  const sizes = [
    ...inputs.flatMap(({ type }) => {
      const { shape, below } = tensorTypeFromJson(type);
      return below === undefined ? shape : [...shape, below];
    }),
    ...nodes.flatMap(({ solved }) => Object.values(solved).map(sizeFromJson)),
  ];
  return [...new Set(sizes.flatMap((size) => (symbolsOf(size).some((each) => each !== 'B') ? [showSize(size)] : [])))];
}
