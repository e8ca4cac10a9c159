import { expect, test } from 'vitest';
import { temporaryFolder } from '../runtime/testing/graphs.ts';
import { runTemplate } from '../runtime/testing/templates.ts';

const folder = temporaryFolder();

test('words beat shared words, meaning beats chance, both together beat words alone; over 554 documents and queries', async () => {
  const run = await runTemplate('search', { folder, print: ['compare.metrics'] });
  const recall = (way: string) => run.metric(`score-${way}`, 'recall@10');
  for (const way of ['random', 'overlap', 'bm25', 'vector', 'fusion'])
    expect(run.metric(`score-${way}`, 'queries')).toBe(554);
  expect(recall('random')).toBeLessThan(0.05);
  expect(recall('overlap')).toBeGreaterThan(0.6);
  expect(recall('bm25')).toBeGreaterThan(recall('overlap') + 0.05);
  expect(recall('vector')).toBeGreaterThan(10 * recall('random'));
  // what its card promises
  expect(recall('bm25')).toBeGreaterThan(0.72);
  expect(recall('fusion')).toBeGreaterThan(recall('bm25'));
  expect(run.metric('score-fusion', 'mrr')).toBeGreaterThan(0.55);
});
