import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { type Key, philox } from './philox.ts';

/** A Philox key from any texts and numbers: the seed of a node is hash(graph seed, node id). */
export function keyOf(...parts: readonly (string | number)[]): Key {
  const digest = sha256(utf8ToBytes(parts.map((part) => `${typeof part}:${part}`).join('\u0000')));
  const view = new DataView(digest.buffer, digest.byteOffset);
  return [view.getUint32(0), view.getUint32(4)];
}

/** The state of a random source, whole: restoring it continues the same stream. */
export interface RandomState {
  readonly key: Key;
  readonly drawn: number;
}

/** A seeded stream of random numbers. Equal keys give equal streams everywhere. */
export class Random {
  readonly key: Key;
  #drawn: number;
  #block = -1;
  readonly #words = new Uint32Array(4);

  constructor(key: Key, drawn = 0) {
    this.key = key;
    this.#drawn = drawn;
  }

  get state(): RandomState {
    return { key: this.key, drawn: this.#drawn };
  }

  /** An independent stream for a named purpose. */
  fork(...names: readonly (string | number)[]): Random {
    return new Random(keyOf(this.key[0], this.key[1], ...names));
  }

  /** A 32-bit word. */
  bits(): number {
    const block = Math.floor(this.#drawn / 4);
    if (block !== this.#block) {
      philox(this.key, block >>> 0, Math.floor(block / 0x1_0000_0000), 0, 0, this.#words, 0);
      this.#block = block;
    }
    return this.#words[this.#drawn++ % 4]!;
  }

  /** Uniform in [0, 1), 24 bits: the same rule as the tensor program's `uniform`. */
  uniform(): number {
    return (this.bits() >>> 8) * 2 ** -24;
  }

  /** Uniform integer in [0, below), without bias (rejection). */
  integer(below: number): number {
    const limit = 0x1_0000_0000 - (0x1_0000_0000 % below);
    for (;;) {
      const word = this.bits();
      if (word < limit) return word % below;
    }
  }

  /** Standard normal (Box–Muller, the cosine branch). */
  normal(): number {
    return normalFrom(this.bits(), this.bits());
  }

  /** A Fisher–Yates permutation of 0 … length − 1. */
  permutation(length: number): Int32Array {
    const order = Int32Array.from({ length }, (_, i) => i);
    for (let i = length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const swap = order[i]!;
      order[i] = order[j]!;
      order[j] = swap;
    }
    return order;
  }
}

/** Two words → one standard normal. The half keeps the logarithm away from zero. */
export const normalFrom = (a: number, b: number): number =>
  Math.sqrt(-2 * Math.log(((a >>> 8) + 0.5) * 2 ** -24)) * Math.cos(2 * Math.PI * (b >>> 8) * 2 ** -24);
