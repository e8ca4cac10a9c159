import { z } from 'zod';
import { type ColumnData, Dataset, type DatasetColumn } from '../../graph/dataset.ts';
import type { Column, DatasetType } from '../../graph/types.ts';
import { fail } from '../../lib/problem.ts';
import type { RunContext } from '../kit/context.ts';
import { dataset, defineStep, index } from '../kit/define-node.ts';
import { cellTexts, indexType, rowNames, textColumn } from '../kit/indexes.ts';
import { choice, column, integer, line } from '../kit/params.ts';
import { openRanker, type Query, type Ranker } from '../kit/ranking.ts';

/** The column that says which passages are right: named, or the one whose role is target. */
function targetColumn({ columns }: DatasetType, name: string): Column | undefined {
  const kinds: readonly Column['kind'][] = ['text', 'category', 'number', 'choice'];
  return columns.find((each) => (name ? each.name === name : each.role === 'target') && kinds.includes(each.kind));
}

/** The names of the right passages for each query: a text has one in each line. */
function rightNames({ name, data, ...rest }: DatasetColumn): readonly ReadonlySet<string>[] {
  const lists =
    data.kind === 'choice' ? data.values : cellTexts({ name, data, ...rest }).map((cell) => cell.split('\n'));
  return lists.map((names) => new Set(names.map((each) => each.trim()).filter((each) => each !== '')));
}

const numbers = (values: readonly number[]): ColumnData => ({ kind: 'number', values: Float64Array.from(values) });
const texts = (values: readonly string[]): ColumnData => ({ kind: 'text', values });

export default defineStep({
  id: 'retrieval/retrieve',
  version: 1,
  title: 'Retrieve',
  keywords: ['search', 'query', 'top k', 'find', 'nearest', 'rag', 'documents'],
  inputs: {
    index: index('What is searched.'),
    queries: dataset('A row for each query, with what the index needs: a text, a vector, or both.'),
  },
  outputs: { dataset: dataset('A row for each query and rank: query, document, rank, score, passage.') },
  params: z.object({
    k: integer({ title: 'k', description: 'Passages for each query.', default: 10, min: 1, max: 10_000 }),
    column: column({
      title: 'Query',
      description: 'The text of the queries. Left empty, the only column of text, or the one whose role is feature.',
      port: 'queries',
      kinds: ['text'],
      role: 'feature',
    }),
    relevant: column({
      title: 'Right documents',
      description:
        'The column with the names of the right documents, in a text one a line: what is found is then marked. Left empty, the one whose role is target.',
      port: 'queries',
      kinds: ['text', 'category', 'number', 'choice'],
      role: 'target',
    }),
    choose: choice(['best', 'random'], {
      title: 'Choose',
      description: 'By chance draws k passages for each query: what a search has to beat.',
      default: 'best',
      labels: { best: 'The best', random: 'By chance (baseline)' },
      advanced: true,
    }),
    document: line({
      title: 'Document',
      description:
        'The column of the passages that names documents. Passages with one name count as one, which the best stands for. Left empty, the id: each passage stands for itself.',
      default: '',
      max: 200,
      advanced: true,
    }),
  }),
  random: true,
  types({ index: type, queries }, { k, column: name, relevant, document }, check) {
    const { rows, columns } = type.passages;
    if (typeof rows === 'number' && k > rows)
      return check.fail('retrieve/k', `Retrieve needs at least k = ${k} passages, the index has ${rows}.`, {
        param: 'k',
        hint: `Set k to ${rows} or less.`,
      });
    if (type.byText) textColumn(check, 'Retrieve', queries, { name, param: 'column', port: 'queries' });
    for (const { column: vectors, size } of type.byVectors) {
      const found = queries.columns.find((each) => each.name === vectors && each.kind === 'vector');
      if (found?.kind !== 'vector' || !check.equal(found.size, size))
        return check.fail(
          'index/vector',
          `Retrieve needs queries with a column ${vectors} of vectors as the index has them, got ${found?.kind === 'vector' ? 'vectors of another size' : 'none'}.`,
          { port: 'queries', hint: 'Make the vectors of queries and passages with the same nodes.' },
        );
    }
    const from = document && columns.find((each) => each.name === document);
    if (document && (!from || !['text', 'category', 'number'].includes(from.kind)))
      return check.fail(
        'retrieve/document',
        `Retrieve needs passages with a column ${document} that names documents, the index has ${columns.map((each) => each.name).join(', ')}.`,
        { param: 'document', hint: 'Name a column of the passages, or leave it empty.' },
      );
    if (relevant && !targetColumn(queries, relevant))
      return check.fail('retrieve/relevant', `The queries have no column ${relevant} that names documents.`, {
        param: 'relevant',
        hint: 'Choose a column of text.',
      });
    return {
      dataset: {
        kind: 'dataset',
        ...(typeof queries.rows === 'number' && { rows: queries.rows * k }),
        columns: [
          { name: 'query', kind: 'text', role: 'id' },
          { name: 'document', kind: 'text' },
          { name: 'rank', kind: 'number' },
          { name: 'score', kind: 'number' },
          { name: 'passage', kind: 'text', role: 'feature' },
          ...(targetColumn(queries, relevant)
            ? ([
                { name: 'relevant', kind: 'number' },
                { name: 'relevants', kind: 'number' },
              ] as const)
            : []),
        ],
      },
    };
  },
  async run({ index: searched, queries }, { k, column: name, relevant, document, choose }, context) {
    const { passages, method } = searched;
    const documents = cellTexts(passages.column(document || searched.id));
    const distinct = document ? new Set(documents).size : passages.rows;
    if (k > distinct)
      fail(
        'retrieve/k',
        `Retrieve needs at least k = ${k} ${document ? 'documents' : 'passages'}, the index has ${distinct}.`,
        { hint: `Set k to ${distinct} or less.` },
      );
    const rank =
      choose === 'best' ? await openRanker(method, context.neighbours) : drawn(passages.rows, context.random);
    const queryText = indexType(searched).byText ? questions(queries, name) : undefined;
    const vectors = queries.columns.filter(({ data }) => data.kind === 'vector');
    const target = targetColumn(queries.type, relevant);
    const right = target && rightNames(queries.column(target.name));
    const names = rowNames(queries);
    const found: { query: number; passage: number; rank: number; score: number }[] = [];
    for (let row = 0; row < queries.rows; row++) {
      const query: Query = {
        text: queryText?.[row] ?? '',
        vectors: Object.fromEntries(vectors.map((each) => [each.name, vectorAt(each.data, row)])),
      };
      const seen = new Set<string>();
      const take = (passage: number, score: number): void => {
        const key = document ? documents[passage]! : String(passage);
        if (seen.size === k || seen.has(key)) return;
        seen.add(key);
        found.push({ query: row, passage, rank: seen.size, score });
      };
      for (let count = k; ; count *= 4) {
        // passages of documents that are found already make room for others only with a deeper ranking
        const hits = rank(query, Math.min(count, passages.rows));
        for (const { passage, score } of hits) take(passage, score);
        if (seen.size === k || count >= passages.rows || hits.length < count) break;
      }
      // what does not match at all comes after what does, in the order of the passages
      for (let passage = 0; seen.size < k; passage++) take(passage, 0);
      context.progress((row + 1) / queries.rows, `${row + 1} of ${queries.rows} queries`);
      if (row % 16 === 0) await context.breathe();
    }
    const bodies = passages.data(searched.text, 'text').values;
    const columns: DatasetColumn[] = [
      { name: 'query', role: 'id', data: texts(found.map(({ query }) => names[query]!)) },
      { name: 'document', data: texts(found.map(({ passage }) => documents[passage]!)) },
      { name: 'rank', data: numbers(found.map((each) => each.rank)) },
      { name: 'score', data: numbers(found.map(({ score }) => score)) },
      { name: 'passage', role: 'feature', data: texts(found.map(({ passage }) => bodies[passage]!)) },
    ];
    if (right)
      columns.push(
        {
          name: 'relevant',
          data: numbers(found.map(({ query, passage }) => (right[query]!.has(documents[passage]!) ? 1 : 0))),
        },
        { name: 'relevants', data: numbers(found.map(({ query }) => right[query]!.size)) },
      );
    return { dataset: new Dataset(columns, found.length) };
  },
  docs: {
    summary: 'Finds the k best passages of an index for each query.',
    notes:
      'Each query gets k rows: what does not match at all has the score 0 and comes last. Where the queries name the right documents, the column relevant says whether a row is one of them, and relevants how many there are: Ranking metrics reads both. Queries are named by their column of role id, else by their number.',
    sources: [
      {
        title: 'Manning, Raghavan and Schütze, Introduction to Information Retrieval (2008)',
        url: 'https://nlp.stanford.edu/IR-book/',
      },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'sentiment' } },
      split: { type: 'data/split', params: { train: 0.98, validation: 0, test: 0.02 } },
      index: { type: 'retrieval/bm25-index' },
      retrieve: { type: 'retrieval/retrieve', params: { k: 3 } },
    },
    edges: [
      ['data.dataset', 'split.dataset'],
      ['split.train', 'index.dataset'],
      ['index.index', 'retrieve.index'],
      ['split.test', 'retrieve.queries'],
    ],
  },
});

/** Passages by chance, all with the score 0. */
const drawn =
  (rows: number, random: RunContext['random']): Ranker =>
  (_, count) =>
    Array.from(random.permutation(rows).subarray(0, count), (passage) => ({ passage, score: 0 }));

/** The queries' texts. */
function questions(queries: Dataset, name: string): readonly string[] {
  const refuse = { fail: (code: string, message: string) => fail(code, message) };
  return queries.data(textColumn(refuse, 'Retrieve', queries.type, { name, param: '', port: '' }).name, 'text').values;
}

function vectorAt(data: ColumnData, row: number): Float32Array {
  if (data.kind !== 'vector') throw new Error(`a vector is needed, got ${data.kind}`);
  return data.values.subarray(row * data.size, (row + 1) * data.size);
}
