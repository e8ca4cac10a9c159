import type { Attrs, Value } from '../../ir/operation.ts';
import { type Program, type Rule, rewrite } from '../../ir/program.ts';
import { elementCount, sameShape, staticShape } from '../../ir/types.ts';

/**
 * Rows that are cut out one by one and reshaped are reshaped once and cut out then, and rows that are reshaped one by one
 * and put together are put together first: a recurrent network has such a reshape in each step, forwards and backwards.
 */
export const moveReshapesRule: Rule = (ir, value, args) => {
  const [first] = args as [Value];
  if (value.op === 'reshape' && first.op === 'slice') {
    const { axis, start, length } = first.attrs as Attrs<'slice'>;
    const source = first.args[0]!;
    const [rows, ...rest] = staticShape(source.type.shape);
    const [, ...inner] = staticShape(value.type.shape);
    // how many rows of the new shape one old row is
    const each = elementCount(rest) / elementCount(inner);
    if (axis !== 0 || value.type.shape.length < 2 || !Number.isInteger(each)) return undefined;
    const whole = ir.reshape(source, { shape: [rows! * each, ...inner] });
    return ir.slice(whole, { axis: 0, start: Number(start) * each, length: Number(length) * each });
  }
  if (value.op !== 'concat' || (value.attrs as Attrs<'concat'>).axis !== 0) return undefined;
  const sources = args.map((arg) => (arg.op === 'reshape' ? arg.args[0]! : undefined));
  const inner = sources[0]?.type.shape.slice(1);
  const alike = (source: Value | undefined): source is Value =>
    source !== undefined && source.type.shape.length > 1 && sameShape(source.type.shape.slice(1), inner!);
  return sources.every(alike) ? ir.reshape(ir.concat(sources, { axis: 0 }), { shape: value.type.shape }) : undefined;
};
export const moveReshapes = (program: Program): Program => rewrite(program, moveReshapesRule);
