import { bytesOf, flopsOf, sourceOf } from './estimate.ts';
import type { OpName, Value } from './operation.ts';
import type { Program } from './program.ts';
import { elementCount, staticShape } from './types.ts';

/** Raised when what is measured of a device changes: what was measured before then counts no more. */
export const CALIBRATION = 3;

/** What an operation's time is made of. */
export const measuredWorks = [
  'product',
  'batched',
  'convolution',
  'convolutionInput',
  'convolutionKernel',
  'pointwise',
  'special',
  'rows',
  'reduction',
  'move',
  'scatter',
  'pool',
  'unpool',
] as const;
export type MeasuredWork = (typeof measuredWorks)[number];
export type Work = 'free' | MeasuredWork;

const works: { readonly [K in OpName]: Work } = {
  constant: 'free',
  iota: 'free',
  broadcast: 'free',
  reshape: 'free',
  stopGradient: 'free',
  random: 'special',
  uniform: 'special',
  exp: 'special',
  log: 'special',
  sqrt: 'pointwise',
  sin: 'special',
  cos: 'special',
  tanh: 'special',
  erf: 'special',
  sigmoid: 'special',
  gelu: 'special',
  pow: 'special',
  neg: 'pointwise',
  abs: 'pointwise',
  not: 'pointwise',
  add: 'pointwise',
  sub: 'pointwise',
  mul: 'pointwise',
  div: 'pointwise',
  maximum: 'pointwise',
  minimum: 'pointwise',
  equal: 'pointwise',
  less: 'pointwise',
  and: 'pointwise',
  or: 'pointwise',
  select: 'pointwise',
  cast: 'pointwise',
  sum: 'reduction',
  max: 'reduction',
  argmax: 'reduction',
  cumulativeSum: 'reduction',
  inverseDeviation: 'rows',
  transpose: 'move',
  slice: 'pointwise',
  concat: 'pointwise',
  pad: 'pointwise',
  gather: 'pointwise',
  pick: 'pointwise',
  place: 'pointwise',
  matmul: 'product',
  scatterAdd: 'scatter',
  softmax: 'rows',
  logSoftmax: 'rows',
  normalize: 'rows',
  convolution: 'convolution',
  convolutionInput: 'convolutionInput',
  convolutionKernel: 'convolutionKernel',
  maxPool: 'pool',
  maxPoolInput: 'unpool',
};

/** Kinds of work whose rate is counted in bytes that are read and written; of the others, in floating-point operations. */
const byBytes: ReadonlySet<Work> = new Set(['pointwise', 'special', 'rows', 'reduction', 'move', 'scatter']);

/** A rate at one amount of work: products by the smallest of their sizes, of one matrix or many; what moves bytes by how many. */
export type Rates = readonly { readonly at: number; readonly perSecond: number }[];

/** What was measured once of a device. */
export interface Calibration {
  readonly version: typeof CALIBRATION;
  readonly rates: { readonly [W in MeasuredWork]: Rates };
  /** Seconds of an operation that has next to nothing to do, and of a run beside its operations. */
  readonly operation: number;
  readonly run: number;
  /** Bytes a second that what is carried to the next run, or fetched, costs. */
  readonly carried: number;
}

/** Between two measured places along the logarithm of both; beyond them as at the nearest. */
export function rateAt(rates: Rates, at: number): number {
  const after = rates.findIndex((each) => each.at >= at);
  if (after <= 0) return rates[after === 0 ? 0 : rates.length - 1]!.perSecond;
  const [a, b] = [rates[after - 1]!, rates[after]!];
  const share = Math.log(at / a.at) / Math.log(b.at / a.at);
  return a.perSecond * (b.perSecond / a.perSecond) ** share;
}

/** Seconds of one run of a program: the sum over its operations, each as fast as work of its kind was measured to be. */
export function secondsOf(program: Program, calibration: Calibration): number {
  let seconds = calibration.run;
  for (const value of program.values) if (value.op !== 'input') seconds += operationSeconds(value, calibration);
  const fetched = program.outputs.reduce((sum, { value }) => sum + bytesOf(value), 0);
  return seconds + fetched / calibration.carried;
}

function operationSeconds(value: Value, { rates, operation }: Calibration): number {
  const work = works[value.op as OpName];
  if (work === 'free') return 0;
  if (byBytes.has(work)) {
    const bytes = value.args.reduce((sum, arg) => sum + bytesRead(value, arg), bytesOf(value));
    return operation + bytes / rateAt(rates[work], bytes);
  }
  const flops = flopsOf(value);
  if (work !== 'product') return operation + flops / rateAt(rates[work], flops);
  return operation + flops / rateAt(rates[isBatched(value) ? 'batched' : 'product'], smallestSide(value));
}

/** What only moves reads no more than it writes; a repeated operand is read from where it stands once. */
const bytesRead = (value: Value, arg: Value): number =>
  Math.min(bytesOf(sourceOf(arg)), Math.max(bytesOf(value), bytesOf(arg)));

/** A product for each of many pairs, as attention has them: each starts anew. */
const isBatched = ({ args: [, y] }: Value): boolean => (y?.type.shape.length ?? 0) > 2;

function smallestSide(value: Value): number {
  const [m, n] = staticShape(value.type.shape).slice(-2) as [number, number];
  const [x] = value.args as [Value];
  return Math.max(
    1,
    Math.min(m, n, (elementCount(staticShape(x.type.shape)) * n) / elementCount(staticShape(value.type.shape))),
  );
}
