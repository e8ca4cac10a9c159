import { z } from 'zod';
import type { SizeJson } from '../ir/size.ts';
import type { Tensor } from '../ir/tensor.ts';
import type { TensorTypeJson } from '../ir/types.ts';
import type { Dataset } from './dataset.ts';
import { capabilities, type PortKind, tasks } from './types.ts';

/** A measured number. Names are fixed: `accuracy`, `f1.macro`, `perplexity`, `baseline.unigram.perplexity`. */
export const metricSchema = z.object({
  name: z.string(),
  value: z.number().nullable(),
  unit: z.string().optional(),
  better: z.enum(['higher', 'lower']),
});
export type Metric = Readonly<z.infer<typeof metricSchema>>;

export const tableSchema = z.object({
  title: z.string(),
  columns: z.array(z.object({ name: z.string(), kind: z.enum(['text', 'number']) })),
  rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
});
export type Table = Readonly<z.infer<typeof tableSchema>>;

/** A curve: `values[i]` was measured at step `steps[i]`. */
export const seriesSchema = z.object({
  name: z.string(),
  steps: z.array(z.number()),
  values: z.array(z.number().nullable()),
});
export type Series = Readonly<z.infer<typeof seriesSchema>>;

export const metricsSchema = z.object({
  values: z.array(metricSchema),
  tables: z.array(tableSchema).optional(),
  series: z.array(seriesSchema).optional(),
});
export type Metrics = Readonly<z.infer<typeof metricsSchema>>;

const axis = z.object({ title: z.string(), scale: z.enum(['linear', 'log']).optional() });
/** What a viewer draws. A specification, not a picture. */
export const figureSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('line'), title: z.string(), x: axis, y: axis, series: z.array(seriesSchema) }),
  z.object({
    kind: z.literal('bar'),
    title: z.string(),
    y: axis,
    bars: z.array(z.object({ label: z.string(), value: z.number() })),
  }),
  z.object({
    kind: z.literal('scatter'),
    title: z.string(),
    x: axis,
    y: axis,
    points: z.array(
      z.object({ x: z.number(), y: z.number(), label: z.string().optional(), group: z.string().optional() }),
    ),
  }),
  z.object({
    kind: z.literal('heatmap'),
    title: z.string(),
    rows: z.array(z.string()),
    columns: z.array(z.string()),
    values: z.array(z.array(z.number())),
  }),
  z.object({
    kind: z.literal('matrix'),
    title: z.string(),
    rows: z.array(z.string()),
    columns: z.array(z.string()),
    counts: z.array(z.array(z.number())),
  }),
  z.object({ kind: z.literal('text'), title: z.string(), text: z.string() }),
  z.object({ kind: z.literal('image'), title: z.string(), width: z.int(), height: z.int(), png: z.string() }),
  z.object({ kind: z.literal('table'), title: z.string(), table: tableSchema, total: z.int().optional() }),
]);
export type Figure = Readonly<z.infer<typeof figureSchema>>;

/** One layer of a network. */
export interface LayerNode {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  /** The first part of the names of its parameters: `block.0.attention`. */
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Blanks that the checker solved, as numbers or as the texts of sizes that a run still has to bind. */
  readonly solved: Readonly<Record<string, SizeJson>>;
}

/** What parameter-efficient fine-tuning puts beside a network's layers, by name. Its own parameters have names too. */
export type Adaptation = { readonly name: string; readonly seed: readonly [number, number] } & (
  | {
      /** y += α/r · B A x beside each linear weight: `<layer>.lora.<name>.a` and `.b`. */
      readonly kind: 'lora';
      readonly rank: number;
      readonly alpha: number;
      readonly dropout: number;
      /** Parameter names. */
      readonly targets: readonly string[];
    }
  | {
      /** Keys and values that every position of an attention layer also sees: `<layer>.prefix.<name>.key`. */
      readonly kind: 'prefix';
      readonly tokens: number;
      readonly targets: readonly string[];
    }
  | {
      /** y += U φ(D y) after a layer: `<layer>.adapter.<name>.down.weight`. */
      readonly kind: 'adapter';
      readonly width: number;
      readonly activation: string;
      readonly targets: readonly string[];
    }
);

/** The layers between a network's inputs and its output: data, so a saved model can be built again anywhere. */
export interface Layers {
  /** Inputs first. */
  readonly nodes: readonly LayerNode[];
  readonly edges: readonly { readonly from: readonly [string, string]; readonly to: readonly [string, string] }[];
  readonly inputs: readonly { readonly node: string; readonly column: string; readonly type: TensorTypeJson }[];
  readonly output: readonly [node: string, port: string];
  /** Makes the weights: each from this and its name. */
  readonly seeds: Readonly<Record<string, readonly [number, number]>>;
  readonly adaptations?: readonly Adaptation[];
}

const tensorType = z.custom<TensorTypeJson>((value) => typeof value === 'object' && value !== null && 'dtype' in value);

/** What a model says of itself. Its weights are tensors beside it, by the names in `parameters`. */
export const modelCardSchema = z.object({
  task: z.enum(tasks),
  signature: z.object({
    /** `origin`: from which column, and by which transform, it can be made. */
    inputs: z.array(
      z.object({
        column: z.string(),
        type: tensorType,
        origin: z.object({ column: z.string(), transform: z.string() }).optional(),
      }),
    ),
    /** Columns that an estimator reads as they are. */
    columns: z.array(z.object({ name: z.string(), kind: z.string() })).optional(),
    output: tensorType.optional(),
    target: z.string().optional(),
    /** The target's categories, in the order of the probabilities. */
    categories: z.array(z.string()).optional(),
  }),
  capabilities: z.array(z.enum(capabilities)),
  implementation: z.string(),
  version: z.int(),
  /** How columns that the model reads are made from others, where they are absent; by the hash of the transform. */
  transforms: z.record(
    z.string(),
    z.object({
      implementation: z.string(),
      column: z.string(),
      params: z.record(z.string(), z.unknown()),
      data: z.unknown(),
    }),
  ),
  layers: z.custom<Layers>((value) => typeof value === 'object' && value !== null).optional(),
  /** What an estimator or an ensemble knows beside its tensors, as its node type writes and reads it. */
  state: z.record(z.string(), z.unknown()).optional(),
  parameters: z.array(z.object({ name: z.string(), shape: z.array(z.int()), trainable: z.boolean() })),
  /** How it came to be: steps taken, seconds, device. */
  training: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});
export type ModelCard = Readonly<z.infer<typeof modelCardSchema>>;

/** What a model says of rows: a probability for each class, a number, or a class for each position. */
export type Prediction =
  | {
      readonly kind: 'classes';
      readonly categories: readonly string[];
      /** Row after row, a number for each category. */
      readonly probabilities: Float32Array;
    }
  | { readonly kind: 'numbers'; readonly values: Float64Array }
  | {
      readonly kind: 'tags';
      readonly categories: readonly string[];
      readonly length: number;
      /** Row after row, an index for each position. */
      readonly codes: Int32Array;
    };

export interface Model {
  readonly card: ModelCard;
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** The content of a tokenizer.json (Hugging Face's format). */
export interface Tokenizer {
  readonly json: Readonly<Record<string, unknown>>;
  readonly vocabulary: number;
}

/** Choices that another node carries out: an objective, an optimizer, a schedule. */
export interface Recipe {
  readonly type: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** How passages are searched: by words, by vectors, or by several of these whose rankings are fused. */
export type IndexMethod =
  | {
      /** Inverted lists: term t stands in the passages `passages[offsets[t]]` up to `offsets[t + 1]`, `counts` times. */
      readonly kind: 'bm25';
      readonly variant: 'okapi' | 'plus' | 'l' | 'overlap';
      readonly k1: number;
      readonly b: number;
      readonly delta: number;
      /** How texts, also those of queries, become terms. */
      readonly words: { readonly stopWords: boolean; readonly stem: boolean };
      readonly terms: readonly string[];
      readonly offsets: Int32Array;
      readonly passages: Int32Array;
      readonly counts: Int32Array;
      /** Terms in each passage. */
      readonly lengths: Int32Array;
    }
  | {
      readonly kind: 'vectors';
      readonly metric: 'cosine' | 'dot' | 'euclidean';
      /** The column that the vectors came from; queries bring theirs under the same name. */
      readonly column: string;
      readonly size: number;
      /** Passage after passage. */
      readonly values: Float32Array;
      /** A graph for approximate search, in its library's format; absent: every passage is compared. */
      readonly graph?: { readonly library: 'usearch'; readonly bytes: Uint8Array };
    }
  | {
      readonly kind: 'fused';
      readonly k: number;
      /** How many of each ranking count. */
      readonly depth: number;
      readonly parts: readonly { readonly weight: number; readonly method: IndexMethod }[];
    };

/** Passages that can be searched. */
export interface Index {
  readonly passages: Dataset;
  /** The column of the passages' texts, and that of their names. */
  readonly text: string;
  readonly id: string;
  readonly method: IndexMethod;
}

/** What each kind of port carries while a plan runs. */
export interface PortValues {
  dataset: Dataset;
  text: string;
  number: number;
  tokenizer: Tokenizer;
  /** Tensors do not travel between steps: a step that takes one takes the layers that make it. */
  tensor: Layers;
  model: Model;
  objective: Recipe;
  optimizer: Recipe;
  schedule: Recipe;
  index: Index;
  environment: Recipe;
  policy: Recipe & { readonly tensors: Readonly<Record<string, Tensor>> };
  metrics: Metrics;
  figure: Figure;
}
export type PortValue = PortValues[PortKind];

/** Where a value lies: the SHA-256 of its manifest, which names its blobs. */
export interface ValueReference {
  readonly kind: PortKind;
  readonly sha256: string;
  /** Manifest and blobs together. */
  readonly bytes: number;
}

export const manifestSchema = z.object({
  kind: z.string(),
  type: z.json().optional(),
  /** What is small enough to lie in the manifest itself. */
  inline: z.json().optional(),
  blobs: z.record(z.string(), z.object({ sha256: z.string(), bytes: z.int(), media: z.string() })),
});
export type Manifest = Readonly<z.infer<typeof manifestSchema>>;
