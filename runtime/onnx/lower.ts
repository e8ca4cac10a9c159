import type { Attrs, OpName, Value } from '../../ir/operation.ts';
import { operations } from '../../ir/operations.ts';
import { type Program, usesOf } from '../../ir/program.ts';
import { staticShape } from '../../ir/types.ts';
import { attentionNodes, findAttentions } from './attention.ts';
import {
  type Emitter,
  isLazy,
  type OnnxLowering,
  type OnnxProducts,
  type OnnxTarget,
  onnxLowerings,
} from './lowerings.ts';
import { OnnxModel, valueInfo } from './model.ts';

export interface LoweredModel {
  readonly bytes: Uint8Array;
  readonly nodeCount: number;
}

export interface LoweringOptions {
  readonly target?: OnnxTarget;
  readonly products?: OnnxProducts;
}

/** A tensor program as one ONNX model. Inputs and outputs keep their names. */
export function lowerToOnnx(program: Program, options: LoweringOptions = {}): LoweredModel {
  const model = new OnnxModel();
  emitProgram(model, program, options);
  const info = (prefix: string) => (name: string, value: Value) =>
    valueInfo(prefix + name, value.type.dtype, staticShape(value.type.shape));
  const bytes = model.encode(
    program.inputs.map((value) => info('in:')(value.name!, value)),
    program.outputs.map(({ name, value }) => info('out:')(name, value)),
  );
  return { bytes, nodeCount: model.nodeCount };
}

/** All nodes of a program: from `in:` and the name of each input to `out:` and the name of each output. */
export function emitProgram(
  model: OnnxModel,
  program: Program,
  { target = 'cpu', products: multiplied = 'float32' }: LoweringOptions = {},
): void {
  const names = new Map<Value, string>();
  const shared = new Map<string, unknown>();
  // a value that is an output is made under that name, so that no copy is needed at the end
  for (const { name, value } of program.outputs)
    if (value.op !== 'input' && !names.has(value) && !sharesResult(value)) names.set(value, `out:${name}`);
  const made = new Set<Value>();
  const uses = usesOf(program);
  const fused = biasedProducts(program, uses);
  const products = new Set([...fused.values()].map(({ product }) => product));
  const hasAttention = target === 'cpu' && multiplied === 'float32';
  const { attentions, absorbed } = findAttentions(program, hasAttention ? uses : new Map());

  const e: Emitter = {
    model,
    target,
    products: multiplied,
    name(value) {
      if (value.op === 'input') return `in:${value.name}`;
      if (!made.has(value)) emit(value);
      return names.get(value)!;
    },
    operands(value) {
      if (value.op === 'iota') return [implicit(value)];
      const sources = value.args.map(broadcastSource);
      const whole = sameAs(broadcastShapes(sources.map(implicitShape)), staticShape(value.type.shape));
      return sources.map((source, i) => (whole || i > 0 ? implicit(source) : e.name(value.args[0]!)));
    },
    biased: (addition) => fused.get(addition),
    users: (value) => uses.get(value) ?? [],
    shared<T>(key: string, make: () => T): T {
      if (!shared.has(key)) shared.set(key, make());
      return shared.get(key) as T;
    },
  };

  /** A value's name in a place where ONNX broadcasts: constants as scalars, counts as one axis. */
  const implicit = (value: Value): string => {
    if (value.op === 'constant') {
      const { dtype, value: number } = value.attrs as Attrs<'constant'>;
      return model.scalar(dtype, number);
    }
    if (value.op === 'iota') {
      const shape = implicitShape(value);
      return model.initializer(
        'int32',
        shape,
        Int32Array.from({ length: shape[0]! }, (_, i) => i),
      );
    }
    return e.name(value);
  };

  const emit = (value: Value): void => {
    const row = onnxLowerings[value.op as OpName];
    if (typeof row !== 'function') throw new Error(`${value.op} can't run on ONNX ${target}: ${row.missing}`);
    if (!names.has(value)) names.set(value, model.fresh());
    made.add(value);
    const attention = attentions.get(value);
    if (attention) attentionNodes(e, value, attention, names.get(value)!);
    else (row as OnnxLowering<OpName>)(e, value, names.get(value)!, value.attrs as never);
  };

  const late = gradientPieces(program, uses);
  for (const value of program.values)
    if (value.op !== 'input' && !isLazy(value) && ![products, absorbed, late, made].some((set) => set.has(value)))
      emit(value);
  for (const { name, value } of program.outputs) {
    const from = e.name(value);
    if (from !== `out:${name}`) model.node('Identity', [from], {}, `out:${name}`);
  }
}

const sharesResult = (value: Value): boolean => value.op === 'normalize' || value.op === 'inverseDeviation';

/**
 * What is made only to be put side by side with much else: the gradients of all parameters. ONNX Runtime goes back from
 * the outputs and takes the operand that comes last in the model first. Emitted in the order of the parameters, the last
 * layer's gradient is worked out first, as soon as it can be; otherwise all would be at the end, with everything that
 * they are made of kept in memory until then.
 */
function gradientPieces(program: Program, uses: ReadonlyMap<Value, readonly Value[]>): ReadonlySet<Value> {
  const late = new Set<Value>();
  const outputs = new Set(program.outputs.map(({ value }) => value));
  for (const value of [...program.values].reverse()) {
    const [user, ...more] = uses.get(value) ?? [];
    if (!user || more.length > 0 || value.op === 'input' || outputs.has(value)) continue;
    if (late.has(user) || (user.op === 'concat' && user.type.shape.length === 1)) late.add(value);
  }
  return late;
}

/** Additions of a vector to every row of a matrix product that nothing else uses, with the product. */
function biasedProducts(program: Program, uses: ReadonlyMap<Value, readonly Value[]>) {
  const found = new Map<Value, { product: Value; bias: Value }>();
  const outputs = new Set(program.outputs.map(({ value }) => value));
  for (const value of program.values) {
    if (value.op !== 'add') continue;
    const product = value.args.find(
      (arg) => arg.op === 'matmul' && arg.type.shape.length === 2 && uses.get(arg)!.length === 1 && !outputs.has(arg),
    );
    const bias = product && value.args.find((arg) => arg !== product);
    const source = bias && broadcastSource(bias);
    if (product && source && source !== bias && source.op !== 'constant' && source.type.shape.length === 1)
      found.set(value, { product, bias: source });
  }
  return found;
}

const broadcastSource = (value: Value): Value => (value.op === 'broadcast' ? broadcastSource(value.args[0]!) : value);

/** The shape that a value has where ONNX may broadcast it. */
function implicitShape(value: Value): number[] {
  if (value.op === 'constant') return [];
  const shape = staticShape(value.type.shape);
  if (value.op !== 'iota') return shape;
  const { axis } = value.attrs as Attrs<'iota'>;
  return shape.slice(axis).map((size, i) => (i === 0 ? size : 1));
}

function broadcastShapes(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, i) =>
    Math.max(...shapes.map((shape) => shape[i - rank + shape.length] ?? 1)),
  );
}
const sameAs = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, i) => size === b[i]);

/** Operations without a way to run here, with the reason. */
export const onnxGaps = (): { op: OpName; reason: string }[] =>
  (Object.keys(operations) as OpName[]).flatMap((op) => {
    const row = onnxLowerings[op];
    return typeof row === 'function' ? [] : [{ op, reason: row.missing }];
  });
