import { expect, test } from 'vitest';
import { temporaryFolder } from '../runtime/testing/graphs.ts';
import { isLong, runTemplate } from '../runtime/testing/templates.ts';

const folder = temporaryFolder();

test('a third of the unigram, below the interpolated bigram, and text that goes on from the prompt', async () => {
  const run = await runTemplate('small-gpt', { folder, print: ['generate.text'] });
  const perplexity = run.metric('perplexity', 'perplexity');
  expect(perplexity).toBeLessThanOrEqual(run.metric('perplexity', 'baseline.unigram.perplexity') / 3);
  expect(perplexity).toBeLessThan(run.metric('perplexity', 'baseline.bigram.perplexity'));
  // what its card promises
  expect(perplexity).toBeLessThan(31);
  expect(run.metric('perplexity', 'bits')).toBeCloseTo(Math.log2(perplexity), 5);
  const [text] = run.printed as [string];
  expect(text).toMatch(/^The whale/);
  expect(text.length).toBeGreaterThan(100);
});

test.runIf(isLong)('the same graph and seed give the same numbers twice', async () => {
  const set = ['train.steps=20', 'block.repeat=1', 'generate.tokens=20'];
  const short = { folder, set, print: ['train.metrics', 'perplexity.metrics', 'generate.text'] };
  const [first, second] = [await runTemplate('small-gpt', short), await runTemplate('small-gpt', short)];
  const series = (run: typeof first) => (run.printed[0] as { series: unknown }).series;
  expect(series(second)).toEqual(series(first));
  expect(second.printed.slice(1)).toEqual(first.printed.slice(1));
});
