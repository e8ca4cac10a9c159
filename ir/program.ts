import { fail } from '../lib/problem.ts';
import { Builder } from './builder.ts';
import type { Args, OpName, Value } from './operation.ts';
import { operations } from './operations.ts';
import { type Size, SizeSolver, sizeKey } from './size.ts';
import { sameShape, showTensorType } from './types.ts';

/** A tensor program: named inputs, instructions in order, named outputs. Static single assignment. */
export interface Program {
  readonly values: readonly Value[];
  readonly inputs: readonly Value[];
  readonly outputs: readonly { readonly name: string; readonly value: Value }[];
}

/** What these values are made of, themselves included. */
export function liveValues(outputs: readonly Value[]): ReadonlySet<Value> {
  const live = new Set<Value>();
  const stack = [...outputs];
  while (stack.length) {
    const value = stack.pop()!;
    if (live.has(value)) continue;
    live.add(value);
    stack.push(...value.args);
  }
  return live;
}

/** What the outputs need, in order; everything else is dropped. Declared inputs stay even where nothing uses them. */
export function makeProgram(builder: Builder, outputs: Readonly<Record<string, Value>>): Program {
  const live = liveValues(Object.values(outputs));
  const values = builder.values.filter((value) => value.op === 'input' || live.has(value));
  return {
    values,
    inputs: values.filter((value) => value.op === 'input'),
    outputs: Object.entries(outputs).map(([name, value]) => ({ name, value })),
  };
}

export const outputOf = (program: Program, name: string): Value => {
  const output = program.outputs.find((each) => each.name === name);
  if (!output) throw new Error(`the program has no output ${name}`);
  return output.value;
};

/**
 * Sees an instruction with its operands already rewritten and gives its replacement, of the same type; undefined keeps it.
 */
export type Rule = (builder: Builder, value: Value, args: readonly Value[]) => Value | undefined;

/** A new program from an old one, value by value. */
export function rewrite(program: Program, rule: Rule): Program {
  const builder = new Builder();
  const made = new Map<Value, Value>();
  for (const value of program.values) {
    if (value.op === 'input') {
      made.set(value, builder.input(value.name!, value.type));
      continue;
    }
    const args = value.args.map((arg) => made.get(arg)!);
    made.set(value, rule(builder, value, args) ?? copy(builder, value, args));
  }
  return makeProgram(builder, Object.fromEntries(program.outputs.map(({ name, value }) => [name, made.get(value)!])));
}

/** The same instruction over other operands. */
export const copy = (builder: Builder, value: Value, args: readonly Value[]): Value =>
  builder.emit(value.op as OpName, args as Args<OpName>, value.attrs as never, value.type);

/** Who uses each value. */
export const usesOf = (program: Program): Map<Value, Value[]> => {
  const uses = new Map<Value, Value[]>();
  for (const value of program.values)
    for (const arg of value.args) {
      const list = uses.get(arg);
      if (list) list.push(value);
      else uses.set(arg, [value]);
    }
  return uses;
};

/** Runs every type rule again and looks at the order: what a pass must not break. Throws a ProblemError. */
export function verify(program: Program): void {
  const seen = new Set<Value>();
  const names = new Set<string>();
  for (const value of program.values) {
    for (const arg of value.args)
      if (!seen.has(arg)) fail('program/order', `%${value.id} uses %${arg.id} before it is made.`);
    seen.add(value);
    if (value.op === 'input') {
      if (names.has(value.name!)) fail('program/input', `There are two inputs named ${value.name}.`);
      names.add(value.name!);
      continue;
    }
    const rule = operations[value.op].type as (types: unknown, attrs: unknown, sizes: SizeSolver) => Value['type'];
    const type = rule(
      value.args.map((arg) => arg.type),
      value.attrs,
      new SizeSolver(),
    );
    if (type.dtype !== value.type.dtype || !sameShape(type.shape, value.type.shape))
      fail('program/type', `%${value.id} = ${value.op} is ${showTensorType(type)}, not ${showTensorType(value.type)}.`);
  }
  for (const { name, value } of program.outputs)
    if (!seen.has(value)) fail('program/output', `The output ${name} is not a value of the program.`);
}

const showAttribute = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(showAttribute).join(', ')}]`;
  return typeof value === 'object' && value !== null ? sizeKey(value as Size) : String(value);
};

/** The program as text, one instruction a line: `%3 = matmul %1, %2 {transposeX: false} : float32[8, 10]`. */
export function printProgram(program: Program): string {
  const number = new Map(program.values.map((value, i) => [value, i]));
  const ref = (value: Value) => `%${number.get(value)}`;
  const lines = program.values.map((value) => {
    if (value.op === 'input')
      return `${ref(value)} = input ${JSON.stringify(value.name)} : ${showTensorType(value.type)}`;
    const attrs = Object.entries(value.attrs as Record<string, unknown>).map(([k, v]) => `${k}: ${showAttribute(v)}`);
    const args = value.args.map(ref).join(', ');
    const tail = attrs.length ? ` {${attrs.join(', ')}}` : '';
    return `${ref(value)} = ${value.op}${args && ` ${args}`}${tail} : ${showTensorType(value.type)}`;
  });
  return [...lines, ...program.outputs.map(({ name, value }) => `output ${JSON.stringify(name)} ${ref(value)}`)].join(
    '\n',
  );
}
