import { beforeAll, describe, expect, test } from 'vitest';
import { Dataset } from '../../graph/dataset.ts';
import type { Model } from '../../graph/values.ts';
import { float32 } from '../../ir/tensor.ts';
import { bigramModel } from '../../runtime/testing/bigrams.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { problemOfStep, runStep } from '../../runtime/testing/check-step.ts';
import { type Numbers, numbersOf, readFixture } from '../../runtime/testing/fixtures.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import perplexity from './perplexity.ts';

const fixture = readFixture<{
  vocabulary: number;
  table: Numbers;
  text: readonly number[];
  perplexities: readonly { length: number; stride: number; tokens: number; perplexity: number }[];
}>('language');
const { vocabulary, text } = fixture;
const table = numbersOf(fixture.table);

/** Windows as language-model-windows cuts them. */
function windowsOf(ids: readonly number[], length: number, stride: number, size = vocabulary): Dataset {
  const rows = Math.floor((ids.length - 1 - length) / stride) + 1;
  const cut = (shift: number) =>
    Int32Array.from({ length: rows * length }, (_, i) => ids[Math.floor(i / length) * stride + (i % length) + shift]!);
  const kind = { kind: 'tokens', length, vocabulary: size } as const;
  return new Dataset([
    { name: 'tokens', role: 'feature', data: { ...kind, values: cut(0) } },
    { name: 'targets', role: 'target', data: { ...kind, values: cut(1) } },
  ]);
}

const folder = temporaryFolder();
const models = new Map<number, Model>();
beforeAll(async () => {
  for (const length of [8, 16])
    models.set(length, await bigramModel(float32([vocabulary, vocabulary], Array.from(table)), { length, folder }));
});
const measure = async (
  dataset: Dataset,
  { length, baseline, ...params }: { length: number; baseline?: Dataset; context?: number; batch?: number },
) => {
  const ran = await runStep(perplexity, { inputs: { model: models.get(length)!, dataset, baseline }, params, folder });
  return Object.fromEntries(ran.value('metrics', 'metrics').values.map(({ name, value }) => [name, value!]));
};

describe('as Hugging Face’s guide computes it, windows side by side or sliding', () => {
  test.each(fixture.perplexities.map((each) => [`windows of ${each.length}, stride ${each.stride}`, each] as const))(
    '%s',
    async (_, { length, stride, perplexity: wanted }) => {
      const got = await measure(windowsOf(text, length, stride), { length, context: length - stride });
      expect(Math.abs(got.perplexity! - wanted) / wanted).toBeLessThan(1e-5);
      expect(got.bits).toBeCloseTo(Math.log2(wanted), 4);
      expect(got.nats).toBeCloseTo(Math.log(wanted), 4);
    },
  );
});

test('the batch changes the speed only', async () => {
  const windows = windowsOf(text, 8, 8);
  const [one, many] = [
    await measure(windows, { length: 8, batch: 1 }),
    await measure(windows, { length: 8, batch: 7 }),
  ];
  expect(many.perplexity).toBeCloseTo(one.perplexity!, 4);
});

describe('baselines', () => {
  // 0 1 0 1 …: the next token is sure, single tokens are two equally likely ones
  const turns = Array.from({ length: 20_001 }, (_, i) => i % 2);

  test('a unigram with add-one smoothing, a bigram that knows the turn', async () => {
    const baseline = windowsOf(turns, 8, 8);
    const got = await measure(windowsOf(turns.slice(0, 17), 8, 8), { length: 8, baseline });
    const share = (10_000 + 1) / (20_000 + vocabulary);
    expect(got['baseline.unigram.perplexity']).toBeCloseTo(1 / share, 3);
    expect(got['baseline.bigram.perplexity']).toBeCloseTo(1, 2);
  });

  test('what was never seen is not impossible', async () => {
    const baseline = windowsOf(turns.slice(0, 2001), 8, 8);
    const got = await measure(windowsOf([9, 10, 9, 10, 9, 10, 9, 10, 9], 8, 8), { length: 8, baseline });
    expect(got['baseline.unigram.perplexity']).toBeCloseTo(1999 + vocabulary, 6);
    expect(Number.isFinite(got['baseline.bigram.perplexity'])).toBe(true);
  });

  test('context is left out of them too', async () => {
    const baseline = windowsOf(text, 8, 8);
    const whole = await measure(windowsOf(text.slice(0, 25), 8, 8), { length: 8, baseline });
    const sliding = await measure(windowsOf(text.slice(0, 25), 8, 4), { length: 8, baseline, context: 4 });
    expect(sliding['baseline.unigram.nats']).toBeCloseTo(whole['baseline.unigram.nats']!, 9);
  });
});

test('no windows', async () => {
  const dataset = windowsOf(text, 8, 8).take([]);
  expect(await problemOfStep(perplexity, { inputs: { model: models.get(8)!, dataset }, folder })).toMatchObject({
    code: 'metrics/no-rows',
    message: 'Perplexity needs at least one row, the data set has none.',
  });
});

const windows = {
  kind: 'dataset',
  columns: [
    { name: 'tokens', kind: 'tokens', length: 8, vocabulary: 11, role: 'feature' },
    { name: 'targets', kind: 'tokens', length: 8, vocabulary: 11, role: 'target' },
  ],
} as const;
const speaker = {
  kind: 'model',
  task: 'causal-lm',
  inputs: [{ column: 'tokens', type: { dtype: 'int32', shape: [1, 8], below: 11 } }],
  parameters: 1,
  trainable: 1,
  capabilities: ['generates'],
} as const;

checkProblems(perplexity, [
  {
    name: 'a classifier',
    inputs: { model: { ...speaker, task: 'classification', capabilities: ['probabilities'] }, dataset: windows },
    problem: {
      code: 'metrics/no-language-model',
      message: 'Perplexity needs a language model, got one for classification.',
      hint: 'Choose the task Next token in its Network.',
      at: { port: 'model' },
    },
  },
  {
    name: 'rows without tokens',
    inputs: { model: speaker, dataset: { kind: 'dataset', columns: [{ name: 'text', kind: 'text' }] } },
    problem: {
      code: 'training/column',
      message: 'Perplexity needs a column tokens, which the model reads; the data set has text.',
      hint: 'Prepare this data set in the same way as the one that the Input is wired to.',
    },
  },
]);
