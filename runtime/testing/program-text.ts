import type { OpName, Value } from '../../ir/operation.ts';
import { operations } from '../../ir/operations.ts';
import { type Program, printProgram, verify } from '../../ir/program.ts';
import { SizeSolver } from '../../ir/size.ts';
import type { DType, TensorType } from '../../ir/types.ts';

/**
 * A program from its text form (`printProgram`), as it stands: what is equal stays twice, what is unused stays. Types of
 * instructions may be left out, and so may numbers of lines: `%name = op %a, %b {axis: 0}`.
 */
export function parseProgram(text: string): Program {
  const named = new Map<string, Value>();
  const values: Value[] = [];
  const outputs: { name: string; value: Value }[] = [];
  const of = (reference: string): Value => {
    const value = named.get(reference);
    if (!value) throw new Error(`${reference} is not made before it is used`);
    return value;
  };
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (line === '') continue;
    const output = /^output "(.+)" (%\w+)$/.exec(line);
    if (output) {
      outputs.push({ name: output[1]!, value: of(output[2]!) });
      continue;
    }
    const input = /^(%\w+) = input "(.+)" : (\w+)\[(.*)\]$/.exec(line);
    const [, reference, op, args, attrs] =
      /^(%\w+) = (\w+)(?: (%[%\w, ]*?))?(?: (?:\{(.*)\}|".*"))?(?: : .*)?$/.exec(line) ?? [];
    if (!reference || !op) throw new Error(`not an instruction: ${line}`);
    const id = values.length;
    const value: Value = input
      ? {
          kind: 'value',
          id,
          op: 'input',
          args: [],
          attrs: {},
          name: input[2]!,
          type: { dtype: input[3] as DType, shape: numbers(input[4]!) },
        }
      : instruction(id, op as OpName, args?.split(', ').map(of) ?? [], attributes(attrs ?? ''));
    named.set(reference, value);
    values.push(value);
  }
  return { values, inputs: values.filter(({ op }) => op === 'input'), outputs };
}

const numbers = (text: string): number[] => (text === '' ? [] : text.split(',').map(Number));

function instruction(id: number, op: OpName, args: readonly Value[], attrs: object): Value {
  const rule = operations[op].type as (types: readonly TensorType[], attrs: object, sizes: SizeSolver) => TensorType;
  const type = rule(
    args.map((arg) => arg.type),
    attrs,
    new SizeSolver(),
  );
  return { kind: 'value', id, op, args, attrs, type };
}

/** `axis: 0, shape: [2, [3, 4]], to: float32`: names of types and modes stand without quotes. */
function attributes(text: string): object {
  const quoted = text.replace(/([A-Za-z_]\w*)/g, (word) => (word === 'true' || word === 'false' ? word : `"${word}"`));
  return JSON.parse(`{${quoted}}`) as object;
}

/** What a pass makes of a program, both as text; both verify. Types of instructions are left out. */
export function textAfter(pass: (program: Program) => Program, before: string): string {
  const program = parseProgram(before);
  verify(program);
  const after = pass(program);
  verify(after);
  return printProgram(after).replace(/^(%\w+ = (?!input).*?) : .*$/gm, '$1');
}

/** Without indentation and blank lines, as `textAfter` prints. */
export const trimmed = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .join('\n');
