import { z } from 'zod';
import type { Ir } from '../../ir/builder.ts';
import type { Value } from '../../ir/operation.ts';
import { multiplySizes, type Size } from '../../ir/size.ts';
import { showTensorType, type TensorType } from '../../ir/types.ts';
import { fail } from '../../lib/problem.ts';
import type { Decode, Mode, TypeContext, WeightSpec } from './define-node.ts';
import { dropout, features, linear } from './layers.ts';
import { flag, integer, real } from './params.ts';

/** One kind of recurrent unit. */
export interface Cell {
  readonly title: string;
  /** How many vectors of the hidden size each step works out. */
  readonly gates: number;
  /** Hidden state first; an LSTM has a cell state too. */
  readonly states: number;
  /** Takes input and hidden part only as their sum: both biases are added once for all steps. */
  readonly sums?: true;
  /** From W x + b (input), U h + c (hidden), both [B, gates · units], and the old states, each [B, units]. */
  next(ir: Ir, input: Value, hidden: Value, states: readonly Value[], units: number): readonly Value[];
}

export const recurrentParams = {
  units: integer({ title: 'Units', description: 'Size of the hidden state.', default: 128, min: 1, max: 65_536 }),
  layers: integer({
    title: 'Layers',
    description: 'Recurrent layers on top of each other.',
    default: 1,
    min: 1,
    max: 16,
  }),
  bidirectional: flag({
    title: 'Bidirectional',
    description: 'Reads forwards and backwards and puts both states side by side.',
    default: false,
  }),
  dropout: real({
    title: 'Dropout',
    description: 'Between the layers, while training.',
    default: 0,
    min: 0,
    max: 0.95,
    step: 0.05,
  }),
};
const schema = z.object(recurrentParams);
type Params = z.infer<typeof schema>;

/** The gate's part of [B, gates · units]. */
export const gate = (ir: Ir, x: Value, i: number, units: number, count = 1): Value =>
  ir.slice(x, { axis: 1, start: i * units, length: count * units });

const directions = ({ bidirectional }: Params): readonly string[] =>
  bidirectional ? ['forward', 'backward'] : ['forward'];

/** `0.forward.input.weight` [gates · units, features] and so on, all uniform in ±1/√units, as PyTorch's recurrent layers. */
export function recurrentWeights(
  cell: Cell,
  { x, mask }: { readonly x: TensorType; readonly mask: TensorType | undefined },
  params: Params,
  check: TypeContext,
): Record<string, WeightSpec> {
  const { title, gates } = cell;
  if (x.dtype !== 'float32' || x.shape.length !== 3)
    return check.fail('network/sequence', `${title} needs float32[B, T, features], got ${showTensorType(x)}.`, {
      port: 'x',
      hint: 'Put an Embedding before it if these are token ids.',
    });
  if (typeof x.shape[1] !== 'number')
    return check.fail(
      'network/sequence-length',
      `${title} needs to know how long its sequences are, got ${showTensorType(x)}.`,
      {
        port: 'x',
        hint: 'Give the windows or tokens before it a length.',
      },
    );
  if (mask && (mask.shape.length !== 2 || !mask.shape.every((size, i) => check.equal(size, x.shape[i]!))))
    return check.fail(
      'network/mask',
      `${title} needs a mask [B, T] for x ${showTensorType(x)}, got ${showTensorType(mask)}.`,
      {
        port: 'mask',
      },
    );
  const { units, layers } = params;
  const specs: Record<string, WeightSpec> = {};
  const spec = (...shape: Size[]): WeightSpec => ({ shape, init: { uniform: 1 / Math.sqrt(units) } });
  for (let layer = 0; layer < layers; layer++)
    for (const direction of directions(params)) {
      const at = `${layer}.${direction}`;
      const width = layer === 0 ? features(x) : units * directions(params).length;
      specs[`${at}.input.weight`] = spec(gates * units, width);
      specs[`${at}.input.bias`] = spec(gates * units);
      specs[`${at}.hidden.weight`] = spec(gates * units, units);
      specs[`${at}.hidden.bias`] = spec(gates * units);
    }
  return specs;
}

/** Going on needs nothing but the last states, unless a sequence is read from its end too. */
export function recurrentDecodes(title: string, { bidirectional }: Params, wired: readonly string[]): true | string {
  if (bidirectional) return `${title} in both directions reads from the end of the sequence`;
  return !wired.includes('mask') || `${title} reads a mask too`;
}

/** Unrolls over time. What depends on the input alone is one matrix product for all steps. */
export function recurrentBuild(
  cell: Cell,
  at: Readonly<Record<string, Value | undefined>>,
  params: Params,
  ir: Ir,
  mode: Mode,
): { y: Value; last: Value } {
  const x = at.x!;
  const [batch, length] = x.type.shape as [Size, Size];
  if (typeof length !== 'number')
    return fail('network/sequence-length', `${cell.title} needs to know how long its sequences are.`);
  let sequence = ir.transpose(x, { order: [1, 0, 2] }); // [T, B, features]
  const counts = at.mask && ir.transpose(at.mask, { order: [1, 0] }); // [T, B]
  let last: Value[] = [];
  for (let layer = 0; layer < params.layers; layer++) {
    if (layer > 0) sequence = dropout(ir, sequence, params.dropout, mode, `layer-${layer}`);
    const passes = directions(params).map((direction) => {
      const weight = (name: string) => at[`${layer}.${direction}.${name}`]!;
      const [inputBias, hiddenBias] = [weight('input.bias'), weight('hidden.bias')];
      const early = cell.sums ? ir.add(inputBias, hiddenBias) : inputBias;
      const input = linear(ir, sequence, weight('input.weight'), early); // [T, B, gates · units]
      return onePass(cell, ir, input, counts, weight('hidden.weight'), cell.sums ? undefined : hiddenBias, {
        batch,
        length,
        units: params.units,
        backward: direction === 'backward',
        ...(mode.decode && { decode: mode.decode, layer }),
      });
    });
    sequence = ir.concat(
      passes.map((pass) => pass.all),
      { axis: 2 },
    );
    last = passes.map((pass) => pass.last);
  }
  return { y: ir.transpose(sequence, { order: [1, 0, 2] }), last: ir.concat(last, { axis: 1 }) };
}

function onePass(
  cell: Cell,
  ir: Ir,
  input: Value,
  counts: Value | undefined,
  weight: Value,
  bias: Value | undefined,
  {
    batch,
    length,
    units,
    backward,
    decode,
    layer = 0,
  }: { batch: Size; length: number; units: number; backward: boolean; decode?: Decode; layer?: number },
): { all: Value; last: Value } {
  const row = (of: Value, t: number, shape: readonly Size[]) =>
    ir.reshape(ir.slice(of, { axis: 0, start: t, length: 1 }), { shape });
  const goesOn = decode && !decode.counts;
  const kept = (k: number) => `${layer}.${k}`;
  let states: readonly Value[] = Array.from({ length: cell.states }, (_, k) =>
    goesOn ? decode.state(kept(k), [batch, units]) : ir.zeros([batch, units]),
  );
  const hidden: Value[] = new Array<Value>(length);
  for (let i = 0; i < length; i++) {
    const t = backward ? length - 1 - i : i;
    const own = row(input, t, [batch, cell.gates * units]);
    const next = cell.next(ir, own, linear(ir, states[0]!, weight, bias), states, units);
    // where a row is padding its states stay as they are
    const counted = decode?.counts ? row(decode.counts, t, [1, 1]) : counts && row(counts, t, [batch, 1]);
    states = next.map((state, k) => (counted ? ir.add(states[k]!, ir.mul(counted, ir.sub(state, states[k]!))) : state));
    hidden[t] = ir.reshape(states[0]!, { shape: [1, batch, units] });
  }
  if (decode) for (const [k, state] of states.entries()) decode.keep(kept(k), state);
  return {
    all: ir.reshape(ir.concat(hidden, { axis: 0 }), { shape: [length, batch, multiplySizes(1, units)] }),
    last: states[0]!,
  };
}
