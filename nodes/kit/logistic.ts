import type { RunContext } from './context.ts';
import type { Lesson } from './estimators.ts';
import { minimise, type Objective } from './minimise.ts';
import type { SparseRows } from './sparse.ts';

/** No entry of the gradient of the mean loss is larger at the end. */
const TOLERANCE = 1e-8;

export interface FittedLogistic {
  /** [classes, width] */
  readonly weight: Float64Array;
  readonly intercept: Float64Array;
  readonly loss: number;
  readonly iterations: number;
  readonly converged: boolean;
}

/** W x + b for each row and class. */
export function scoresOf(x: SparseRows, weight: ArrayLike<number>, intercept: ArrayLike<number>): Float64Array {
  const classes = intercept.length;
  const scores = new Float64Array(x.rows * classes);
  for (let row = 0; row < x.rows; row++)
    for (let k = 0; k < classes; k++) {
      let score = intercept[k]!;
      for (let at = x.starts[row]!; at < x.starts[row + 1]!; at++)
        score += x.values[at]! * weight[k * x.width + x.indices[at]!]!;
      scores[row * classes + k] = score;
    }
  return scores;
}

/**
 * Weights [classes, width] and intercepts. Two classes share one row of weights, that of the second against the first;
 * a class without rows has no chance.
 */
export async function fitLogistic(
  { x, y, present, categories }: Pick<Lesson, 'x' | 'y' | 'present' | 'categories'>,
  { penalty, c, iterations }: { penalty: 'l2' | 'l1' | 'none'; c: number; iterations: number },
  context: Pick<RunContext, 'point' | 'breathe'>,
): Promise<FittedLogistic> {
  const { width, rows } = x;
  const place = new Map(present.map((code, i) => [code, i]));
  const answers = Int32Array.from(y, (code) => place.get(code)!);
  const vectors = present.length === 2 ? 1 : present.length;
  const weights = vectors * width;
  const strength = penalty === 'none' ? 0 : 1 / (c * rows);
  const square = penalty === 'l2' ? strength : 0;
  const loss = vectors === 1 ? binaryLoss(x, answers, square) : softmaxLoss(x, answers, vectors, square);
  const found = await minimise(loss, new Float64Array(weights + vectors), {
    ...(penalty === 'l1' && { l1: new Float64Array(weights + vectors).fill(strength, 0, weights) }),
    tolerance: TOLERANCE,
    iterations,
    async progress(iteration, value) {
      context.point('loss', iteration, value);
      await context.breathe();
    },
  });
  const weight = new Float64Array(categories!.length * width);
  const intercept = new Float64Array(categories!.length).fill(Number.NEGATIVE_INFINITY);
  const codes = vectors === 1 ? [present[1]!] : present;
  if (vectors === 1) intercept[present[0]!] = 0;
  codes.forEach((code, i) => {
    weight.set(found.x.subarray(i * width, (i + 1) * width), code * width);
    intercept[code] = found.x[weights + i]!;
  });
  return { weight, intercept, loss: found.value, iterations: found.iterations, converged: found.converged };
}

/** Adds half the squared weights, the intercepts left out, and its gradient. */
function addSquares(at: Float64Array, gradient: Float64Array, weights: number, strength: number): number {
  if (strength === 0) return 0;
  let sum = 0;
  for (let i = 0; i < weights; i++) {
    sum += at[i]! ** 2;
    gradient[i]! += strength * at[i]!;
  }
  return (strength / 2) * sum;
}

function binaryLoss(x: SparseRows, answers: Int32Array, strength: number): Objective {
  const { rows, width, starts, indices, values } = x;
  return (at, gradient) => {
    gradient.fill(0);
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      let score = at[width]!;
      for (let i = starts[row]!; i < starts[row + 1]!; i++) score += values[i]! * at[indices[i]!]!;
      const sign = answers[row] === 1 ? -1 : 1;
      const margin = sign * score;
      sum += margin > 0 ? margin + Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin));
      const slope = sign / (1 + Math.exp(-margin)) / rows;
      for (let i = starts[row]!; i < starts[row + 1]!; i++) gradient[indices[i]!]! += slope * values[i]!;
      gradient[width]! += slope;
    }
    return sum / rows + addSquares(at, gradient, width, strength);
  };
}

function softmaxLoss(x: SparseRows, answers: Int32Array, classes: number, strength: number): Objective {
  const { rows, width, starts, indices, values } = x;
  const weights = classes * width;
  return (at, gradient) => {
    gradient.fill(0);
    const scores = scoresOf(x, at, at.subarray(weights));
    let sum = 0;
    for (let row = 0; row < rows; row++) sum -= scores[row * classes + answers[row]!]!;
    for (let row = 0; row < rows; row++) {
      let largest = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < classes; k++) largest = Math.max(largest, scores[row * classes + k]!);
      let total = 0;
      for (let k = 0; k < classes; k++) total += Math.exp(scores[row * classes + k]! - largest);
      sum += largest + Math.log(total);
      for (let k = 0; k < classes; k++) {
        const p = Math.exp(scores[row * classes + k]! - largest) / total;
        const slope = (p - (answers[row] === k ? 1 : 0)) / rows;
        for (let i = starts[row]!; i < starts[row + 1]!; i++) gradient[k * width + indices[i]!]! += slope * values[i]!;
        gradient[weights + k]! += slope;
      }
    }
    return sum / rows + addSquares(at, gradient, weights, strength);
  };
}
