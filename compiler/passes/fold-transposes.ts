import type { Attrs, Value } from '../../ir/operation.ts';
import { type Program, type Rule, rewrite } from '../../ir/program.ts';

/** A matrix product transposes its operands by itself, and two transposes are one. */
export const foldTransposesRule: Rule = (ir, value, args) => {
  const [x, y] = args as [Value, Value];
  if (value.op === 'transpose') {
    if (x.op !== 'transpose') return undefined;
    const inner = orderOf(x);
    return ir.transpose(x.args[0]!, { order: orderOf(value).map((axis) => inner[axis]!) });
  }
  if (value.op !== 'matmul' || !(turned(x) || turned(y))) return undefined;
  const { transposeX, transposeY } = value.attrs as Attrs<'matmul'>;
  return ir.matmul(turned(x) ? x.args[0]! : x, turned(y) ? y.args[0]! : y, {
    transposeX: transposeX !== turned(x),
    transposeY: transposeY !== turned(y),
  });
};
export const foldTransposes = (program: Program): Program => rewrite(program, foldTransposesRule);

const orderOf = (value: Value): readonly number[] => (value.attrs as Attrs<'transpose'>).order;

/** Whether only the last two axes change places. */
function turned(value: Value): boolean {
  if (value.op !== 'transpose') return false;
  const order = orderOf(value);
  const last = order.length - 1;
  return order.every((axis, i) => axis === (i === last ? last - 1 : i === last - 1 ? last : i));
}
