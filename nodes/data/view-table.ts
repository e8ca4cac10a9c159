import { z } from 'zod';
import { anyOf, defineStep, figure } from '../kit/define-node.ts';
import { tableFor } from '../kit/figures.ts';
import { integer } from '../kit/params.ts';
import { kinded, viewable } from '../kit/values.ts';

export default defineStep({
  id: 'data/view-table',
  version: 1,
  title: 'View table',
  keywords: ['inspect', 'show', 'rows', 'preview', 'look', 'spreadsheet', 'head'],
  inputs: { value: anyOf(viewable, 'Any value.') },
  outputs: { figure: figure('A table of it.') },
  params: z.object({
    start: integer({
      title: 'From row',
      description: 'How many rows are left out at the start.',
      default: 0,
      min: 0,
      max: 1_000_000_000,
    }),
    count: integer({ title: 'Rows', description: 'How many rows are shown at most.', default: 50, min: 1, max: 1000 }),
  }),
  types: () => ({ figure: { kind: 'figure' } }),
  async run({ value }, { start, count }) {
    const { table, total } = tableFor(kinded(value), start, count);
    return { figure: { kind: 'table', title: table.title, table, total } };
  },
  docs: {
    summary: 'Shows any value as a table: rows, metrics, parameters, a vocabulary.',
    notes: 'For pictures use View figure, for long texts View text.',
    sources: [
      {
        title: 'Wickham, Tidy Data (2014)',
        url: 'https://www.jstatsoft.org/article/view/v059i10',
      },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'iris' } },
      view: { type: 'data/view-table', params: { count: 5 } },
    },
    edges: [['data.dataset', 'view.value']],
  },
});
