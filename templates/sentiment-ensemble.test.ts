import { expect, test } from 'vitest';
import { temporaryFolder } from '../runtime/testing/graphs.ts';
import { runTemplate } from '../runtime/testing/templates.ts';

const folder = temporaryFolder();
const members = ['train', 'bayes', 'regression'];

test('three kinds of models, their vote and their stack judge held-out sentences; the vote is no worse than the best', async () => {
  const all = [...members, 'vote', 'stack'];
  const run = await runTemplate('sentiment-ensemble', { folder, print: all.map((id) => `${id}-scores.figure`) });
  const accuracy = (id: string) => run.metric(`${id}-scores`, 'accuracy');
  for (const id of all) expect(accuracy(id), id).toBeGreaterThanOrEqual(0.75);
  const best = Math.max(...members.map(accuracy));
  expect(accuracy('vote')).toBeGreaterThanOrEqual(best - 0.01);
  expect(accuracy('stack')).toBeGreaterThanOrEqual(best - 0.02);
  expect(run.metric('vote-scores', 'baseline.majority.accuracy')).toBeCloseTo(0.5, 2);
  run.printed.forEach((printed, i) => {
    const { counts } = printed as { counts: number[][] };
    expect(counts.flat().reduce((a, b) => a + b)).toBe(750);
    expect((counts[0]![0]! + counts[1]![1]!) / 750).toBeCloseTo(accuracy(all[i]!), 10);
  });
});
