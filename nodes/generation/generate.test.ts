import { beforeAll, describe, expect, test } from 'vitest';
import type { Model, Tokenizer } from '../../graph/values.ts';
import { float32 } from '../../ir/tensor.ts';
import { keyOf, Random } from '../../lib/random.ts';
import { bigramModel } from '../../runtime/testing/bigrams.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { problemOfStep, runStep } from '../../runtime/testing/check-step.ts';
import { expectClose, type Numbers, numbersOf, readFixture } from '../../runtime/testing/fixtures.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import { greedy, restrict, sample } from '../kit/sampling.ts';
import { wordListJson } from '../kit/tokenizers.ts';
import generate from './generate.ts';

const fixture = readFixture<{
  vocabulary: number;
  table: Numbers;
  filters: readonly { temperature: number; topK: number; topP: number; row: number; probabilities: Numbers }[];
  writing: readonly { prompt: readonly number[]; beams: number; ids: readonly number[] }[];
}>('language');
const { vocabulary } = fixture;
const table = numbersOf(fixture.table);
const rowOf = (row: number) => table.subarray(row * vocabulary, (row + 1) * vocabulary);

/** Token i is the i-th letter. */
const symbols = [...'abcdefghijk'];
const letters: Tokenizer = {
  json: wordListJson(symbols, { special: [], unknown: 'a', lower: false, cut: 'characters' }),
  vocabulary,
};
const spell = (ids: readonly number[]) => ids.map((id) => symbols[id]).join('');

const folder = temporaryFolder();
let model: Model;
beforeAll(async () => {
  model = await bigramModel(float32([vocabulary, vocabulary], Array.from(table)), { length: 8, folder });
});
const write = async (params: Readonly<Record<string, unknown>>, text?: string) =>
  (await runStep(generate, { inputs: { model, tokenizer: letters, text }, params, folder })).value('text', 'text');

describe('sampling draws from what Hugging Face’s filters leave', () => {
  test.each(
    fixture.filters.map(
      (each) => [`temperature ${each.temperature}, k ${each.topK}, p ${each.topP}, row ${each.row}`, each] as const,
    ),
  )('%s', (_, { row, probabilities, ...options }) => {
    const left = new Float64Array(vocabulary);
    for (const { id, p } of restrict(rowOf(row), options)) left[id] = p;
    expectClose(left, numbersOf(probabilities), 1e-6);
  });

  test('as often as their probabilities say', () => {
    const random = new Random(keyOf('generate'));
    const options = { temperature: 0.8, topK: 6, topP: 0.9 };
    const counts = new Map<number, number>();
    const draws = 20_000;
    for (let i = 0; i < draws; i++) {
      const id = sample(rowOf(2), options, random);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    const wanted = restrict(rowOf(2), options);
    expect([...counts.keys()].sort()).toEqual(wanted.map(({ id }) => id).sort());
    // within five standard deviations
    for (const { id, p } of wanted)
      expect(Math.abs(counts.get(id)! / draws - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / draws));
  });

  test('the first of equal ones is the likeliest', () => {
    expect(greedy([1, 3, 3])).toBe(1);
  });
});

describe('a whole text is the one that Hugging Face’s generate writes', () => {
  test.each(fixture.writing.map((each) => [`${each.beams} beams after ${spell(each.prompt)}`, each] as const))(
    '%s',
    async (_, { prompt, beams, ids }) => {
      const strategy = beams === 1 ? { strategy: 'greedy' } : { strategy: 'beam', beams };
      expect(await write({ prompt: spell(prompt), tokens: ids.length - prompt.length, ...strategy })).toBe(spell(ids));
    },
  );
});

describe('what is written', () => {
  test('a wired text is the prompt; texts longer than the window go on', async () => {
    const text = await write({ prompt: 'a', tokens: 20, strategy: 'greedy' }, 'bcbcbcbcbcbcbcb');
    expect(text).toMatch(/^bcbcbcbcbcbcbcb/);
    expect(text.length).toBe(35);
  });

  test('the same seed writes the same, another one something else', async () => {
    const params = { prompt: 'a', tokens: 40, temperature: 1.5 };
    const first = await write({ ...params, seed: 1 });
    expect(await write({ ...params, seed: 1 })).toBe(first);
    expect(await write({ ...params, seed: 2 })).not.toBe(first);
  });

  test('it ends before the text that stops it', async () => {
    const whole = await write({ prompt: 'a', tokens: 20, strategy: 'greedy' });
    const stop = whole.slice(3, 5);
    const cut = await write({ prompt: 'a', tokens: 20, strategy: 'greedy', stop });
    expect(cut).toBe(whole.slice(0, whole.indexOf(stop, 1)));
  });

  test('no prompt', async () => {
    const inputs = { model, tokenizer: letters };
    expect(await problemOfStep(generate, { inputs, params: { prompt: '' }, folder })).toEqual({
      code: 'generate/no-prompt',
      message: 'Generate needs a prompt of at least one token, got none.',
      hint: 'Type a prompt.',
    });
  });
});

const speaker = {
  kind: 'model',
  task: 'causal-lm',
  inputs: [],
  output: { dtype: 'float32', shape: [1, 8, 11] },
  parameters: 1,
  trainable: 1,
  capabilities: ['generates'],
} as const;

checkProblems(generate, [
  {
    name: 'a classifier',
    inputs: {
      model: { ...speaker, task: 'classification', capabilities: ['probabilities'] },
      tokenizer: { kind: 'tokenizer', vocabulary: 11 },
    },
    problem: {
      code: 'generate/no-language-model',
      message: 'Generate needs a language model, got one for classification.',
      hint: 'Choose the task Next token in its Network.',
      at: { port: 'model' },
    },
  },
  {
    name: 'another tokenizer',
    inputs: { model: speaker, tokenizer: { kind: 'tokenizer', vocabulary: 12 } },
    problem: {
      code: 'generate/tokenizer',
      message: 'Generate needs the tokenizer that the model was trained with, got another one.',
      hint: 'Wire the tokenizer that made the training windows.',
      at: { port: 'tokenizer' },
    },
  },
]);
