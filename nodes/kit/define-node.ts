import { z } from 'zod';
import type { Dataset, Transform } from '../../graph/dataset.ts';
import type { ModelInput, NetworkSites, PortKind, WireOf } from '../../graph/types.ts';
import type { Layers, Model, PortValues, Prediction, Recipe } from '../../graph/values.ts';
import type { Ir } from '../../ir/builder.ts';
import type { Value } from '../../ir/operation.ts';
import type { Program } from '../../ir/program.ts';
import type { Size } from '../../ir/size.ts';
import type { TensorType } from '../../ir/types.ts';
import type { Network, RunContext, TokenPooling, Vectors } from './context.ts';
import { line } from './params.ts';

// --- ports

/** What may be plugged in. It states preconditions; exact types come from `build` or `types`. */
export interface Port<
  K extends PortKind = PortKind,
  Optional extends boolean = boolean,
  Many extends boolean = boolean,
> {
  /** Several kinds where the node looks at any value. */
  readonly kinds: readonly K[];
  readonly doc: string;
  readonly optional: Optional;
  readonly many: Many;
}
type Ports = Readonly<Record<string, Port>>;

const portOf =
  <K extends PortKind>(kind: K) =>
  (doc: string): Port<K, false, false> => ({ kinds: [kind], doc, optional: false, many: false });

export const dataset = portOf('dataset');
export const text = portOf('text');
export const number = portOf('number');
export const tokenizer = portOf('tokenizer');
export const tensor = portOf('tensor');
export const model = portOf('model');
export const objective = portOf('objective');
export const optimizer = portOf('optimizer');
export const schedule = portOf('schedule');
export const index = portOf('index');
export const environment = portOf('environment');
export const policy = portOf('policy');
export const metrics = portOf('metrics');
export const figure = portOf('figure');

export const anyOf = <K extends PortKind>(kinds: readonly K[], doc: string): Port<K, false, false> => ({
  kinds,
  doc,
  optional: false,
  many: false,
});
export const optional = <K extends PortKind, M extends boolean>(port: Port<K, boolean, M>): Port<K, true, M> => ({
  ...port,
  optional: true,
});
/** Takes any number of wires, read by (order, edge id). */
export const many = <K extends PortKind, O extends boolean>(port: Port<K, O, boolean>): Port<K, O, true> => ({
  ...port,
  many: true,
});

type KindOf<P> = P extends Port<infer K> ? K : never;
type Shaped<P extends Port, T> =
  P extends Port<PortKind, boolean, true> ? readonly T[] : P extends Port<PortKind, true> ? T | undefined : T;
type InputTypes<I extends Ports> = { readonly [N in keyof I]: Shaped<I[N], WireOf<KindOf<I[N]>>> };
type InputValues<I extends Ports> = { readonly [N in keyof I]: Shaped<I[N], PortValues[KindOf<I[N]>]> };
type OutputTypes<O extends Ports> = { readonly [N in keyof O]: WireOf<KindOf<O[N]>> };
type OutputValues<O extends Ports> = { readonly [N in keyof O]: PortValues[KindOf<O[N]>] };

// --- what rules may ask for

export interface Place {
  readonly port?: string;
  readonly param?: string;
  readonly hint?: string;
}

/** What type rules use: they never run anything. */
export interface TypeContext {
  /** A size of this node that only a run can tell, such as its trained vocabulary; `likely` is a guess for estimates. */
  symbol(name: string, likely?: number): Size;
  /** Whether two sizes are equal; solves a blank where only one value fits. */
  equal(a: Size, b: Size): boolean;
  fail(code: string, message: string, place?: Place): never;
  warn(code: string, message: string, place?: Place): void;
}

/** What a node costs, known before anything runs. Sizes that are not known yet stay symbols. */
export interface Cost {
  /** Learned numbers. */
  readonly parameters: Size;
  /** Floating-point operations: of one forward pass over a batch of B for a layer, of all its work for a step. */
  readonly flops: Size;
  /** Bytes: what a layer computes for a batch of B and keeps for the backward pass; what a step holds at its peak. */
  readonly memory: Size;
}

/** What a type rule knows of the layers above a tensor port: their inputs and sizes. */
export interface NetworkSummary {
  readonly inputs: readonly ModelInput[];
  readonly parameters: Size;
  readonly trainable: Size;
  /** Of one forward pass over a batch of B. */
  readonly flops: Size;
  readonly memory: Size;
  readonly hasAttention: boolean;
  readonly sites: NetworkSites;
}

/**
 * What the axes at a port are, as words in their order. `…` stands for any number of axes, the same ones at every port that
 * has it; `_` for one of any name. A sequence may be of anything: `position` takes `time` and `patch` too.
 */
export type AxisNames = Readonly<Record<string, string>>;

// --- layers

export type Init = 'zeros' | 'ones' | { readonly normal: number } | { readonly uniform: number };

export interface WeightSpec {
  readonly shape: readonly Size[];
  readonly init: Init;
}

/** How a network is being built. */
export interface Mode {
  readonly kind: 'train' | 'predict' | 'decode';
  /** Uniform float32 numbers in [0, 1), other ones at each step; `site` keeps two uses in one layer apart. */
  uniform(shape: readonly Size[], site?: string): Value;
  /** Prefix tuning: keys and values [tokens, width] that every position of this layer also sees. */
  readonly prefix?: { readonly key: Value; readonly value: Value };
  /** There where kind is `decode`. */
  readonly decode?: Decode;
}

/**
 * Going on with sequences one position at a time. The first pass sees the positions 0 … room − 1, of which `length` count;
 * each later pass sees one position, and what the layer kept at the pass before.
 */
export interface Decode {
  /** int32[T]: which positions x holds. */
  readonly positions: Value;
  /** The first pass only: float32[T], 1 for positions that count and 0 for those after them. */
  readonly counts?: Value;
  /** The first pass only: int32 scalar, the last position that counts. */
  readonly last?: Value;
  /** For how many positions there is room. */
  readonly room: number;
  /** A later pass: what was kept. Its first axis is the rows. */
  state(name: string, shape: readonly Size[]): Value;
  /** Keeps a value for the next pass. */
  keep(name: string, value: Value): void;
  /**
   * A later pass, where the device can: keeps what was kept with a column [… , 1] more, at the position of this pass.
   * Nothing is copied. Until then that column holds zeros.
   */
  append?(name: string, column: Value): void;
}

type LayerTypes<I extends Ports> = { readonly [N in keyof I]: Shaped<I[N], TensorType> };
type LayerValues<I extends Ports> = { readonly [N in keyof I]: Shaped<I[N], Value> };

export interface LayerRules<I extends Ports, O extends Ports, P extends z.ZodObject, W extends string> {
  /** Learned tensors by name; the network's parameter is named `<layer>.<weight>`. */
  weights?(types: LayerTypes<I>, params: z.infer<P>, check: TypeContext): Readonly<Record<W, WeightSpec>>;
  build(
    at: LayerValues<I> & { readonly [N in W]: Value },
    params: z.infer<P>,
    ir: Ir,
    mode: Mode,
  ): { readonly [N in keyof O]: Value };
  /** Names the axes that it works on and those that it gives, by port. Left out, they have no names. */
  axes?(params: z.infer<P>): { readonly [N in keyof I | keyof O]?: string };
  /** Mixes positions by attention, so attention maps can be drawn of it. */
  readonly attends?: true;
  /**
   * Whether it can go on one position at a time, as `mode.decode` asks: true where positions do not mix or their state is
   * kept, else the reason. Absent: it can't, and generation computes the whole window again for each token.
   */
  decodes?(params: z.infer<P>, wired: readonly string[]): true | string;
}

// --- inputs of networks

export interface InputRules<I extends Ports, P extends z.ZodObject> {
  /** Which dataset column feeds the network, as which tensor. Every input type may be absent: params then say it. */
  reads(
    types: { readonly [N in keyof I]: WireOf<KindOf<I[N]>> | undefined },
    params: z.infer<P>,
    check: TypeContext,
  ): ModelInput & { readonly axes: string };
}

// --- composites

export interface Expansion {
  readonly nodes: Readonly<
    Record<string, { readonly type: string; readonly params?: Readonly<Record<string, unknown>> }>
  >;
  readonly edges: readonly { readonly from: readonly [string, string]; readonly to: readonly [string, string] }[];
  /** Which inner ports an outer input feeds. */
  readonly inputs: Readonly<Record<string, readonly (readonly [string, string])[]>>;
  readonly outputs: Readonly<Record<string, readonly [string, string]>>;
}

export interface CompositeRules<P extends z.ZodObject> {
  /** Every node type that it may expand to: they are loaded with it. */
  readonly uses: readonly string[];
  /** The graph of other nodes that this node stands for. */
  expand(params: z.infer<P>): Expansion;
}

// --- steps

/** A node of the document that a step depends on. */
export interface NodeAbove {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** One repetition of what is above a step. */
export interface Variation {
  readonly label: string;
  /** Without a node, `param` is a field of the document: its seed. */
  readonly changes: readonly { readonly node?: string; readonly param: string; readonly value: unknown }[];
}

/** A tensor program that a step compiles. */
export interface NamedProgram {
  readonly title: string;
  readonly program: Program;
  /** Inputs whose next values may lie where they lay. */
  readonly overwrite?: readonly string[];
  /** How often one run of the step runs it; absent where others run it. */
  readonly runs?: Size;
}

/** What `programs` may ask for. */
export interface ProgramContext {
  /** The network that comes in at a port. */
  network(port: string): Network;
  /** What a step that only says how, such as an Optimizer, gives to a port. */
  recipe(port: string): Recipe;
}

export interface StepRules<I extends Ports, O extends Ports, P extends z.ZodObject> {
  types(
    inputs: InputTypes<I>,
    params: z.infer<P>,
    check: TypeContext & { network(port: string): NetworkSummary },
  ): OutputTypes<O>;
  /**
   * For steps over repetitions, such as sweeps and folds: each variation changes params above, and the step gets the
   * values of its inputs once for each. What the changes do not reach is computed once. Checked while editing.
   */
  variations?(params: z.infer<P>, above: readonly NodeAbove[], check: TypeContext): readonly Variation[];
  /** For steps that give a network: its layers, from those that come in at its ports. */
  layers?(
    given: {
      readonly layers: Readonly<Record<string, Layers>>;
      readonly types: InputTypes<I>;
      readonly seed: readonly [number, number];
    },
    params: z.infer<P>,
  ): Layers | undefined;
  /** The tensor programs that `run` compiles, from what is known before it runs: what people may look at. */
  programs?(inputs: InputTypes<I>, params: z.infer<P>, context: ProgramContext): readonly NamedProgram[];
  /** What the step will cost, from its input types. */
  cost?(inputs: InputTypes<I>, params: z.infer<P>): Partial<Cost>;
  run(inputs: InputValues<I>, params: z.infer<P>, context: RunContext): Promise<OutputValues<O>>;
  /** For nodes that make models: what such a model says of rows. Prediction, ensembles and metrics ask it. */
  predict?(model: Model, dataset: Dataset, context: RunContext): Promise<Prediction>;
  /** For nodes that make models: the vectors that such a model gives for rows. */
  embed?(model: Model, dataset: Dataset, pooling: TokenPooling, context: RunContext): Promise<Vectors>;
  /** For nodes that fit a transform: other rows with the columns that it makes. */
  apply?(transform: Transform, dataset: Dataset, context: RunContext): Promise<Dataset>;
  /** Results differ by backend and thread count, so the cache key holds them. */
  readonly computes?: true;
  /** It names its inputs by the titles of the nodes that they come from, so these join the cache key. */
  readonly titled?: true;
  /** Always run: what it shows depends on more than its inputs. */
  readonly uncached?: true;
}

// --- nodes

export interface Docs {
  /** One sentence. */
  readonly summary: string;
  /** LaTeX. */
  readonly equation?: string;
  /** Markdown: when to use it, and which other node to use instead. */
  readonly notes?: string;
  readonly sources: readonly { readonly title: string; readonly url: string }[];
}

/** A small graph that shows the node at work; `npm test` runs it. Wires are "node.port". */
export interface ExampleGraph {
  readonly nodes: Readonly<
    Record<string, { readonly type: string; readonly params?: Readonly<Record<string, unknown>> }>
  >;
  readonly edges: readonly (readonly [from: string, to: string])[];
}

export interface NodeHead<I extends Ports, O extends Ports, P extends z.ZodObject> {
  /** `family/kebab`, its path under nodes/. Stored in users' documents: never renamed. */
  readonly id: string;
  readonly version: number;
  readonly title: string;
  /** What people type when they look for it. */
  readonly keywords: readonly string[];
  readonly inputs: I;
  readonly outputs: O;
  readonly params: P;
  /** Furniture of the canvas: it computes nothing and is drawn as what it is. Its params have `width` and `height`. */
  readonly canvas?: 'note' | 'group';
  /** Takes random numbers: it gets a `seed` param, and its seed joins the cache key. */
  readonly random?: true;
  /** One step for each version that came before: params of version n → params of version n + 1. */
  readonly migrate?: Readonly<Record<number, (params: Record<string, unknown>) => Record<string, unknown>>>;
  readonly docs: Docs;
  readonly example: ExampleGraph;
}

export type LayerNodeDefinition<
  I extends Ports = Ports,
  O extends Ports = Ports,
  P extends z.ZodObject = z.ZodObject,
  W extends string = string,
> = NodeHead<I, O, P> & LayerRules<I, O, P, W> & { readonly level: 'layer' };

export type InputDefinition<
  I extends Ports = Ports,
  O extends Ports = Ports,
  P extends z.ZodObject = z.ZodObject,
> = NodeHead<I, O, P> & InputRules<I, P> & { readonly level: 'input' };

export type CompositeDefinition<
  I extends Ports = Ports,
  O extends Ports = Ports,
  P extends z.ZodObject = z.ZodObject,
> = NodeHead<I, O, P> & CompositeRules<P> & { readonly level: 'composite' };

export type StepDefinition<
  I extends Ports = Ports,
  O extends Ports = Ports,
  P extends z.ZodObject = z.ZodObject,
> = NodeHead<I, O, P> & StepRules<I, O, P> & { readonly level: 'step' };

export type NodeDefinition = LayerNodeDefinition | InputDefinition | CompositeDefinition | StepDefinition;

const nameParam = z.object({
  name: line({
    title: 'Name',
    description: 'The first part of the names of its parameters. Two layers of a network need two names.',
    default: '',
    max: 100,
    advanced: true,
  }),
});

const seedParam = z.object({
  seed: z.int().min(0).nullable().default(null).meta({
    title: 'Seed',
    description: "Left empty, it follows from the graph's seed and this node's id.",
    advanced: true,
  }),
});

const withSeed = <P extends z.ZodObject>(params: P, random: true | undefined): P =>
  random ? (params.extend(seedParam.shape) as unknown as P) : params;

/** A node at tensor level: it emits operations into the tensor program of the network that it is part of. */
export function defineLayer<
  const I extends Ports,
  const O extends Ports,
  P extends z.ZodObject,
  W extends string = never,
>(definition: NodeHead<I, O, P> & LayerRules<I, O, P, W>): LayerNodeDefinition<I, O, P, W> {
  const params = definition.params.extend(nameParam.shape) as unknown as P;
  return { ...definition, params, level: 'layer' };
}

/** A node that brings a dataset column into a network as a tensor, on its one output. */
export function defineInput<const I extends Ports, const O extends Ports, P extends z.ZodObject>(
  definition: NodeHead<I, O, P> & InputRules<I, P>,
): InputDefinition<I, O, P> {
  return { ...definition, level: 'input' };
}

/** A node that stands for a graph of others. */
export function defineComposite<const I extends Ports, const O extends Ports, P extends z.ZodObject>(
  definition: NodeHead<I, O, P> & CompositeRules<P>,
): CompositeDefinition<I, O, P> {
  const params = definition.params.extend(nameParam.shape) as unknown as P;
  return { ...definition, params, level: 'composite' };
}

/** A node at value level: an async step from values to values. */
export function defineStep<const I extends Ports, const O extends Ports, P extends z.ZodObject>(
  definition: NodeHead<I, O, P> & StepRules<I, O, P>,
): StepDefinition<I, O, P> {
  return { ...definition, params: withSeed(definition.params, definition.random), level: 'step' };
}
