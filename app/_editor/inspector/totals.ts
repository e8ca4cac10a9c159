import type { CheckResult } from '../../../compiler/check.ts';
import { addSizes, type Size } from '../../../ir/size.ts';
import { isError } from '../../../lib/problem.ts';

/** What the whole graph comes to. */
export interface Totals {
  readonly parameters: Size;
  /** Of all steps together. */
  readonly work: Size;
  /** Of the step that needs most, where that is known. */
  readonly memory: number;
  readonly errors: number;
  readonly warnings: number;
}

/** Sums over steps. Layers are no steps: what they cost is in the step that trains or runs them. */
export function totalsOf(check: CheckResult): Totals {
  const steps = [...check.graph.nodes.values()].filter(({ definition }) => definition.level === 'step');
  const costs = steps.flatMap(({ id }) => check.flat.get(id)?.cost ?? []);
  const all = [...check.flat.values()];
  return {
    parameters: addSizes(0, ...all.map(({ cost }) => cost.parameters)),
    work: addSizes(0, ...costs.map(({ flops }) => flops)),
    memory: Math.max(0, ...costs.map(({ memory }) => (typeof memory === 'number' ? memory : 0))),
    errors: check.problems.filter(isError).length,
    warnings: check.problems.filter((problem) => !isError(problem)).length,
  };
}
