import type { IndexMethod } from '../../graph/values.ts';
import { fail } from '../../lib/problem.ts';
import type { Neighbours } from './context.ts';
import { termReader } from './words.ts';

/** A passage that was found, by its row. */
export interface Hit {
  readonly passage: number;
  readonly score: number;
}

export interface Query {
  readonly text: string;
  /** Its vectors, by the column that they came from. */
  readonly vectors: Readonly<Record<string, Float32Array>>;
}

/** Passages for a query, best first, the earlier of equal ones first. Only what matches at all. */
export type Ranker = (query: Query, count: number) => readonly Hit[];

type Bm25 = Extract<IndexMethod, { kind: 'bm25' }>;
type Vectors = Extract<IndexMethod, { kind: 'vectors' }>;
type Fused = Extract<IndexMethod, { kind: 'fused' }>;

export async function openRanker(method: IndexMethod, neighbours: Neighbours): Promise<Ranker> {
  switch (method.kind) {
    case 'bm25':
      return bm25Ranker(method);
    case 'vectors':
      return method.graph ? graphRanker(method, method.graph, neighbours) : exactRanker(method);
    case 'fused':
      return fusedRanker(method, neighbours);
  }
}

/** The best `count` of all scores that are not −∞. */
export function best(scores: Float64Array, count: number): Hit[] {
  // the found so far, best first: most scores fall at the first comparison
  const found: Hit[] = [];
  for (let passage = 0; passage < scores.length; passage++) {
    const score = scores[passage]!;
    if (score === Number.NEGATIVE_INFINITY) continue;
    if (found.length === count && score <= found[count - 1]!.score) continue;
    let at = found.length;
    while (at > 0 && found[at - 1]!.score < score) at--;
    found.splice(at, 0, { passage, score });
    if (found.length > count) found.pop();
  }
  return found;
}

// --- words

/**
 * How much a term tells, from how many of n passages it stands in. In Okapi's form a term that more than half of them have
 * would count against a passage; as in rank_bm25 it gets a quarter of the average instead.
 */
function inverseFrequencies({ variant, offsets, lengths }: Bm25): Float64Array {
  const n = lengths.length;
  const weights = Float64Array.from({ length: offsets.length - 1 }, (_, term) => {
    const df = offsets[term + 1]! - offsets[term]!;
    switch (variant) {
      case 'okapi':
        return Math.log(n - df + 0.5) - Math.log(df + 0.5);
      case 'plus':
        return Math.log((n + 1) / df);
      case 'l':
        return Math.log((n + 1) / (df + 0.5));
      case 'overlap':
        return 1;
    }
  });
  if (variant !== 'okapi') return weights;
  const floor = (0.25 * weights.reduce((sum, weight) => sum + weight, 0)) / weights.length;
  return weights.map((weight) => (weight < 0 ? floor : weight));
}

/** What `count` mentions of a term are worth in a passage `long` times as long as the average. */
function saturated({ variant, k1, b, delta }: Bm25, count: number, long: number): number {
  if (variant === 'overlap') return 1;
  const norm = 1 - b + b * long;
  if (variant === 'l') {
    const c = count / norm + delta;
    return ((k1 + 1) * c) / (k1 + c);
  }
  return (count * (k1 + 1)) / (count + k1 * norm) + (variant === 'plus' ? delta : 0);
}

async function bm25Ranker(method: Bm25): Promise<Ranker> {
  const { terms, offsets, passages, counts, lengths } = method;
  const read = await termReader(method.words);
  const ids = new Map(terms.map((term, i) => [term, i]));
  const weights = inverseFrequencies(method);
  const average = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  return ({ text }, count) => {
    const scores = new Float64Array(lengths.length).fill(Number.NEGATIVE_INFINITY);
    const asked = read(text);
    for (const term of method.variant === 'overlap' ? new Set(asked) : asked) {
      const id = ids.get(term);
      if (id === undefined) continue;
      for (let at = offsets[id]!; at < offsets[id + 1]!; at++) {
        const passage = passages[at]!;
        const gain = weights[id]! * saturated(method, counts[at]!, lengths[passage]! / average);
        scores[passage] = scores[passage] === Number.NEGATIVE_INFINITY ? gain : scores[passage]! + gain;
      }
    }
    return best(scores, count);
  };
}

// --- vectors

export const norm = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return Math.sqrt(sum);
};

/** How alike two vectors are: more is nearer. A vector of zeros is like nothing. */
export function likeness(metric: Vectors['metric'], a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  if (metric === 'euclidean') {
    for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
    return -Math.sqrt(sum);
  }
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  if (metric === 'dot') return sum;
  const size = norm(a) * norm(b);
  return size === 0 ? 0 : sum / size;
}

function queryVector({ vectors }: Query, { column, size }: Vectors): Float32Array {
  const vector = vectors[column];
  if (vector?.length !== size)
    fail(
      'index/vector',
      `The index needs queries with a column ${column} of vector[${size}], got ${vector ? `vector[${vector.length}]` : 'none'}.`,
      { hint: 'Make the vectors of queries and passages with the same nodes.' },
    );
  return vector as Float32Array;
}

/** Compares every passage. */
function exactRanker(method: Vectors): Ranker {
  const { metric, size, values } = method;
  const rows = size === 0 ? 0 : values.length / size;
  const row = (i: number) => values.subarray(i * size, (i + 1) * size);
  const norms = metric === 'cosine' ? Float64Array.from({ length: rows }, (_, i) => norm(row(i))) : undefined;
  return (query, count) => {
    const vector = queryVector(query, method);
    const length = norm(vector);
    const scores = Float64Array.from({ length: rows }, (_, i) => {
      if (!norms) return likeness(metric, vector, row(i));
      const both = length * norms[i]!;
      return both === 0 ? 0 : likeness('dot', vector, row(i)) / both;
    });
    return best(scores, count);
  };
}

async function graphRanker(
  method: Vectors,
  graph: NonNullable<Vectors['graph']>,
  neighbours: Neighbours,
): Promise<Ranker> {
  if ('missing' in neighbours) return exactRanker(method);
  const { metric, size, values } = method;
  const open = await neighbours.open(graph.bytes, { metric, size });
  return (query, count) => {
    const vector = queryVector(query, method);
    const rows = open.nearest(vector, count);
    // the graph says who is near; how near is computed as exact search does it
    const found = Array.from(rows, (passage) => ({
      passage,
      score: likeness(metric, vector, values.subarray(passage * size, (passage + 1) * size)),
    }));
    return found.sort((a, b) => b.score - a.score || a.passage - b.passage);
  };
}

// --- several rankings

/** Reciprocal rank fusion (Cormack et al., 2009): Σ weight / (k + rank) over the rankings that a passage stands in. */
async function fusedRanker({ k, depth, parts }: Fused, neighbours: Neighbours): Promise<Ranker> {
  const rankers = await Promise.all(parts.map((part) => openRanker(part.method, neighbours)));
  return (query, count) => {
    const scores = new Map<number, number>();
    rankers.forEach((ranker, i) => {
      for (const [rank, { passage }] of ranker(query, Math.max(depth, count)).entries())
        scores.set(passage, (scores.get(passage) ?? 0) + parts[i]!.weight / (k + rank + 1));
    });
    return Array.from(scores, ([passage, score]) => ({ passage, score }))
      .sort((a, b) => b.score - a.score || a.passage - b.passage)
      .slice(0, count);
  };
}
