import { z } from 'zod';
import type { Index } from '../../graph/values.ts';
import { fail } from '../../lib/problem.ts';
import { defineStep, index, many } from '../kit/define-node.ts';
import { cellTexts } from '../kit/indexes.ts';
import { integer, line } from '../kit/params.ts';

/** "1, 0.5" as numbers, or undefined where something else stands. */
function weightsOf(text: string): readonly number[] | undefined {
  if (text.trim() === '') return [];
  const weights = text.split(/[\s,;]+/).map(Number);
  return weights.every((weight) => Number.isFinite(weight) && weight >= 0) && weights.some((weight) => weight > 0)
    ? weights
    : undefined;
}

export default defineStep({
  id: 'retrieval/hybrid-index',
  version: 1,
  title: 'Hybrid index',
  keywords: ['search', 'fusion', 'rrf', 'reciprocal rank', 'combine', 'ensemble of retrievers'],
  inputs: { indexes: many(index('Two or more indexes of the same passages.')) },
  outputs: { index: index('The passages, searchable in all these ways at once.') },
  params: z.object({
    k: integer({
      title: 'k',
      description: 'Added to every rank: the larger, the less the first places count above the others.',
      default: 60,
      min: 0,
      max: 10_000,
    }),
    weights: line({
      title: 'Weights',
      description: 'How much each index counts, in the order of the wires: 1, 0.5. Left empty, all count the same.',
      default: '',
      max: 200,
    }),
    depth: integer({
      title: 'Depth',
      description: 'How many passages of each ranking are fused.',
      default: 100,
      min: 1,
      max: 100_000,
      advanced: true,
    }),
  }),
  types({ indexes }, { weights: text }, check) {
    const [first, ...more] = indexes;
    if (!first || more.length === 0)
      return check.fail('index/few', `Hybrid index needs two indexes or more, got ${indexes.length}.`, {
        port: 'indexes',
        hint: 'Wire a BM25 index and a Vector index of the same passages.',
      });
    const weights = weightsOf(text);
    if (!weights)
      return check.fail('index/weights', `Weights are numbers of 0 or more, one of them above 0, got “${text}”.`, {
        param: 'weights',
        hint: 'Write one for each index, such as 1, 0.5.',
      });
    if (weights.length > 0 && weights.length !== indexes.length)
      return check.fail(
        'index/weights',
        `Hybrid index needs a weight for each of its ${indexes.length} indexes, got ${weights.length}.`,
        { param: 'weights', hint: 'Write one for each index, or leave them empty.' },
      );
    for (const other of more) {
      const [a, b] = [first.passages.rows, other.passages.rows];
      if (other.id !== first.id || (a !== undefined && b !== undefined && !check.equal(a, b)))
        return check.fail('index/passages', different, { port: 'indexes', hint: sameHint });
    }
    const vectors = indexes.flatMap(({ byVectors }) => byVectors);
    for (const { column, size } of vectors)
      for (const other of vectors)
        if (other.column === column && !check.equal(size, other.size))
          return check.fail('index/vectors', `Two of the indexes read vectors of other sizes from ${column}.`, {
            port: 'indexes',
            hint: 'Give the columns of vectors names of their own.',
          });
    return {
      index: {
        ...first,
        byText: indexes.some(({ byText }) => byText),
        byVectors: vectors.filter(({ column }, i) => vectors.findIndex((each) => each.column === column) === i),
      },
    };
  },
  async run({ indexes }, { k, weights: text, depth }) {
    const weights = weightsOf(text) ?? [];
    const names = ({ passages, id }: Index) => cellTexts(passages.column(id));
    const wanted = names(indexes[0]!);
    for (const other of indexes.slice(1)) {
      const got = names(other);
      if (got.length !== wanted.length || got.some((name, i) => name !== wanted[i]))
        fail('index/passages', different, { hint: sameHint });
    }
    return {
      index: {
        ...indexes[0]!,
        method: {
          kind: 'fused',
          k,
          depth,
          parts: indexes.map(({ method }, i) => ({ weight: weights[i] ?? 1, method })),
        },
      },
    };
  },
  docs: {
    summary: 'Fuses the rankings of several indexes: a passage that many of them rank high comes first.',
    equation: String.raw`\mathrm{score}(d) = \sum_i \frac{w_i}{k + \mathrm{rank}_i(d)}`,
    notes: 'Only ranks count, so indexes whose scores have nothing in common can be fused.',
    sources: [
      {
        title: 'Cormack, Clarke and Büttcher, Reciprocal Rank Fusion (2009)',
        url: 'https://dl.acm.org/doi/10.1145/1571941.1572114',
      },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'sentiment' } },
      words: { type: 'retrieval/bm25-index' },
      stems: { type: 'retrieval/bm25-index', params: { stem: true } },
      both: { type: 'retrieval/hybrid-index' },
    },
    edges: [
      ['data.dataset', 'words.dataset'],
      ['data.dataset', 'stems.dataset'],
      ['words.index', 'both.indexes'],
      ['stems.index', 'both.indexes'],
    ],
  },
});

const different = 'Hybrid index needs indexes of the same passages, these have others.';
const sameHint = 'Build all of them from one data set.';
