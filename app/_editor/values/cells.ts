import type { ColumnData, Dataset } from '../../../graph/dataset.ts';

const four = (value: number): string => String(Number(value.toPrecision(4)));
/** Elements of a vector that a cell shows. */
const FEW = 6;

/** A cell in one line. Vectors are abbreviated; tokens are ids; nothing is an empty text. */
export function cellText(data: ColumnData, row: number): string {
  switch (data.kind) {
    case 'number': {
      const value = data.values[row]!;
      return Number.isNaN(value) ? '' : seven(value);
    }
    case 'category':
      return data.categories[data.codes[row]!] ?? '';
    case 'text':
      return data.values[row]!;
    case 'choice':
      return data.values[row]!.join(' | ');
    case 'tokens':
      return Array.from(data.values.subarray(row * data.length, (row + 1) * data.length)).join(' ');
    case 'tags':
      return Array.from(
        data.codes.subarray(row * data.length, (row + 1) * data.length),
        (code) => data.categories[code] ?? '·',
      ).join(' ');
    case 'vector':
      return few(data.values.subarray(row * data.size, (row + 1) * data.size));
    case 'audio':
      return `${data.samples.toLocaleString('en')} samples`;
    case 'image':
      return `${data.height} × ${data.width} × ${data.channels}`;
  }
}

const seven = (value: number): string => String(Number(value.toPrecision(7)));

const few = (values: Float32Array): string =>
  values.length <= FEW
    ? Array.from(values, four).join('  ')
    : `${Array.from(values.subarray(0, FEW), four).join('  ')} … ${values.length}`;

/** A cell whole, for those who open it and for files. */
export function cellWhole(data: ColumnData, row: number): string {
  if (data.kind === 'vector') return Array.from(data.values.subarray(row * data.size, (row + 1) * data.size)).join(' ');
  if (data.kind === 'audio')
    return Array.from(data.values.subarray(row * data.samples, (row + 1) * data.samples)).join(' ');
  if (data.kind === 'image') {
    const each = data.height * data.width * data.channels;
    return Array.from(data.values.subarray(row * each, (row + 1) * each)).join(' ');
  }
  if (data.kind === 'number') return Number.isNaN(data.values[row]!) ? '' : String(data.values[row]);
  return cellText(data, row);
}

/** The rows of a data set as a table of texts, for CSV. */
export const datasetCells = (dataset: Dataset): string[][] => [
  dataset.columns.map(({ name }) => name),
  ...Array.from({ length: dataset.rows }, (_, row) => dataset.columns.map(({ data }) => cellWhole(data, row))),
];
