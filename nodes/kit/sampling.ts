import type { Random } from '../../lib/random.ts';

export interface SamplingOptions {
  /** 1 leaves the model's probabilities as they are; below 1 is surer. */
  readonly temperature: number;
  /** Only the k likeliest; 0 takes all. */
  readonly topK: number;
  /** Only the likeliest that together have this probability; 1 takes all. */
  readonly topP: number;
}

/** Log-probabilities of a row of logits. */
export function logProbabilities(logits: ArrayLike<number>): Float64Array {
  let top = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) top = Math.max(top, logits[i]!);
  let total = 0;
  for (let i = 0; i < logits.length; i++) total += Math.exp(logits[i]! - top);
  return Float64Array.from(logits, (logit) => logit - top - Math.log(total));
}

/** The largest; the first of equal ones. */
export function greedy(logits: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i;
  return best;
}

/**
 * What is left of a distribution: temperature first, then top-k, then top-p (Holtzman et al., 2020), in the order of
 * Hugging Face's generate. Ids with their probabilities, likeliest first.
 */
export function restrict(
  logits: ArrayLike<number>,
  { temperature, topK, topP }: SamplingOptions,
): { id: number; p: number }[] {
  const logs = logProbabilities(Float64Array.from(logits, (logit) => logit / temperature));
  let kept = Array.from(logs, (log, id) => ({ id, p: Math.exp(log) })).sort((a, b) => b.p - a.p || a.id - b.id);
  if (topK > 0) kept = scaled(kept.slice(0, topK));
  if (topP < 1) {
    let sum = 0;
    const count = kept.findIndex(({ p }) => {
      sum += p;
      return sum >= topP;
    });
    kept = scaled(kept.slice(0, count < 0 ? kept.length : count + 1));
  }
  return kept;
}

function scaled(kept: { id: number; p: number }[]): { id: number; p: number }[] {
  const total = kept.reduce((sum, { p }) => sum + p, 0);
  return kept.map(({ id, p }) => ({ id, p: p / total }));
}

export function sample(logits: ArrayLike<number>, options: SamplingOptions, random: Random): number {
  const kept = restrict(logits, options);
  let left = random.uniform();
  for (const { id, p } of kept) {
    left -= p;
    if (left < 0) return id;
  }
  return kept.at(-1)!.id;
}
