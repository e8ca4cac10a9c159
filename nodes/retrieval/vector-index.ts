import { z } from 'zod';
import { chooseColumn } from '../../graph/dataset.ts';
import { fail } from '../../lib/problem.ts';
import { dataset, defineStep, index } from '../kit/define-node.ts';
import { describeColumns, passagesOf, passagesType } from '../kit/indexes.ts';
import { choice, column } from '../kit/params.ts';

export default defineStep({
  id: 'retrieval/vector-index',
  version: 1,
  title: 'Vector index',
  keywords: ['search', 'dense', 'embeddings', 'nearest neighbours', 'hnsw', 'semantic', 'similarity'],
  inputs: { dataset: dataset('Passages: a row each, with a text and a vector.') },
  outputs: { index: index('The passages, searchable by vectors.') },
  params: z.object({
    vectors: column({
      title: 'Vectors',
      description: 'The column of vectors. Queries bring theirs in a column of the same name.',
      port: 'dataset',
      kinds: ['vector'],
    }),
    column: column({
      title: 'Text',
      description: 'The passages as people read them. Left empty, the only column of text, or the one of role feature.',
      port: 'dataset',
      kinds: ['text'],
      role: 'feature',
    }),
    metric: choice(['cosine', 'dot', 'euclidean'], {
      title: 'Nearness',
      description: 'How two vectors are compared. Scores are larger where they are nearer; a distance is negative.',
      default: 'cosine',
      labels: { cosine: 'Cosine', dot: 'Dot product', euclidean: 'Euclidean distance' },
    }),
    search: choice(['exact', 'hnsw'], {
      title: 'Search',
      description:
        'Exact compares every passage. HNSW walks a graph: faster with many thousands, and may miss one. It needs the server; in the page the search is exact.',
      default: 'exact',
      labels: { exact: 'Exact', hnsw: 'HNSW (server)' },
    }),
  }),
  types({ dataset: type }, params, check) {
    const found = chooseColumn(type, { name: params.vectors, kinds: ['vector'] });
    if (found?.kind !== 'vector')
      return check.fail(
        'index/vectors',
        `Vector index needs a column of vectors${params.vectors ? ` named ${params.vectors}` : ''}, the data set has ${describeColumns(type)}.`,
        { param: 'vectors', hint: 'Make vectors of the texts first, with Sentence vectors.' },
      );
    return {
      index: {
        kind: 'index',
        ...passagesType(check, 'Vector index', type, params.column),
        byText: false,
        byVectors: [{ column: found.name, size: found.size }],
      },
    };
  },
  async run({ dataset: data }, { vectors: named, column: name, metric, search }, context) {
    const refuse = { fail: (code: string, message: string) => fail(code, message) };
    const { text, id } = passagesType(refuse, 'Vector index', data.type, name);
    const { name: from } = chooseColumn(data.type, { name: named, kinds: ['vector'] })!;
    const { size, values } = data.data(from, 'vector');
    const odd = values.findIndex((value) => !Number.isFinite(value));
    if (odd >= 0)
      fail('index/not-finite', `Vector index needs finite numbers, row ${Math.floor(odd / size) + 1} has others.`, {
        hint: 'Leave that row out.',
      });
    const method = { kind: 'vectors', metric, column: from, size, values } as const;
    const exact = { index: { passages: passagesOf(data), text, id, method } };
    if (search === 'exact') return exact;
    const { neighbours } = context;
    if ('missing' in neighbours) {
      context.log(`${neighbours.missing} The search is exact.`);
      return exact;
    }
    context.progress(0, `a graph over ${data.rows} vectors`);
    const bytes = await neighbours.build(values, { metric, size });
    return { index: { ...exact.index, method: { ...method, graph: { library: 'usearch', bytes } } } };
  },
  // a graph is there on some platforms only
  computes: true,
  docs: {
    summary: 'Makes passages searchable by vectors: those whose vectors are nearest to that of the query come first.',
    equation: String.raw`\cos(q, d) = \frac{q \cdot d}{\lVert q \rVert\, \lVert d \rVert}`,
    notes: 'Vectors of passages and queries have to come from the same nodes, or their nearness means nothing.',
    sources: [
      {
        title: 'Karpukhin et al., Dense Passage Retrieval (2020)',
        url: 'https://arxiv.org/abs/2004.04906',
      },
      {
        title: 'Malkov and Yashunin, Hierarchical Navigable Small World graphs (2016)',
        url: 'https://arxiv.org/abs/1603.09320',
      },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'sentiment' } },
      vectors: { type: 'embeddings/sentence-vectors', params: { source: 'hashed', size: 64 } },
      index: { type: 'retrieval/vector-index' },
    },
    edges: [
      ['data.dataset', 'vectors.dataset'],
      ['vectors.dataset', 'index.dataset'],
    ],
  },
});
