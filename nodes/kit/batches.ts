import type { Dataset, DatasetColumn } from '../../graph/dataset.ts';
import { addSizes, floorDivide, type Size } from '../../ir/size.ts';
import { type Tensor, tensorOf } from '../../ir/tensor.ts';
import type { TensorType } from '../../ir/types.ts';
import { fail } from '../../lib/problem.ts';

/**
 * The rows with these indices as one tensor. The batch's first axis is the rows; the rest follows from the column's
 * kind. Missing values are refused: a network has no way to leave them out. Of a target, missing classes stay below 0:
 * objectives leave them out.
 */
export function batchTensor(
  column: DatasetColumn,
  dtype: TensorType['dtype'],
  indices: ArrayLike<number>,
  { target = false } = {},
): Tensor {
  const { data, name } = column;
  const rows = indices.length;
  switch (data.kind) {
    case 'tokens':
      return ids(data.values, data.length, indices, [rows, data.length]);
    case 'tags': {
      const tags = ids(data.codes, data.length, indices, [rows, data.length]);
      const missing = target ? -1 : tags.data.findIndex((code) => code < 0);
      if (missing >= 0) refuseMissing(name, 'tag', indices[Math.floor(missing / data.length)]!);
      return tags;
    }
    case 'category': {
      const picked = Array.from(indices, (i) => data.codes[i]!);
      const missing = target && dtype === 'int32' ? -1 : picked.findIndex((code) => code < 0);
      if (missing >= 0) refuseMissing(name, 'category', indices[missing]!);
      return dtype === 'int32' ? tensorOf('int32', [rows], picked) : tensorOf('float32', [rows, 1], picked);
    }
    case 'number': {
      const picked = Array.from(indices, (i) => data.values[i]!);
      const missing = picked.findIndex(Number.isNaN);
      if (missing >= 0) refuseMissing(name, 'number', indices[missing]!);
      return tensorOf('float32', [rows, 1], picked);
    }
    case 'vector':
    case 'audio': {
      const size = data.kind === 'vector' ? data.size : data.samples;
      const out = new Float32Array(rows * size);
      for (let i = 0; i < rows; i++)
        out.set(data.values.subarray(indices[i]! * size, (indices[i]! + 1) * size), i * size);
      return { dtype: 'float32', shape: [rows, size], data: out };
    }
    case 'image': {
      // stored [row, height, width, channel] in bytes, read [row, channel, height, width] in 0 … 1
      const { height, width, channels } = data;
      const pixels = height * width;
      const out = new Float32Array(rows * pixels * channels);
      for (let i = 0; i < rows; i++)
        for (let c = 0; c < channels; c++)
          for (let p = 0; p < pixels; p++)
            out[(i * channels + c) * pixels + p] = data.values[(indices[i]! * pixels + p) * channels + c]! / 255;
      return { dtype: 'float32', shape: [rows, channels, height, width], data: out };
    }
    default:
      return fail('dataset/column-kind', `A network can't read column ${name}: it holds ${data.kind}.`);
  }
}

const refuseMissing = (name: string, what: string, row: number): never =>
  fail('dataset/missing', `Column ${name} has no ${what} in row ${row + 1}, and a network can't leave it out.`, {
    hint: 'Fill such rows or leave them out first.',
  });

function ids(values: Int32Array, length: number, indices: ArrayLike<number>, shape: readonly number[]): Tensor {
  const out = new Int32Array(indices.length * length);
  for (let i = 0; i < indices.length; i++)
    out.set(values.subarray(indices[i]! * length, (indices[i]! + 1) * length), i * length);
  return { dtype: 'int32', shape, data: out };
}

/** Feeds for a network: the columns that it names, by their names. */
export function networkFeeds(
  inputs: readonly { readonly column: string; readonly type: TensorType }[],
  dataset: Dataset,
  indices: ArrayLike<number>,
): Record<string, Tensor> {
  return Object.fromEntries(
    inputs.map(({ column, type }) => [`data:${column}`, batchTensor(dataset.column(column), type.dtype, indices)]),
  );
}

/** How many batches rows make, the last one filled up. */
export const batchCount = (rows: Size, batch: number): Size => floorDivide(addSizes(rows, batch - 1), batch);

/** Batches of one size over all rows; the last is filled up with its own last row, and says how many are real. */
export function* wholeBatches(rows: number, batch: number): Generator<{ indices: Int32Array; real: number }> {
  for (let start = 0; start < rows; start += batch)
    yield {
      indices: Int32Array.from({ length: batch }, (_, i) => Math.min(start + i, rows - 1)),
      real: Math.min(batch, rows - start),
    };
}
