import { z } from 'zod';
import type { Dataset } from '../../graph/dataset.ts';
import type { ModelType } from '../../graph/types.ts';
import { fail } from '../../lib/problem.ts';
import { dataset, defineStep, model, optional, type TypeContext } from '../kit/define-node.ts';
import { hashedWords } from '../kit/hashed-words.ts';
import { textColumn } from '../kit/indexes.ts';
import { choice, column, flag, integer, line } from '../kit/params.ts';
import { checkReads } from '../kit/predictions.ts';
import { poolWords, vectorColumns, wordVectorsOf } from '../kit/word-vectors.ts';

const TITLE = 'Sentence vectors';

export default defineStep({
  id: 'embeddings/sentence-vectors',
  version: 1,
  title: TITLE,
  keywords: ['embeddings', 'text vectors', 'pooling', 'mean', 'cls', 'sif', 'hashing', 'encoder', 'semantic'],
  inputs: {
    dataset: dataset('Rows with a text, or with what the model reads.'),
    vectors: optional(dataset('Word vectors to pool.')),
    model: optional(model('A model that gives a vector for each text, or one for each token.')),
  },
  outputs: { dataset: dataset('The same rows with a column of vectors.') },
  params: z.object({
    column: column({
      title: 'Text',
      description: 'The column to read. Left empty, the only one of text, or the one whose role is feature.',
      port: 'dataset',
      kinds: ['text'],
      role: 'feature',
    }),
    pooling: choice(['mean', 'max', 'cls'], {
      title: 'Pooling',
      description: 'How the vectors of words or tokens become one. CLS takes that of the first token: models only.',
      default: 'mean',
      labels: { mean: 'Mean', max: 'Largest of each number', cls: 'First token (CLS)' },
    }),
    weights: choice(['equal', 'sif'], {
      title: 'Words count',
      description:
        'Frequent words say little: with smooth inverse frequency they count less. For the mean of word vectors.',
      default: 'equal',
      labels: { equal: 'All the same', sif: 'Rare ones more (SIF)' },
    }),
    size: integer({
      title: 'Size',
      description: 'Numbers in a vector where neither word vectors nor a model are wired: words are hashed into them.',
      default: 256,
      min: 1,
      max: 65_536,
    }),
    unit: flag({ title: 'Length 1', description: 'Scales each vector to length 1.', default: false, advanced: true }),
    name: line({ title: 'Name', description: 'Of the new column.', default: 'vector', max: 100, advanced: true }),
  }),
  // a model computes on the device
  computes: true,
  types({ dataset: type, vectors, model: encoder }, params, check) {
    if (vectors && encoder)
      return check.fail('vectors/both', `${TITLE} needs word vectors or a model, got both.`, {
        port: 'model',
        hint: 'Take one of the wires away.',
      });
    if (!encoder || encoder.inputs.length === 0)
      textColumn(check, TITLE, type, { name: params.column, param: 'column', port: 'dataset' });
    else checkReads(check, TITLE, encoder, type, 'dataset');
    if (params.pooling === 'cls' && !encoder)
      check.fail('vectors/cls', 'Words have no first token that stands for all: CLS needs a model.', {
        param: 'pooling',
        hint: 'Choose the mean, or wire a model.',
      });
    const size = encoder
      ? modelSize(encoder, check)
      : vectors
        ? vectorColumns(vectors, TITLE, 'vectors', check.fail).size
        : params.size;
    const columns = type.columns.filter(({ name }) => name !== params.name);
    return { dataset: { ...type, columns: [...columns, { name: params.name, kind: 'vector', size }] } };
  },
  async run({ dataset: data, vectors, model: encoder }, params, context) {
    const { size, values } = encoder
      ? await context.models.embed(
          encoder,
          readBy(encoder.card.signature.inputs.length, data, params.column),
          params.pooling,
        )
      : pooled(data, vectors, params, context.log);
    if (params.unit) scaleToOne(values, size);
    return { dataset: data.with([{ name: params.name, data: { kind: 'vector', size, values } }]) };
  },
  docs: {
    summary: 'Makes a vector of each text, so that texts can be compared, searched and classified.',
    equation: String.raw`v = \frac{\sum_w s_w\, v_w}{\sum_w s_w}, \qquad s_w = \frac{a}{a + p(w)} \text{ for SIF}`,
    notes:
      'Of word vectors: pooled over the words of the text that the table has; a text without any gets zeros. SIF takes a = 0.001 and estimates how frequent a word is from its place in the table, by Zipf’s law. Of a model: its own vectors. Of neither: counts of words, each in a place and with a sign that its hash says, as scikit-learn’s HashingVectorizer makes them; nothing is learned, and unlike words are unlike.',
    sources: [
      {
        title: 'Arora, Liang and Ma, A Simple but Tough-to-Beat Baseline for Sentence Embeddings (2017)',
        url: 'https://openreview.net/forum?id=SyK00v5xx',
      },
      {
        title: 'Weinberger et al., Feature Hashing for Large Scale Multitask Learning (2009)',
        url: 'https://arxiv.org/abs/0902.2206',
      },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'sentiment' } },
      vectors: { type: 'embeddings/sentence-vectors', params: { size: 64 } },
    },
    edges: [['data.dataset', 'vectors.dataset']],
  },
});

function modelSize({ output, task }: ModelType, check: TypeContext) {
  if (output?.dtype !== 'float32' || (output.shape.length !== 2 && output.shape.length !== 3))
    return check.fail('vectors/model', `${TITLE} needs a model that gives vectors, got one for ${task}.`, {
      port: 'model',
      hint: 'Wire Pretrained model, or a Network whose task is none.',
    });
  return output.shape.at(-1)!;
}

/** What a model reads: the text alone under a name that it knows, or the columns that it names. */
function readBy(inputs: number, data: Dataset, column: string): Dataset {
  if (inputs > 0) return data;
  const name = textOf(data, column);
  return data.select([]).with([{ name: 'text', data: data.data(name, 'text') }]);
}

const textOf = (data: Dataset, column: string): string =>
  textColumn({ fail: (code: string, message: string) => fail(code, message) }, TITLE, data.type, {
    name: column,
    param: '',
    port: 'dataset',
  }).name;

function pooled(
  data: Dataset,
  table: Dataset | undefined,
  {
    column: name,
    pooling,
    weights,
    size,
  }: { column: string; pooling: 'mean' | 'max' | 'cls'; weights: 'equal' | 'sif'; size: number },
  log: (message: string) => void,
): { size: number; values: Float32Array } {
  const texts = data.data(textOf(data, name), 'text').values;
  if (!table) return { size, values: hashedWords(texts, size) };
  const words = wordVectorsOf(table, TITLE, 'vectors', (code, message) => fail(code, message));
  const { values, known, unknown, empty } = poolWords(texts, words, {
    pooling: pooling === 'max' ? 'max' : 'mean',
    weights,
  });
  const share = known + unknown === 0 ? 0 : Math.round((1000 * unknown) / (known + unknown)) / 10;
  log(`${share} % of the words are not in the table and were left out; ${empty} texts have no word that is.`);
  return { size: words.size, values };
}

function scaleToOne(values: Float32Array, size: number): void {
  for (let at = 0; at < values.length; at += size) {
    const row = values.subarray(at, at + size);
    const length = Math.hypot(...row);
    if (length > 0) for (let i = 0; i < size; i++) row[i]! /= length;
  }
}
