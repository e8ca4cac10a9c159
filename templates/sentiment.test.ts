import { expect, test } from 'vitest';
import { temporaryFolder } from '../runtime/testing/graphs.ts';
import { runTemplate } from '../runtime/testing/templates.ts';

const folder = temporaryFolder();

test('it judges held-out sentences far better than the majority class', async () => {
  const run = await runTemplate('sentiment', { folder, print: ['scores.figure', 'compare.metrics'] });
  const accuracy = run.metric('scores', 'accuracy');
  expect(accuracy).toBeGreaterThanOrEqual(0.78);
  expect(run.metric('scores', 'baseline.majority.accuracy')).toBeCloseTo(0.5, 2);
  expect(run.metric('scores', 'roc-auc')).toBeGreaterThan(0.85);
  expect(run.metric('compare', 'Sentence classifier.accuracy')).toBe(accuracy);
  const [matrix, compared] = run.printed as [{ counts: number[][] }, { tables: { rows: unknown[][] }[] }];
  const counts = matrix.counts.flat();
  expect(counts.reduce((a, b) => a + b)).toBe(750);
  expect((matrix.counts[0]![0]! + matrix.counts[1]![1]!) / 750).toBeCloseTo(accuracy, 10);
  expect(compared.tables[0]!.rows[0]!.slice(0, 2)).toEqual(['accuracy', accuracy]);
});

test('the same graph and seed give the same numbers twice, another seed gives others', async () => {
  const short = { folder, set: ['train.epochs=2'], print: ['scores.metrics'] };
  const [first, second, other] = [
    await runTemplate('sentiment', short),
    await runTemplate('sentiment', short),
    await runTemplate('sentiment', { ...short, set: [...short.set, 'train.seed=7'] }),
  ];
  expect(second.printed).toEqual(first.printed);
  expect(other.printed).not.toEqual(first.printed);
});
