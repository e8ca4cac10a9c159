import { z } from 'zod';
import { chooseColumn } from '../../graph/dataset.ts';
import type { Tokenizer } from '../../graph/values.ts';
import { fail } from '../../lib/problem.ts';
import { byteCharacters, trainBytePairs } from '../kit/byte-pairs.ts';
import type { RunContext } from '../kit/context.ts';
import { dataset, defineStep, tokenizer } from '../kit/define-node.ts';
import { choice, column, flag, integer, line } from '../kit/params.ts';
import { byteLevel, bytePairJson, byteWords, countWords, wordCuts, wordListJson } from '../kit/tokenizers.ts';

const UNKNOWN = '<unk>';

/** About so many different characters stand in an English text. */
const LIKELY_CHARACTERS = 96;

const params = z.object({
  algorithm: choice(['bpe', 'word', 'character'], {
    title: 'Algorithm',
    description:
      'Byte pairs: frequent byte sequences, so any text can be written. Words: the most frequent ones. Characters: one by one.',
    default: 'bpe',
    labels: { bpe: 'Byte pairs (BPE)', word: 'Words', character: 'Characters' },
  }),
  size: integer({
    title: 'Vocabulary',
    description: 'How many tokens there may be, special ones included.',
    default: 512,
    min: 2,
    max: 1_000_000,
    when: { algorithm: ['bpe', 'word'] },
  }),
  split: choice(['words', 'spaces'], {
    title: 'Words are',
    description: 'What stands between spaces and punctuation, or between spaces only, as in text that is cut already.',
    default: 'words',
    labels: { words: 'Between spaces and punctuation', spaces: 'Between spaces' },
    when: { algorithm: ['word'] },
    advanced: true,
  }),
  minFrequency: integer({
    title: 'Least count',
    description: 'What stands less often in the data gets no token of its own.',
    default: 1,
    min: 1,
    max: 1_000_000,
    advanced: true,
  }),
  lowercase: flag({ title: 'Lowercase', description: 'Reads capitals as small letters.', default: false }),
  special: line({
    title: 'Special tokens',
    description: 'Tokens that no text becomes, with spaces between them. The first fills rows up.',
    default: '<pad>',
    advanced: true,
  }),
  column: column({
    title: 'Text',
    description: 'The column to learn from. Left empty, the only one of text, or the one whose role is feature.',
    port: 'dataset',
    kinds: ['text'],
    role: 'feature',
  }),
});

export default defineStep({
  id: 'text/tokenizer',
  version: 1,
  title: 'Tokenizer',
  keywords: ['bpe', 'byte pair encoding', 'vocabulary', 'subword', 'word', 'character', 'train tokenizer'],
  inputs: { dataset: dataset('Texts to learn the vocabulary from: training rows only.') },
  outputs: { tokenizer: tokenizer('The trained tokenizer.') },
  params,
  types({ dataset: type }, chosen, check) {
    if (!chooseColumn(type, { name: chosen.column, role: 'feature', kinds: ['text'] }))
      return check.fail(
        'text/column',
        `Tokenizer needs a column of text${chosen.column ? ` named ${chosen.column}` : ''}, the data set has ${type.columns.map((each) => `${each.name} (${each.kind})`).join(', ') || 'no columns'}.`,
        { param: 'column', hint: 'Choose a column of text.' },
      );
    const likely = chosen.algorithm === 'character' ? LIKELY_CHARACTERS : chosen.size;
    return { tokenizer: { kind: 'tokenizer', vocabulary: check.symbol('vocabulary', likely) } };
  },
  async run({ dataset: data }, chosen, context) {
    const found = chooseColumn(data.type, { name: chosen.column, role: 'feature', kinds: ['text'] });
    if (!found) return fail('text/column', 'Tokenizer needs a column of text.');
    const texts = data.data(found.name, 'text').values;
    const read = chosen.lowercase ? texts.map((text) => text.toLowerCase()) : texts;
    return { tokenizer: chosen.algorithm === 'bpe' ? await bytePairs(read, chosen, context) : wordList(read, chosen) };
  },
  docs: {
    summary: 'Learns from texts how to write them as numbers.',
    notes:
      'The result is a tokenizer.json that other tools read. Train it on the training part of a split: a vocabulary that has seen the test texts knows too much.',
    sources: [
      {
        title: 'Sennrich, Haddow and Birch, Neural Machine Translation of Rare Words with Subword Units (2016)',
        url: 'https://aclanthology.org/P16-1162/',
      },
      {
        title: 'Radford et al., Language Models are Unsupervised Multitask Learners (2019): byte-level BPE',
        url: 'https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf',
      },
      { title: 'Hugging Face, tokenizers', url: 'https://huggingface.co/docs/tokenizers' },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'sentiment' } },
      tokenizer: { type: 'text/tokenizer', params: { size: 300 } },
    },
    edges: [['data.dataset', 'tokenizer.dataset']],
  },
});

type Params = z.infer<typeof params>;
const specials = (chosen: Params, ...more: string[]): string[] => [
  ...new Set([...chosen.special.split(/\s+/).filter(Boolean), ...more]),
];

async function bytePairs(texts: readonly string[], chosen: Params, context: RunContext): Promise<Tokenizer> {
  const words = new Map<string, number>();
  for (const [word, count] of countWords(texts, byteWords)) words.set(byteLevel(word), count);
  const special = specials(chosen);
  if (chosen.size < special.length + 256)
    fail(
      'text/vocabulary',
      `Byte pairs need room for 256 bytes and ${special.length} special tokens, the vocabulary is ${chosen.size}.`,
      {
        hint: `Make the vocabulary at least ${special.length + 256}.`,
      },
    );
  const training = trainBytePairs({
    words,
    special,
    alphabet: byteCharacters,
    size: chosen.size,
    minFrequency: chosen.minFrequency,
  });
  for (let i = 0; ; i++) {
    const next = training.next();
    if (next.done)
      return { json: bytePairJson(next.value, special, chosen.lowercase), vocabulary: next.value.symbols.length };
    if (i % 16 === 0) {
      context.progress(next.value / chosen.size, `${next.value} of ${chosen.size} tokens`);
      await context.breathe();
    }
  }
}

function wordList(texts: readonly string[], chosen: Params): Tokenizer {
  const cut = chosen.algorithm === 'character' ? 'characters' : chosen.split;
  const special = specials(chosen, UNKNOWN);
  const counts = countWords(texts, wordCuts[cut]);
  const frequent = [...counts].filter(([word, count]) => count >= chosen.minFrequency && !special.includes(word));
  // most frequent first; equal counts in the order of their code points
  frequent.sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const room = cut === 'characters' ? frequent.length : Math.max(0, chosen.size - special.length);
  const symbols = [...special, ...frequent.slice(0, room).map(([word]) => word)];
  return {
    json: wordListJson(symbols, { special, unknown: UNKNOWN, lower: chosen.lowercase, cut }),
    vocabulary: symbols.length,
  };
}
