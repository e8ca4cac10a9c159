import { Dataset } from '../../../graph/dataset.ts';
import type { Figure, Metrics, PortValue, Table } from '../../../graph/values.ts';
import { toCsv } from '../dock/curves.ts';
import { datasetCells } from './cells.ts';
import { figureTable } from './figure-table.ts';

const tableCsv = ({ columns, rows }: Table): string => toCsv([columns.map(({ name }) => name), ...rows]);

/** A data set's rows, a figure's numbers, or all that was measured, as CSV. Several tables follow one another. */
export function csvOf(value: PortValue): string {
  if (value instanceof Dataset) return toCsv(datasetCells(value));
  if (typeof value === 'object' && 'values' in value && Array.isArray(value.values))
    return metricsCsv(value as Metrics);
  return tableCsv(figureTable(value as Figure));
}

function metricsCsv({ values, tables = [], series = [] }: Metrics): string {
  const numbers = toCsv([
    ['name', 'value', 'unit', 'better'],
    ...values.map(({ name, value, unit, better }) => [name, value, unit, better]),
  ]);
  const curves = series.map(({ name, steps, values: all }) =>
    toCsv([['step', name], ...steps.map((step, i) => [step, all[i]])]),
  );
  return [numbers, ...tables.map(tableCsv), ...curves].join('\r\n\r\n');
}
