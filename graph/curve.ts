// What pages need of a run's events before one runs: without their schemas.

/** A curve as it is known so far. */
export interface Curve {
  readonly steps: readonly number[];
  readonly values: readonly (number | null)[];
}

/**
 * A curve with new points. Points at or before what is there replace it from there on: a training that goes on from a
 * checkpoint tells its whole curve again.
 */
export function extendCurve(curve: Curve | undefined, { steps, values }: Curve): Curve {
  const first = steps[0];
  if (!curve || first === undefined) return curve ?? { steps, values };
  let keep = curve.steps.length;
  while (keep > 0 && curve.steps[keep - 1]! >= first) keep--;
  return { steps: [...curve.steps.slice(0, keep), ...steps], values: [...curve.values.slice(0, keep), ...values] };
}

export type RunStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
export const isTerminal = (status: RunStatus): boolean => status !== 'queued' && status !== 'running';
