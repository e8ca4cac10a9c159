import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Dataset } from '../../../graph/dataset.ts';
import { MOST_WORDS, partsOfSpeech } from '../../../nodes/kit/datasets.ts';
import { categoryColumn, textColumn } from './columns.ts';

/**
 * A tag of the Brown corpus as one of the universal twelve: what stands before the first + or the negation counts, without
 * marks for titles, headlines and genitives. The map is that of Petrov, Das and McDonald (2012).
 */
function universalTag(tag: string): (typeof partsOfSpeech)[number] {
  if (/^fw-|^nil/.test(tag)) return 'X';
  const first = tag.replace(/-(tl|hl|nc|t|n)\b/g, '').split('+')[0]!;
  if (first === '*') return 'ADV';
  if (/^[^a-z]+$/.test(first)) return '.';
  if (first === 'pp$' || first === 'wp$') return 'DET';
  const plain = first.replace(/[*$]+$/, '');
  return Object.hasOwn(universal, plain) ? universal[plain]! : (universal[plain.slice(0, 2)] ?? 'X');
}
const universal: Readonly<Record<string, (typeof partsOfSpeech)[number]>> = {
  abl: 'PRT',
  abn: 'PRT',
  abx: 'DET',
  ap: 'ADJ',
  at: 'DET',
  be: 'VERB',
  cc: 'CONJ',
  cd: 'NUM',
  cs: 'ADP',
  do: 'VERB',
  dt: 'DET',
  ex: 'PRT',
  hv: 'VERB',
  in: 'ADP',
  jj: 'ADJ',
  md: 'VERB',
  nn: 'NOUN',
  np: 'NOUN',
  nr: 'NOUN',
  od: 'ADJ',
  pn: 'NOUN',
  pp: 'PRON',
  ql: 'ADV',
  rb: 'ADV',
  rn: 'ADV',
  rp: 'PRT',
  to: 'PRT',
  uh: 'PRT',
  vb: 'VERB',
  wdt: 'DET',
  wpo: 'PRON',
  wps: 'PRON',
  wql: 'ADV',
  wrb: 'ADV',
};

export function brown(folder: string): Dataset {
  const genres = Object.fromEntries(
    readFileSync(join(folder, 'cats.txt'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  );
  const sentences: { words: string[]; tags: string[]; genre: string }[] = [];
  for (const [file, genre] of Object.entries(genres).sort(([a], [b]) => (a < b ? -1 : 1)))
    for (const line of readFileSync(join(folder, file), 'latin1').split('\n')) {
      const pairs = line
        .trim()
        .split(/\s+/)
        .filter((pair) => pair !== '');
      if (pairs.length === 0 || pairs.length > MOST_WORDS) continue;
      const cut = pairs.map((pair) => pair.lastIndexOf('/'));
      sentences.push({
        words: pairs.map((pair, i) => pair.slice(0, cut[i])),
        tags: pairs.map((pair, i) => pair.slice(cut[i]! + 1)),
        genre,
      });
    }
  const code = new Map(partsOfSpeech.map((part, i) => [part, i]));
  const codes = new Int32Array(sentences.length * MOST_WORDS).fill(-1);
  sentences.forEach(({ tags }, row) => {
    tags.forEach((tag, i) => {
      codes[row * MOST_WORDS + i] = code.get(universalTag(tag))!;
    });
  });
  return new Dataset([
    textColumn(
      'text',
      sentences.map(({ words }) => words.join(' ')),
      'feature',
    ),
    { name: 'tags', role: 'target', data: { kind: 'tags', length: MOST_WORDS, categories: partsOfSpeech, codes } },
    categoryColumn(
      'genre',
      sentences.map(({ genre }) => genre),
      { categories: [...new Set(Object.values(genres))].sort(), role: 'group' },
    ),
  ]);
}
