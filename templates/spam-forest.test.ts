import { expect, test } from 'vitest';
import { temporaryFolder } from '../runtime/testing/graphs.ts';
import { isLong, runTemplate } from '../runtime/testing/templates.ts';

const folder = temporaryFolder();

test.runIf(isLong)('many trees beat one, on held-out e-mails and over the folds; words help', async () => {
  const run = await runTemplate('spam-forest', { folder, print: ['folds.metrics'] });
  const accuracy = (id: string) => run.metric(`${id}-scores`, 'accuracy');
  expect(run.metric('tree-scores', 'baseline.majority.accuracy')).toBeCloseTo(0.69, 2);
  expect(accuracy('tree')).toBeGreaterThan(0.87);
  expect(accuracy('bagging')).toBeGreaterThan(accuracy('tree') + 0.01);
  expect(accuracy('forest')).toBeGreaterThanOrEqual(0.94);
  expect(accuracy('boosting')).toBeGreaterThanOrEqual(0.92);
  expect(accuracy('words')).toBeGreaterThan(accuracy('forest'));
  const [folds] = run.printed as [{ tables: { rows: unknown[][] }[] }];
  expect(folds.tables[0]!.rows).toHaveLength(3);
  const mean = (title: string) => run.metric('folds', `${title}.accuracy.mean`);
  for (const title of ['Bagging', 'Random forest', 'Gradient boosting'])
    expect(mean(title), title).toBeGreaterThan(mean('One tree') + 0.01);
  expect(run.metric('folds', 'Random forest.accuracy.deviation')).toBeLessThan(0.03);
});
