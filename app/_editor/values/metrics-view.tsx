'use client';

import type { Metrics } from '../../../graph/values.ts';
import { confusionOf } from './confusion.ts';
import { FigureView } from './figure-view.tsx';
import { MetricList } from './metric-list.tsx';
import { PlainTable } from './plain-table.tsx';

/** Numbers, then curves, then tables; a table that counts confusions is drawn as one. */
export function MetricsView({ metrics }: { readonly metrics: Metrics }) {
  const { values, tables = [], series = [] } = metrics;
  return (
    <div className="space-y-6">
      {values.length > 0 && (
        <div className="max-w-md">
          <MetricList values={values} />
        </div>
      )}
      {series.length > 0 && (
        <FigureView
          figure={{ kind: 'line', title: 'Curves', x: { title: 'step' }, y: { title: '' }, series: [...series] }}
        />
      )}
      {tables.map((table) => {
        const confusion = confusionOf(table);
        return (
          <section key={table.title}>
            {!confusion && <h3 className="mb-2 font-semibold text-sm">{table.title}</h3>}
            {confusion ? <FigureView figure={confusion} /> : <PlainTable table={table} />}
          </section>
        );
      })}
      {values.length + series.length + tables.length === 0 && <p className="text-ink-3">Nothing was measured.</p>}
    </div>
  );
}
