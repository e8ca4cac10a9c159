import type { Ir } from '../../ir/builder.ts';
import type { Value } from '../../ir/operation.ts';
import { multiplySizes, type Size } from '../../ir/size.ts';
import { showTensorType, type TensorType } from '../../ir/types.ts';
import type { Init, Mode, TypeContext, WeightSpec } from './define-node.ts';
import { choice, real } from './params.ts';

/** The last axis of a tensor: its features. */
export const features = (type: TensorType): Size => type.shape.at(-1)!;

const EMBED = 'Put an Embedding before it if these are token ids.';

/** A problem unless the tensor holds float32 numbers. */
export function needFloats(check: TypeContext, title: string, type: TensorType, port: string): void {
  if (type.dtype !== 'float32')
    check.fail('network/floats', `${title} needs floats, got ${showTensorType(type)}.`, { port, hint: EMBED });
}

/** A problem unless the tensor holds float32 vectors: at least one axis. */
export function needVectors(check: TypeContext, title: string, type: TensorType, port: string): void {
  if (type.dtype !== 'float32' || type.shape.length < 1)
    check.fail('network/floats', `${title} needs vectors of floats, got ${showTensorType(type)}.`, {
      port,
      hint: EMBED,
    });
}

/** A problem unless the tensor is float32[B, T, features]. */
export function needSequence(check: TypeContext, title: string, type: TensorType, port: string): void {
  if (type.dtype !== 'float32' || type.shape.length !== 3)
    check.fail('network/sequence', `${title} needs float32[B, T, features] on ${port}, got ${showTensorType(type)}.`, {
      port,
      hint: EMBED,
    });
}

/** A problem unless the mask is float32[B, T] for this sequence. */
export function needMask(check: TypeContext, title: string, mask: TensorType, of: TensorType, port: string): void {
  const wanted: TensorType = { dtype: 'float32', shape: of.shape.slice(0, 2) };
  const fits = mask.shape.length === 2 && mask.shape.every((size, i) => check.equal(size, wanted.shape[i]!));
  if (!fits || mask.dtype !== 'float32')
    check.fail(
      'network/mask',
      `${title} needs a mask ${showTensorType(wanted)} for ${port} ${showTensorType(of)}, got ${showTensorType(mask)}.`,
      { port: 'mask', hint: 'Wire an Input that reads the mask column of the Tokenize node.' },
    );
}

/** How the weights of linear layers start. */
export const initialParams = {
  initialization: choice(['uniform', 'normal'], {
    title: 'Initial weights',
    description: 'Uniform in ±1/√inputs with random biases (PyTorch), or normal with biases of zero (GPT-2).',
    default: 'uniform',
    labels: { uniform: 'Uniform, PyTorch', normal: 'Normal, GPT-2' },
    advanced: true,
  }),
  deviation: real({
    title: 'Initial deviation',
    description: 'Standard deviation of normal initial weights.',
    default: 0.02,
    min: 0,
    max: 10,
    step: 0.01,
    when: { initialization: ['normal'] },
    advanced: true,
  }),
};
/** For the last linear layer before a residual. */
export const residualScale = real({
  title: 'Residual scale',
  description: 'Multiplies the initial deviation of the last linear layer. GPT-2 takes 1/√(2 · blocks).',
  default: 1,
  min: 0,
  max: 10,
  step: 0.05,
  when: { initialization: ['normal'] },
  advanced: true,
});
export interface Initial {
  readonly initialization: 'uniform' | 'normal';
  readonly deviation: number;
}
const pytorch: Initial = { initialization: 'uniform', deviation: 0 };

/** PyTorch: uniform in ±1/√fan-in (Kaiming uniform with a = √5). GPT-2: normal weights, biases of zero. */
const uniformInit = (fanIn: Size): Init => ({ uniform: typeof fanIn === 'number' ? 1 / Math.sqrt(fanIn) : 0 });

/** Weight `[units, features]`, as torch.nn.Linear lays it out. */
export const linearWeight = (
  units: Size,
  fanIn: Size,
  { initialization, deviation }: Initial = pytorch,
): WeightSpec => ({
  shape: [units, fanIn],
  init: initialization === 'normal' ? { normal: deviation } : uniformInit(fanIn),
});

/** Bias `[units]`. */
export const linearBias = (units: Size, fanIn: Size, { initialization }: Initial = pytorch): WeightSpec => ({
  shape: [units],
  init: initialization === 'normal' ? 'zeros' : uniformInit(fanIn),
});

/** y = x Wᵀ + b over the last axis, as one matrix product of all rows. */
export function linear(ir: Ir, x: Value, weight: Value, bias?: Value): Value {
  const lead = x.type.shape.slice(0, -1);
  const rows = ir.reshape(x, { shape: [multiplySizes(1, ...lead), features(x.type)] });
  const product = ir.linear(rows, weight);
  const y = bias ? ir.add(product, bias) : product;
  return ir.reshape(y, { shape: [...lead, weight.type.shape[0]!] });
}

export const activations = {
  relu: (ir: Ir, x: Value) => ir.relu(x),
  gelu: (ir: Ir, x: Value) => ir.gelu(x),
  /** The tanh approximation that GPT-2 uses. */
  'gelu-tanh': (ir: Ir, x: Value) => {
    const cubed = ir.mul(ir.mul(ir.mul(x, x), x), 0.044715);
    const inner = ir.mul(ir.add(x, cubed), Math.sqrt(2 / Math.PI));
    return ir.mul(ir.mul(x, 0.5), ir.add(ir.tanh(inner), 1));
  },
  silu: (ir: Ir, x: Value) => ir.mul(x, ir.sigmoid(x)),
  sigmoid: (ir: Ir, x: Value) => ir.sigmoid(x),
  tanh: (ir: Ir, x: Value) => ir.tanh(x),
} as const satisfies Record<string, (ir: Ir, x: Value) => Value>;
export type Activation = keyof typeof activations;

export const activationLabels: { readonly [A in Activation]: string } = {
  relu: 'ReLU',
  gelu: 'GELU',
  'gelu-tanh': 'GELU (tanh approximation)',
  silu: 'SiLU',
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
};
export const activationNames = Object.keys(activations) as [Activation, ...Activation[]];

/** The index along an axis of [T, n] as floats; along the first, the positions that are there, where some are given. */
export function positionsAlong(ir: Ir, shape: readonly [Size, Size], axis: number, positions?: Value): Value {
  const index =
    axis === 0 && positions
      ? ir.broadcast(ir.reshape(positions, { shape: [shape[0], 1] }), { shape })
      : ir.iota({ shape, axis });
  return ir.cast(index, { to: 'float32' });
}

/** Inverted dropout (Srivastava et al., 2014): zeros with probability `rate`, the rest scaled by 1/(1 − rate). */
export function dropout(ir: Ir, x: Value, rate: number, mode: Mode, site?: string): Value {
  if (mode.kind !== 'train' || rate === 0) return x;
  const kept = ir.less(mode.uniform(x.type.shape, site), 1 - rate);
  return ir.select(kept, ir.mul(x, 1 / (1 - rate)), 0);
}
