/** What a row's number for a word is: how often it stands there, whether it does, or that by how rare the word is. */
export type Weighting = 'counts' | 'binary' | 'tfidf';

export interface TextOptions {
  readonly weighting: Weighting;
  /** Longest run of words that counts as one. */
  readonly ngrams: number;
  /** Rows that a word has to stand in. */
  readonly minimum: number;
  /** The most frequent so many; 0 takes all. */
  readonly most: number;
}

export interface BagOfWords {
  readonly words: readonly string[];
  readonly weighting: Weighting;
  readonly ngrams: number;
  /** For `tfidf`: ln((1 + n) / (1 + rows with the word)) + 1. */
  readonly rarity?: readonly number[];
}

/** Two letters, digits or underscores, or more, in lower case: scikit-learn's `\b\w\w+\b`. */
const WORD = /[\p{L}\p{N}_]{2,}/gu;

/** The words of a text and their runs of up to `ngrams`, joined by spaces. */
export function wordsOf(text: string, ngrams: number): readonly string[] {
  const words: readonly string[] = text.toLowerCase().match(WORD) ?? [];
  if (ngrams === 1) return words;
  const all = [...words];
  for (let length = 2; length <= ngrams; length++)
    for (let i = 0; i + length <= words.length; i++) all.push(words.slice(i, i + length).join(' '));
  return all;
}

/** The vocabulary of some texts, in alphabetical order, as scikit-learn's CountVectorizer finds it. */
export function fitWords(texts: readonly string[], { weighting, ngrams, minimum, most }: TextOptions): BagOfWords {
  const rows = new Map<string, number>();
  const total = new Map<string, number>();
  for (const text of texts) {
    const words = wordsOf(text, ngrams);
    for (const word of words) total.set(word, (total.get(word) ?? 0) + 1);
    for (const word of new Set(words)) rows.set(word, (rows.get(word) ?? 0) + 1);
  }
  let words = [...rows.keys()].filter((word) => rows.get(word)! >= minimum).sort();
  if (most > 0 && words.length > most)
    // a stable sort: of equally frequent words, the first by the alphabet
    words = words
      .toSorted((a, b) => total.get(b)! - total.get(a)!)
      .slice(0, most)
      .sort();
  if (weighting !== 'tfidf') return { words, weighting, ngrams };
  return { words, weighting, ngrams, rarity: words.map((word) => inverseFrequency(rows.get(word)!, texts.length)) };
}

const inverseFrequency = (rows: number, of: number): number => Math.log((1 + of) / (1 + rows)) + 1;

/** The numbers of one text; those of TF-IDF have length 1. */
export function countWords(
  text: string,
  { weighting, ngrams, rarity }: BagOfWords,
  places: ReadonlyMap<string, number>,
  add: (index: number, value: number) => void,
): void {
  const counts = new Map<number, number>();
  for (const word of wordsOf(text, ngrams)) {
    const place = places.get(word);
    if (place !== undefined) counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  if (weighting !== 'tfidf') {
    for (const [place, count] of counts) add(place, weighting === 'binary' ? 1 : count);
    return;
  }
  let square = 0;
  for (const [place, count] of counts) {
    const value = count * rarity![place]!;
    counts.set(place, value);
    square += value * value;
  }
  const length = Math.sqrt(square);
  for (const [place, value] of counts) add(place, value / length);
}
