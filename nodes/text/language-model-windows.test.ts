import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Dataset } from '../../graph/dataset.ts';
import type { Tokenizer } from '../../graph/values.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { problemOfStep, runStep } from '../../runtime/testing/check-step.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import { openTokenizer, wordListJson } from '../kit/tokenizers.ts';
import windows from './language-model-windows.ts';

const folder = temporaryFolder();
const symbols = ['<pad>', '<unk>', ...'abcdefghijklmnopqrstuvwxyz \n|'];
const letters: Tokenizer = {
  json: wordListJson(symbols, { special: ['<pad>', '<unk>'], unknown: '<unk>', lower: false, cut: 'characters' }),
  vocabulary: symbols.length,
};
const textsOf = (values: readonly string[]) => new Dataset([{ name: 'text', data: { kind: 'text', values } }]);
const run = async (texts: readonly string[], params: Readonly<Record<string, unknown>>) => {
  const ran = await runStep(windows, { inputs: { dataset: textsOf(texts), tokenizer: letters }, params, folder });
  const made = ran.value('dataset', 'dataset');
  const open = await openTokenizer(letters);
  const read = (name: string) => {
    const { length, values } = made.data(name, 'tokens');
    return Array.from({ length: made.rows }, (_, row) =>
      open.decode(Array.from(values.subarray(row * length, (row + 1) * length))),
    );
  };
  return { made, tokens: read('tokens'), targets: read('targets') };
};

describe('windows of one stream', () => {
  test('lie side by side; targets are one token further on', async () => {
    const { tokens, targets } = await run(['abcdefghij'], { length: 3 });
    expect(tokens).toEqual(['abc', 'def', 'ghi']);
    expect(targets).toEqual(['bcd', 'efg', 'hij']);
  });

  test('a stride makes them overlap', async () => {
    expect((await run(['abcdefgh'], { length: 4, stride: 2 })).tokens).toEqual(['abcd', 'cdef']);
  });

  test('texts are joined by the separator', async () => {
    expect((await run(['ab', 'cd'], { length: 3, separator: '|' })).tokens).toEqual(['ab|']);
    expect((await run(['ab', 'cd', 'e'], { length: 3 })).tokens).toEqual(['ab\n', '\ncd']);
  });

  test('any text: side by side they are its start, and each target is the next token', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: fc.constantFrom(...'abc xyz'), minLength: 6, maxLength: 30 }), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.integer({ min: 1, max: 5 }),
        async (texts, length) => {
          const { tokens, targets } = await run(texts, { length, separator: '|' });
          const stream = texts.join('|');
          expect(stream.startsWith(tokens.join(''))).toBe(true);
          expect(tokens.length).toBe(Math.floor((stream.length - 1) / length));
          expect(stream.slice(1).startsWith(targets.join(''))).toBe(true);
        },
      ),
      { numRuns: 20 },
    );
  });
});

test('less text than one window', async () => {
  const inputs = { dataset: textsOf(['abc']), tokenizer: letters };
  expect(await problemOfStep(windows, { inputs, params: { length: 3 }, folder })).toEqual({
    code: 'text/too-short',
    message: 'A window of 3 needs at least 4 tokens, the texts have 3.',
    hint: 'Make the window shorter, or take more text.',
  });
});

checkProblems(windows, [
  {
    name: 'a data set without text',
    inputs: {
      dataset: { kind: 'dataset', columns: [{ name: 'petal', kind: 'number' }] },
      tokenizer: { kind: 'tokenizer', vocabulary: 9 },
    },
    problem: {
      code: 'text/column',
      message: 'Language-model windows needs a column of text, the data set has petal (number).',
      hint: 'Choose a column of text.',
    },
  },
]);
