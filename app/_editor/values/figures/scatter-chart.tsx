'use client';

import { useEffect, useMemo, useRef, useState } from 'react';
import type { Figure } from '../../../../graph/values.ts';
import { lineColour } from '../../dock/line-colour.ts';
import { extent, linear, logarithmic, tickText } from '../scale.ts';
import { Axes, HEIGHT, Key, plotX, plotY, WIDTH } from './axes.tsx';

type ScatterFigure = Extract<Figure, { kind: 'scatter' }>;
/** How near the pointer has to be, in units of the picture. */
const REACH = 10;

/** Points, coloured by group. They are drawn on a canvas: tens of thousands stay quick. The nearest one is named. */
export function ScatterChart({ figure }: { readonly figure: ScatterFigure }) {
  const { points, x, y } = figure;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [near, setNear] = useState<ScatterFigure['points'][number]>();
  const groups = useMemo(() => [...new Set(points.map(({ group }) => group ?? ''))].sort(), [points]);
  const { xScale, yScale } = useMemo(() => {
    const across = extent(points.map((point) => point.x));
    const up = extent(points.map((point) => point.y));
    return {
      xScale: x.scale === 'log' ? logarithmic(across, plotX) : linear(across, plotX, 7),
      yScale: y.scale === 'log' ? logarithmic(up, plotY) : linear(up, plotY),
    };
  }, [points, x.scale, y.scale]);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || !canvas.current) return;
    const scale = Math.min(3, devicePixelRatio) * 1.5;
    canvas.current.width = WIDTH * scale;
    canvas.current.height = HEIGHT * scale;
    context.scale(scale, scale);
    context.globalAlpha = points.length > 2_000 ? 0.5 : 0.8;
    const probe = canvas.current;
    for (const [i, group] of groups.entries()) {
      probe.style.color = lineColour(i);
      context.fillStyle = getComputedStyle(probe).color;
      for (const point of points) {
        if ((point.group ?? '') !== group) continue;
        context.beginPath();
        context.arc(xScale.at(point.x), yScale.at(point.y), points.length > 2_000 ? 1.5 : 2.75, 0, 7);
        context.fill();
      }
    }
  }, [points, groups, xScale, yScale]);
  const find = (px: number, py: number) => {
    let least = REACH ** 2;
    let best: ScatterFigure['points'][number] | undefined;
    for (const point of points) {
      const far = (xScale.at(point.x) - px) ** 2 + (yScale.at(point.y) - py) ** 2;
      if (far < least) {
        least = far;
        best = point;
      }
    }
    setNear(best);
  };
  const label = `${figure.title}. ${points.length} points${groups.length > 1 ? ` in ${groups.length} groups` : ''}, ${x.title} across, ${y.title} up`;
  return (
    <div>
      <div
        className="relative max-w-3xl"
        onPointerMove={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          const scale = WIDTH / box.width;
          find((event.clientX - box.left) * scale, (event.clientY - box.top) * scale);
        }}
        onPointerLeave={() => setNear(undefined)}
      >
        <Axes x={xScale} y={yScale} xTitle={x.title} yTitle={y.title} label={label}>
          {near && <circle cx={xScale.at(near.x)} cy={yScale.at(near.y)} r={6} fill="none" stroke="var(--ink)" />}
        </Axes>
        <canvas ref={canvas} className="pointer-events-none absolute inset-0 size-full" />
      </div>
      {groups.length > 1 && <Key names={groups.slice(0, 24)} colour={lineColour} />}
      <p className="tabular min-h-5 text-ink-2 text-xs">
        {near && [near.label, near.group, `${tickText(near.x)}, ${tickText(near.y)}`].filter(Boolean).join(' · ')}
      </p>
    </div>
  );
}
