'use client';

import { useId, useState } from 'react';
import type { Figure } from '../../../graph/values.ts';
import { figureTable } from './figure-table.ts';
import { BarChart } from './figures/bar-chart.tsx';
import { Heat } from './figures/heat.tsx';
import { LineChart } from './figures/line-chart.tsx';
import { ScatterChart } from './figures/scatter-chart.tsx';
import { PlainTable } from './plain-table.tsx';

/** A figure from its specification. Whatever is drawn can be read as a table too. */
export function FigureView({ figure }: { readonly figure: Figure }) {
  const [asTable, setAsTable] = useState(false);
  const id = useId();
  if (figure.kind === 'text')
    return (
      <figure>
        <Caption id={id} title={figure.title} />
        <p className="max-w-[72ch] whitespace-pre-wrap break-words leading-relaxed">{figure.text || 'Empty.'}</p>
      </figure>
    );
  if (figure.kind === 'table')
    return (
      <figure>
        <Caption id={id} title={figure.title} />
        <PlainTable table={figure.table} total={figure.total} />
      </figure>
    );
  if (figure.kind === 'image')
    return (
      <figure>
        <Caption id={id} title={figure.title} />
        {/* biome-ignore lint/performance/noImgElement: a picture that a run made, as data */}
        <img
          src={`data:image/png;base64,${figure.png.replace(/^data:image\/png;base64,/, '')}`}
          alt={figure.title}
          width={figure.width}
          height={figure.height}
          className="h-auto max-w-full rounded-md border border-line"
          style={{
            imageRendering: figure.width < 200 ? 'pixelated' : 'auto',
            minWidth: Math.min(240, figure.width * 4),
          }}
        />
      </figure>
    );
  return (
    <figure aria-labelledby={id}>
      <div className="mb-1 flex items-baseline gap-3">
        <Caption id={id} title={figure.title} />
        <button
          type="button"
          aria-pressed={asTable}
          onClick={() => setAsTable(!asTable)}
          className="shrink-0 text-2xs text-accent hover:underline"
        >
          {asTable ? 'As a picture' : 'As a table'}
        </button>
      </div>
      {asTable ? <PlainTable table={figureTable(figure)} /> : drawn(figure)}
    </figure>
  );
}

const Caption = ({ id, title }: { readonly id: string; readonly title: string }) => (
  <figcaption id={id} className="mb-1 flex-1 font-semibold text-sm">
    {title}
  </figcaption>
);

function drawn(figure: Exclude<Figure, { kind: 'text' | 'table' | 'image' }>) {
  switch (figure.kind) {
    case 'line':
      return <LineChart figure={figure} />;
    case 'bar':
      return <BarChart figure={figure} />;
    case 'scatter':
      return <ScatterChart figure={figure} />;
    case 'heatmap':
      return <Heat title={figure.title} rows={figure.rows} columns={figure.columns} cells={figure.values} />;
    case 'matrix':
      return <Heat title={figure.title} rows={figure.rows} columns={figure.columns} cells={figure.counts} counts />;
  }
}
