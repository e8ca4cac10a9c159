import type { Index, IndexMethod } from '../../graph/values.ts';
import { int32, type Tensor } from '../../ir/tensor.ts';
import { decodeDataset, encodeDataset } from './arrow.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

type Json = Readonly<Record<string, unknown>>;
type Kind<K extends IndexMethod['kind']> = Extract<IndexMethod, { readonly kind: K }>;

/** The parts of an index that are many numbers or many words, by the path of the method that they belong to. */
interface Parts {
  readonly tensors: Record<string, Tensor>;
  readonly terms: Record<string, readonly string[]>;
  readonly graphs: Record<string, Uint8Array>;
}

const floats = (values: Float32Array, size: number): Tensor => ({
  dtype: 'float32',
  shape: [size === 0 ? 0 : values.length / size, size],
  data: values,
});

/** What is small stays in the result, what is large goes to `parts`. */
function split(method: IndexMethod, path: string, parts: Parts): Json {
  switch (method.kind) {
    case 'bm25': {
      const { terms, offsets, passages, counts, lengths, ...small } = method;
      parts.terms[path] = terms;
      for (const [name, values] of Object.entries({ offsets, passages, counts, lengths }))
        parts.tensors[`${path}.${name}`] = int32([values.length], values);
      return small;
    }
    case 'vectors': {
      const { values, graph, ...small } = method;
      parts.tensors[`${path}.values`] = floats(values, method.size);
      if (graph) parts.graphs[`graph ${path}`] = graph.bytes;
      return { ...small, ...(graph && { graph: { library: graph.library } }) };
    }
    case 'fused':
      return {
        ...method,
        parts: method.parts.map((part, i) => ({ ...part, method: split(part.method, `${path}.${i}`, parts) })),
      };
  }
}

function join(small: Json, path: string, parts: Parts): IndexMethod {
  switch (small.kind as IndexMethod['kind']) {
    case 'bm25': {
      const list = (name: string) => parts.tensors[`${path}.${name}`]!.data as Int32Array;
      return {
        ...(small as unknown as Kind<'bm25'>),
        terms: parts.terms[path]!,
        offsets: list('offsets'),
        passages: list('passages'),
        counts: list('counts'),
        lengths: list('lengths'),
      };
    }
    case 'vectors': {
      const { graph, ...rest } = small as unknown as Kind<'vectors'>;
      const values = parts.tensors[`${path}.values`]!.data as Float32Array;
      return { ...rest, values, ...(graph && { graph: { ...graph, bytes: parts.graphs[`graph ${path}`]! } }) };
    }
    case 'fused': {
      const fused = small as unknown as Kind<'fused'>;
      return {
        ...fused,
        parts: fused.parts.map((part, i) => ({
          ...part,
          method: join(part.method as unknown as Json, `${path}.${i}`, parts),
        })),
      };
    }
  }
}

interface Header {
  readonly text: string;
  readonly id: string;
  readonly method: Json;
  readonly graphs: readonly string[];
}

export function encodeIndex({ passages, text, id, method }: Index): {
  inline: Header;
  blobs: Record<string, { bytes: Uint8Array; media: string }>;
} {
  const parts: Parts = { tensors: {}, terms: {}, graphs: {} };
  const small = split(method, 'method', parts);
  const graphs = Object.entries(parts.graphs).map(
    ([name, bytes]) => [name, { bytes, media: 'application/octet-stream' }] as const,
  );
  return {
    inline: { text, id, method: small, graphs: Object.keys(parts.graphs) },
    blobs: {
      passages: { bytes: encodeDataset(passages), media: 'application/vnd.apache.arrow.stream' },
      lists: { bytes: encodeSafetensors(parts.tensors), media: 'application/x-safetensors' },
      terms: { bytes: new TextEncoder().encode(JSON.stringify(parts.terms)), media: 'application/json' },
      ...Object.fromEntries(graphs),
    },
  };
}

export async function decodeIndex(inline: unknown, blob: (name: string) => Promise<Uint8Array>): Promise<Index> {
  const { text, id, method, graphs } = inline as Header;
  const parts: Parts = {
    tensors: decodeSafetensors(await blob('lists')),
    terms: JSON.parse(new TextDecoder().decode(await blob('terms'))) as Parts['terms'],
    graphs: {},
  };
  for (const name of graphs) parts.graphs[name] = await blob(name);
  return { text, id, passages: decodeDataset(await blob('passages')), method: join(method, 'method', parts) };
}
