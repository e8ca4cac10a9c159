import { wordsOf } from './words.ts';

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

/** MurmurHash3, 32 bits, as a signed integer. */
export function murmur3(bytes: Uint8Array, seed = 0): number {
  const blocks = bytes.length >>> 2;
  const mix = (k: number) => Math.imul(rotate(Math.imul(k, 0xcc9e2d51), 15), 0x1b873593);
  let hash = seed;
  for (let i = 0; i < blocks; i++) {
    const at = i * 4;
    const k = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    hash = Math.imul(rotate(hash ^ mix(k), 13), 5) + 0xe6546b64;
  }
  let tail = 0;
  for (let i = bytes.length - 1; i >= blocks * 4; i--) tail = (tail << 8) | bytes[i]!;
  if (bytes.length & 3) hash ^= mix(tail);
  hash ^= bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}

/** Counts of words, each in the place and with the sign that its hash says (Weinberger et al., 2009). */
export function hashedWords(texts: readonly string[], size: number): Float32Array {
  const values = new Float32Array(texts.length * size);
  const encoder = new TextEncoder();
  texts.forEach((text, row) => {
    for (const word of wordsOf(text)) {
      const hash = murmur3(encoder.encode(word));
      values[row * size + (Math.abs(hash) % size)]! += hash >= 0 ? 1 : -1;
    }
  });
  return values;
}
