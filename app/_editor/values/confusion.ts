import type { Figure, Table } from '../../../graph/values.ts';

/**
 * A table whose rows are named like its columns and that counts: what was predicted for what is true. Other tables are
 * left as they are.
 */
export function confusionOf({ title, columns, rows }: Table): Extract<Figure, { kind: 'matrix' }> | undefined {
  const names = columns.slice(1).map(({ name }) => name);
  const isSquare = names.length > 1 && rows.length === names.length;
  if (!isSquare || !/confusion/i.test(title)) return undefined;
  const labels = rows.map(([label]) => String(label ?? ''));
  const counts = rows.map((row) => row.slice(1).map((count) => (typeof count === 'number' ? count : 0)));
  return { kind: 'matrix', title, rows: labels, columns: names, counts };
}
