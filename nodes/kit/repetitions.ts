import type { Figure, Metric, Metrics, Table } from '../../graph/values.ts';

const numbers = (measured: readonly Metrics[], name: string): number[] =>
  measured.flatMap(({ values }) => values.find((each) => each.name === name)?.value ?? []);

/** Mean and sample standard deviation of each metric, and all of them in a table. */
export function summarize(measured: readonly Metrics[], labels: readonly string[], title: string): Metrics {
  const kinds = measured[0]?.values ?? [];
  const values = kinds.flatMap(({ name, better, unit }): Metric[] => {
    const all = numbers(measured, name);
    if (all.length === 0) return [];
    const mean = all.reduce((a, b) => a + b, 0) / all.length;
    const spread = Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, all.length - 1));
    const rest = { better, ...(unit && { unit }) };
    return [
      { name: `${name}.mean`, value: mean, ...rest },
      { name: `${name}.deviation`, value: spread, ...rest, better: 'lower' },
    ];
  });
  const table: Table = {
    title,
    columns: [{ name: 'repetition', kind: 'text' }, ...kinds.map(({ name }) => ({ name, kind: 'number' as const }))],
    rows: measured.map((each, i) => [
      labels[i] ?? String(i + 1),
      ...kinds.map(({ name }) => each.values.find((value) => value.name === name)?.value ?? null),
    ]),
  };
  return { values, tables: [table] };
}

/** One metric, a bar for each repetition. */
export function plotRepetitions(measured: readonly Metrics[], labels: readonly string[], wanted: string): Figure {
  const name = wanted || measured[0]?.values[0]?.name || '';
  return {
    kind: 'bar',
    title: name,
    y: { title: name },
    bars: measured.flatMap(({ values }, i) => {
      const value = values.find((each) => each.name === name)?.value;
      return typeof value === 'number' ? [{ label: labels[i] ?? String(i + 1), value }] : [];
    }),
  };
}
