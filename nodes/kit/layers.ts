import type { Ir } from '../../ir/builder.ts';
import type { Value } from '../../ir/operation.ts';
import { multiplySizes, type Size } from '../../ir/size.ts';
import type { TensorType } from '../../ir/types.ts';
import type { Init, Mode, WeightSpec } from './define-node.ts';

/** The last axis of a tensor: its features. */
export const features = (type: TensorType): Size => type.shape.at(-1)!;

/** PyTorch's default for a linear layer: uniform in ±1/√fan-in (Kaiming uniform with a = √5). */
export function linearInit(fanIn: Size): Init {
  return { uniform: typeof fanIn === 'number' ? 1 / Math.sqrt(fanIn) : 0 };
}

/** Weight `[units, features]` and bias `[units]`, as torch.nn.Linear lays them out. */
export const linearWeight = (units: Size, fanIn: Size): WeightSpec => ({
  shape: [units, fanIn],
  init: linearInit(fanIn),
});

/** y = x Wᵀ + b over the last axis, as one matrix product of all rows. */
export function linear(ir: Ir, x: Value, weight: Value, bias?: Value): Value {
  const lead = x.type.shape.slice(0, -1);
  const rows = ir.reshape(x, { shape: [multiplySizes(1, ...lead), features(x.type)] });
  const product = ir.matmul(rows, weight, { transposeY: true });
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

/** Inverted dropout (Srivastava et al., 2014): zeros with probability `rate`, the rest scaled by 1/(1 − rate). */
export function dropout(ir: Ir, x: Value, rate: number, mode: Mode, site?: string): Value {
  if (mode.kind === 'predict' || rate === 0) return x;
  const kept = ir.less(mode.uniform(x.type.shape, site), 1 - rate);
  return ir.select(kept, ir.mul(x, 1 / (1 - rate)), 0);
}
