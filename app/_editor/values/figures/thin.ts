import type { Series } from '../../../../graph/values.ts';

type Points = Pick<Series, 'steps' | 'values'>;

/** A curve with at most four points for each pixel: first, least, most and last of what falls on it. */
export function thinned({ steps, values }: Points, pixels: number): Points {
  if (steps.length <= pixels * 4) return { steps, values };
  const out: { steps: number[]; values: (number | null)[] } = { steps: [], values: [] };
  const each = steps.length / pixels;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const from = Math.floor(pixel * each);
    const to = Math.min(steps.length, Math.floor((pixel + 1) * each));
    const kept = new Set([from, to - 1]);
    let low: number | undefined;
    let high: number | undefined;
    for (let i = from; i < to; i++) {
      const value = values[i];
      if (value === null || value === undefined) continue;
      if (low === undefined || value < values[low]!) low = i;
      if (high === undefined || value > values[high]!) high = i;
    }
    for (const i of [low, high]) if (i !== undefined) kept.add(i);
    for (const i of [...kept].sort((a, b) => a - b)) {
      out.steps.push(steps[i]!);
      out.values.push(values[i] ?? null);
    }
  }
  return out;
}
