import type { Metric, Metrics } from '../../graph/values.ts';

export interface Answer {
  readonly text: string;
  /** The documents that it names. */
  readonly citations: readonly string[];
  /** From 0 to 1; NaN where nothing says it. */
  readonly confidence: number;
  readonly answered: boolean;
}

/** The numbers of the passages that a text names, each once: "[1] and [2, 3]". */
export const citationsIn = (text: string): readonly number[] => [
  ...new Set([...text.matchAll(/\[(\d+(?:\s*,\s*\d+)*)\]/g)].flatMap((match) => match[1]!.split(',').map(Number))),
];

/** How answers do. A question's passages hold its answer where one of them is of a right document. */
export function answerMetrics(
  answers: readonly Answer[],
  sources: readonly (readonly string[])[],
  right: readonly ReadonlySet<string>[] | undefined,
): Metrics {
  const share = (of: readonly number[], test: (row: number) => boolean) =>
    of.length === 0 ? null : of.filter(test).length / of.length;
  const all = answers.map((_, row) => row);
  const metric = (name: string, value: number | null): Metric => ({ name, value, better: 'higher' });
  const answered = (row: number) => answers[row]!.answered;
  const values: Metric[] = [metric('questions', answers.length), metric('answered', share(all, answered))];
  if (!right) return { values };
  const cites = (row: number) => answers[row]!.citations.some((name) => right[row]!.has(name));
  const held = (row: number) => sources[row]!.some((name) => right[row]!.has(name));
  const first = (row: number) => right[row]!.has(sources[row]![0] ?? '');
  const [holding, without] = [all.filter(held), all.filter((row) => !held(row))];
  return {
    values: [
      metric(
        'accuracy',
        share(all, (row) => (held(row) ? cites(row) : !answered(row))),
      ),
      ...values,
      metric('citation.precision', share(all.filter(answered), cites)),
      metric('citation.recall', share(holding, cites)),
      metric(
        'refusal.recall',
        share(without, (row) => !answered(row)),
      ),
      metric('held', share(all, held)),
      metric('baseline.first-passage.accuracy', share(all, first)),
      metric(
        'baseline.always-refuse.accuracy',
        share(all, (row) => !held(row)),
      ),
    ],
  };
}
