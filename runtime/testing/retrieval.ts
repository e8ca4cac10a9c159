import { Dataset, type DatasetColumn } from '../../graph/dataset.ts';
import type { Index } from '../../graph/values.ts';
import retrieve from '../../nodes/retrieval/retrieve.ts';
import { runStep } from './check-step.ts';
import { type Numbers, numbersOf, readFixture } from './fixtures.ts';

/** What fixtures/retrieval.py wrote. */
export const retrievalFixture = readFixture<{
  readonly passages: readonly string[];
  readonly queries: readonly string[];
  readonly bm25: readonly {
    readonly variant: 'okapi' | 'plus' | 'l';
    readonly k1: number;
    readonly b: number;
    readonly delta: number;
    readonly scores: readonly (readonly number[])[];
  }[];
  readonly documents: Numbers;
  readonly questions: Numbers;
  readonly vectors: readonly {
    readonly metric: 'cosine' | 'dot' | 'euclidean';
    readonly found: readonly { readonly rows: readonly number[]; readonly scores: readonly number[] }[];
  }[];
}>('retrieval');

export const textColumnOf = (name: string, values: readonly string[], role?: DatasetColumn['role']): DatasetColumn => ({
  name,
  ...(role && { role }),
  data: { kind: 'text', values },
});

export const vectorColumn = (name: string, numbers: Numbers): DatasetColumn => ({
  name,
  data: { kind: 'vector', size: numbers.shape[1]!, values: Float32Array.from(numbersOf(numbers)) },
});

export const passages = new Dataset([textColumnOf('text', retrievalFixture.passages)]);
export const queries = new Dataset([textColumnOf('text', retrievalFixture.queries)]);

/** What an index finds for rows: passage numbers from 0 and scores, query by query. */
export async function found(
  index: Index,
  asked: Dataset,
  k: number,
  folder: string,
): Promise<{ rows: number[]; scores: number[] }[]> {
  const result = await runStep(retrieve, { params: { k }, inputs: { index, queries: asked }, folder });
  const hits = result.value('dataset', 'dataset');
  const documents = hits.data('document', 'text').values;
  const scores = hits.data('score', 'number').values;
  return Array.from({ length: asked.rows }, (_, q) => ({
    rows: documents.slice(q * k, (q + 1) * k).map((name) => Number(name) - 1),
    scores: Array.from(scores.subarray(q * k, (q + 1) * k)),
  }));
}
