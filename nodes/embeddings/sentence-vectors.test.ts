import { describe, expect, test } from 'vitest';
import { Dataset } from '../../graph/dataset.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { type Given, runStep } from '../../runtime/testing/check-step.ts';
import { expectClose, type Numbers, numbersOf, readFixture } from '../../runtime/testing/fixtures.ts';
import { documentOf, runDocument, temporaryFolder } from '../../runtime/testing/graphs.ts';
import { textColumnOf, vectorColumn } from '../../runtime/testing/retrieval.ts';
import sentenceVectors from './sentence-vectors.ts';

const folder = temporaryFolder();
const fixture = readFixture<{
  texts: readonly string[];
  words: readonly string[];
  vectors: Numbers;
  hashed: Numbers;
  pooled: Readonly<Record<'mean' | 'max' | 'sif', Numbers>>;
}>('sentence_vectors');
const dataset = new Dataset([textColumnOf('text', fixture.texts)]);
const vectors = new Dataset([textColumnOf('word', fixture.words, 'id'), vectorColumn('vector', fixture.vectors)]);
const made = async (params: Readonly<Record<string, unknown>>, inputs: Given) => {
  const ran = await runStep(sentenceVectors, { params, inputs: { dataset, ...inputs }, folder });
  return { values: ran.value('dataset', 'dataset').data('vector', 'vector').values, events: ran.events };
};

test('hashed words are those of scikit-learn', async () => {
  expectClose((await made({ size: 16 }, {})).values, numbersOf(fixture.hashed), 0);
});

test.each([
  ['mean', { pooling: 'mean' }],
  ['max', { pooling: 'max' }],
  ['sif', { weights: 'sif' }],
] as const)('word vectors pooled: %s', async (how, params) => {
  const { values, events } = await made(params, { vectors });
  expectClose(values, numbersOf(fixture.pooled[how]), 1e-6);
  const logs = events.flatMap((event) => (event.kind === 'log' ? [event.data.message] : []));
  expect(logs).toEqual(['43.8 % of the words are not in the table and were left out; 3 texts have no word that is.']);
});

test('vectors of length 1', async () => {
  const { values } = await made({ unit: true }, { vectors });
  expect(Math.hypot(...values.subarray(0, 4))).toBeCloseTo(1, 6);
  expect([...values.subarray(12, 16)]).toEqual([0, 0, 0, 0]);
});

describe('of a network', () => {
  const graph = (pooling: string) =>
    documentOf({
      nodes: {
        data: { type: 'data/upload', params: { source: 'pasted', pasted: 'text\nab\nabcd\nb\n' } },
        tokenizer: { type: 'text/tokenizer', params: { algorithm: 'character' } },
        tokenize: { type: 'text/tokenize', params: { length: 4 } },
        input: { type: 'network/input', params: { column: 'tokens' } },
        embedding: { type: 'network/embedding', params: { width: 3 } },
        network: { type: 'network/network', params: { task: 'none' } },
        vectors: { type: 'embeddings/sentence-vectors', params: { pooling } },
      },
      edges: [
        ['data.dataset', 'tokenizer.dataset'],
        ['data.dataset', 'tokenize.dataset'],
        ['tokenizer.tokenizer', 'tokenize.tokenizer'],
        ['tokenize.dataset', 'input.dataset'],
        ['input.y', 'embedding.x'],
        ['embedding.y', 'network.x'],
        ['network.model', 'vectors.model'],
        ['tokenize.dataset', 'vectors.dataset'],
      ],
    });
  test.each(['mean', 'max', 'cls'])('the states of the tokens that are there, pooled: %s', async (pooling) => {
    const ran = await runDocument(graph(pooling), { folder });
    const rows = await ran.value('vectors', 'dataset', 'dataset');
    const { tensors } = await ran.value('network', 'model', 'model');
    const table = Object.values(tensors)[0]!.data;
    const tokens = rows.data('tokens', 'tokens').values;
    const mask = rows.data('mask', 'vector').values;
    const got = rows.data('vector', 'vector').values;
    for (let row = 0; row < rows.rows; row++)
      for (let i = 0; i < 3; i++) {
        const states = Array.from({ length: 4 }, (_, t) => table[tokens[row * 4 + t]! * 3 + i]!);
        const there = states.filter((_, t) => mask[row * 4 + t]! > 0);
        const wanted = {
          mean: there.reduce((a, b) => a + b, 0) / there.length,
          max: Math.max(...there),
          cls: states[0]!,
        }[pooling]!;
        expect(got[row * 3 + i]).toBeCloseTo(wanted, 5);
      }
  });
});

const texts = { kind: 'dataset', columns: [{ name: 'text', kind: 'text' }] } as const;
checkProblems(sentenceVectors, [
  {
    name: 'no text',
    inputs: { dataset: { kind: 'dataset', columns: [{ name: 'n', kind: 'number' }] } },
    problem: {
      code: 'text/column',
      message: 'Sentence vectors needs a column of text, the data set on dataset has n (number).',
      hint: 'Choose a column of text.',
    },
  },
  {
    name: 'a table without vectors',
    inputs: { dataset: texts, vectors: texts },
    problem: {
      code: 'vectors/columns',
      message: 'Sentence vectors needs words and their vectors on vectors, the data set has text (text).',
      hint: 'Wire Word vectors, or another table with a column of words and one of vectors.',
    },
  },
  {
    name: 'CLS of words',
    params: { pooling: 'cls' },
    inputs: { dataset: texts },
    problem: {
      code: 'vectors/cls',
      message: 'Words have no first token that stands for all: CLS needs a model.',
      hint: 'Choose the mean, or wire a model.',
    },
  },
]);
