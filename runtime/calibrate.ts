import { Builder } from '../ir/builder.ts';
import type { Value } from '../ir/operation.ts';
import { makeProgram } from '../ir/program.ts';
import { CALIBRATION, type Calibration, type MeasuredWork, type Rates } from '../ir/roofline.ts';
import { float32, type Tensor, tensorOf } from '../ir/tensor.ts';
import { elementCount } from '../ir/types.ts';
import { Random } from '../lib/random.ts';
import type { Compute, Executable } from '../nodes/kit/compute.ts';

/** Operations of one kind, each over the result of the one before, of one shape. */
interface Chain {
  readonly shape: readonly number[];
  /** A second operand: a kernel, a matrix, ids. */
  readonly other?: readonly number[];
  readonly ids?: true;
  step(ir: Builder, x: Value, other: Value, place: number): Value;
}

/** Two lengths of a chain: their difference is operations alone. What is soon done needs longer chains to be seen. */
const [FEW, MANY, MOST] = [2, 8, 62];
const [LEAST_TRIES, MOST_TRIES, BUDGET_MS] = [4, 30, 60];
/** Elements up to which the long chain is taken. */
const SOON = 1 << 15;

/** As numbers of a training are, without a pattern: a processor that guesses which one is larger is wrong as often. */
function fill(shape: readonly number[]): Tensor {
  const random = new Random([7, 1]);
  return float32(
    shape,
    Float32Array.from({ length: elementCount(shape) }, () => 2 * random.uniform() - 1),
  );
}

async function open(compute: Compute, { shape, other = [1], ids, step }: Chain, length: number): Promise<Executable> {
  const ir = new Builder();
  let x = ir.input('x', { dtype: 'float32', shape });
  const second = ir.input('other', { dtype: ids ? 'int32' : 'float32', shape: other });
  for (let i = 0; i < length; i++) x = step(ir, x, second, i);
  const running = await compute.compile(makeProgram(ir, { x }), { carry: { x: 'x' }, keep: ['other'] });
  const count = elementCount(other);
  const places = () => Int32Array.from({ length: count }, (_, i) => (i * 31) % count);
  await running.write({ x: fill(shape), other: ids ? tensorOf('int32', other, places()) : fill(other) });
  await running.run();
  return running;
}

/**
 * The least seconds of a run of each length. One after the other: a session's threads wait for its next run by turning
 * around, and would take the processors from those of another one.
 */
async function runSeconds(compute: Compute, chain: Chain, lengths: readonly number[]): Promise<number[]> {
  const found: number[] = [];
  for (const length of lengths) {
    const running = await open(compute, chain, length);
    try {
      let least = Number.POSITIVE_INFINITY;
      const end = performance.now() + BUDGET_MS;
      for (let i = 0; i < LEAST_TRIES || (i < MOST_TRIES && performance.now() < end); i++) {
        const began = performance.now();
        await running.run();
        least = Math.min(least, (performance.now() - began) / 1000);
      }
      found.push(least);
    } finally {
      await running.dispose();
    }
  }
  return found;
}

async function operationSeconds(
  compute: Compute,
  chain: Chain,
  length = elementCount(chain.shape) <= SOON ? MOST : MANY,
): Promise<number> {
  const [few, many] = (await runSeconds(compute, chain, [FEW, length])) as [number, number];
  // a run beside its operations is never half of a long one: where it seems so, something else was in the way
  return Math.max((many - few) / (length - FEW), many / length / 2);
}

/** As a training step has them: forward, the gradient of the input, that of the weight. */
const sides = [{ transposeY: true }, {}, { transposeX: true }] as const;
const square = (side: number): Chain => ({
  shape: [side, side],
  other: [side, side],
  step: (ir, x, other, place) => ir.matmul(x, other, sides[place % 3]),
});
/** Few rows, as a recurrent layer's step has them. */
const WIDE = 256;
const thin = (rows: number): Chain => ({
  shape: [rows, WIDE],
  other: [WIDE, WIDE],
  step: (ir, x, other, place) => ir.matmul(x, other, sides[place % 2]),
});
/** As attention has them: scores of queries and keys, then what they give of the values. */
const [HEADS, POSITIONS] = [32, 64];
const headed = (width: number): Chain => ({
  shape: [HEADS, POSITIONS, width],
  other: [HEADS, POSITIONS, width],
  step: (ir, x, other) => ir.matmul(ir.matmul(x, other, { transposeY: true }), other),
});
/** More than what lies next to the processor, as where each operation has other operands; and more than lies near it. */
const SMALL = [256, 512];
const LARGE = [2048, 1024];
const picture = [32, 16, 14, 14];
const steps = { stride: [1, 1], dilation: [1, 1] } as const;
const around = {
  ...steps,
  padding: [
    [1, 1],
    [1, 1],
  ],
  groups: 1,
} as const;
const halves = {
  ...steps,
  padding: [
    [0, 1],
    [0, 1],
  ],
  size: [2, 2],
} as const;

/** As pictures are halved in each direction. */
const quarters = {
  ...halves,
  padding: [
    [0, 0],
    [0, 0],
  ],
  stride: [2, 2],
} as const;

/** Not products, which soon are numbers too small to be computed with as fast as others. */
const forthAndBack: Chain['step'] = (ir, x, other, place) => (place % 2 ? ir.sub(x, other) : ir.add(x, other));

/** Small operations as recurrent layers have them: each needs what was just made and what was made long ago. */
const backAndForth: Chain = {
  shape: [32, 128],
  other: [32, 128],
  step(ir, x, other) {
    const before = ir.values.filter(({ op }) => op === 'add');
    return ir.sub(ir.add(x, other), before.at(-24) ?? other);
  },
};

/** Seconds of an operation's work, without what any operation costs; noise must not make it next to nothing. */
async function workSeconds(compute: Compute, chain: Chain, operation: number): Promise<number> {
  const seconds = await operationSeconds(compute, chain);
  return Math.max(seconds - operation, seconds / 3);
}

/** Measures a device once, in about two seconds: how fast it does each kind of work. */
export async function calibrate(compute: Compute): Promise<Calibration> {
  const operation = (await operationSeconds(compute, backAndForth)) / 2;
  const run = Math.max(0, (await runSeconds(compute, backAndForth, [FEW]))[0]! - 2 * FEW * operation);
  const rate = async (chain: Chain, amount: number): Promise<number> =>
    amount / (await workSeconds(compute, chain, operation));
  /** Over small and large tensors; `amount` is bytes of an operation for each of its elements. */
  const rates = async (step: Chain['step'], bytes: number, extra?: (shape: readonly number[]) => Partial<Chain>) => {
    const found: { at: number; perSecond: number }[] = [];
    for (const shape of [SMALL, LARGE]) {
      const at = bytes * elementCount(shape);
      found.push({ at, perSecond: await rate({ shape, other: shape, step, ...extra?.(shape) }, at) });
    }
    return found;
  };
  const products: { at: number; perSecond: number }[] = [];
  for (const rows of [4, 16, 64]) products.push({ at: rows, perSecond: await rate(thin(rows), 2 * rows * WIDE ** 2) });
  for (const side of [WIDE, 2 * WIDE]) products.push({ at: side, perSecond: await rate(square(side), 2 * side ** 3) });
  const batched: { at: number; perSecond: number }[] = [];
  for (const width of [16, 64])
    batched.push({ at: width, perSecond: await rate(headed(width), 4 * HEADS * POSITIONS ** 2 * width) });
  const same = (perSecond: number): Rates => [{ at: 1, perSecond }];
  const pointwise = await rates(forthAndBack, 12);
  const special = await rates((ir, x) => ir.erf(x), 8);
  const rows = await rates((ir, x) => ir.softmax(x), 8);
  // of one large tensor that stays, cut into rows in another way each time, so that no sum is shared
  const sums: { at: number; perSecond: number }[] = [];
  for (const shape of [SMALL, LARGE]) {
    const count = elementCount(shape);
    const step: Chain['step'] = (ir, x, of, place) => {
      const rows = ir.reshape(of, { shape: [count >> (5 + (place % 4)), 32 << (place % 4)] });
      return ir.add(x, ir.sum(ir.sum(rows, { axes: [place < 4 ? 1 : 0] }), { keep: true }));
    };
    // beside it a sum of what is left, and an addition
    const seconds = (await operationSeconds(compute, { shape: [1], other: shape, step }, MANY)) - 2 * operation;
    sums.push({ at: 4 * count, perSecond: (4 * count) / Math.max(seconds, operation / 2) });
  }
  const move = await rates((ir, x) => ir.reshape(ir.transpose(x, { order: [1, 0] }), { shape: x.type.shape }), 8);
  const scatter = await rates(
    (ir, x, ids) => ir.scatterAdd(ids, x, { length: x.type.shape[0]! }),
    8,
    ([count]) => ({
      other: [count!],
      ids: true,
    }),
  );
  /** Over pictures: `each` is how many floating-point operations an element takes. */
  const pictures = async (each: number, step: Chain['step'], other?: readonly number[]): Promise<Rates> =>
    same(await rate({ shape: picture, ...(other && { other }), step }, each * elementCount(picture)));
  const kernel = [16, 16, 3, 3];
  const products3x3 = 2 * 9 * 16;
  const large: Chain = { shape: LARGE, other: LARGE, step: forthAndBack };
  const [one] = (await runSeconds(compute, large, [1])) as [number];
  const bytes = 4 * elementCount(LARGE);
  const found: Record<MeasuredWork, Rates> = {
    product: products,
    batched,
    convolution: await pictures(products3x3, (ir, x, k) => ir.convolution(x, k, around), kernel),
    convolutionInput: await pictures(
      products3x3,
      (ir, x, k) => ir.convolutionInput(x, k, { ...around, size: [14, 14] }),
      kernel,
    ),
    convolutionKernel: await pictures(
      products3x3,
      // the gradient of a kernel, made a number that the next one depends on
      (ir, x, of) => {
        const made = ir.sum(ir.convolutionKernel(of, x, { ...around, size: [3, 3] }));
        return ir.mul(x, ir.broadcast(made, { shape: x.type.shape }));
      },
      picture,
    ),
    pointwise,
    special,
    rows,
    reduction: sums,
    move,
    scatter,
    pool: await pictures(4, (ir, x) => ir.maxPool(x, halves)),
    // where each largest number was is found out with it; of another picture each time, so that this is not shared
    unpool: await pictures(
      1,
      (ir, x, of, place) => ir.maxPoolInput(ir.maxPool(x, quarters), ir.mul(of, 1 + place / 8), quarters),
      picture,
    ),
  };
  const rest = one - run - operation - (12 * elementCount(LARGE)) / pointwise[1]!.perSecond;
  // a copy reads and writes; where noise hides it, it is as fast as an operation
  const carried = rest > 0 ? bytes / rest : Number.POSITIVE_INFINITY;
  return {
    version: CALIBRATION,
    rates: found,
    operation,
    run,
    carried: Math.min(carried, pointwise[1]!.perSecond / 2),
  };
}
