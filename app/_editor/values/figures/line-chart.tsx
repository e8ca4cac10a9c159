'use client';

import { type PointerEvent, useMemo, useState } from 'react';
import type { Figure, Series } from '../../../../graph/values.ts';
import { lineColour } from '../../dock/line-colour.ts';
import { extent, linear, logarithmic, tickText } from '../scale.ts';
import { Axes, HEIGHT, Key, plotX, plotY, WIDTH } from './axes.tsx';
import { thinned } from './thin.ts';

type LineFigure = Extract<Figure, { kind: 'line' }>;

/** Curves over one axis. Long ones are thinned to the extremes of each pixel, so that no peak is lost. */
export function LineChart({ figure }: { readonly figure: LineFigure }) {
  const { x, y, series } = figure;
  const [hover, setHover] = useState<number>();
  const { xScale, yScale, paths } = useMemo(() => {
    const xDomain = extent(series.flatMap(({ steps }) => [steps[0], steps.at(-1)]));
    const yDomain = extent(everyValue(series));
    const across = x.scale === 'log' ? logarithmic(xDomain, plotX) : linear(xDomain, plotX, 7);
    const up = y.scale === 'log' ? logarithmic(yDomain, plotY) : linear(yDomain, plotY);
    return {
      xScale: across,
      yScale: up,
      paths: series.map((each) =>
        pathOf(
          thinned(each, WIDTH),
          (step) => across.at(step),
          (value) => up.at(value),
        ),
      ),
    };
  }, [series, x.scale, y.scale]);
  const move = (event: PointerEvent<HTMLDivElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    setHover(((event.clientX - box.left) / box.width) * WIDTH);
  };
  const near =
    hover === undefined ? [] : series.map((each) => nearest(each, (step) => Math.abs(xScale.at(step) - hover)));
  const [at] = near.filter((each) => each !== undefined);
  return (
    <div>
      <div className="relative max-w-3xl" onPointerMove={move} onPointerLeave={() => setHover(undefined)}>
        <Axes x={xScale} y={yScale} xTitle={x.title} yTitle={y.title} label={summary(figure)}>
          {paths.map((path, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have an order
            <path key={i} d={path} fill="none" stroke={lineColour(i)} strokeWidth={1.5} strokeLinejoin="round" />
          ))}
          {at && (
            <line
              x1={xScale.at(at.step)}
              x2={xScale.at(at.step)}
              y1={plotY[1]}
              y2={HEIGHT - 38}
              stroke="var(--line-strong)"
            />
          )}
          {near.map(
            (each, i) =>
              each && (
                <circle
                  // biome-ignore lint/suspicious/noArrayIndexKey: lines have an order
                  key={i}
                  cx={xScale.at(each.step)}
                  cy={yScale.at(each.value)}
                  r={3}
                  fill={lineColour(i)}
                />
              ),
          )}
        </Axes>
      </div>
      <div className="flex min-h-5 flex-wrap items-baseline gap-x-4">
        <Key
          names={series.map(({ name }, i) =>
            near[i] ? `${name} ${tickText(Number(near[i].value.toPrecision(5)))}` : name,
          )}
          colour={lineColour}
        />
        {at && <span className="tabular text-ink-3 text-xs">{`${x.title || 'x'} ${tickText(at.step)}`}</span>}
      </div>
    </div>
  );
}

function* everyValue(series: readonly Series[]) {
  for (const { values } of series) yield* values;
}

/** A gap where nothing was measured. */
function pathOf(
  { steps, values }: Pick<Series, 'steps' | 'values'>,
  x: (step: number) => number,
  y: (value: number) => number,
): string {
  let path = '';
  let pen = 'M';
  for (const [i, step] of steps.entries()) {
    const value = values[i];
    if (value === null || value === undefined) {
      pen = 'M';
      continue;
    }
    path += `${pen}${x(step).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = 'L';
  }
  return path;
}

function nearest(
  { steps, values }: Series,
  distance: (step: number) => number,
): { step: number; value: number } | undefined {
  let best: { step: number; value: number } | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const [i, step] of steps.entries()) {
    const value = values[i];
    const far = distance(step);
    if (value === null || value === undefined || far >= least) continue;
    least = far;
    best = { step, value };
  }
  return best;
}

/** For those who do not see it: where each line begins and ends. */
function summary({ title, series }: LineFigure): string {
  const lines = series.slice(0, 8).map(({ name, values }) => {
    const known = values.filter((value) => value !== null);
    return known.length === 0
      ? `${name}: nothing`
      : `${name} from ${tickText(Number(known[0]!.toPrecision(4)))} to ${tickText(Number(known.at(-1)!.toPrecision(4)))}`;
  });
  return `${title}. ${lines.join('; ')}`;
}
