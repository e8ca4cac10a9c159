import { expect, test } from 'vitest';
import type { Metrics } from '../graph/values.ts';
import { temporaryFolder } from '../runtime/testing/graphs.ts';
import { isLong, type PrintedRun, runTemplate } from '../runtime/testing/templates.ts';

const folder = temporaryFolder();
const print = ['tune.metrics'];

/** What holds however long it learns: little is trained, the base stays as it was, merging changes nothing. */
function holds(run: PrintedRun): void {
  expect(run.metric('tune', 'parameters.share')).toBeLessThan(0.05);
  const report = (run.printed[0] as Metrics).tables!.find(({ title }) => title === 'Weights')!;
  const [trained, frozen] = report.rows;
  expect(trained![3], 'the adapter was trained').not.toBe(trained![4]);
  expect(frozen![4], 'SHA-256 of the base weights').toBe(frozen![3]);
  const after = run.metric('after', 'perplexity');
  expect(Math.abs(run.metric('merged', 'perplexity') / after - 1)).toBeLessThan(1e-4);
}

test('a short one: under five per cent is trained, the base stays, the merged model answers the same', async () => {
  const set = [
    'train.steps=4',
    'tune.steps=4',
    'block.repeat=1',
    'speech-split.train=0.01',
    'speech-split.validation=0.005',
  ];
  holds(await runTemplate('lora-fine-tune', { folder, set: [...set, 'generate.tokens=8'], print }));
});

test.runIf(isLong)('perplexity on speeches falls to four fifths or less', async () => {
  const run = await runTemplate('lora-fine-tune', { folder, print });
  holds(run);
  expect(run.metric('after', 'perplexity')).toBeLessThanOrEqual(0.8 * run.metric('before', 'perplexity'));
});
