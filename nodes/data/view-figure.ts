import { z } from 'zod';
import { fail } from '../../lib/problem.ts';
import { anyOf, defineStep, figure } from '../kit/define-node.ts';
import { choice, column } from '../kit/params.ts';
import { choosePlot, plotDataset, plotKinds, plotValue } from '../kit/plots.ts';
import { kinded, viewable } from '../kit/values.ts';

const needs = (missing: string, columns: readonly { name: string; kind: string }[]): [string, string] => [
  `View figure needs ${missing}, the data set has ${columns.map(({ name, kind }) => `${name} (${kind})`).join(', ') || 'no columns'}.`,
  'Choose another drawing, or look at it with View table.',
];

export default defineStep({
  id: 'data/view-figure',
  version: 1,
  title: 'View figure',
  keywords: ['plot', 'chart', 'scatter', 'histogram', 'line', 'bars', 'curve', 'confusion matrix', 'draw', 'show'],
  inputs: { value: anyOf(viewable, 'Any value.') },
  outputs: { figure: figure('A picture of it.') },
  params: z.object({
    draw: choice(plotKinds, {
      title: 'Drawing',
      description: 'How rows are drawn. Automatic: points for two columns of numbers, a histogram for one, else bars.',
      default: 'auto',
      labels: { auto: 'Automatic', scatter: 'Points', line: 'Lines', histogram: 'Histogram', bars: 'Bars' },
    }),
    x: column({
      title: 'Across',
      description: 'The column along the horizontal axis. Left empty, the first that fits.',
      port: 'value',
      kinds: ['number', 'category'],
    }),
    y: column({
      title: 'Up',
      description: 'The column along the vertical axis. Left empty, the next that fits.',
      port: 'value',
      kinds: ['number'],
      when: { draw: ['auto', 'scatter', 'line'] },
    }),
    group: column({
      title: 'Colour',
      description: 'A category that colours the points. Left empty, the target.',
      port: 'value',
      kinds: ['category'],
      when: { draw: ['auto', 'scatter', 'line'] },
    }),
  }),
  types({ value }, { draw, ...named }, check) {
    if (value.kind === 'dataset') {
      for (const [param, name] of Object.entries(named))
        if (name && !value.columns.some((each) => each.name === name))
          return check.fail(
            'dataset/no-column',
            `View figure needs a column ${name}, the data set has ${value.columns.map((each) => each.name).join(', ')}.`,
            { param, hint: 'Choose a column that is there.' },
          );
      const choice = choosePlot(value, draw, named);
      if ('missing' in choice) {
        const [message, hint] = needs(choice.missing, value.columns);
        return check.fail('view/columns', message, { param: 'draw', hint });
      }
    }
    return { figure: { kind: 'figure' } };
  },
  async run({ value }, { draw, ...named }) {
    const given = kinded(value);
    if (given.kind !== 'dataset') return { figure: plotValue(given) };
    const choice = choosePlot(given.value.type, draw, named);
    if (!('missing' in choice)) return { figure: plotDataset(given.value, choice) };
    const [message, hint] = needs(choice.missing, given.value.type.columns);
    return fail('view/columns', message, { hint });
  },
  docs: {
    summary: 'Draws any value: points, lines and bars of rows, learning curves, a confusion matrix.',
    notes: 'For the numbers themselves use View table.',
    sources: [
      {
        title: 'Wilkinson, The Grammar of Graphics (2005)',
        url: 'https://link.springer.com/book/10.1007/0-387-28695-0',
      },
      {
        title: 'Sturges, The Choice of a Class Interval (1926): the bins of a histogram',
        url: 'https://www.jstor.org/stable/2965501',
      },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'iris' } },
      view: { type: 'data/view-figure', params: { x: 'petal length', y: 'petal width' } },
    },
    edges: [['data.dataset', 'view.value']],
  },
});
