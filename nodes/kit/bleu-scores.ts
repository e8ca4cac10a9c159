/** BLEU as sacrebleu computes it (Papineni et al., 2002; Post, 2018). */

export const bleuTokenizers = ['13a', 'none', 'char'] as const;
export type BleuTokenizer = (typeof bleuTokenizers)[number];
export const bleuSmoothings = ['exp', 'floor', 'add-k', 'none'] as const;
export type BleuSmoothing = (typeof bleuSmoothings)[number];

const ORDER = 4;

const entities: Readonly<Record<string, string>> = { '&quot;': '"', '&amp;': '&', '&lt;': '<', '&gt;': '>' };

const split = (text: string): string[] => text.split(/\s+/u).filter((token) => token !== '');

/** How a line becomes tokens. 13a is the tokenizer of the NIST's mteval-v13a. */
export const bleuTokens: { readonly [T in BleuTokenizer]: (line: string) => string[] } = {
  none: split,
  char: (line) => split(Array.from(line).join(' ')),
  '13a'(line) {
    let text = line.replaceAll('<skipped>', '').replaceAll('-\n', '').replaceAll('\n', ' ');
    for (const [entity, character] of Object.entries(entities)) text = text.replaceAll(entity, character);
    return split(
      ` ${text} `
        .replace(/([{-~[-` -&(-+:-@/])/g, ' $1 ')
        // a period or comma, unless a digit stands before it
        .replace(/([^0-9])([.,])/g, '$1 $2 ')
        // and unless one follows
        .replace(/([.,])([^0-9])/g, ' $1 $2')
        // a dash after a digit
        .replace(/([0-9])(-)/g, '$1 $2 '),
    );
  },
};

/** What is counted of one sentence or of many: lengths, and for each order the n-grams and those that a reference has. */
export interface BleuCounts {
  readonly length: number;
  readonly reference: number;
  readonly correct: readonly number[];
  readonly total: readonly number[];
}

function countGrams(tokens: readonly string[]): Map<string, number>[] {
  return Array.from({ length: ORDER }, (_, n) => {
    const counts = new Map<string, number>();
    for (let i = 0; i + n < tokens.length; i++) {
      const gram = tokens.slice(i, i + n + 1).join(' ');
      counts.set(gram, (counts.get(gram) ?? 0) + 1);
    }
    return counts;
  });
}

export function countBleu(said: readonly string[], references: readonly (readonly string[])[]): BleuCounts {
  // as often as the reference that has it most
  const most = countGrams([]);
  let closest = -1;
  for (const reference of references) {
    const apart = Math.abs(reference.length - said.length);
    const known = Math.abs(closest - said.length);
    if (closest < 0 || apart < known || (apart === known && reference.length < closest)) closest = reference.length;
    for (const [n, counts] of countGrams(reference).entries())
      for (const [gram, count] of counts) most[n]!.set(gram, Math.max(count, most[n]!.get(gram) ?? 0));
  }
  const grams = countGrams(said);
  return {
    length: said.length,
    reference: Math.max(0, closest),
    correct: grams.map((counts, n) => {
      let sum = 0;
      for (const [gram, count] of counts) sum += Math.min(count, most[n]!.get(gram) ?? 0);
      return sum;
    }),
    total: grams.map((_, n) => Math.max(0, said.length - n)),
  };
}

export const addBleu = (a: BleuCounts, b: BleuCounts): BleuCounts => ({
  length: a.length + b.length,
  reference: a.reference + b.reference,
  correct: a.correct.map((value, n) => value + b.correct[n]!),
  total: a.total.map((value, n) => value + b.total[n]!),
});

export interface Bleu {
  /** From 0 to 100. */
  readonly score: number;
  /** Of each order, from 0 to 100. */
  readonly precisions: readonly number[];
  readonly brevityPenalty: number;
}

/** `effectiveOrder` leaves out orders that a short sentence has no n-grams of: for single sentences. */
export function bleuOf(
  { length, reference, correct, total }: BleuCounts,
  { smoothing, value, effectiveOrder }: { smoothing: BleuSmoothing; value: number; effectiveOrder: boolean },
): Bleu {
  const brevityPenalty = length >= reference ? 1 : length === 0 ? 0 : Math.exp(1 - reference / length);
  const precisions = correct.map(() => 0);
  if (correct.every((count) => count === 0)) return { score: 0, precisions, brevityPenalty };
  let order = ORDER;
  let halved = 1;
  for (let n = 0; n < ORDER; n++) {
    const added = smoothing === 'add-k' && n > 0 ? value : 0;
    const [hits, all] = [correct[n]! + added, total[n]! + added];
    if (all === 0) break;
    if (effectiveOrder) order = n + 1;
    if (hits > 0) precisions[n] = (100 * hits) / all;
    else if (smoothing === 'exp') {
      halved *= 2;
      precisions[n] = 100 / (halved * all);
    } else if (smoothing === 'floor') precisions[n] = (100 * value) / all;
  }
  const logs = precisions.slice(0, order).reduce((sum, precision) => sum + Math.log(precision), 0);
  return { score: brevityPenalty * Math.exp(logs / order), precisions, brevityPenalty };
}
