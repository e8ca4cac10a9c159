import type { Dataset } from '../../graph/dataset.ts';
import { fail } from '../../lib/problem.ts';
import { sentencesOf } from './chunks.ts';
import { termReader } from './words.ts';

/** The columns that Fuse context adds to questions, and Answer reads. */
export const contextColumns = {
  question: 'question',
  context: 'context',
  sources: 'sources',
  scores: 'scores',
  prompt: 'prompt',
} as const;

/** Numbered passages as one text: "[1] …". */
export const numbered = (passages: readonly string[]): string =>
  passages.map((passage, i) => `[${i + 1}] ${passage.trim().replace(/\n{2,}/g, '\n')}`).join('\n\n');

/** The passages out of a numbered text. */
export const passagesIn = (context: string): readonly string[] =>
  context === ''
    ? []
    : context.split(/(?:^|\n\n)(?=\[\d+\] )/).flatMap((part) => part.match(/^\[\d+\] ([\s\S]*)$/)?.[1] ?? []);

/** What is known of a sentence as an answer to a question. */
export const EVIDENCE = [
  'passage score over the best',
  'passage score',
  'passage score before the next',
  'one over the rank',
  'words of the question in the sentence',
  'words of the question in the passage',
  'words of the question in all passages',
  'letters of the question in the sentence',
  'one over the place in the passage',
  'length',
] as const;

export interface Candidate {
  /** The row of its question. */
  readonly row: number;
  /** The passage that it stands in, from 0. */
  readonly passage: number;
  readonly sentence: string;
  readonly evidence: readonly number[];
}

const trigrams = (text: string): Set<string> => {
  const plain = ` ${text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `;
  return new Set(Array.from({ length: Math.max(0, plain.length - 2) }, (_, i) => plain.slice(i, i + 3)));
};

/** The share of `wanted` that `there` has. */
function share(wanted: ReadonlySet<string>, there: ReadonlySet<string>): number {
  if (wanted.size === 0) return 0;
  let found = 0;
  for (const each of wanted) if (there.has(each)) found++;
  return found / wanted.size;
}

/** Every sentence of the passages of every question, with what speaks for it. */
export async function candidatesOf(rows: Dataset): Promise<Candidate[]> {
  const read = await termReader({ stopWords: true, stem: true });
  const terms = (text: string) => new Set(read(text));
  const questions = rows.data(contextColumns.question, 'text').values;
  const contexts = rows.data(contextColumns.context, 'text').values;
  const { size, values } = rows.data(contextColumns.scores, 'vector');
  return questions.flatMap((question, row) => {
    const passages = passagesIn(contexts[row]!);
    const scores = values.subarray(row * size, (row + 1) * size);
    const top = Math.max(scores[0] ?? 0, 1e-9);
    const asked = terms(question);
    const letters = trigrams(question);
    const anywhere = share(asked, terms(contexts[row]!));
    return passages.flatMap((passage, p) => {
      const inPassage = share(asked, terms(passage));
      return sentencesOf(passage).map((sentence, i) => ({
        row,
        passage: p,
        sentence,
        evidence: [
          scores[p]! / top,
          Math.log1p(Math.max(0, scores[p]!)),
          (scores[p]! - (scores[p + 1] ?? 0)) / top,
          1 / (p + 1),
          share(asked, terms(sentence)),
          inPassage,
          anywhere,
          share(letters, trigrams(sentence)),
          1 / (i + 1),
          Math.log1p(sentence.length) / 5,
        ],
      }));
    });
  });
}

/** The names of the passages' documents, question by question. */
export const sourcesOf = (rows: Dataset): readonly (readonly string[])[] =>
  rows.data(contextColumns.sources, 'text').values.map((lines) => (lines === '' ? [] : lines.split('\n')));

/** The right documents of each question, where a column names them: in a text, one a line. */
export function rightSources(rows: Dataset, column: string): readonly ReadonlySet<string>[] | undefined {
  const found = rows.columns.find(({ name, role }) => (column ? name === column : role === 'target'));
  if (!found) return undefined;
  if (found.data.kind !== 'text') return fail('answer/target', `The column ${found.name} names no documents.`);
  return found.data.values.map((lines) => new Set(lines.split('\n').filter((line) => line !== '')));
}
