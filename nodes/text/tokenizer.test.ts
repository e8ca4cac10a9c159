import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { Dataset } from '../../graph/dataset.ts';
import type { Tokenizer } from '../../graph/values.ts';
import { PackageDatasets } from '../../runtime/node/datasets.ts';
import { rootFolder } from '../../runtime/node/platform.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { problemOfStep, runStep } from '../../runtime/testing/check-step.ts';
import { readFixture } from '../../runtime/testing/fixtures.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import { type OpenTokenizer, openTokenizer } from '../kit/tokenizers.ts';
import tokenizer from './tokenizer.ts';

interface Case {
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly vocabulary: readonly string[];
  readonly merges?: readonly string[];
  readonly encoded: readonly (readonly number[])[];
  readonly decoded: readonly string[];
}
const { rows, probes, cases } = readFixture<{ rows: number; probes: readonly string[]; cases: readonly Case[] }>(
  'tokenizer_texts',
);

const folder = temporaryFolder();
const textsOf = (values: readonly string[]) => new Dataset([{ name: 'text', data: { kind: 'text', values } }]);
const train = async (dataset: Dataset, params: Readonly<Record<string, unknown>>): Promise<Tokenizer> =>
  (await runStep(tokenizer, { inputs: { dataset }, params, folder })).value('tokenizer', 'tokenizer');

let sentences: Dataset;
beforeAll(async () => {
  const all = await new PackageDatasets(rootFolder, folder).load('sentiment');
  sentences = all.take(Array.from({ length: rows }, (_, i) => i));
});

describe('trained and read as Hugging Face’s tokenizers does', () => {
  test.each(cases.map((each) => [each.name, each] as const))(
    '%s',
    async (_, { params, vocabulary, merges, ...texts }) => {
      const made = await train(sentences, params);
      const model = made.json.model as { vocab: Record<string, number>; merges?: [string, string][] };
      const ours = Object.entries(model.vocab).sort(([, a], [, b]) => a - b);
      expect(ours.map(([token]) => token)).toEqual(vocabulary);
      expect(made.vocabulary).toBe(vocabulary.length);
      expect(model.merges?.map((pair) => pair.join(' '))).toEqual(merges);
      const open = await openTokenizer(made);
      expect(probes.map((probe) => open.encode(probe))).toEqual(texts.encoded);
      expect(texts.encoded.map((ids) => open.decode(ids))).toEqual(texts.decoded);
    },
  );
});

test('text that is cut already is cut at its spaces only', async () => {
  const made = await train(textsOf(["It 's  Dr. Who ,", "Dr. Who 's it"]), { algorithm: 'word', split: 'spaces' });
  const open = await openTokenizer(made);
  expect(open.encode("Who 's  Dr. it , new").map((id) => open.tokenOf(id))).toEqual([
    ...['Who', "'s", 'Dr.', 'it', ',', '<unk>'],
  ]);
});

describe('byte pairs write any text', () => {
  let open: OpenTokenizer;
  beforeAll(async () => {
    open = await openTokenizer(await train(sentences, { size: 400 }));
  });

  test('and read it back as it was', () => {
    const anyText = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.string());
    fc.assert(
      fc.property(anyText, (text) => {
        // half a surrogate pair is no text, and special tokens are no part of one
        fc.pre(!/\p{Surrogate}/u.test(text) && !text.includes('<pad>'));
        expect(open.decode(open.encode(text))).toBe(text);
      }),
      { numRuns: 200 },
    );
  });

  test('with ids below the vocabulary, never the special ones', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(!text.includes('<pad>'));
        for (const id of open.encode(text)) {
          expect(id).toBeGreaterThan(0);
          expect(id).toBeLessThan(open.vocabulary);
        }
      }),
    );
  });
});

test('training is the same for the same texts, whatever their order', async () => {
  const few = ['low lower lowest', 'new newer newest', 'wide wider'];
  const [one, other] = [
    await train(textsOf(few), { size: 270 }),
    await train(textsOf([...few].reverse()), { size: 270 }),
  ];
  expect(other.json).toEqual(one.json);
});

test('a vocabulary that has no room for all bytes', async () => {
  expect(
    await problemOfStep(tokenizer, { inputs: { dataset: textsOf(['a']) }, params: { size: 200 }, folder }),
  ).toEqual({
    code: 'text/vocabulary',
    message: 'Byte pairs need room for 256 bytes and 1 special tokens, the vocabulary is 200.',
    hint: 'Make the vocabulary at least 257.',
  });
});

checkProblems(tokenizer, [
  {
    name: 'a data set without text',
    inputs: { dataset: { kind: 'dataset', columns: [{ name: 'petal', kind: 'number' }] } },
    problem: {
      code: 'text/column',
      message: 'Tokenizer needs a column of text, the data set has petal (number).',
      hint: 'Choose a column of text.',
      at: { param: 'column' },
    },
  },
]);
