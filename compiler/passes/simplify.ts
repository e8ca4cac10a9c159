import type { Builder } from '../../ir/builder.ts';
import type { Attrs, Value } from '../../ir/operation.ts';
import { type Program, rewrite } from '../../ir/program.ts';

/**
 * Algebra that saves work: neutral elements, constants that meet, transposes that a matrix product does by itself, and
 * the gradient of a picked log-softmax, which becomes one scattered addition instead of a dense one-hot tensor.
 */
export const simplify = (program: Program): Program =>
  rewrite(program, (ir, value, args) => {
    for (const rule of rules) {
      const better = rule(ir, value, args);
      if (better) return better;
    }
    return undefined;
  });

type Rule = (ir: Builder, value: Value, args: readonly Value[]) => Value | undefined;

/** The number that every element of a value is, if it is one. */
export function constantValue(value: Value): number | undefined {
  if (value.op === 'constant') return (value.attrs as Attrs<'constant'>).value;
  const moves = value.op === 'broadcast' || value.op === 'reshape' || value.op === 'transpose';
  return moves ? constantValue(value.args[0]!) : undefined;
}

const attrs = <K extends Value['op']>(value: Value) => value.attrs as Attrs<Exclude<K, 'input'>>;
const isFloat = (value: Value) => value.type.dtype === 'float32';

const neutral: Rule = (ir, value, [x, y]) => {
  if (!x || !isFloat(value)) return undefined;
  const [a, b] = [constantValue(x), y && constantValue(y)];
  switch (value.op) {
    case 'add':
      return a === 0 ? y : b === 0 ? x : undefined;
    case 'sub':
      return b === 0 ? x : a === 0 ? ir.neg(y!) : undefined;
    case 'mul':
      return a === 1 ? y : b === 1 ? x : a === -1 ? ir.neg(y!) : b === -1 ? ir.neg(x) : undefined;
    case 'div':
      return b === 1 ? x : undefined;
    case 'neg':
      return x.op === 'neg' ? x.args[0] : a === undefined ? undefined : ir.constant(-a, value.type);
    default:
      return undefined;
  }
};

/** A product with a constant: the constant and the rest. Division by a constant is one too. */
function scaled(value: Value): { by: number; rest: Value } | undefined {
  const [x, y] = value.args;
  if (value.op === 'neg') return { by: -1, rest: x! };
  if (value.op === 'mul') {
    const [a, b] = [constantValue(x!), constantValue(y!)];
    if (a !== undefined && b === undefined) return { by: a, rest: y! };
    if (b !== undefined && a === undefined) return { by: b, rest: x! };
  }
  return undefined;
}

/** (x · a) · b = x · (a · b) */
const meet: Rule = (ir, value, args) => {
  if (value.op !== 'mul' || !isFloat(value)) return undefined;
  const outer = scaled({ ...value, args });
  const inner = outer && scaled(outer.rest);
  return inner && ir.mul(inner.rest, inner.by * outer.by);
};

const swapsLastTwo = (order: readonly number[]): boolean => {
  const last = order.length - 1;
  return order.every((axis, i) => axis === (i === last ? last - 1 : i === last - 1 ? last : i));
};

const transposes: Rule = (ir, value, args) => {
  if (value.op === 'transpose') {
    const [x] = args as [Value];
    if (x.op !== 'transpose') return undefined;
    const inner = attrs<'transpose'>(x).order;
    return ir.transpose(x.args[0]!, { order: attrs<'transpose'>(value).order.map((axis) => inner[axis]!) });
  }
  if (value.op !== 'matmul') return undefined;
  const [x, y] = args as [Value, Value];
  const turned = (operand: Value) => operand.op === 'transpose' && swapsLastTwo(attrs<'transpose'>(operand).order);
  if (!turned(x) && !turned(y)) return undefined;
  const { transposeX, transposeY } = attrs<'matmul'>(value);
  return ir.matmul(turned(x) ? x.args[0]! : x, turned(y) ? y.args[0]! : y, {
    transposeX: transposeX !== turned(x),
    transposeY: transposeY !== turned(y),
  });
};

/** Σ over rows of zeros with x placed in them = x. */
const placedSum: Rule = (_ir, value, [x]) => {
  if (value.op !== 'sum' || x?.op !== 'place' || constantValue(x.args[0]!) !== 0) return undefined;
  const { axes } = attrs<'sum'>(value);
  return axes.length === 1 && axes[0] === x.type.shape.length - 1 ? x.args[2] : undefined;
};

/** place(0, ids, x) ± z = place(±z, ids, x) */
const placedOnto: Rule = (ir, value, [x, y]) => {
  const empty = (operand: Value | undefined) => operand?.op === 'place' && constantValue(operand.args[0]!) === 0;
  const onto = (base: Value, placed: Value) => ir.place(base, placed.args[1]!, placed.args[2]!);
  if (value.op === 'add') {
    if (empty(x)) return onto(y!, x!);
    return empty(y) ? onto(x!, y!) : undefined;
  }
  return value.op === 'sub' && empty(x) ? onto(ir.neg(y!), x!) : undefined;
};

/** Choosing by a negated test, moving what was only moved. */
const roundabout: Rule = (ir, value, [x, y, z]) => {
  if (value.op === 'select' && x!.op === 'not') return ir.select(x!.args[0]!, z!, y!);
  if (value.op === 'not' && x!.op === 'not') return x!.args[0];
  if (value.op === 'broadcast' && x!.op === 'broadcast') return ir.broadcast(x!.args[0]!, attrs<'broadcast'>(value));
  if (value.op === 'reshape' && x!.op === 'reshape') return ir.reshape(x!.args[0]!, attrs<'reshape'>(value));
  if (value.op === 'reshape' && x!.op === 'constant') {
    const { value: number, dtype } = attrs<'constant'>(x!);
    return ir.constant(number, { dtype, shape: value.type.shape });
  }
  return undefined;
};

const rules: readonly Rule[] = [neutral, meet, transposes, placedSum, placedOnto, roundabout];
