import { Builder } from '../../ir/builder.ts';
import type { Attrs, Value } from '../../ir/operation.ts';
import { copy, makeProgram, type Program, usesOf } from '../../ir/program.ts';
import { sameShape } from '../../ir/types.ts';

/** Fewer products than this are left as they are: putting operands side by side copies them. */
const LEAST = 4;

/**
 * Σ XₜᵀYₜ = [X₁; X₂; …]ᵀ [Y₁; Y₂; …]. The gradient of a weight that a recurrent network uses at each step is such a sum:
 * one large matrix product instead of a small one and an addition for each step.
 */
export function joinProducts(program: Program): Program {
  const uses = usesOf(program);
  const outputs = new Set(program.outputs.map(({ value }) => value));
  const single = (value: Value) => uses.get(value)?.length === 1 && !outputs.has(value);
  const isProduct = (value: Value) => {
    if (value.op !== 'matmul' || value.type.shape.length !== 2) return false;
    const { transposeX, transposeY } = value.attrs as Attrs<'matmul'>;
    return transposeX && !transposeY;
  };

  /** The terms of a sum, where each is a product that nothing else uses. */
  const termsOf = (sum: Value): Value[] | undefined => {
    const terms: Value[] = [];
    const stack = [sum];
    while (stack.length > 0) {
      const value = stack.pop()!;
      if (value !== sum && !single(value)) return undefined;
      if (isProduct(value)) terms.push(value);
      else if (value.op === 'add') stack.push(...[...value.args].reverse());
      else return undefined;
    }
    // in the order of time: what is put side by side here often is for another product too, and then is shared
    const first = (term: Value) => Math.min(...term.args.map(({ id }) => id));
    return terms.length >= LEAST ? terms.sort((a, b) => first(a) - first(b)) : undefined;
  };

  const joined = new Map<Value, readonly Value[]>();
  const gone = new Set<Value>();
  for (const value of [...program.values].reverse()) {
    if (value.op !== 'add' || gone.has(value)) continue;
    const terms = termsOf(value);
    if (!terms?.every((term) => sameShape(term.type.shape, value.type.shape))) continue;
    joined.set(value, terms);
    for (const stack = [...value.args]; stack.length > 0; ) {
      const part = stack.pop()!;
      gone.add(part);
      if (part.op === 'add') stack.push(...part.args);
    }
  }
  return joined.size === 0 ? program : rebuilt(program, joined, gone);
}

function rebuilt(program: Program, joined: ReadonlyMap<Value, readonly Value[]>, gone: ReadonlySet<Value>): Program {
  const ir = new Builder();
  const made = new Map<Value, Value>();
  const of = (value: Value): Value => made.get(value)!;
  for (const value of program.values) {
    if (gone.has(value)) continue;
    if (value.op === 'input') {
      made.set(value, ir.input(value.name!, value.type));
      continue;
    }
    const terms = joined.get(value);
    const side = (i: 0 | 1): Value =>
      ir.concat(
        terms!.map((term) => of(term.args[i]!)),
        { axis: 0 },
      );
    made.set(value, terms ? ir.matmul(side(0), side(1), { transposeX: true }) : copy(ir, value, value.args.map(of)));
  }
  return makeProgram(ir, Object.fromEntries(program.outputs.map(({ name, value }) => [name, of(value)])));
}
