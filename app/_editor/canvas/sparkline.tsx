'use client';

import { useEffect, useRef } from 'react';
import type { Curve } from '../../../graph/events.ts';

const shown = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });

/** Curves that say how well a training goes, the most telling first. */
const telling = ['loss', 'validation loss', 'accuracy', 'validation accuracy', 'reward'];

/** What is drawn on a node: the loss and, where there is one, that of the validation data. */
export function mainCurves(curves: Readonly<Record<string, Curve>>): { name: string; curve: Curve }[] {
  const names = Object.keys(curves);
  const first = telling.find((name) => names.includes(name)) ?? names[0];
  if (first === undefined) return [];
  const both = names.includes(`validation ${first}`) ? [first, `validation ${first}`] : [first];
  return both.map((name) => ({ name, curve: curves[name]! }));
}

export const lastValue = (curve: Curve): number | undefined =>
  curve.values.findLast((value): value is number => value !== null);

/** A curve in a node: the numbers of the events, drawn on a canvas so that a fast training costs nothing. */
export function Sparkline({ curves }: { readonly curves: Readonly<Record<string, Curve>> }) {
  const lines = mainCurves(curves);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current) draw(canvas.current, lines);
  });
  const [main, second] = lines;
  if (!main) return null;
  const at = main.curve.steps.at(-1) ?? 0;
  const text = (line: { curve: Curve }) => shown.format(lastValue(line.curve) ?? Number.NaN);
  return (
    <figure
      aria-label={`${main.name} ${text(main)} at step ${at}${second ? `, ${second.name} ${text(second)}` : ''}`}
      className="px-2.5 pt-1.5 pb-2"
    >
      <canvas ref={canvas} className="block h-14 w-full" />
      <figcaption className="tabular mono mt-1 flex justify-between text-2xs">
        <span className="text-ink">
          {main.name} {text(main)}
        </span>
        {second && <span className="text-ink-2">val. {text(second)}</span>}
      </figcaption>
    </figure>
  );
}

function draw(canvas: HTMLCanvasElement, lines: readonly { curve: Curve }[]): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  const context = canvas.getContext('2d');
  if (!context || width === 0) return;
  // nodes are scaled by the canvas they lie on: twice the pixels stay sharp when zoomed in
  const scale = Math.min(3, devicePixelRatio * 1.5);
  canvas.width = width * scale;
  canvas.height = height * scale;
  context.scale(scale, scale);
  const style = getComputedStyle(canvas);
  const values = lines.flatMap(({ curve }) => curve.values).filter((value) => value !== null);
  const last = Math.max(...lines.map(({ curve }) => curve.steps.at(-1) ?? 0));
  const first = Math.min(...lines.map(({ curve }) => curve.steps[0] ?? 0));
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(high > low)) high = low + 1;
  const x = (step: number) => ((step - first) / Math.max(1, last - first)) * (width - 4) + 2;
  const y = (value: number) => height - 3 - ((value - low) / (high - low)) * (height - 6);
  context.strokeStyle = style.getPropertyValue('--line');
  context.lineWidth = 1;
  context.strokeRect(0.5, 0.5, width - 1, height - 1);
  for (const [i, { curve }] of lines.entries()) {
    context.strokeStyle = style.getPropertyValue(i === 0 ? '--accent' : '--warn');
    context.fillStyle = context.strokeStyle;
    context.lineWidth = i === 0 ? 1.25 : 1.5;
    context.lineJoin = 'round';
    context.beginPath();
    // more points than pixels: every one is looked at, the extremes of each pixel are drawn
    const each = Math.max(1, Math.floor(curve.steps.length / (width * 2)));
    for (let k = 0; k < curve.steps.length; k += each) {
      let value = curve.values[k] ?? null;
      for (let j = k; j < Math.min(k + each, curve.steps.length); j++) {
        const other = curve.values[j] ?? null;
        if (other !== null && (value === null || Math.abs(other - low) > Math.abs(value - low))) value = other;
      }
      if (value !== null) context.lineTo(x(curve.steps[k]!), y(value));
    }
    context.stroke();
    const end = lastValue(curve);
    if (end !== undefined) {
      context.beginPath();
      context.arc(x(curve.steps.at(-1)!), y(end), 2, 0, 7);
      context.fill();
    }
  }
}
