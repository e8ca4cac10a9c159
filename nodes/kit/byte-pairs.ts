/**
 * Training of byte-pair encodings (Sennrich et al., 2016) as Hugging Face's BpeTrainer does it: words are counted once,
 * the most frequent pair is merged again and again, equal counts in the order of their ids.
 */
export interface BytePairs {
  /** Symbols by id: special tokens, the alphabet, then merges in order. */
  readonly symbols: readonly string[];
  readonly merges: readonly (readonly [string, string])[];
}

export interface BytePairOptions {
  readonly words: ReadonlyMap<string, number>;
  readonly special: readonly string[];
  readonly alphabet: readonly string[];
  readonly size: number;
  readonly minFrequency: number;
}

interface Candidate {
  readonly pair: number;
  readonly count: number;
  /** The words that held the pair when it was counted. */
  readonly words: Set<number>;
}

/** A pair of ids as one number. */
const SHIFT = 0x200000;
const pairOf = (a: number, b: number): number => a * SHIFT + b;

/** Yields between merges, so that a caller can stay responsive; returns the whole result. */
export function* trainBytePairs({
  words,
  special,
  alphabet,
  size,
  minFrequency,
}: BytePairOptions): Generator<number, BytePairs> {
  const letters = new Set(alphabet);
  for (const word of words.keys()) for (const letter of word) letters.add(letter);
  const symbols = [...special];
  for (const letter of [...letters].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!))
    if (!symbols.includes(letter)) symbols.push(letter);
  const ids = new Map(symbols.map((symbol, id) => [symbol, id]));

  const list = [...words].map(([word, count]) => ({ count, ids: Array.from(word, (letter) => ids.get(letter)!) }));
  const counts = new Map<number, number>();
  const places = new Map<number, Set<number>>();
  list.forEach(({ count, ids: each }, word) => {
    for (let i = 0; i + 1 < each.length; i++) note(pairOf(each[i]!, each[i + 1]!), count, word);
  });
  function note(pair: number, change: number, word: number): void {
    counts.set(pair, (counts.get(pair) ?? 0) + change);
    if (change <= 0) return;
    const at = places.get(pair);
    if (at) at.add(word);
    else places.set(pair, new Set([word]));
  }

  const heap = new Heap();
  for (const [pair, count] of counts) if (count > 0) heap.push({ pair, count, words: places.get(pair)! });
  places.clear();

  const merges: [string, string][] = [];
  while (symbols.length < size) {
    const top = heap.pop();
    if (!top) break;
    const now = counts.get(top.pair)!;
    if (top.count !== now) {
      // counted before other merges took some away: back with the true count
      heap.push({ ...top, count: now });
      continue;
    }
    if (top.count < 1 || top.count < minFrequency) break;
    const [a, b] = [Math.floor(top.pair / SHIFT), top.pair % SHIFT];
    const joined = symbols[a]! + symbols[b]!;
    const known = ids.get(joined);
    const id = known ?? symbols.length;
    if (known === undefined) {
      symbols.push(joined);
      ids.set(joined, id);
    }
    merges.push([symbols[a]!, symbols[b]!]);
    for (const word of top.words) {
      const { ids: each, count } = list[word]!;
      for (let i = 0; i + 1 < each.length; i++) {
        if (each[i] !== a || each[i + 1] !== b) continue;
        if (i > 0) {
          note(pairOf(each[i - 1]!, a), -count, word);
          note(pairOf(each[i - 1]!, id), count, word);
        }
        each.splice(i, 2, id);
        if (i + 1 < each.length) {
          note(pairOf(b, each[i + 1]!), -count, word);
          note(pairOf(id, each[i + 1]!), count, word);
        }
      }
    }
    for (const [pair, at] of places)
      if (counts.get(pair)! > 0) heap.push({ pair, count: counts.get(pair)!, words: at });
    places.clear();
    yield symbols.length;
  }
  return { symbols, merges };
}

/** Largest count first; of equal counts, the smaller pair of ids. */
class Heap {
  readonly #items: Candidate[] = [];

  #before(a: Candidate, b: Candidate): boolean {
    return a.count > b.count || (a.count === b.count && a.pair < b.pair);
  }
  push(item: Candidate): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (!this.#before(items[at]!, items[up]!)) break;
      [items[at], items[up]] = [items[up]!, items[at]!];
      at = up;
    }
  }
  pop(): Candidate | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (!top || !last || items.length === 0) return top;
    items[0] = last;
    for (let at = 0; ; ) {
      let best = at;
      for (const down of [2 * at + 1, 2 * at + 2])
        if (down < items.length && this.#before(items[down]!, items[best]!)) best = down;
      if (best === at) return top;
      [items[at], items[best]] = [items[best]!, items[at]!];
      at = best;
    }
  }
}

/** GPT-2's table: every byte as a printable character, so that byte-level tokens are text. */
export const byteCharacters: readonly string[] = (() => {
  const printable = [
    ...Array.from({ length: 94 }, (_, i) => 33 + i),
    ...Array.from({ length: 12 }, (_, i) => 161 + i),
    ...Array.from({ length: 82 }, (_, i) => 174 + i),
  ];
  const table: string[] = [];
  let next = 256;
  for (let byte = 0; byte < 256; byte++) table.push(String.fromCodePoint(printable.includes(byte) ? byte : next++));
  return table;
})();

/** How GPT-2 cuts text into words before pairs are merged. */
const words = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

export const byteLevelWords = (text: string): string[] => text.match(words) ?? [];
