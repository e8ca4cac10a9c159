import type { Attrs, Value } from '../../ir/operation.ts';
import { type Program, type Rule, rewrite } from '../../ir/program.ts';
import { constantValue } from './constants.ts';

/**
 * Algebra that saves work: neutral elements, constants that meet, and the gradient of a picked log-softmax, which
 * becomes one scattered addition instead of a dense one-hot tensor.
 */
export const simplifyRule: Rule = (ir, value, args) => {
  for (const rule of rules) {
    const better = rule(ir, value, args);
    if (better) return better;
  }
  return undefined;
};
export const simplify = (program: Program): Program => rewrite(program, simplifyRule);

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
  if (value.op === 'div') {
    const by = 1 / (constantValue(y!) ?? 0);
    if (Number.isFinite(Math.fround(by)) && Math.fround(by) !== 0) return { by, rest: x! };
  }
  return undefined;
}

/** (x · a) · b = x · (a · b), and x / a = x · (1 / a), which costs less. */
const meet: Rule = (ir, value, args) => {
  if ((value.op !== 'mul' && value.op !== 'div') || !isFloat(value)) return undefined;
  const outer = scaled({ ...value, args });
  const inner = outer && scaled(outer.rest);
  if (inner) return ir.mul(inner.rest, inner.by * outer.by);
  return outer && value.op === 'div' ? ir.mul(outer.rest, outer.by) : undefined;
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
  if (value.op === 'reshape' && x!.op === 'constant')
    return ir.constant(attrs<'constant'>(x!).value, { dtype: value.type.dtype, shape: value.type.shape });
  return undefined;
};

const rules: readonly Rule[] = [neutral, meet, placedSum, placedOnto, roundabout];
