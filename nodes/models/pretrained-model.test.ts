import { expect, test } from 'vitest';
import { Dataset } from '../../graph/dataset.ts';
import { runStep } from '../../runtime/testing/check-step.ts';
import { expectClose, type Numbers, numbersOf, readFixture } from '../../runtime/testing/fixtures.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import { textColumnOf } from '../../runtime/testing/retrieval.ts';
import sentenceVectors from '../embeddings/sentence-vectors.ts';
import { type Piece, sentencePieces } from '../kit/sentence-pieces.ts';
import pretrainedModel from './pretrained-model.ts';

const folder = temporaryFolder();
const { cases } = readFixture<{ cases: readonly { text: string; pieces: readonly number[]; vector: Numbers }[] }>(
  'sentence_encoder',
);

test('the sentence encoder gives the pieces and vectors that its package gives', { timeout: 180_000 }, async () => {
  const model = (await runStep(pretrainedModel, { folder })).value('model', 'model');
  const scores = (model.card.transforms.pieces!.data as Piece[]).map(([, score]) => score);
  expect(scores.every(Number.isFinite)).toBe(true);
  const read = sentencePieces(model.card.transforms.pieces!.data as Piece[]);
  for (const { text, pieces } of cases) expect(read(text), text).toEqual(pieces);

  const texts = [...cases.map(({ text }) => text), ''];
  const dataset = new Dataset([textColumnOf('text', texts)]);
  const ran = await runStep(sentenceVectors, { inputs: { dataset, model }, folder });
  const { size, values } = ran.value('dataset', 'dataset').data('vector', 'vector');
  expect(size).toBe(512);
  for (const [row, { text, vector }] of cases.entries())
    expectClose(values.subarray(row * size, (row + 1) * size), numbersOf(vector), 1e-5, text);
  expect(values.subarray(cases.length * size).every((value) => value === 0)).toBe(true);
});
