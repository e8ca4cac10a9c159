import type { Problem } from '../lib/problem.ts';

/** A problem as lines of text: where, what, what to do, and the other ends. */
export function showProblem(problem: Problem): string {
  const { at, message, hint, notes, severity, code } = problem;
  const place = at ? `${[at.node, at.port ?? at.param].filter(Boolean).join('.')}: ` : '';
  return [
    `${severity === 'warning' ? 'warning' : 'error'} ${place}${message}${hint ? ` ${hint}` : ''} [${code}]`,
    ...(notes ?? []).map((note) => `    ${note.message}`),
  ].join('\n');
}

/** Rows of cells as aligned columns. */
export function showColumns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]!.length))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
