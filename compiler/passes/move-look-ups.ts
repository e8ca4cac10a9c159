import type { Builder } from '../../ir/builder.ts';
import type { Attrs, Value } from '../../ir/operation.ts';
import { type Program, type Rule, rewrite } from '../../ir/program.ts';
import { elementCount, sameShape, staticShape } from '../../ir/types.ts';

const shapeOf = ({ type }: Value): number[] => staticShape(type.shape);

/**
 * A small table is worked on before its rows are looked up many times, and what comes back for rows is added up for each
 * of the table before it is worked on: E[ids] W = (E W)[ids]. A recurrent network's product with embedded tokens is one for each token that
 * there is, not for each place of the text.
 */
export const moveLookUpsRule: Rule = (ir, value, args) => {
  const [x, y] = args as [Value, Value];
  switch (value.op) {
    case 'transpose':
      return x.op === 'gather' ? transposed(ir, x, (value.attrs as Attrs<'transpose'>).order) : undefined;
    case 'reshape':
      return x.op === 'gather' ? reshaped(ir, x, shapeOf(value)) : undefined;
    case 'add':
      return (isMany(x) && biased(ir, x, y)) || (isMany(y) && biased(ir, y, x)) || undefined;
    case 'matmul':
      return product(ir, x, y, value.attrs as Attrs<'matmul'>);
    case 'scatterAdd':
      return added(ir, x, y, value.attrs as Attrs<'scatterAdd'>);
    default:
      return undefined;
  }
};
export const moveLookUps = (program: Program): Program => rewrite(program, moveLookUpsRule);

/** Whether a row of the table is looked up twice and more, on average; rows of a matrix by a list of ids. */
function isMany(value: Value): boolean {
  if (value.op !== 'gather' || value.type.shape.length !== 2) return false;
  const [table, ids] = value.args as [Value, Value];
  return ids.type.shape.length === 1 && worthIt(shapeOf(table)[0]!, shapeOf(ids)[0]!);
}
const worthIt = (rows: number, lookUps: number): boolean => 2 * rows <= lookUps;

/** The order of what is looked up, where rows stay whole. */
function transposed(ir: Builder, x: Value, order: readonly number[]): Value | undefined {
  const [table, ids] = x.args as [Value, Value];
  const rank = ids.type.shape.length;
  const whole = order.every((axis, i) => i < rank || axis === i);
  return whole ? ir.gather(table, ir.transpose(ids, { order: order.slice(0, rank) })) : undefined;
}

function reshaped(ir: Builder, x: Value, shape: readonly number[]): Value | undefined {
  const [table, ids] = x.args as [Value, Value];
  const row = shapeOf(table).slice(1);
  const places = shape.slice(0, shape.length - row.length);
  const whole = sameShape(shape.slice(places.length), row) && elementCount(places) === elementCount(shapeOf(ids));
  return whole ? ir.gather(table, ir.reshape(ids, { shape: places })) : undefined;
}

/** E[ids] + b = (E + b)[ids] */
function biased(ir: Builder, x: Value, bias: Value): Value | undefined {
  const [table, ids] = x.args as [Value, Value];
  const source = bias.op === 'broadcast' ? bias.args[0]! : undefined;
  if (source?.type.shape.length !== 1) return undefined;
  return ir.gather(ir.add(table, source), ids);
}

/** E[ids] W = (E W)[ids], and Xᵀ E[ids] = (Σ X by id)ᵀ E, turned around too. */
function product(ir: Builder, x: Value, y: Value, attrs: Attrs<'matmul'>): Value | undefined {
  const { transposeX, transposeY } = attrs;
  if (!transposeX && isMany(x)) return ir.gather(ir.matmul(x.args[0]!, y, attrs), x.args[1]!);
  if (!transposeX || transposeY) return undefined;
  const sums = (rows: Value, { args: [table, ids] }: Value) =>
    ir.scatterAdd(ids!, rows, { length: table!.type.shape[0]! });
  if (isMany(y)) return ir.matmul(sums(x, y), y.args[0]!, attrs);
  return isMany(x) ? ir.matmul(x.args[0]!, sums(y, x), attrs) : undefined;
}

/** Σ (X W) by id = (Σ X by id) W */
function added(ir: Builder, ids: Value, rows: Value, attrs: Attrs<'scatterAdd'>): Value | undefined {
  const rank = ids.type.shape.length;
  if (rows.op === 'transpose') {
    const { order } = rows.attrs as Attrs<'transpose'>;
    if (!order.every((axis, i) => i < rank || axis === i)) return undefined;
    const back = ir.transpose(ids, { order: order.slice(0, rank).map((_, i) => order.indexOf(i)) });
    return ir.scatterAdd(back, rows.args[0]!, attrs);
  }
  const row = shapeOf(rows).slice(rank);
  if (rows.op === 'reshape') {
    const source = shapeOf(rows.args[0]!);
    const places = source.slice(0, source.length - row.length);
    if (!sameShape(source.slice(places.length), row) || elementCount(places) !== elementCount(shapeOf(ids)))
      return undefined;
    return ir.scatterAdd(ir.reshape(ids, { shape: places }), rows.args[0]!, attrs);
  }
  if (rows.op !== 'matmul' || rank !== 1 || row.length !== 1) return undefined;
  const product = rows.attrs as Attrs<'matmul'>;
  if (product.transposeX || !worthIt(Number(attrs.length), shapeOf(ids)[0]!)) return undefined;
  return ir.matmul(ir.scatterAdd(ids, rows.args[0]!, attrs), rows.args[1]!, product);
}
