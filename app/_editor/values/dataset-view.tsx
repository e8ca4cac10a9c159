// biome-ignore-all lint/a11y/useSemanticElements: rows are placed by hand, since only those that are seen are there
// biome-ignore-all lint/a11y/useFocusableInteractive: cells of a table that is read, not a grid that is edited
'use client';

import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState } from 'react';
import { columnType, type Dataset, type DatasetColumn } from '../../../graph/dataset.ts';
import { showColumnKind } from '../../../graph/types.ts';
import { Bars } from './bars.tsx';
import { cellText, cellWhole } from './cells.ts';
import { measured, statsOf } from './dataset-stats.ts';
import { Picture } from './picture.tsx';

const widths: Readonly<Record<string, number>> = {
  text: 360,
  tokens: 360,
  tags: 300,
  choice: 300,
  number: 132,
  category: 140,
  image: 140,
  vector: 260,
  audio: 140,
};
const widthOf = ({ data }: DatasetColumn): number => widths[data.kind] ?? 180;

/** A data set as a table: only the rows that are seen are drawn, so a million are as quick as ten. */
export function DatasetView({ dataset }: { readonly dataset: Dataset }) {
  const scroll = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState<{ readonly row: number; readonly column: string }>();
  const pictures = dataset.columns.some(({ data }) => data.kind === 'image');
  const list = useVirtualizer({
    count: dataset.rows,
    getScrollElement: () => scroll.current,
    estimateSize: () => (pictures ? 72 : 32),
    overscan: 6,
  });
  const columns = `56px ${dataset.columns.map((column) => `minmax(${widthOf(column)}px, ${column.data.kind === 'text' ? '1fr' : 'auto'})`).join(' ')}`;
  const least = 56 + dataset.columns.reduce((sum, column) => sum + widthOf(column), 0);
  if (dataset.columns.length === 0) return <p className="text-ink-3">This data set has no columns.</p>;
  return (
    <div className="flex h-full min-h-0 flex-col">
      <p className="mb-2 text-ink-2 text-xs">
        {dataset.rows.toLocaleString('en')} rows, {dataset.columns.length} columns
      </p>
      <div
        ref={scroll}
        role="table"
        aria-label="Rows"
        aria-rowcount={dataset.rows + 1}
        aria-colcount={dataset.columns.length + 1}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls is reached by keyboard
        tabIndex={0}
        data-kind="dataset"
        className="max-h-[80dvh] min-h-0 flex-1 overflow-auto rounded-md border border-line"
      >
        <div style={{ minWidth: least }}>
          <div
            role="row"
            aria-rowindex={1}
            className="sticky top-0 z-10 grid border-line-strong border-b bg-surface-2"
            style={{ gridTemplateColumns: columns }}
          >
            <Head text="row" />
            {dataset.columns.map((column) => (
              <ColumnHead key={column.name} column={column} />
            ))}
          </div>
          <div className="relative" style={{ height: list.getTotalSize() }}>
            {list.getVirtualItems().map(({ index, start, size }) => (
              <div
                key={index}
                role="row"
                aria-rowindex={index + 2}
                className="absolute top-0 left-0 grid w-full border-line border-b text-xs"
                style={{ gridTemplateColumns: columns, height: size, transform: `translateY(${start}px)` }}
              >
                <div role="rowheader" className="tabular self-center px-2 text-right text-2xs text-ink-3">
                  {index + 1}
                </div>
                {dataset.columns.map((column) => (
                  <Cell
                    key={column.name}
                    column={column}
                    row={index}
                    onOpen={() => setOpened({ row: index, column: column.name })}
                  />
                ))}
              </div>
            ))}
          </div>
        </div>
      </div>
      {opened && (
        <WholeCell column={dataset.column(opened.column)} row={opened.row} onClose={() => setOpened(undefined)} />
      )}
    </div>
  );
}

function Head({ text }: { readonly text: string }) {
  return (
    <div role="columnheader" className="self-end px-2 py-1 text-right text-2xs text-ink-3">
      {text}
    </div>
  );
}

const shown = (value: number): string => String(Number(value.toPrecision(4)));

function ColumnHead({ column }: { readonly column: DatasetColumn }) {
  const { data } = column;
  const stats = useMemo(() => statsOf(data), [data]);
  const type = columnType(column);
  const what = measured(data);
  const lines = [
    stats.distinct !== undefined && `${stats.distinct.toLocaleString('en')} distinct`,
    stats.mean !== undefined && `${shown(stats.min!)} – ${shown(stats.max!)}${what && ` ${what}`}`,
    stats.mean !== undefined && `mean ${shown(stats.mean)}`,
    stats.missing > 0 && `${stats.missing.toLocaleString('en')} missing`,
  ].filter(Boolean);
  return (
    <div role="columnheader" className="min-w-0 border-line border-l px-2 py-1.5">
      <p className="truncate font-semibold text-xs" title={column.name}>
        {column.name}
      </p>
      <p className="truncate text-2xs text-ink-3">
        <span className="mono text-[10px]">{showColumnKind(type)}</span>
        {column.role && ` · ${column.role}`}
        {column.origin && ` · from ${column.origin.column}`}
      </p>
      <Bars bars={stats.bars} labels={stats.labels} width={Math.min(120, widthOf(column) - 24)} height={20} />
      <p className="tabular truncate text-[10px] text-ink-3" title={lines.join(', ')}>
        {lines.join(' · ')}
      </p>
    </div>
  );
}

function Cell({ column, row, onOpen }: { readonly column: DatasetColumn; readonly row: number; onOpen(): void }) {
  const { data } = column;
  const wrap = 'flex min-w-0 items-center border-line border-l px-2';
  if (data.kind === 'image')
    return (
      <div role="cell" className={wrap}>
        <button type="button" onClick={onOpen} aria-label={`Open row ${row + 1} of ${column.name}`}>
          <Picture data={data} row={row} size={60} />
        </button>
      </div>
    );
  const text = cellText(data, row);
  const long = text.length > 40 || data.kind === 'vector' || data.kind === 'audio';
  return (
    <div role="cell" className={wrap}>
      {text === '' ? (
        <span className="text-ink-3 italic">missing</span>
      ) : long ? (
        <button
          type="button"
          onClick={onOpen}
          title="Show it whole"
          className={`min-w-0 truncate text-left hover:text-accent ${data.kind === 'text' ? '' : 'mono text-2xs'}`}
        >
          {text.slice(0, 400)}
        </button>
      ) : (
        <span className={`truncate ${data.kind === 'number' ? 'tabular' : ''}`}>{text}</span>
      )}
    </div>
  );
}

/** One cell, whole, below the table. */
function WholeCell({
  column,
  row,
  onClose,
}: {
  readonly column: DatasetColumn;
  readonly row: number;
  onClose(): void;
}) {
  const { data, name } = column;
  return (
    <section
      aria-label={`Row ${row + 1}, ${name}`}
      className="mt-2 max-h-60 shrink-0 overflow-auto rounded-md border border-line bg-surface-2 p-3"
    >
      <header className="mb-1 flex items-baseline gap-2 text-2xs text-ink-3">
        <span className="flex-1">
          Row {row + 1}, {name}
        </span>
        <button type="button" onClick={onClose} className="text-accent hover:underline">
          Close
        </button>
      </header>
      {data.kind === 'image' ? (
        <Picture data={data} row={row} size={200} />
      ) : (
        <p className={`whitespace-pre-wrap break-words text-xs ${data.kind === 'text' ? '' : 'mono'}`}>
          {cellWhole(data, row)}
        </p>
      )}
    </section>
  );
}
