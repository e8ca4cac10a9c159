'use client';

import { useEffect, useMemo, useRef, useState } from 'react';
import { extent, tickText } from '../scale.ts';

/** Cells with their numbers up to this many; more are drawn without, on a canvas. */
const MOST_TEXTS = 400;

/** Numbers by row and column, darker where larger. Negative ones have a hue of their own. Counts are shares of their row. */
export function Heat({
  title,
  rows,
  columns,
  cells,
  counts = false,
}: {
  readonly title: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly cells: readonly (readonly number[])[];
  readonly counts?: boolean;
}) {
  const strength = useMemo(() => {
    const [low, high] = extent(cells.flat());
    const most = Math.max(Math.abs(low), Math.abs(high)) || 1;
    const sums = cells.map((row) => row.reduce((a, b) => a + b, 0) || 1);
    return (value: number, row: number): number =>
      counts ? value / sums[row]! : low >= 0 && high > low ? (value - low) / (high - low) : value / most;
  }, [cells, counts]);
  if (rows.length === 0 || columns.length === 0) return <p className="text-ink-3 text-xs">There is nothing in it.</p>;
  if (rows.length * columns.length > MOST_TEXTS)
    return <HeatCanvas title={title} rows={rows} columns={columns} cells={cells} strength={strength} />;
  return (
    <div className="overflow-x-auto">
      <table className="border-separate border-spacing-0.5 text-2xs">
        <caption className="sr-only">{title}</caption>
        <thead>
          <tr>
            <td className="pr-2 text-right text-ink-3">{counts ? 'true ↓ predicted →' : ''}</td>
            {columns.map((column, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: names may repeat, as tokens do
              <th key={i} scope="col" title={column} className="max-w-16 truncate px-1 font-normal text-ink-2">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, r) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: names may repeat, as tokens do
            <tr key={r}>
              <th scope="row" title={row} className="max-w-28 truncate pr-2 text-right font-normal text-ink-2">
                {row}
              </th>
              {columns.map((column, c) => {
                const value = cells[r]?.[c] ?? 0;
                const power = strength(value, r);
                return (
                  <td
                    // biome-ignore lint/suspicious/noArrayIndexKey: as above
                    key={c}
                    title={`${row}, ${column}: ${value}`}
                    style={{ background: mixed(power) }}
                    className={`tabular forced-color-adjust-none h-8 min-w-10 rounded-sm px-1 text-center ${Math.abs(power) > 0.55 ? 'text-surface' : 'text-ink'}`}
                  >
                    {counts ? value.toLocaleString('en') : tickText(Number(value.toPrecision(3)))}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const mixed = (power: number): string =>
  `color-mix(in oklab, ${power < 0 ? 'var(--bad)' : 'var(--accent)'} ${Math.round(Math.min(1, Math.abs(power)) * 100)}%, var(--surface-2))`;

function HeatCanvas({
  title,
  rows,
  columns,
  cells,
  strength,
}: {
  readonly title: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly cells: readonly (readonly number[])[];
  strength(value: number, row: number): number;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [at, setAt] = useState<readonly [number, number]>();
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || !canvas.current) return;
    const colour = (value: string): [number, number, number] => {
      context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(value);
      context.fillRect(0, 0, 1, 1);
      const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
      return [red!, green!, blue!];
    };
    const [ground, up, down] = [colour('--surface-2'), colour('--accent'), colour('--bad')];
    const pixels = context.createImageData(columns.length, rows.length);
    for (let r = 0; r < rows.length; r++)
      for (let c = 0; c < columns.length; c++) {
        const power = Math.max(-1, Math.min(1, strength(cells[r]?.[c] ?? 0, r)));
        const full = power < 0 ? down : up;
        const i = (r * columns.length + c) * 4;
        for (let k = 0; k < 3; k++) pixels.data[i + k] = ground[k]! + (full[k]! - ground[k]!) * Math.abs(power);
        pixels.data[i + 3] = 255;
      }
    context.putImageData(pixels, 0, 0);
  }, [rows, columns, cells, strength]);
  const [row, column] = at ?? [];
  return (
    <div>
      <canvas
        ref={canvas}
        width={columns.length}
        height={rows.length}
        role="img"
        aria-label={`${title}: ${rows.length} rows, ${columns.length} columns`}
        className="w-full max-w-2xl rounded-md border border-line"
        style={{ imageRendering: 'pixelated', aspectRatio: `${columns.length} / ${rows.length}`, maxHeight: 460 }}
        onPointerMove={({ currentTarget, clientX, clientY }) => {
          const box = currentTarget.getBoundingClientRect();
          setAt([
            Math.min(rows.length - 1, Math.floor(((clientY - box.top) / box.height) * rows.length)),
            Math.min(columns.length - 1, Math.floor(((clientX - box.left) / box.width) * columns.length)),
          ]);
        }}
        onPointerLeave={() => setAt(undefined)}
      />
      <p className="tabular min-h-5 text-ink-2 text-xs">
        {row !== undefined &&
          column !== undefined &&
          `${rows[row]}, ${columns[column]}: ${tickText(Number((cells[row]?.[column] ?? 0).toPrecision(5)))}`}
      </p>
    </div>
  );
}
