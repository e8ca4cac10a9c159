'use client';

import 'uplot/dist/uPlot.min.css';
import { useTheme } from 'next-themes';
import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import type { Curve } from '../../../graph/events.ts';
import { aligned } from './curves.ts';
import { lineColour } from './line-colour.ts';

export interface PlotLine {
  readonly name: string;
  readonly curve: Curve;
  /** Its place among all curves: it keeps its colour while others are hidden. */
  readonly colour: number;
}

const number = new Intl.NumberFormat('en', { maximumSignificantDigits: 5 });
const show = (value: number | null | undefined): string =>
  value === null || value === undefined || Number.isNaN(value)
    ? '–'
    : Math.abs(value) < 1e-3 && value !== 0
      ? value.toExponential(3)
      : number.format(value);

/** Curves on a canvas: a hundred thousand points are drawn in milliseconds. What lies under the pointer is told. */
export default function Plot({
  lines,
  log,
  height,
  onHover,
}: {
  readonly lines: readonly PlotLine[];
  readonly log: boolean;
  readonly height: number;
  /** Values at the pointer, in the order of the lines; undefined where it leaves. */
  onHover(at: { readonly step: number; readonly values: readonly string[] } | undefined): void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const hover = useRef(onHover);
  hover.current = onHover;
  const { resolvedTheme } = useTheme();
  const names = lines.map(({ name, colour }) => `${colour} ${name}`).join('|');

  // another set of lines, scale or theme is another plot
  // biome-ignore lint/correctness/useExhaustiveDependencies: the data comes by the effect below
  useEffect(() => {
    const parent = box.current;
    if (!parent) return;
    const colour = (value: string) => resolved(parent, value);
    const ink = colour('var(--ink-2)');
    const grid = { stroke: colour('var(--line)'), width: 1 };
    const font = '11px "Inter Variable", sans-serif';
    const made = new UPlot(
      {
        width: parent.clientWidth,
        height,
        legend: { show: false },
        scales: { x: { time: false }, y: { distr: log ? 3 : 1 } },
        axes: [
          { stroke: ink, grid, ticks: grid, font },
          {
            stroke: ink,
            grid,
            ticks: grid,
            font,
            size: 56,
            values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : show(tick))),
          },
        ],
        cursor: { drag: { x: true, y: false }, points: { size: 6 } },
        hooks: {
          setCursor: [
            (self) => {
              const { idx } = self.cursor;
              if (idx === null || idx === undefined) return hover.current(undefined);
              hover.current({
                step: self.data[0][idx] ?? 0,
                values: self.data.slice(1).map((column) => show(nearest(column, idx))),
              });
            },
          ],
        },
        series: [
          {},
          ...lines.map((line) => ({
            label: line.name,
            stroke: colour(lineColour(line.colour)),
            width: 1.5,
            // a validation every hundred steps is a line too
            spanGaps: true,
            points: { show: line.curve.steps.length < 40 },
          })),
        ],
      },
      dataOf(lines, log),
      parent,
    );
    plot.current = made;
    const resize = new ResizeObserver(() => made.setSize({ width: parent.clientWidth, height }));
    resize.observe(parent);
    return () => {
      resize.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [names, log, height, resolvedTheme]);

  useEffect(() => {
    const drawn = plot.current;
    if (!drawn) return;
    // a part that one has zoomed into stays while the curve grows
    const { min, max } = drawn.scales.x ?? {};
    const [steps] = drawn.data;
    // before the first drawing there is no range yet
    const ranged = typeof min === 'number' && typeof max === 'number';
    const zoomed = ranged && (min > (steps[0] ?? 0) || max < (steps.at(-1) ?? 0));
    drawn.setData(dataOf(lines, log), !zoomed);
    if (zoomed) drawn.redraw();
  }, [lines, log]);

  return <div ref={box} className="w-full" onPointerLeave={() => onHover(undefined)} />;
}

/** A log axis knows nothing at or below zero. */
function dataOf(lines: readonly PlotLine[], log: boolean): UPlot.AlignedData {
  const [steps, ...columns] = aligned(lines.map(({ curve }) => curve));
  return [
    steps,
    ...columns.map((column) =>
      log ? column.map((value) => (typeof value === 'number' && value <= 0 ? null : value)) : column,
    ),
  ] as UPlot.AlignedData;
}

/** The value at an index, or the last one before it: curves are measured at different steps. */
function nearest(column: ArrayLike<number | null | undefined>, index: number): number | null | undefined {
  for (let i = index; i >= 0; i--) if (typeof column[i] === 'number') return column[i];
  return undefined;
}

/** A colour of the theme as numbers: a canvas knows no variables. */
function resolved(parent: HTMLElement, colour: string): string {
  const probe = document.createElement('span');
  probe.style.color = colour;
  parent.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}
