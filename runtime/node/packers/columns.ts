import { readFileSync } from 'node:fs';
import type { DatasetColumn } from '../../../graph/dataset.ts';
import type { ColumnRole } from '../../../graph/types.ts';

export const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

const roleOf = (role: ColumnRole | undefined) => (role ? { role } : {});

export const textColumn = (name: string, values: readonly string[], role?: ColumnRole): DatasetColumn => ({
  name,
  ...roleOf(role),
  data: { kind: 'text', values },
});

/** Missing numbers are NaN. */
export const numberColumn = (
  name: string,
  values: readonly (number | null | undefined)[],
  role?: ColumnRole,
): DatasetColumn => ({
  name,
  ...roleOf(role),
  data: { kind: 'number', values: Float64Array.from(values, (value) => value ?? Number.NaN) },
});

/** What is none of the categories is missing. */
export const categoryColumn = (
  name: string,
  values: readonly (string | null | undefined)[],
  { categories, role }: { categories: readonly string[]; role?: ColumnRole },
): DatasetColumn => {
  const codes = new Map(categories.map((category, code) => [category, code]));
  return {
    name,
    ...roleOf(role),
    data: { kind: 'category', codes: Int32Array.from(values, (value) => codes.get(value ?? '') ?? -1), categories },
  };
};
