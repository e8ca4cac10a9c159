import { describe, expect, test } from 'vitest';
import { Dataset } from '../../graph/dataset.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { runStep } from '../../runtime/testing/check-step.ts';
import { expectClose, readFixture } from '../../runtime/testing/fixtures.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import { porterStem } from '../kit/porter.ts';
import { type RougeKind, rouge as score } from '../kit/rouge-scores.ts';
import rouge from './rouge.ts';

interface Case {
  readonly said: string;
  readonly wanted: string;
  readonly stem: boolean;
  readonly weight: number;
  readonly skip: number;
  /** Precision, recall, F. */
  readonly scores: Readonly<Record<RougeKind, readonly [number, number, number]>>;
}
const fixture = readFixture<{ rouge: readonly Case[]; stems: readonly string[] }>('texts');
const folder = temporaryFolder();

test('stems are NLTK’s', () => {
  const pairs = fixture.stems[0]!.split(' ').map((pair) => pair.split(':') as [string, string]);
  expect(pairs.length).toBeGreaterThan(500);
  expect(pairs.map(([word]) => [word, porterStem(word)])).toEqual(pairs);
});

test('every score is that of the published formulas, as an independent program has them', () => {
  for (const { said, wanted, scores, ...options } of fixture.rouge)
    for (const [kind, expected] of Object.entries(scores)) {
      const { precision, recall, f } = score(kind as RougeKind, said, wanted, options);
      expectClose([precision, recall, f], expected, 1e-12, `${kind} of ${said}`);
    }
});

describe('what the papers print', () => {
  const f = (kind: RougeKind, said: string, wanted: string, weight = 1.2) =>
    score(kind, said, wanted, { stem: false, weight, skip: 0 }).f;

  test.each([
    ['police kill the gunman', 0.75, 3 / 6],
    ['the gunman kill police', 0.5, 1 / 6],
    ['the gunman police killed', 0.5, 2 / 6],
  ])('ROUGE-L and ROUGE-S of “%s”', (said, l, s) => {
    expect(f('rouge-l', said, 'police killed the gunman')).toBeCloseTo(l, 12);
    expect(f('rouge-s', said, 'police killed the gunman')).toBeCloseTo(s, 12);
  });

  test('ROUGE-W likes what stands together', () => {
    expect(f('rouge-w', 'A B C D H I K', 'A B C D E F G', 2)).toBeCloseTo(0.571, 3);
    expect(f('rouge-w', 'A H B K C I D', 'A B C D E F G', 2)).toBeCloseTo(0.286, 3);
  });
});

test('metrics are means over the rows', async () => {
  const cases = fixture.rouge.filter(({ stem }) => stem);
  const { stem, weight, skip } = cases[0]!;
  const dataset = new Dataset([
    { name: 'summary', role: 'target', data: { kind: 'text', values: cases.map(({ wanted }) => wanted) } },
    { name: 'prediction', data: { kind: 'text', values: cases.map(({ said }) => said) } },
  ]);
  const ran = await runStep(rouge, { inputs: { dataset }, params: { stem, weight, skip }, folder });
  const { values, tables } = ran.value('metrics', 'metrics');
  for (const kind of ['rouge-1', 'rouge-lsum', 'rouge-s'] as const) {
    const mean = (part: 0 | 1 | 2) => cases.reduce((sum, { scores }) => sum + scores[kind][part], 0) / cases.length;
    const of = (name: string) => values.find((metric) => metric.name === name)!.value!;
    expect(of(kind)).toBeCloseTo(mean(2), 12);
    expect(of(`${kind}.precision`)).toBeCloseTo(mean(0), 12);
    expect(of(`${kind}.recall`)).toBeCloseTo(mean(1), 12);
  }
  expect(tables![0]!.rows.length).toBe(cases.length);
});

checkProblems(rouge, [
  {
    name: 'numbers instead of texts',
    inputs: {
      dataset: {
        kind: 'dataset',
        columns: [
          { name: 'y', kind: 'text', role: 'target' },
          { name: 'prediction', kind: 'number' },
        ],
      },
    },
    problem: {
      code: 'metrics/column-kind',
      message: 'ROUGE compares texts, prediction holds number.',
      hint: 'Use Regression metrics for numbers.',
    },
  },
]);
