import { z } from 'zod';
import type { Dataset } from '../../graph/dataset.ts';
import type { DatasetType } from '../../graph/types.ts';
import type { Metric } from '../../graph/values.ts';
import { fail } from '../../lib/problem.ts';
import { dataset, defineStep, metrics } from '../kit/define-node.ts';
import { line } from '../kit/params.ts';
import { type Complain, complain, listColumns } from '../kit/scored-columns.ts';

const TITLE = 'Ranking metrics';
/** Queries that the table shows. */
const MOST_QUERIES = 1_000;

const params = z.object({
  at: line({
    title: 'Cut-offs',
    description: 'How many documents of each query count, separated by commas.',
    default: '1, 5, 10',
    max: 100,
  }),
});

export default defineStep({
  id: 'metrics/ranking-metrics',
  version: 1,
  title: TITLE,
  keywords: ['recall@k', 'precision@k', 'mrr', 'map', 'ndcg', 'hit rate', 'information retrieval', 'search quality'],
  inputs: {
    dataset: dataset('A row for each document found: query, rank, relevant and relevants, as Retrieve gives them.'),
  },
  outputs: { metrics: metrics('recall@k, precision@k, ndcg@k, mrr and map, and a table of the queries.') },
  params,
  types({ dataset: type }, { at }, check) {
    rankingColumns(type, check.fail);
    cutOffs(at, check.fail);
    return { metrics: { kind: 'metrics' } };
  },
  async run({ dataset: found }, { at }) {
    rankingColumns(found.type, complain);
    const rankings = rankingsOf(found);
    if (rankings.length === 0)
      fail('ranking/no-queries', `${TITLE} needs a query with a relevant document, there is none.`, {
        hint: 'Give the queries a target: the id of the right document.',
      });
    const scored = rankings.filter(({ relevants }) => relevants > 0);
    const values = rankingMetrics(scored, cutOffs(at, complain));
    return {
      metrics: {
        values,
        tables: [
          {
            title: 'Queries',
            columns: [
              { name: 'query', kind: 'text' },
              { name: 'first relevant at', kind: 'number' },
              { name: 'average precision', kind: 'number' },
              { name: 'relevant', kind: 'number' },
            ],
            rows: scored
              .slice(0, MOST_QUERIES)
              .map((ranking) => [ranking.query, firstHit(ranking), averagePrecision(ranking), ranking.relevants]),
          },
        ],
      },
    };
  },
  docs: {
    summary: 'How high a search puts the documents that are relevant.',
    equation: String.raw`\text{nDCG@}k = \frac{\sum_{i \le k} g_i / \log_2(i+1)}{\sum_{i \le k} g^*_i / \log_2(i+1)}`,
    notes:
      'Means over the queries that have a relevant document. What is relevant and was not found counts as missed: relevants says how many there are. Relevance may be graded for nDCG; everything above 0 counts as relevant for the others, and what was not found counts with grade 1.',
    sources: [
      {
        title: 'Järvelin and Kekäläinen, Cumulated gain-based evaluation of IR techniques (2002)',
        url: 'https://doi.org/10.1145/582415.582418',
      },
      { title: 'NIST, trec_eval', url: 'https://github.com/usnistgov/trec_eval' },
    ],
  },
  example: {
    nodes: {
      found: {
        type: 'data/upload',
        params: {
          source: 'pasted',
          pasted:
            'query,document,rank,relevant,relevants\nwhales,d1,1,0,2\nwhales,d2,2,1,2\nships,d3,1,1,1\nships,d1,2,0,1\n',
          columns: [
            { name: 'query', kind: 'text' },
            { name: 'relevant', kind: 'number' },
            { name: 'rank', kind: 'number' },
            { name: 'relevants', kind: 'number' },
          ],
        },
      },
      scores: { type: 'metrics/ranking-metrics', params: { at: '1, 2' } },
    },
    edges: [['found.dataset', 'scores.dataset']],
  },
});

function rankingColumns(type: DatasetType, say: Complain): void {
  const need = (name: string, kinds: readonly string[], what: string) => {
    const column = type.columns.find((each) => each.name === name);
    if (!column)
      return say('ranking/column', `${TITLE} needs a column ${name}, ${what}; the data set has ${listColumns(type)}.`, {
        port: 'dataset',
        hint: name.startsWith('relevant')
          ? 'Give the queries a target, the id of the right document, before Retrieve.'
          : 'Wire what Retrieve gives.',
      });
    if (!kinds.includes(column.kind))
      say('ranking/column-kind', `${TITLE} needs ${name} as ${kinds.join(' or ')}, got ${column.kind}.`, {
        port: 'dataset',
        hint: 'Wire what Retrieve gives.',
      });
  };
  need('query', ['text', 'category', 'number'], 'which says what was asked');
  need('rank', ['number'], 'counted from 1');
  need('relevant', ['number', 'category'], '1 where the document is right');
  need('relevants', ['number'], 'how many documents are right');
}

function cutOffs(at: string, say: Complain): number[] {
  const cuts = at.split(',').map((each) => Number(each.trim()));
  const odd = at.split(',').find((_, i) => !(Number.isInteger(cuts[i]) && cuts[i]! >= 1));
  if (odd !== undefined)
    say('ranking/cut-off', `Cut-offs are whole numbers from 1, got ${odd.trim() || 'nothing'}.`, {
      param: 'at',
      hint: 'Write them as 1, 5, 10.',
    });
  return [...new Set(cuts)].sort((a, b) => a - b);
}

export interface Ranking {
  readonly query: string;
  /** Grades in the order of the ranks; 0 where a document is not relevant. */
  readonly grades: readonly number[];
  readonly relevants: number;
}

function rankingsOf(found: Dataset): Ranking[] {
  const ranks = found.data('rank', 'number').values;
  const relevants = found.data('relevants', 'number').values;
  const { data } = found.column('relevant');
  const grade = (row: number): number => {
    if (data.kind === 'number') return Number.isNaN(data.values[row]!) ? 0 : data.values[row]!;
    if (data.kind !== 'category') return 0;
    const said = Number(data.categories[data.codes[row]!] ?? 0);
    return Number.isNaN(said)
      ? fail('ranking/grade', `${TITLE} needs relevant as numbers, got ${data.categories.join(', ')}.`, {
          hint: 'Write 1 where a document is right and 0 where not.',
        })
      : said;
  };
  const asked = found.column('query').data;
  const key = (row: number): string =>
    asked.kind === 'text'
      ? asked.values[row]!
      : asked.kind === 'category'
        ? (asked.categories[asked.codes[row]!] ?? '')
        : asked.kind === 'number'
          ? String(asked.values[row]!)
          : '';
  const byQuery = new Map<string, number[]>();
  for (let row = 0; row < found.rows; row++) {
    const rows = byQuery.get(key(row));
    if (rows) rows.push(row);
    else byQuery.set(key(row), [row]);
  }
  return [...byQuery].map(([query, rows]) => {
    const sorted = rows.sort((a, b) => ranks[a]! - ranks[b]!);
    const twice = sorted.find((row, i) => i > 0 && ranks[row] === ranks[sorted[i - 1]!]);
    if (twice !== undefined)
      fail('ranking/rank', `${TITLE} needs each rank of a query once, ${query} has rank ${ranks[twice]} twice.`, {
        hint: 'Give every query an id of its own.',
      });
    // a rank that is not there was taken by something that is not relevant
    const grades: number[] = [];
    for (const row of sorted) grades[ranks[row]! - 1] = grade(row);
    return { query, grades: Array.from(grades, (each) => each ?? 0), relevants: relevants[rows[0]!]! };
  });
}

const firstHit = ({ grades }: Ranking): number | null => {
  const at = grades.findIndex((grade) => grade > 0);
  return at < 0 ? null : at + 1;
};

const hits = ({ grades }: Ranking, k: number): number => grades.slice(0, k).filter((grade) => grade > 0).length;

function averagePrecision({ grades, relevants }: Ranking): number {
  let [found, total] = [0, 0];
  grades.forEach((grade, i) => {
    if (grade > 0) total += ++found / (i + 1);
  });
  return total / relevants;
}

function ndcg({ grades, relevants }: Ranking, k: number): number {
  const gain = (list: readonly number[]) =>
    list.slice(0, k).reduce((sum, grade, i) => sum + Math.max(0, grade) / Math.log2(i + 2), 0);
  const found = grades.filter((grade) => grade > 0);
  const missed = Array<number>(Math.max(0, relevants - found.length)).fill(1);
  return gain(grades) / gain([...found, ...missed].sort((a, b) => b - a));
}

export function rankingMetrics(rankings: readonly Ranking[], cuts: readonly number[]): Metric[] {
  const mean = (name: string, of: (ranking: Ranking) => number): Metric => ({
    name,
    value: rankings.length === 0 ? null : rankings.reduce((sum, each) => sum + of(each), 0) / rankings.length,
    better: 'higher',
  });
  return [
    ...cuts.map((k) => mean(`recall@${k}`, (each) => hits(each, k) / each.relevants)),
    ...cuts.map((k) => mean(`precision@${k}`, (each) => hits(each, k) / k)),
    ...cuts.map((k) => mean(`ndcg@${k}`, (each) => ndcg(each, k))),
    mean('mrr', (each) => 1 / (firstHit(each) ?? Number.POSITIVE_INFINITY)),
    mean('map', averagePrecision),
    { name: 'queries', value: rankings.length, better: 'higher' },
  ];
}
