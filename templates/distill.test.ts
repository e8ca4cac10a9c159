import { expect, test } from 'vitest';
import type { Metrics } from '../graph/values.ts';
import { temporaryFolder } from '../runtime/testing/graphs.ts';
import { isLong, type PrintedRun, runTemplate } from '../runtime/testing/templates.ts';

const folder = temporaryFolder();
const print = ['distill.metrics', 'sweep.metrics'];

function holds(run: PrintedRun): void {
  const [distilled, swept] = run.printed as [Metrics, Metrics];
  const sides = distilled.tables!.find(({ title }) => title === 'Student and teacher')!;
  expect(sides.columns.map(({ name }) => name)).toEqual(['network', 'parameters', 'tokens/s', 'loss', 'perplexity']);
  const [student, teacher] = sides.rows as [unknown[], unknown[]];
  expect(student[1] as number).toBeLessThanOrEqual((teacher[1] as number) / 2);
  // three seeds, each with its own numbers, with and without a teacher
  const [repetitions] = swept.tables!;
  expect(repetitions!.rows).toHaveLength(3);
  const names = swept.values.map(({ name }) => name);
  for (const way of ['Distilled', 'Without a teacher'])
    for (const part of ['mean', 'deviation']) expect(names).toContain(`${way}.perplexity.${part}`);
}

test('a short one: sizes, speed and three seeds with their spread', async () => {
  const set = ['train.steps=3', 'distill.steps=3', 'alone.steps=3', 'block.repeat=1', 'small-block.repeat=1'];
  const run = await runTemplate('distill', {
    folder,
    set: [...set, 'embedding.width=96', 'small-embedding.width=32', 'split.validation=0.01', 'split.train=0.2'],
    print,
  });
  holds(run);
});

test.runIf(isLong)('with a teacher or without, the student learns; the difference is printed as it is', async () => {
  const run = await runTemplate('distill', { folder, print });
  holds(run);
  const gain =
    run.metric('sweep', 'Without a teacher.perplexity.mean') - run.metric('sweep', 'Distilled.perplexity.mean');
  console.log(`perplexity without a teacher minus with one: ${gain.toFixed(2)}${gain > 0 ? '' : ', no gain'}`);
  expect(run.metric('sweep', 'Distilled.perplexity.mean')).toBeLessThan(60);
});
