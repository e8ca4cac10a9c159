import { expect, test } from 'vitest';
import type { Metrics } from '../graph/values.ts';
import { temporaryFolder } from '../runtime/testing/graphs.ts';
import { isLong, runTemplate } from '../runtime/testing/templates.ts';

const folder = temporaryFolder();
const ways = ['Everything', 'LoRA', 'Prefix tuning', 'Adapters'];
const print = ['compare.metrics'];

test('a short one: trained share, state, time and perplexity of each way stand side by side', async () => {
  const short = ['full', 'lora', 'prefix', 'adapter'].map((kind) => `tune-${kind}.steps=3`);
  const set = [...short, 'train.steps=3', 'block.repeat=1', 'speech-split.train=0.01', 'speech-split.validation=0.005'];
  const run = await runTemplate('peft-compare', { folder, set, print });
  const [table] = (run.printed[0] as Metrics).tables!;
  expect(table!.columns.map(({ name }) => name)).toEqual(['metric', 'Not tuned', ...ways, 'best', 'better']);
  const rows = new Map(table!.rows.map(([name, ...values]) => [name, values]));
  for (const name of ['parameters.share', 'memory.state', 'time', 'perplexity'])
    expect(
      rows
        .get(name)!
        .slice(1, 5)
        .every((value) => typeof value === 'number'),
      name,
    ).toBe(true);
  expect(rows.get('parameters.share')![1]).toBe(1);
});

test.runIf(isLong)(
  'every way gets better than the network that was not tuned, all but one with few parameters',
  async () => {
    const run = await runTemplate('peft-compare', { folder, print });
    const before = run.metric('compare', 'Not tuned.perplexity');
    for (const way of ways) {
      expect(run.metric('compare', `${way}.perplexity`), way).toBeLessThan(before);
      if (way !== 'Everything') expect(run.metric('compare', `${way}.parameters.share`), way).toBeLessThan(0.1);
    }
    expect(run.metric('compare', 'LoRA.memory.state')).toBeLessThan(
      run.metric('compare', 'Everything.memory.state') / 2,
    );
  },
);
