import type { ReactNode } from 'react';
import { type Scale, tickText } from '../scale.ts';

export const WIDTH = 640;
export const HEIGHT = 320;
const LEFT = 56;
const BOTTOM = 38;
const TOP = 8;
const RIGHT = 20;
/** Where the drawing lies within the picture, in its own units. */
export const plotX: readonly [number, number] = [LEFT, WIDTH - RIGHT];
export const plotY: readonly [number, number] = [HEIGHT - BOTTOM, TOP];

/** The frame of a chart: two axes with round numbers, their titles, light lines across. */
export function Axes({
  x,
  y,
  xTitle,
  yTitle,
  label,
  children,
}: {
  /** Absent where the drawing names its own places. */
  readonly x?: Scale;
  readonly y: Scale;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly label: string;
  readonly children: ReactNode;
}) {
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={label}
      className="block w-full max-w-3xl select-none"
      style={{ fontSize: 11, fill: 'var(--ink-2)' }}
    >
      {y.ticks.map((tick) => (
        <g key={tick}>
          <line x1={LEFT} x2={WIDTH - RIGHT} y1={y.at(tick)} y2={y.at(tick)} stroke="var(--line)" />
          <text x={LEFT - 6} y={y.at(tick) + 3.5} textAnchor="end">
            {tickText(tick)}
          </text>
        </g>
      ))}
      {x?.ticks.map((tick) => (
        <g key={tick}>
          <line
            y1={HEIGHT - BOTTOM}
            y2={HEIGHT - BOTTOM + 4}
            x1={x.at(tick)}
            x2={x.at(tick)}
            stroke="var(--line-strong)"
          />
          <text x={x.at(tick)} y={HEIGHT - BOTTOM + 15} textAnchor="middle">
            {tickText(tick)}
          </text>
        </g>
      ))}
      <line x1={LEFT} x2={WIDTH - RIGHT} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM} stroke="var(--line-strong)" />
      {children}
      <text x={(LEFT + WIDTH - RIGHT) / 2} y={HEIGHT - 4} textAnchor="middle" fill="var(--ink-3)">
        {xTitle}
      </text>
      <text
        x={12}
        y={(HEIGHT - BOTTOM + TOP) / 2}
        textAnchor="middle"
        fill="var(--ink-3)"
        transform={`rotate(-90 12 ${(HEIGHT - BOTTOM + TOP) / 2})`}
      >
        {yTitle}
      </text>
    </svg>
  );
}

/** The names of lines or groups beside their colours. */
export function Key({ names, colour }: { readonly names: readonly string[]; colour(i: number): string }) {
  return (
    <ul className="mt-1 flex flex-wrap gap-x-4 gap-y-0.5 text-xs">
      {names.map((name, i) => (
        <li key={name} className="flex items-center gap-1.5">
          <span
            className="size-2 rounded-full forced-color-adjust-none"
            style={{ background: colour(i) }}
            aria-hidden="true"
          />
          {name}
        </li>
      ))}
    </ul>
  );
}
