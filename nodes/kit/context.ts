import type { Dataset } from '../../graph/dataset.ts';
import type { FileReference } from '../../graph/document.ts';
import type { Figure, Layers, Model, Prediction } from '../../graph/values.ts';
import type { Builder } from '../../ir/builder.ts';
import type { Value } from '../../ir/operation.ts';
import type { Tensor } from '../../ir/tensor.ts';
import type { TensorType } from '../../ir/types.ts';
import type { Random } from '../../lib/random.ts';
import type { Compute } from './compute.ts';
import type { Decode } from './define-node.ts';

/** The part of an AbortSignal that steps use. */
export interface CancelSignal {
  readonly aborted: boolean;
  throwIfAborted(): void;
}

/** What a step gets of its platform. One total table of these per platform: page and Node. */
export interface RunContext {
  /** Seeded by hash(graph seed, node id), or by the node's own `seed` param. */
  readonly random: Random;
  /** Aborted on cancel. A step looks at it between batches, or awaits something that does. */
  readonly signal: CancelSignal;
  /** The device that computes tensor programs. */
  compute(): Promise<Compute>;
  readonly networks: Networks;
  readonly models: Models;
  /** For steps over repetitions: what each repetition is called, in the order of the inputs. */
  readonly labels: readonly string[];
  readonly datasets: Datasets;
  readonly files: Files;
  readonly neighbours: Neighbours;
  readonly chat: Chat;
  readonly checkpoints: Checkpoints;
  /** The titles of the nodes that a port's wires come from, in reading order: for steps that are `titled`. */
  titles(port: string): readonly string[];
  /** From 0 to 1. */
  progress(fraction: number, note?: string): void;
  /** A point of a live curve. Points are batched on the way; none is dropped or rounded. */
  point(series: string, step: number, value: number): void;
  /** Shows something on an output while the step still runs. */
  preview(port: string, figure: Figure): void;
  log(message: string): void;
  /** Gives the event loop a turn, so that messages such as cancel arrive. Throws once the run is cancelled. */
  breathe(): Promise<void>;
}

export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly trainable: boolean;
}

/** A network that can be put into a tensor program. */
export interface Network {
  readonly inputs: readonly { readonly column: string; readonly type: TensorType }[];
  readonly parameters: readonly Parameter[];
  /** What it gives for a batch of `B` rows. */
  readonly output: TensorType;
  readonly hasAttention: boolean;
  /** Parameters that linear layers use: where something can be put beside them. */
  readonly linearWeights: ReadonlySet<string>;
  /** Layers that give vectors, by name. */
  readonly layers: readonly { readonly name: string; readonly attends: boolean }[];
  /** Why it can't go on with a sequence one position at a time; undefined where it can. */
  readonly wholeOnly: string | undefined;
  /** New weights, each from the network's seed and its own name. */
  initialize(): Readonly<Record<string, Tensor>>;
  /**
   * The forward pass as values of `ir`. `counter` (uint32[2]) moves the random numbers of dropout on; a pass without
   * one is a prediction. With `decode` it sees some positions of a sequence; what layers keep is named after them.
   */
  forward(
    ir: Builder,
    at: {
      readonly inputs: Readonly<Record<string, Value>>;
      readonly parameters: Readonly<Record<string, Value>>;
      readonly counter?: Value;
      readonly decode?: Decode;
    },
  ): Value;
}

/** Builds networks from layers: the compiler's part, given to steps as a service. */
export interface Networks {
  fromLayers(layers: Layers): Promise<Network>;
  fromModel(model: Model): Promise<Network>;
}

/** Any model, whatever made it. */
export interface Models {
  /** What it says of each row. Columns that it reads and that are absent are made by its transforms. */
  predict(model: Model, dataset: Dataset): Promise<Prediction>;
  /** A vector for each row: the model's own, or those of its tokens pooled. */
  embed(model: Model, dataset: Dataset, pooling: TokenPooling): Promise<Vectors>;
}

/** How the vectors of tokens become one. */
export type TokenPooling = 'mean' | 'max' | 'cls';
export interface Vectors {
  readonly size: number;
  /** Row after row. */
  readonly values: Float32Array;
}

export interface Datasets {
  /** A data set that a package ships, packed to typed columns; fetched on first use. */
  load(name: string): Promise<Dataset>;
}

export interface Files {
  /** An uploaded file, whole. */
  read(file: FileReference): Promise<Uint8Array>;
}

/** A chat endpoint of OpenAI's kind. Address and key belong to the machine; a platform without them says why. */
export type Chat =
  | { readonly missing: string }
  | {
      complete(request: {
        readonly model: string;
        readonly messages: readonly { readonly role: 'system' | 'user' | 'assistant'; readonly content: string }[];
        /** Of the answer at most. */
        readonly tokens: number;
      }): Promise<string>;
    };

/** Approximate search among vectors, by a library that only some platforms have: the others say why. */
export type Neighbours =
  | { readonly missing: string }
  | {
      /** A graph over vectors that lie side by side, as bytes. */
      build(vectors: Float32Array, options: NeighbourOptions): Promise<Uint8Array>;
      open(
        graph: Uint8Array,
        options: NeighbourOptions,
      ): Promise<{ nearest(vector: Float32Array, count: number): ArrayLike<number> }>;
    };
export interface NeighbourOptions {
  readonly size: number;
  readonly metric: 'cosine' | 'dot' | 'euclidean';
}

/** Everything needed to go on from here: named tensors and a JSON part. */
export interface Checkpoint {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly state: unknown;
}

export interface Checkpoints {
  /** The newest whole checkpoint of this very step (same cache key), if there is one. */
  load(): Promise<Checkpoint | undefined>;
  /** Written to a temporary place, checksummed, then put in place; the last two are kept. */
  save(checkpoint: Checkpoint): Promise<void>;
  /** Seconds between two saves. */
  readonly everySeconds: number;
}
