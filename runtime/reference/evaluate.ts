import type { OpName, Value } from '../../ir/operation.ts';
import type { Program } from '../../ir/program.ts';
import type { Arr } from './array.ts';
import { reference } from './operations.ts';

/** Runs a program value by value in float64. Used by tests and by `--backend reference`. */
export function evaluate(program: Program, feeds: Readonly<Record<string, Arr>>): { readonly [output: string]: Arr } {
  const at = new Map<Value, Arr>();
  for (const value of program.values) {
    if (value.op === 'input') {
      const fed = feeds[value.name!];
      if (!fed) throw new Error(`no data for the input ${value.name}`);
      at.set(value, fed);
      continue;
    }
    const rule = reference[value.op as OpName] as (args: readonly Arr[], attrs: unknown) => Arr;
    at.set(
      value,
      rule(
        value.args.map((arg) => at.get(arg)!),
        value.attrs,
      ),
    );
  }
  return Object.fromEntries(program.outputs.map(({ name, value }) => [name, at.get(value)!]));
}
