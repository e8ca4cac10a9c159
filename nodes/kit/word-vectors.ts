import type { Dataset } from '../../graph/dataset.ts';
import type { DatasetType } from '../../graph/types.ts';
import type { Place } from './define-node.ts';
import { wordsOf } from './words.ts';

type Complain = (code: string, message: string, place?: Place) => never;

export interface WordVectors {
  readonly words: readonly string[];
  readonly size: number;
  /** Word after word. */
  readonly values: Float32Array;
}

/** A word and its numbers in each line. A first line with two whole numbers (word2vec) is left out. */
export function readWordVectors(text: string, most: number, complain: Complain): WordVectors {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (/^\s*\d+\s+\d+\s*$/.test(lines[0] ?? '')) lines.shift();
  const size = (lines[0]?.trim().split(/\s+/).length ?? 1) - 1;
  if (size < 1)
    return complain('vectors/empty', 'Word vectors needs a word and its numbers in each line, there are none.', {
      hint: 'Write lines such as: sea 0.1 -0.4 0.7',
    });
  const kept = lines.slice(0, most);
  const words: string[] = [];
  const values = new Float32Array(kept.length * size);
  for (const [i, line] of kept.entries()) {
    const [word, ...cells] = line.trim().split(/\s+/);
    const numbers = cells.map(Number);
    if (numbers.length !== size || !numbers.every(Number.isFinite))
      complain(
        'vectors/line',
        `Word vectors needs a word and ${size} numbers in each line, line ${i + 1} is another.`,
        {
          hint: 'Mend that line.',
        },
      );
    words.push(word!);
    values.set(numbers, i * size);
  }
  return { words, size, values };
}

/** The columns of words and of vectors in a table of word vectors. */
export function vectorColumns(type: DatasetType, title: string, port: string, complain: Complain) {
  const word =
    type.columns.find(({ kind, role }) => kind === 'text' && role === 'id') ??
    type.columns.find(({ kind }) => kind === 'text');
  const vector = type.columns.find(({ kind }) => kind === 'vector');
  if (!word || vector?.kind !== 'vector')
    return complain(
      'vectors/columns',
      `${title} needs words and their vectors on ${port}, the data set has ${type.columns.map((each) => `${each.name} (${each.kind})`).join(', ') || 'no columns'}.`,
      { port, hint: 'Wire Word vectors, or another table with a column of words and one of vectors.' },
    );
  return { word: word.name, vector: vector.name, size: vector.size };
}

/** Words by their vectors' places; the first of equal words counts. */
export function wordVectorsOf(table: Dataset, title: string, port: string, complain: Complain) {
  const columns = vectorColumns(table.type, title, port, complain);
  const { size, values } = table.data(columns.vector, 'vector');
  const words = table.data(columns.word, 'text').values;
  const places = new Map<string, number>();
  words.forEach((word, i) => {
    if (!places.has(word)) places.set(word, i);
  });
  return { words, size, values, places };
}

/** A word of a text as the table has it: as it is written, else in lower case. */
export const placeOf = (places: ReadonlyMap<string, number>, word: string): number | undefined =>
  places.get(word) ?? places.get(word.toLowerCase());

// --- sentences

export type Pooling = 'mean' | 'max';
/** How much a word counts: all the same, or frequent ones less (Arora et al., 2017). */
export type WordWeights = 'equal' | 'sif';

/** Arora's a: words that are more frequent than this count for less than half. */
const SIF = 1e-3;

/**
 * a / (a + p(word)). Tables have the most frequent words first, so by Zipf's law the word of rank r is the 1 / (r H)th
 * part of all text.
 */
export function sifWeights(count: number): Float64Array {
  let harmonic = 0;
  for (let rank = 1; rank <= count; rank++) harmonic += 1 / rank;
  return Float64Array.from({ length: count }, (_, i) => SIF / (SIF + 1 / ((i + 1) * harmonic)));
}

export interface Pooled {
  /** Text after text; zeros where no word is known. */
  readonly values: Float32Array;
  readonly known: number;
  readonly unknown: number;
  /** Texts without any known word. */
  readonly empty: number;
}

/** A vector for each text, of those of its words. What the table does not have is left out. */
export function poolWords(
  texts: readonly string[],
  { size, values, places, words }: ReturnType<typeof wordVectorsOf>,
  { pooling, weights }: { readonly pooling: Pooling; readonly weights: WordWeights },
): Pooled {
  const weight = weights === 'sif' ? sifWeights(words.length) : undefined;
  const out = new Float32Array(texts.length * size);
  const counted = { known: 0, unknown: 0, empty: 0 };
  texts.forEach((text, row) => {
    const at = new Float64Array(size).fill(pooling === 'max' ? Number.NEGATIVE_INFINITY : 0);
    let total = 0;
    for (const word of wordsOf(text)) {
      const place = placeOf(places, word);
      if (place === undefined) {
        counted.unknown++;
        continue;
      }
      counted.known++;
      const share = weight?.[place] ?? 1;
      total += share;
      for (let i = 0; i < size; i++) {
        const value = values[place * size + i]!;
        at[i] = pooling === 'max' ? Math.max(at[i]!, value) : at[i]! + share * value;
      }
    }
    if (total === 0) {
      counted.empty++;
      return;
    }
    out.set(pooling === 'max' ? at : at.map((sum) => sum / total), row * size);
  });
  return { values: out, ...counted };
}
