import { expect, test } from 'vitest';
import { temporaryFolder } from '../runtime/testing/graphs.ts';
import { isLong, runTemplate } from '../runtime/testing/templates.ts';

const folder = temporaryFolder();

test.runIf(isLong)(
  'a bi-LSTM tags better than the most frequent tag of each word, also words that are new',
  async () => {
    const run = await runTemplate('tagger', { folder, print: ['scores.figure'] });
    const accuracy = run.metric('scores', 'accuracy');
    const baseline = run.metric('scores', 'baseline.most-frequent-tag.accuracy');
    expect(baseline).toBeGreaterThan(0.9);
    // a quarter fewer mistakes
    expect(1 - accuracy).toBeLessThan(0.75 * (1 - baseline));
    expect(run.metric('scores', 'accuracy.unseen')).toBeGreaterThan(
      run.metric('scores', 'baseline.most-frequent-tag.accuracy.unseen') + 0.1,
    );
    const [matrix] = run.printed as [{ counts: number[][] }];
    const total = matrix.counts.flat().reduce((a, b) => a + b);
    expect(matrix.counts.reduce((sum, row, i) => sum + row[i]!, 0) / total).toBeCloseTo(accuracy, 10);
  },
);

test('a hundred steps on fewer, shorter states already learn', async () => {
  const set = ['some.rows=2000', 'lstm.units=16', 'embedding.width=24', 'train.length=steps', 'train.steps=100'];
  const run = await runTemplate('tagger', { folder, set });
  expect(run.metric('scores', 'accuracy')).toBeGreaterThan(0.6);
  expect(run.metric('scores', 'baseline.most-frequent-tag.accuracy')).toBeGreaterThan(0.8);
});
