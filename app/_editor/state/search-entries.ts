import { entries as all, type PaletteEntry } from '../../../nodes/catalogue.ts';
import { affinity } from './affinity.ts';
import { fittingPort, type Loose } from './wiring.ts';

export const familyOf = (type: string): string => type.slice(0, type.indexOf('/'));

/**
 * Node types for what was typed, best first: titles that begin with it, words of titles, keywords, ids, letters in
 * order. With a loose wire only types that it fits, those first that examples wire to it.
 */
export function searchEntries(query: string, loose?: Loose, entries: readonly PaletteEntry[] = all): PaletteEntry[] {
  const words = wordsOf(query);
  const fitting = entries.flatMap((entry) => {
    if (!loose) return [{ entry, near: 0 }];
    const port = fittingPort(entry, loose);
    return port ? [{ entry, near: affinity(entry, port, loose) }] : [];
  });
  // a sort keeps the order of what is equal
  if (words.length === 0) return fitting.sort((a, b) => b.near - a.near).map(({ entry }) => entry);
  return fitting
    .map(({ entry, near }) => ({ entry, score: score(entry, words), near }))
    .filter(({ score: each }) => each > 0)
    .map((each) => ({ ...each, score: each.score + Math.min(each.near, 20) }))
    .sort((a, b) => b.score - a.score || (a.entry.title < b.entry.title ? -1 : 1))
    .map(({ entry }) => entry);
}

export const wordsOf = (query: string): string[] => query.toLowerCase().split(/\s+/).filter(Boolean);

/** How well a thing fits what was typed. Every word has to be found somewhere; 0 where one is not. */
export function score(entry: Pick<PaletteEntry, 'id' | 'title' | 'keywords'>, words: readonly string[]): number {
  const title = entry.title.toLowerCase();
  const keywords = entry.keywords.map((keyword) => keyword.toLowerCase());
  let sum = 0;
  for (const word of words) {
    const found =
      title === word
        ? 100
        : title.startsWith(word)
          ? 80
          : title.split(/[\s-]+/).some((part) => part.startsWith(word))
            ? 60
            : keywords.some((keyword) => keyword.startsWith(word))
              ? 45
              : keywords.some((keyword) => keyword.includes(word)) || entry.id.includes(word) || title.includes(word)
                ? 30
                : inOrder(title, word)
                  ? 8
                  : 0;
    if (found === 0) return 0;
    sum += found;
  }
  return sum;
}

const inOrder = (text: string, letters: string): boolean => {
  let at = 0;
  for (const char of text) if (char === letters[at]) at++;
  return letters.length > 2 && at === letters.length;
};
