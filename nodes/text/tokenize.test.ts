import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Dataset } from '../../graph/dataset.ts';
import type { Tokenizer } from '../../graph/values.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { runStep } from '../../runtime/testing/check-step.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import { wordListJson } from '../kit/tokenizers.ts';
import tokenize from './tokenize.ts';

const folder = temporaryFolder();
const symbols = ['<pad>', '<unk>', ...'abcdefgh'];
const letters: Tokenizer = {
  json: wordListJson(symbols, { special: ['<pad>', '<unk>'], unknown: '<unk>', lower: false, cut: 'characters' }),
  vocabulary: symbols.length,
};
const textsOf = (values: readonly string[]) =>
  new Dataset([
    { name: 'text', role: 'feature', data: { kind: 'text', values } },
    { name: 'y', role: 'target', data: { kind: 'number', values: new Float64Array(values.length) } },
  ]);
const run = async (values: readonly string[], params: Readonly<Record<string, unknown>>) => {
  const ran = await runStep(tokenize, { inputs: { dataset: textsOf(values), tokenizer: letters }, params, folder });
  const made = ran.value('dataset', 'dataset');
  const { length, values: ids } = made.data('tokens', 'tokens');
  const mask = made.data('mask', 'vector').values;
  const cut = (all: ArrayLike<number>) =>
    values.map((_, row) => Array.from({ length }, (_, i) => all[row * length + i]!));
  return { made, tokens: cut(ids), mask: cut(mask) };
};

test('short texts are filled up with the first special token, and the mask tells', async () => {
  const { tokens, mask } = await run(['abc', '', 'zab'], { length: 4 });
  expect(tokens).toEqual([
    [2, 3, 4, 0],
    [0, 0, 0, 0],
    [1, 2, 3, 0],
  ]);
  expect(mask).toEqual([
    [1, 1, 1, 0],
    [0, 0, 0, 0],
    [1, 1, 1, 0],
  ]);
});

test('long texts are cut at the end that is chosen', async () => {
  expect((await run(['abcdef'], { length: 3 })).tokens).toEqual([[2, 3, 4]]);
  expect((await run(['abcdef'], { length: 3, keep: 'end' })).tokens).toEqual([[5, 6, 7]]);
});

test('the text is no feature any more, its tokens are, and they know what they were made of', async () => {
  const { made } = await run(['abc'], { length: 4 });
  expect(made.type.columns).toEqual([
    { name: 'text', kind: 'text' },
    { name: 'y', kind: 'number', role: 'target' },
    { name: 'tokens', kind: 'tokens', length: 4, vocabulary: 10, role: 'feature', origin: { column: 'text' } },
    { name: 'mask', kind: 'vector', size: 4, origin: { column: 'text' } },
  ]);
  const [transform] = Object.values(made.transforms);
  expect(transform).toMatchObject({ implementation: 'text/tokenize', column: 'text', params: { length: 4 } });
});

test('any text: as many tokens count as it has, up to the length', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ maxLength: 12 }), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 8 }),
      async (texts, length) => {
        const { tokens, mask } = await run(texts, { length });
        texts.forEach((text, row) => {
          const count = Math.min(length, [...text].length);
          expect(mask[row]!.reduce((a, b) => a + b, 0)).toBe(count);
          expect(tokens[row]!.slice(count)).toEqual(Array(length - count).fill(0));
        });
      },
    ),
    { numRuns: 25 },
  );
});

checkProblems(tokenize, [
  {
    name: 'a column that is not there',
    params: { column: 'body' },
    inputs: {
      dataset: { kind: 'dataset', columns: [{ name: 'text', kind: 'text' }] },
      tokenizer: { kind: 'tokenizer', vocabulary: 9 },
    },
    problem: {
      code: 'text/column',
      message: 'Tokenize needs a column of text named body, the data set has text (text).',
      hint: 'Choose a column of text.',
      at: { param: 'column' },
    },
  },
]);
