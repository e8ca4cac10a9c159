import { sourceOf } from '../../ir/estimate.ts';
import type { OpName, Value } from '../../ir/operation.ts';
import { operations } from '../../ir/operations.ts';
import { liveValues, type Program } from '../../ir/program.ts';

/**
 * Whether an output may be written where an input lies: everything that reads the input is needed for the output, so it was
 * read by then. The last instruction may read it too where each number needs only those at its own place.
 */
export function canOverwrite(program: Program, input: Value, output: Value): boolean {
  if (output.op === 'input' || sourceOf(output) !== output) return false;
  const before = liveValues(output.args);
  const own = operations[output.op as OpName];
  const isOutput = program.outputs.some(({ value }) => value !== output && sourceOf(value) === input);
  return (
    !isOutput &&
    program.values.every((value) => {
      // a reshape is the same numbers: what reads it counts
      const reads = sourceOf(value) === value && value.args.some((arg) => sourceOf(arg) === input);
      return !reads || before.has(value) || (value === output && own.pointwise === true);
    })
  );
}
