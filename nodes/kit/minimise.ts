/** A smooth function of many numbers: gives its value and writes its gradient. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

export interface MinimiseOptions {
  /** Weight of |x_i| for each number: the L1 penalty, handled by the orthant-wise form. */
  readonly l1?: Float64Array;
  /** Stops where no entry of the (pseudo-)gradient is larger. */
  readonly tolerance: number;
  readonly iterations: number;
  /** After each iteration. */
  progress?(iteration: number, value: number): Promise<void>;
}

export interface Minimised {
  readonly x: Float64Array;
  readonly value: number;
  readonly iterations: number;
  readonly converged: boolean;
}

/** Pairs of steps and gradient changes that stand for the curvature. */
const MEMORY = 10;
const SHRINK = 0.5;
/** Armijo's share of the decrease that the slope promises. */
const ENOUGH = 1e-4;
/** Wolfe's share of the slope that may be left. */
const FLATTER = 0.9;

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};

/** L-BFGS; with an L1 penalty, OWL-QN (Andrew and Gao, 2007). */
export async function minimise(f: Objective, start: Float64Array, options: MinimiseOptions): Promise<Minimised> {
  const { l1, tolerance, iterations } = options;
  const n = start.length;
  let x: Float64Array = start.slice();
  let gradient: Float64Array = new Float64Array(n);
  const penalty = (at: Float64Array) => (l1 ? at.reduce((sum, value, i) => sum + l1[i]! * Math.abs(value), 0) : 0);
  let value = f(x, gradient) + penalty(x);
  const steps: { s: Float64Array; y: Float64Array; rho: number }[] = [];
  for (let iteration = 1; iteration <= iterations; iteration++) {
    const slope = l1 ? pseudoGradient(x, gradient, l1) : gradient;
    if (slope.every((each) => Math.abs(each) <= tolerance))
      return { x, value, iterations: iteration - 1, converged: true };
    const direction = quasiNewton(slope, steps);
    // a number leaves zero only downhill; the others move together, as the curvature says
    if (l1) for (let i = 0; i < n; i++) if (x[i] === 0 && direction[i]! * slope[i]! >= 0) direction[i] = 0;
    let along = dot(direction, slope);
    if (!(along < 0)) {
      // curvature that was remembered misleads: steepest descent, from new
      steps.length = 0;
      for (let i = 0; i < n; i++) direction[i] = -slope[i]!;
      along = dot(direction, slope);
    }
    const first = steps.length === 0 ? Math.min(1, 1 / Math.sqrt(-along)) : 1;
    const found = l1
      ? backtrack(f, { x, value, slope, direction, first, l1 })
      : wolfe(f, { x, value, along, direction, first });
    // no step makes it smaller: as good as these numbers allow
    if (!found) return { x, value, iterations: iteration - 1, converged: true };
    const s = found.x.map((each, i) => each - x[i]!);
    const y = found.gradient.map((each, i) => each - gradient[i]!);
    const sy = dot(s, y);
    if (sy > 1e-14 * dot(y, y)) {
      steps.push({ s, y, rho: 1 / sy });
      if (steps.length > MEMORY) steps.shift();
    }
    ({ x, gradient, value } = found);
    await options.progress?.(iteration, value);
  }
  return { x, value, iterations, converged: false };
}

/** −H g by the two loops over the remembered pairs. */
function quasiNewton(
  slope: Float64Array,
  steps: readonly { s: Float64Array; y: Float64Array; rho: number }[],
): Float64Array {
  const q = slope.map((each) => -each);
  const alphas = new Float64Array(steps.length);
  const add = (to: Float64Array, scale: number, what: Float64Array) => {
    for (let i = 0; i < to.length; i++) to[i]! += scale * what[i]!;
  };
  for (let j = steps.length - 1; j >= 0; j--) {
    const { s, y, rho } = steps[j]!;
    alphas[j] = rho * dot(s, q);
    add(q, -alphas[j]!, y);
  }
  const last = steps.at(-1);
  if (last) {
    const scale = 1 / (last.rho * dot(last.y, last.y));
    for (let i = 0; i < q.length; i++) q[i]! *= scale;
  }
  for (let j = 0; j < steps.length; j++) {
    const { s, y, rho } = steps[j]!;
    add(q, alphas[j]! - rho * dot(y, q), s);
  }
  return q;
}

interface Found {
  readonly x: Float64Array;
  readonly gradient: Float64Array;
  readonly value: number;
}

/** A step that is low and flat enough, by bisection between what is too far and what is too near. */
function wolfe(
  f: Objective,
  {
    x,
    value,
    along,
    direction,
    first,
  }: { x: Float64Array; value: number; along: number; direction: Float64Array; first: number },
): Found | undefined {
  let near = 0;
  let far = Number.POSITIVE_INFINITY;
  let step = first;
  let best: Found | undefined;
  for (let tries = 0; tries < 60; tries++) {
    const at = x.map((each, i) => each + step * direction[i]!);
    const gradient = new Float64Array(x.length);
    const found = f(at, gradient);
    if (!(found <= value + ENOUGH * step * along)) far = step;
    else {
      if (!best || found < best.value) best = { x: at, gradient, value: found };
      if (dot(gradient, direction) >= FLATTER * along) return { x: at, gradient, value: found };
      near = step;
    }
    step = far === Number.POSITIVE_INFINITY ? step * 2 : (near + far) / 2;
  }
  return best && best.value < value ? best : undefined;
}

/** Where a number is zero its penalty has no slope: the side that goes down, or none. */
function pseudoGradient(x: Float64Array, gradient: Float64Array, l1: Float64Array): Float64Array {
  return gradient.map((g, i) => {
    const weight = l1[i]!;
    if (x[i]! !== 0) return g + Math.sign(x[i]!) * weight;
    if (g + weight < 0) return g + weight;
    return Math.max(g - weight, 0);
  });
}

/** Halves the step until the whole value is low enough; numbers that would change their sign stop at zero. */
function backtrack(
  f: Objective,
  {
    x,
    value,
    slope,
    direction,
    first,
    l1,
  }: {
    x: Float64Array;
    value: number;
    slope: Float64Array;
    direction: Float64Array;
    first: number;
    l1: Float64Array;
  },
): Found | undefined {
  for (let step = first, tries = 0; tries < 60; tries++, step *= SHRINK) {
    const at = x.map((each, i) => {
      const side = each === 0 ? -Math.sign(slope[i]!) : Math.sign(each);
      const moved = each + step * direction[i]!;
      return l1[i]! > 0 && moved * side < 0 ? 0 : moved;
    });
    const gradient = new Float64Array(x.length);
    let found = f(at, gradient);
    for (let i = 0; i < at.length; i++) found += l1[i]! * Math.abs(at[i]!);
    let promised = 0;
    for (let i = 0; i < at.length; i++) promised += slope[i]! * (at[i]! - x[i]!);
    if (found <= value + ENOUGH * promised && promised < 0) return { x: at, gradient, value: found };
  }
  return undefined;
}
