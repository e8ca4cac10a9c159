import { z } from 'zod';
import { dataset, defineStep } from '../kit/define-node.ts';
import { describeColumns } from '../kit/indexes.ts';
import { choice, column, line } from '../kit/params.ts';
import { likeness } from '../kit/ranking.ts';

const vectorParam = (title: string, which: string) =>
  column({ title, description: `The ${which} column of vectors.`, port: 'dataset', kinds: ['vector'] });

export default defineStep({
  id: 'embeddings/similarity',
  version: 1,
  title: 'Similarity',
  keywords: ['cosine', 'dot product', 'distance', 'euclidean', 'compare', 'semantic textual similarity'],
  inputs: { dataset: dataset('Rows with two vectors of one size.') },
  outputs: { dataset: dataset('The same rows with a number: how alike the two are.') },
  params: z.object({
    a: vectorParam('First', 'first'),
    b: vectorParam('Second', 'second'),
    metric: choice(['cosine', 'dot', 'euclidean'], {
      title: 'Measure',
      description: 'A distance is negative, so that more is always more alike.',
      default: 'cosine',
      labels: { cosine: 'Cosine', dot: 'Dot product', euclidean: 'Euclidean distance' },
    }),
    name: line({ title: 'Name', description: 'Of the new column.', default: 'similarity', max: 100, advanced: true }),
  }),
  types({ dataset: type }, { a, b, name }, check) {
    const [first, second] = ([a, b] as const).map((each, i) => {
      const param = i === 0 ? 'a' : 'b';
      const found = type.columns.find((one) => one.name === each && one.kind === 'vector');
      return found?.kind === 'vector'
        ? found
        : check.fail(
            'similarity/vectors',
            `Similarity needs two columns of vectors, ${each ? `${each} is none` : `the ${i === 0 ? 'first' : 'second'} is not chosen`}; the data set has ${describeColumns(type)}.`,
            { param, hint: 'Make vectors with Sentence vectors, each under a name of its own.' },
          );
    });
    if (!check.equal(first!.size, second!.size))
      return check.fail('similarity/size', `Similarity needs vectors of one size, ${a} and ${b} differ.`, {
        param: 'b',
        hint: 'Make both with the same nodes.',
      });
    const columns = type.columns.filter((each) => each.name !== name);
    return { dataset: { ...type, columns: [...columns, { name, kind: 'number' }] } };
  },
  async run({ dataset: data }, { a, b, metric, name }) {
    const [first, second] = [data.data(a, 'vector'), data.data(b, 'vector')];
    const row = ({ size, values }: typeof first, i: number) => values.subarray(i * size, (i + 1) * size);
    const values = Float64Array.from({ length: data.rows }, (_, i) => likeness(metric, row(first, i), row(second, i)));
    return { dataset: data.with([{ name, data: { kind: 'number', values } }]) };
  },
  docs: {
    summary: 'Says row by row how alike two vectors are.',
    equation: String.raw`\cos(a, b) = \frac{a \cdot b}{\lVert a \rVert\, \lVert b \rVert}`,
    notes: 'To find the nearest of many rows, use Vector index and Retrieve.',
    sources: [
      {
        title: 'scikit-learn, pairwise metrics',
        url: 'https://scikit-learn.org/stable/modules/metrics.html',
      },
    ],
  },
  example: {
    nodes: {
      data: {
        type: 'data/upload',
        params: {
          source: 'pasted',
          pasted: 'text,other\nthe wide sea,a wide sea\na hill,the deep sea\n',
          columns: [
            { name: 'text', kind: 'text' },
            { name: 'other', kind: 'text' },
          ],
        },
      },
      a: { type: 'embeddings/sentence-vectors', params: { column: 'text', size: 32, name: 'a' } },
      b: { type: 'embeddings/sentence-vectors', params: { column: 'other', size: 32, name: 'b' } },
      similarity: { type: 'embeddings/similarity', params: { a: 'a', b: 'b' } },
    },
    edges: [
      ['data.dataset', 'a.dataset'],
      ['a.dataset', 'b.dataset'],
      ['b.dataset', 'similarity.dataset'],
    ],
  },
});
