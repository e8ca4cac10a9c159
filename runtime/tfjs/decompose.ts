import type { Builder } from '../../ir/builder.ts';
import type { Attrs, Value } from '../../ir/operation.ts';
import { type Program, rewrite } from '../../ir/program.ts';
import { elementCount, staticShape } from '../../ir/types.ts';

const lastAxis = (x: Value): number => x.type.shape.length - 1;

const shifted = (ir: Builder, x: Value): Value => ir.sub(x, ir.max(x, { axes: [lastAxis(x)], keep: true }));
const centred = (ir: Builder, x: Value): Value => ir.sub(x, ir.mean(x, { axes: [lastAxis(x)], keep: true }));
const scale = (ir: Builder, centre: Value, epsilon: number): Value => {
  const variance = ir.mean(ir.mul(centre, centre), { axes: [lastAxis(centre)], keep: true });
  return ir.div(1, ir.sqrt(ir.add(variance, epsilon)));
};

/** Operations that are reductions along rows with arithmetic around them: as such they fuse with whatever is near. */
export const decompositions = {
  softmax: (ir: Builder, [x]: readonly Value[]): Value => {
    const power = ir.exp(shifted(ir, x!));
    return ir.div(power, ir.sum(power, { axes: [lastAxis(x!)], keep: true }));
  },
  logSoftmax: (ir: Builder, [x]: readonly Value[]): Value => {
    const low = shifted(ir, x!);
    return ir.sub(low, ir.log(ir.sum(ir.exp(low), { axes: [lastAxis(x!)], keep: true })));
  },
  normalize: (ir: Builder, [x]: readonly Value[], { epsilon }: Attrs<'normalize'>): Value => {
    const centre = centred(ir, x!);
    return ir.mul(centre, scale(ir, centre, epsilon));
  },
  inverseDeviation: (ir: Builder, [x]: readonly Value[], { epsilon }: Attrs<'inverseDeviation'>): Value =>
    scale(ir, centred(ir, x!), epsilon),
} as const;

/** A sum of more elements than this into few is taken in two goes: one workgroup would be alone with it. */
const LONG = 16_384;
const PARTS = 128;

/** Σ x over all axes as Σ of PARTS sums, x being padded with zeros to a multiple of them. */
function inParts(ir: Builder, x: Value): Value | undefined {
  const count = elementCount(staticShape(x.type.shape));
  if (count <= LONG || x.type.dtype !== 'float32') return undefined;
  const each = Math.ceil(count / PARTS);
  const padded = ir.pad(ir.reshape(x, { shape: [count] }), { axis: 0, before: 0, after: PARTS * each - count });
  return ir.sum(ir.sum(ir.reshape(padded, { shape: [PARTS, each] }), { axes: [1] }), { axes: [0] });
}

/** Row operations as reductions; outputs that are inputs, or that stand twice, as values of their own. */
export function decompose(program: Program): Program {
  const plain = rewrite(program, (ir, value, args) => {
    const rule = decompositions[value.op as keyof typeof decompositions] as
      | ((ir: Builder, args: readonly Value[], attrs: unknown) => Value)
      | undefined;
    if (rule) return rule(ir, args, value.attrs);
    const whole = value.op === 'sum' && value.type.shape.length === 0;
    return whole ? inParts(ir, args[0]!) : undefined;
  });
  return plain;
}
