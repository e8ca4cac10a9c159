import { Dataset } from '../../graph/dataset.ts';
import { type PortKind, type WireTypeJson, wireToJson } from '../../graph/types.ts';
import {
  type Figure,
  figureSchema,
  type Manifest,
  type Metrics,
  type Model,
  manifestSchema,
  metricsSchema,
  modelCardSchema,
  type PortValue,
  type PortValues,
  type Recipe,
  type Tokenizer,
  type ValueReference,
} from '../../graph/values.ts';
import { canonicalJson } from '../../lib/canonical-json.ts';
import { sha256Hex } from '../../lib/hash.ts';
import { fail } from '../../lib/problem.ts';
import { indexType } from '../../nodes/kit/indexes.ts';
import { decodeDataset, encodeDataset } from './arrow.ts';
import { decodeIndex, encodeIndex } from './index-codec.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

/** Bytes by their SHA-256. */
export interface Blobs {
  get(sha256: string): Promise<Uint8Array | undefined>;
  put(bytes: Uint8Array, sha256: string): Promise<void>;
}

interface Encoded {
  readonly inline?: unknown;
  readonly blobs?: Readonly<Record<string, { readonly bytes: Uint8Array; readonly media: string }>>;
}

interface Codec<K extends PortKind> {
  encode(value: PortValues[K]): Encoded;
  decode(inline: unknown, blob: (name: string) => Promise<Uint8Array>): Promise<PortValues[K]>;
  /** The exact type of a value that is there, where it says more than the checker could. */
  type?(value: PortValues[K]): WireTypeJson;
}

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const parse = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));

const recipe = <K extends 'objective' | 'optimizer' | 'schedule' | 'environment'>(): Codec<K> => ({
  encode: (value) => ({ inline: value }),
  decode: async (inline) => inline as PortValues[K],
});
const withTensors = <K extends 'policy'>(): Codec<K> => ({
  encode: ({ tensors, ...rest }: Recipe & { tensors: Model['tensors'] }) => ({
    inline: rest,
    blobs: { tensors: { bytes: encodeSafetensors(tensors), media: 'application/x-safetensors' } },
  }),
  decode: async (inline, blob) =>
    ({ ...(inline as Recipe), tensors: decodeSafetensors(await blob('tensors')) }) as PortValues[K],
});

/** One row for each kind of value: open formats only. */
const codecs: { readonly [K in PortKind]: Codec<K> } = {
  dataset: {
    encode: (value) => ({
      blobs: { rows: { bytes: encodeDataset(value), media: 'application/vnd.apache.arrow.stream' } },
    }),
    decode: async (_, blob) => decodeDataset(await blob('rows')),
    type: (value) => wireToJson(value.type),
  },
  text: {
    encode: (value) => ({
      blobs: { text: { bytes: new TextEncoder().encode(value), media: 'text/plain; charset=utf-8' } },
    }),
    decode: async (_, blob) => new TextDecoder().decode(await blob('text')),
  },
  number: {
    encode: (value) => ({ inline: value }),
    decode: async (inline) => Number(inline),
  },
  tokenizer: {
    encode: ({ json: content, vocabulary }) => ({
      inline: { vocabulary },
      blobs: { tokenizer: { bytes: json(content), media: 'application/json' } },
    }),
    decode: async (inline, blob): Promise<Tokenizer> => ({
      vocabulary: (inline as { vocabulary: number }).vocabulary,
      json: parse(await blob('tokenizer')) as Tokenizer['json'],
    }),
    type: ({ vocabulary }) => ({ kind: 'tokenizer', vocabulary }),
  },
  tensor: {
    encode: () => fail('value/tensor', 'Tensors do not travel between steps.'),
    decode: () => fail('value/tensor', 'Tensors do not travel between steps.'),
  },
  model: {
    encode: ({ card, tensors }) => ({
      blobs: {
        card: { bytes: json(card), media: 'application/json' },
        weights: { bytes: encodeSafetensors(tensors), media: 'application/x-safetensors' },
      },
    }),
    decode: async (_, blob) => ({
      card: modelCardSchema.parse(parse(await blob('card'))),
      tensors: decodeSafetensors(await blob('weights')),
    }),
  },
  objective: recipe(),
  optimizer: recipe(),
  schedule: recipe(),
  environment: recipe(),
  index: { encode: encodeIndex, decode: decodeIndex, type: (value) => wireToJson(indexType(value)) },
  policy: withTensors(),
  metrics: {
    encode: (value) => ({ blobs: { metrics: { bytes: json(value), media: 'application/json' } } }),
    decode: async (_, blob) => metricsSchema.parse(parse(await blob('metrics'))) as Metrics,
  },
  figure: {
    encode: (value) => ({ blobs: { figure: { bytes: json(value), media: 'application/json' } } }),
    decode: async (_, blob) => figureSchema.parse(parse(await blob('figure'))) as Figure,
  },
};

/** Stores a value and says where: blobs first, the manifest that names them last. */
export async function storeValue<K extends PortKind>(
  kind: K,
  value: PortValues[K],
  store: Blobs,
): Promise<{ reference: ValueReference; manifest: Manifest }> {
  const codec = codecs[kind] as Codec<K>;
  const encoded = codec.encode(value);
  const blobs: Record<string, Manifest['blobs'][string]> = {};
  let bytes = 0;
  for (const [name, { bytes: content, media }] of Object.entries(encoded.blobs ?? {})) {
    const sha256 = sha256Hex(content);
    await store.put(content, sha256);
    blobs[name] = { sha256, bytes: content.length, media };
    bytes += content.length;
  }
  const type = codec.type?.(value);
  const manifest = {
    kind,
    ...(type && { type }),
    ...(encoded.inline !== undefined && { inline: encoded.inline }),
    blobs,
  } as Manifest;
  const content = new TextEncoder().encode(canonicalJson(manifest));
  const sha256 = sha256Hex(content);
  await store.put(content, sha256);
  return { reference: { kind, sha256, bytes: bytes + content.length }, manifest };
}

async function checked(store: Blobs, sha256: string): Promise<Uint8Array> {
  const bytes = await store.get(sha256);
  if (!bytes)
    return fail('value/missing', `The stored value ${sha256.slice(0, 12)} is not there any more.`, {
      hint: 'Run the step again.',
    });
  if (sha256Hex(bytes) !== sha256)
    fail('value/damaged', `The stored value ${sha256.slice(0, 12)} is damaged.`, { hint: 'Run the step again.' });
  return bytes;
}

export async function loadManifest(sha256: string, store: Blobs): Promise<Manifest> {
  return manifestSchema.parse(parse(await checked(store, sha256))) as Manifest;
}

export async function loadValue(reference: { readonly sha256: string }, store: Blobs): Promise<PortValue> {
  const manifest = await loadManifest(reference.sha256, store);
  const codec = codecs[manifest.kind as PortKind] as Codec<PortKind>;
  return codec.decode(manifest.inline, (name) => checked(store, manifest.blobs[name]!.sha256));
}

/** A value whole, as JSON: a data set as columns, a model as its card, a figure as its specification. */
export function valueToJson(value: PortValue): unknown {
  if (value instanceof Dataset)
    return {
      rows: value.rows,
      columns: Object.fromEntries(value.columns.map((column) => [column.name, columnToJson(value, column.name)])),
    };
  if (typeof value === 'object' && 'card' in value) return value.card;
  if (typeof value === 'object' && 'passages' in value)
    return { type: wireToJson(indexType(value)), passages: valueToJson(value.passages) };
  if (typeof value === 'object' && 'tensors' in value) return { ...value, tensors: Object.keys(value.tensors) };
  return value;
}

function columnToJson(dataset: Dataset, name: string): unknown[] {
  const { data } = dataset.column(name);
  const rows = Array.from({ length: dataset.rows }, (_, i) => i);
  const block = (values: ArrayLike<number>, size: number) =>
    rows.map((i) => Array.from({ length: size }, (_, k) => values[i * size + k]!));
  switch (data.kind) {
    case 'number':
      return Array.from(data.values, (value) => (Number.isNaN(value) ? null : value));
    case 'category':
      return Array.from(data.codes, (code) => data.categories[code] ?? null);
    case 'text':
    case 'choice':
      return [...data.values];
    case 'tokens':
      return block(data.values, data.length);
    case 'tags':
      return block(data.codes, data.length).map((row) => row.map((code) => data.categories[code] ?? null));
    case 'vector':
      return block(data.values, data.size);
    case 'audio':
      return block(data.values, data.samples);
    case 'image':
      return block(data.values, data.height * data.width * data.channels);
  }
}
