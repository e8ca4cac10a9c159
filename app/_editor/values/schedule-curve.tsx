'use client';

import { useMemo, useState } from 'react';
import type { Recipe } from '../../../graph/values.ts';
import { type ScheduleParams, scheduleFactor } from '../../../nodes/training/schedule.ts';
import { FigureView } from './figure-view.tsx';

const POINTS = 400;

/** The share of the learning rate at each step, by the very function that training uses. */
export default function ScheduleCurve({ recipe }: { readonly recipe: Recipe }) {
  const params = recipe.params as unknown as ScheduleParams;
  const [total, setTotal] = useState(Math.max(200, 4 * (params.warmup ?? 0)));
  const series = useMemo(() => {
    const steps = Array.from({ length: POINTS + 1 }, (_, i) => Math.round((i / POINTS) * (total - 1)));
    return [
      { name: 'share of the learning rate', steps, values: steps.map((step) => scheduleFactor(params, step, total)) },
    ];
  }, [params, total]);
  return (
    <div>
      <FigureView
        figure={{
          kind: 'line',
          title: 'Learning rate over a training',
          x: { title: 'step' },
          y: { title: 'share of the rate' },
          series,
        }}
      />
      <label className="mt-2 flex max-w-md items-center gap-3 text-xs">
        Steps of the training
        <input
          type="range"
          min={10}
          max={2_000}
          step={10}
          value={total}
          onChange={({ target }) => setTotal(Number(target.value))}
          className="flex-1 accent-[var(--accent)]"
        />
        <output className="tabular w-12 text-right">{total}</output>
      </label>
    </div>
  );
}
