import type { Figure, Table } from '../../../graph/values.ts';

const text = (name: string) => ({ name, kind: 'text' as const });
const number = (name: string) => ({ name, kind: 'number' as const });

/** The numbers that a figure draws, as a table: for those who can't see it, and for files. */
export function figureTable(figure: Figure): Table {
  const { title } = figure;
  switch (figure.kind) {
    case 'line': {
      const steps = [...new Set(figure.series.flatMap((each) => each.steps))].sort((a, b) => a - b);
      const at = figure.series.map((each) => new Map(each.steps.map((step, i) => [step, each.values[i] ?? null])));
      return {
        title,
        columns: [number(figure.x.title || 'x'), ...figure.series.map(({ name }) => number(name))],
        rows: steps.map((step) => [step, ...at.map((values) => values.get(step) ?? null)]),
      };
    }
    case 'bar':
      return {
        title,
        columns: [text('label'), number(figure.y.title || 'value')],
        rows: figure.bars.map(({ label, value }) => [label, value]),
      };
    case 'scatter':
      return {
        title,
        columns: [number(figure.x.title || 'x'), number(figure.y.title || 'y'), text('label'), text('group')],
        rows: figure.points.map(({ x, y, label, group }) => [x, y, label ?? null, group ?? null]),
      };
    case 'heatmap':
    case 'matrix': {
      const cells = figure.kind === 'heatmap' ? figure.values : figure.counts;
      return {
        title,
        columns: [text(''), ...figure.columns.map(number)],
        rows: figure.rows.map((row, i) => [row, ...(cells[i] ?? [])]),
      };
    }
    case 'table':
      return figure.table;
    case 'text':
      return { title, columns: [text('text')], rows: [[figure.text]] };
    case 'image':
      return { title, columns: [number('width'), number('height')], rows: [[figure.width, figure.height]] };
  }
}
