import type { Model } from '../../graph/values.ts';
import { hashJson, sha256Hex } from '../../lib/hash.ts';
import type { ExampleGraph } from '../../nodes/kit/define-node.ts';
import { type Numbers, readFixture } from './fixtures.ts';

/** What fixtures/adapters.py wrote. */
export interface AdapterFixture {
  readonly base: { readonly width: number; readonly layers: number; readonly heads: number };
  readonly counts: readonly {
    readonly kind: 'lora' | 'prefix';
    readonly rank?: number;
    readonly tokens?: number;
    readonly sites?: readonly ('q' | 'k' | 'v' | 'o')[];
    readonly trainable: number;
  }[];
  readonly lora: Readonly<Record<'x' | 'weight' | 'bias' | 'a' | 'b' | 'y' | 'cotangent' | 'merged', Numbers>> & {
    readonly rank: number;
    readonly alpha: number;
    readonly gradients: Readonly<Record<'a' | 'b', Numbers>>;
  };
  readonly distill: Readonly<Record<'teacher' | 'student' | 'target' | 'gradient', Numbers>> & {
    readonly temperature: number;
    readonly alpha: number;
    readonly loss: number;
  };
}
export const adapterFixture = (): AdapterFixture => readFixture<AdapterFixture>('adapters');

/** A decoder of the fixture's size, ending in `node`, which gets the network on its port `model`. */
export function decoderWith(
  { width, layers, heads }: AdapterFixture['base'],
  node: { readonly type: string; readonly params?: Readonly<Record<string, unknown>> },
): ExampleGraph {
  return {
    nodes: {
      input: { type: 'network/input', params: { length: 6, vocabulary: 64 } },
      embedding: { type: 'network/embedding', params: { width } },
      block: { type: 'network/decoder-block', params: { heads, repeat: layers, name: 'block' } },
      head: { type: 'network/linear', params: { bias: false, name: 'head' } },
      network: { type: 'network/network' },
      node,
    },
    edges: [
      ['input.y', 'embedding.x'],
      ['embedding.y', 'block.x'],
      ['block.y', 'head.x'],
      ['head.y', 'network.x'],
      ['network.model', 'node.model'],
    ],
  };
}

/** Trainable parameters, counted from the tensors. */
export const trainableOf = ({ card, tensors }: Model): number =>
  card.parameters.filter(({ trainable }) => trainable).reduce((sum, { name }) => sum + tensors[name]!.data.length, 0);

/** One hash over tensors by name. */
export const hashOf = (tensors: Model['tensors'], names: readonly string[]): string =>
  hashJson(
    names.map((name) => {
      const { data } = tensors[name]!;
      return [name, sha256Hex(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))];
    }),
  );
