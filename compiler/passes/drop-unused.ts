import { liveValues, type Program } from '../../ir/program.ts';

/** Dead code: keeps what an output needs. Declared inputs stay, so that a program takes the same feeds as before. */
export function dropUnused(program: Program): Program {
  const live = liveValues(program.outputs.map(({ value }) => value));
  const values = program.values.filter((value) => value.op === 'input' || live.has(value));
  return values.length === program.values.length ? program : { ...program, values };
}
