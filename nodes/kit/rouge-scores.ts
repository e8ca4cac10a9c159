import { porterStem } from './porter.ts';

/** ROUGE as Lin (2004) defines it, read as rouge-score reads it: runs of a to z and digits, in lower case. */

export interface Rouge {
  readonly precision: number;
  readonly recall: number;
  readonly f: number;
}

export const rougeKinds = ['rouge-1', 'rouge-2', 'rouge-l', 'rouge-lsum', 'rouge-w', 'rouge-s'] as const;
export type RougeKind = (typeof rougeKinds)[number];

export function rougeTokens(text: string, stem: boolean): string[] {
  const tokens = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  // three letters and fewer are left as they are, as rouge-score leaves them
  return stem ? tokens.map((token) => (token.length > 3 ? porterStem(token) : token)) : tokens;
}

function scores(hits: number, said: number, wanted: number): Rouge {
  const precision = said === 0 ? 0 : hits / said;
  const recall = wanted === 0 ? 0 : hits / wanted;
  return { precision, recall, f: harmonic(precision, recall) };
}
const harmonic = (a: number, b: number): number => (a + b === 0 ? 0 : (2 * a * b) / (a + b));

type Tokens = readonly string[];

const countsOf = (items: Iterable<string>): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
};
/** Each as often as it is in both. */
function overlap(said: Map<string, number>, wanted: Map<string, number>): Rouge {
  let hits = 0;
  for (const [item, count] of said) hits += Math.min(count, wanted.get(item) ?? 0);
  const size = (counts: Map<string, number>) => [...counts.values()].reduce((a, b) => a + b, 0);
  return scores(hits, size(said), size(wanted));
}

function* grams(tokens: Tokens, n: number): Generator<string> {
  for (let i = 0; i + n <= tokens.length; i++) yield tokens.slice(i, i + n).join(' ');
}

/** Pairs of tokens in their order with at most `skip` others between them; 0 allows any. */
function* skipGrams(tokens: Tokens, skip: number): Generator<string> {
  for (let i = 0; i < tokens.length; i++) {
    const last = skip === 0 ? tokens.length - 1 : Math.min(tokens.length - 1, i + skip + 1);
    for (let j = i + 1; j <= last; j++) yield `${tokens[i]} ${tokens[j]}`;
  }
}

/** lengths[i][j]: of the longest common subsequence of the first i and the first j tokens. */
function subsequences(a: Tokens, b: Tokens): Uint32Array[] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++)
      lengths[i]![j] =
        a[i - 1] === b[j - 1] ? lengths[i - 1]![j - 1]! + 1 : Math.max(lengths[i - 1]![j]!, lengths[i]![j - 1]!);
  return lengths;
}

/** Where in `wanted` a longest common subsequence with `said` lies. */
function positions(wanted: Tokens, said: Tokens): number[] {
  const lengths = subsequences(wanted, said);
  const found: number[] = [];
  let [i, j] = [wanted.length, said.length];
  while (i > 0 && j > 0) {
    if (wanted[i - 1] === said[j - 1]) {
      found.push(i - 1);
      i--;
      j--;
    } else if (lengths[i]![j - 1]! > lengths[i - 1]![j]!) j--;
    else i--;
  }
  return found;
}

/** Section 3.2: for each right sentence the union of its subsequences with all that were written; no token counts twice. */
function summaryLevel(said: readonly Tokens[], wanted: readonly Tokens[]): Rouge {
  const left = countsOf(said.flat());
  const open = countsOf(wanted.flat());
  let hits = 0;
  for (const sentence of wanted) {
    const union = new Set(said.flatMap((each) => positions(sentence, each)));
    for (const i of [...union].sort((a, b) => a - b)) {
      const token = sentence[i]!;
      const [here, there] = [left.get(token) ?? 0, open.get(token) ?? 0];
      if (here === 0 || there === 0) continue;
      hits++;
      left.set(token, here - 1);
      open.set(token, there - 1);
    }
  }
  return scores(hits, said.flat().length, wanted.flat().length);
}

/** Section 4: runs count more than single tokens, by k^weight. */
function weighted(said: Tokens, wanted: Tokens, weight: number): Rouge {
  const [m, n] = [wanted.length, said.length];
  if (m === 0 || n === 0) return scores(0, n, m);
  const value = Array.from({ length: m + 1 }, () => new Float64Array(n + 1));
  const run = Array.from({ length: m + 1 }, () => new Uint32Array(n + 1));
  for (let i = 1; i <= m; i++)
    for (let j = 1; j <= n; j++)
      if (wanted[i - 1] === said[j - 1]) {
        const k = run[i - 1]![j - 1]!;
        value[i]![j] = value[i - 1]![j - 1]! + (k + 1) ** weight - k ** weight;
        run[i]![j] = k + 1;
      } else value[i]![j] = Math.max(value[i - 1]![j]!, value[i]![j - 1]!);
  const total = value[m]![n]!;
  const precision = (total / n ** weight) ** (1 / weight);
  const recall = (total / m ** weight) ** (1 / weight);
  return { precision, recall, f: harmonic(precision, recall) };
}

export interface RougeOptions {
  readonly stem: boolean;
  /** ROUGE-W: the power of a run's length. */
  readonly weight: number;
  /** ROUGE-S: most tokens between the two of a pair; 0 allows any. */
  readonly skip: number;
}

/** One text that was written against one right text. ROUGE-Lsum takes each line as a sentence. */
export function rouge(kind: RougeKind, said: string, wanted: string, options: RougeOptions): Rouge {
  const [a, b] = [rougeTokens(said, options.stem), rougeTokens(wanted, options.stem)];
  const lines = (text: string) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => rougeTokens(line, options.stem));
  switch (kind) {
    case 'rouge-1':
    case 'rouge-2': {
      const n = kind === 'rouge-1' ? 1 : 2;
      return overlap(countsOf(grams(a, n)), countsOf(grams(b, n)));
    }
    case 'rouge-l':
      return scores(subsequences(b, a)[b.length]![a.length]!, a.length, b.length);
    case 'rouge-lsum':
      return summaryLevel(lines(said), lines(wanted));
    case 'rouge-w':
      return weighted(a, b, options.weight);
    case 'rouge-s':
      return overlap(countsOf(skipGrams(a, options.skip)), countsOf(skipGrams(b, options.skip)));
  }
}
