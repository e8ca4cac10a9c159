import type { Curve } from '../../../graph/events.ts';
import type { RunState } from '../state/run-state.ts';

export interface NamedCurve {
  /** `Train: loss`, unique in a run. */
  readonly name: string;
  readonly node: string;
  readonly series: string;
  readonly curve: Curve;
}

/** Every curve of a run, each named by its node and itself. */
export function curvesOf(run: RunState | undefined, title: (node: string) => string): NamedCurve[] {
  return Object.entries(run?.nodes ?? {}).flatMap(([node, { curves }]) =>
    Object.entries(curves).map(([series, curve]) => ({ name: `${title(node)}: ${series}`, node, series, curve })),
  );
}

/** Things that are drawn over one axis: losses with losses, rates with rates. */
export const unitOf = (series: string): string => {
  const plain = series.replace(/^validation /, '');
  return /loss|perplexity|entropy/.test(plain) ? 'loss' : /rate/.test(plain) ? 'learning rate' : plain;
};

/** Curves on one list of steps, as uPlot takes them: a step that a curve was not measured at is undefined. */
export function aligned(curves: readonly Curve[]): [number[], ...(number | null | undefined)[][]] {
  const steps = mergedSteps(curves.map((curve) => curve.steps));
  const columns = curves.map(({ steps: own, values }) => {
    if (own.length === steps.length) return [...values];
    const column: (number | null | undefined)[] = new Array(steps.length);
    let at = 0;
    for (let i = 0; i < own.length; i++) {
      while (steps[at]! < own[i]!) at++;
      column[at] = values[i] ?? null;
    }
    return column;
  });
  return [steps, ...columns];
}

/** Sorted lists as one, each step once. */
function mergedSteps(lists: readonly (readonly number[])[]): number[] {
  const [first = [], ...more] = lists;
  return more.reduce<number[]>(
    (merged, list) => {
      const out: number[] = [];
      let a = 0;
      let b = 0;
      while (a < merged.length || b < list.length) {
        const x = merged[a] ?? Number.POSITIVE_INFINITY;
        const y = list[b] ?? Number.POSITIVE_INFINITY;
        out.push(Math.min(x, y));
        if (x <= y) a++;
        if (y <= x) b++;
      }
      return out;
    },
    [...first],
  );
}

const cell = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Rows as CSV (RFC 4180). Nothing measured is an empty cell. */
export const toCsv = (rows: readonly (readonly (string | number | null | undefined)[])[]): string =>
  rows
    .map((row) => row.map((each) => (each === null || each === undefined ? '' : cell(String(each)))).join(','))
    .join('\r\n');

/** All curves as one table: a column of steps, then one for each curve. */
export function curvesCsv(curves: readonly NamedCurve[]): string {
  const [steps, ...columns] = aligned(curves.map(({ curve }) => curve));
  return toCsv([
    ['step', ...curves.map(({ name }) => name)],
    ...steps.map((step, i) => [step, ...columns.map((column) => column[i])]),
  ]);
}
