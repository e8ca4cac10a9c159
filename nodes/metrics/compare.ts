import { z } from 'zod';
import type { Figure, Metric, Metrics, Table } from '../../graph/values.ts';
import { defineStep, figure, many, metrics } from '../kit/define-node.ts';
import { flag, line } from '../kit/params.ts';

export default defineStep({
  id: 'metrics/compare',
  version: 1,
  title: 'Compare',
  keywords: ['side by side', 'table', 'best', 'leaderboard', 'benchmark', 'baseline', 'ranking of models'],
  inputs: { metrics: many(metrics('What was measured, one wire for each model or run.')) },
  outputs: {
    metrics: metrics('Each metric under the title of the node that it comes from, and a table of all.'),
    figure: figure('One metric as bars.'),
  },
  params: z.object({
    metric: line({
      title: 'Metric',
      description: 'What the figure shows. Left empty, the first one that all have.',
      default: '',
      max: 100,
    }),
    baselines: flag({
      title: 'Baselines in the figure',
      description: 'Draws the baselines of that metric as bars of their own.',
      default: true,
    }),
  }),
  titled: true,
  types({ metrics: wired }, _params, check) {
    if (wired.length === 0)
      check.fail('compare/nothing', 'Compare needs something to compare, nothing is wired to it.', {
        port: 'metrics',
        hint: 'Wire the metrics of two or more models.',
      });
    return { metrics: { kind: 'metrics' }, figure: { kind: 'figure' } };
  },
  async run({ metrics: wired }, { metric, baselines }, { titles }) {
    const compared = columnsOf(titles('metrics'), wired);
    return {
      metrics: { values: titledValues(compared), tables: [sideBySide(compared)] },
      figure: bars(compared, { metric, baselines }),
    };
  },
  docs: {
    summary: 'Puts the metrics of several models or runs side by side and says which is best.',
    notes:
      'The columns are called as the nodes that the wires come from: give these a title. Two nodes of one title that measure different things are one column. Equal numbers are both best.',
    sources: [
      {
        title: 'Demšar, Statistical Comparisons of Classifiers over Multiple Data Sets (2006)',
        url: 'https://www.jmlr.org/papers/v7/demsar06a.html',
      },
    ],
  },
  example: {
    nodes: {
      good: {
        type: 'data/upload',
        params: {
          source: 'pasted',
          pasted: 'y,prediction\n1,1.1\n2,1.9\n3,3\n',
          columns: [{ name: 'y', role: 'target' }],
        },
      },
      bad: {
        type: 'data/upload',
        params: { source: 'pasted', pasted: 'y,prediction\n1,2\n2,2\n3,1\n', columns: [{ name: 'y', role: 'target' }] },
      },
      'good-scores': { type: 'metrics/regression-metrics' },
      'bad-scores': { type: 'metrics/regression-metrics' },
      compare: { type: 'metrics/compare', params: { metric: 'r2' } },
    },
    edges: [
      ['good.dataset', 'good-scores.dataset'],
      ['bad.dataset', 'bad-scores.dataset'],
      ['good-scores.metrics', 'compare.metrics'],
      ['bad-scores.metrics', 'compare.metrics'],
    ],
  },
});

interface Compared {
  readonly columns: readonly string[];
  readonly measured: readonly Metrics[];
}

/**
 * One column for each title. Wires of one title that measure different things are one column: the training and the
 * perplexity of one model. Where they measure the same, the second gets a number.
 */
function columnsOf(titles: readonly string[], wired: readonly Metrics[]): Compared {
  const columns = new Map<string, Metrics>();
  for (const [i, { values }] of wired.entries()) {
    const names = new Set(values.map(({ name }) => name));
    const free = (column: string) => !columns.get(column)?.values.some(({ name }) => names.has(name));
    let column = titles[i]!;
    for (let n = 2; !free(column); n++) column = `${titles[i]} ${n}`;
    columns.set(column, { values: [...(columns.get(column)?.values ?? []), ...values] });
  }
  return { columns: [...columns.keys()], measured: [...columns.values()] };
}

/** Every metric that any of them has, in the order in which they come. */
function kindsOf(wired: readonly Metrics[]): Metric[] {
  const kinds = new Map<string, Metric>();
  for (const { values } of wired)
    for (const metric of values) if (!kinds.has(metric.name)) kinds.set(metric.name, metric);
  return [...kinds.values()];
}

const measuredBy = ({ values }: Metrics, name: string): number | null =>
  values.find((metric) => metric.name === name)?.value ?? null;

const titledValues = ({ columns, measured }: Compared): Metric[] =>
  measured.flatMap(({ values }, i) => values.map((metric) => ({ ...metric, name: `${columns[i]}.${metric.name}` })));

function sideBySide({ columns, measured }: Compared): Table {
  const rows = kindsOf(measured).map(({ name, better }) => {
    const values = measured.map((each) => measuredBy(each, name));
    const known = values.filter((value) => value !== null);
    const best = better === 'higher' ? Math.max(...known) : Math.min(...known);
    // a winner needs somebody to win against
    const winners = known.length < 2 ? [] : columns.filter((_, i) => values[i] === best);
    return [name, ...values, winners.length < columns.length ? winners.join(', ') : 'all', better];
  });
  return {
    title: 'Side by side',
    columns: [
      { name: 'metric', kind: 'text' },
      ...columns.map((name) => ({ name, kind: 'number' as const })),
      { name: 'best', kind: 'text' },
      { name: 'better', kind: 'text' },
    ],
    rows,
  };
}

function bars({ columns, measured }: Compared, { metric, baselines }: { metric: string; baselines: boolean }): Figure {
  const kinds = kindsOf(measured);
  const everywhere = kinds.find(({ name }) => measured.every((each) => measuredBy(each, name) !== null));
  const name = metric || everywhere?.name || kinds[0]?.name || '';
  const drawn = measured.flatMap((each, i) => {
    const value = measuredBy(each, name);
    return value === null ? [] : [{ label: columns[i]!, value }];
  });
  // `baseline.majority.accuracy` beside `accuracy`: once, where all have the same
  const beside = new Map<string, number>();
  if (baselines)
    for (const each of measured)
      for (const { name: other, value } of each.values) {
        const of = /^baseline\.(.+?)\.(.+)$/.exec(other);
        if (of && of[2] === name && value !== null && !beside.has(of[1]!)) beside.set(of[1]!, value);
      }
  return {
    kind: 'bar',
    title: name,
    y: { title: name },
    bars: [...drawn, ...Array.from(beside, ([label, value]) => ({ label: `baseline ${label}`, value }))],
  };
}
