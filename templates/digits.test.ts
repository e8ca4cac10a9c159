import { expect, test } from 'vitest';
import { temporaryFolder } from '../runtime/testing/graphs.ts';
import { runTemplate } from '../runtime/testing/templates.ts';

const folder = temporaryFolder();

test('at least 0.97 of held-out digits are read, far more than pixels alone allow', async () => {
  const run = await runTemplate('digits', { folder, print: ['scores.figure'] });
  const accuracy = run.metric('scores', 'accuracy');
  expect(accuracy).toBeGreaterThanOrEqual(0.97);
  const linear = run.metric('scores-linear', 'accuracy');
  expect(linear).toBeGreaterThan(0.85);
  expect(1 - accuracy).toBeLessThan((1 - linear) / 2);
  expect(run.metric('scores', 'baseline.majority.accuracy')).toBeLessThan(0.12);
  const [matrix] = run.printed as [{ counts: number[][] }];
  expect(matrix.counts.flat().reduce((a, b) => a + b)).toBe(2000);
  const right = matrix.counts.reduce((sum, row, i) => sum + row[i]!, 0);
  expect(right / 2000).toBeCloseTo(accuracy, 10);
});
