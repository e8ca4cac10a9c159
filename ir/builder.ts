import { canonicalJson } from '../lib/canonical-json.ts';
import { fail } from '../lib/problem.ts';
import type { Args, Attrs, OpName, Value } from './operation.ts';
import { operations } from './operations.ts';
import { multiplySizes, type Size, SizeSolver, sizeNumber, sizeToJson } from './size.ts';
import { type DType, sameShape, showTensorType, type TensorType } from './types.ts';

export type Operand = Value | number;

/**
 * Makes values. `emit` is strict (equal shapes, no implicit casts); the methods around it are the sugar: they take
 * numbers for constants, broadcast as NumPy does, and count negative axes from the end. Equal instructions are made once.
 */
export class Builder {
  readonly values: Value[] = [];
  readonly sizes: SizeSolver;
  readonly #made = new Map<string, Value>();
  readonly #inputs = new Set<string>();
  readonly #changes = new Map<Value, ReadonlyMap<string, (rows: Value) => Value>>();
  /** Weights that linear layers used: where something can be put beside them. */
  readonly linearWeights = new Set<Value>();
  readonly #losses: { readonly name: string; readonly value: Value }[] = [];

  constructor(sizes = new SizeSolver()) {
    this.sizes = sizes;
  }

  #add(value: Omit<Value, 'kind' | 'id'>): Value {
    const made: Value = { kind: 'value', id: this.values.length, ...value };
    this.values.push(made);
    return made;
  }

  /** A named input of the program: data, a parameter, a piece of state. */
  input(name: string, type: TensorType): Value {
    if (this.#inputs.has(name)) throw new Error(`a program has one input named ${name}`);
    this.#inputs.add(name);
    return this.#add({ op: 'input', args: [], attrs: {}, type, name });
  }

  /** `known` is the type that the rule would give, where that is sure: an instruction of a program that is built again. */
  emit<K extends OpName>(op: K, args: Args<K>, attrs: Attrs<K>, known?: TensorType): Value {
    const operation = operations[op];
    const values = args as readonly Value[];
    const order = operation.commutative ? [...values].sort((a, b) => a.id - b.id) : values;
    const key = `${op}|${order.map((value) => value.id).join(',')}|${attrsKey(attrs)}`;
    const made = this.#made.get(key);
    if (made) return made;
    const types = () => values.map((value) => this.#resolved(value.type)) as never;
    const type = known ?? this.#resolved(operation.type(types(), attrs, this.sizes));
    const value = this.#add({ op, args: values, attrs, type });
    this.#made.set(key, value);
    return value;
  }

  #resolved(type: TensorType): TensorType {
    if (this.sizes.solved.size === 0) return type;
    return {
      ...type,
      shape: type.shape.map((size) => this.sizes.resolve(size)),
      ...(type.below !== undefined && { below: this.sizes.resolve(type.below) }),
    };
  }

  // --- constants

  constant(value: number, type: { readonly dtype?: DType; readonly shape?: readonly Size[] } = {}): Value {
    return this.emit('constant', [], { value, dtype: type.dtype ?? 'float32', shape: type.shape ?? [] });
  }
  zeros(shape: readonly Size[]): Value {
    return this.constant(0, { shape });
  }
  /** A size as a float32 scalar. While checking, an unknown size gives NaN: such programs are never run. */
  constantSize(size: Size): Value {
    return this.constant(sizeNumber(this.sizes.resolve(size)) ?? Number.NaN);
  }
  iota(attrs: Attrs<'iota'>): Value {
    return this.emit('iota', [], attrs);
  }

  // --- elementwise

  #operands(a: Operand, b: Operand): [Value, Value] {
    if (typeof a === 'number' && typeof b === 'number') return [this.constant(a), this.constant(b)];
    const dtype = (typeof a === 'number' ? (b as Value) : a).type.dtype;
    const x = typeof a === 'number' ? this.constant(a, { dtype }) : a;
    const y = typeof b === 'number' ? this.constant(b, { dtype }) : b;
    const shape = this.#commonShape([x, y]);
    return [this.broadcast(x, { shape }), this.broadcast(y, { shape })];
  }
  #commonShape(values: readonly Value[]): readonly Size[] {
    let shape: readonly Size[] = [];
    for (const value of values) {
      const other = this.#resolved(value.type).shape;
      const [longer, shorter] = other.length > shape.length ? [other, shape] : [shape, other];
      const extra = longer.length - shorter.length;
      shape = longer.map((size, i) => {
        const against = i < extra ? 1 : shorter[i - extra]!;
        if (size === 1) return against;
        if (against === 1 || this.sizes.equal(size, against)) return size;
        return fail(
          'tensor/shape',
          `Shapes have to be equal or to have size 1 where they differ, got ${values.map((each) => showTensorType(each.type)).join(' and ')}.`,
        );
      });
    }
    return shape;
  }
  #binary(op: 'add' | 'sub' | 'mul' | 'div' | 'pow' | 'maximum' | 'minimum' | 'equal' | 'less' | 'and' | 'or') {
    return (a: Operand, b: Operand): Value => this.emit(op, this.#operands(a, b), {});
  }
  add = this.#binary('add');
  sub = this.#binary('sub');
  mul = this.#binary('mul');
  div = this.#binary('div');
  pow = this.#binary('pow');
  maximum = this.#binary('maximum');
  minimum = this.#binary('minimum');
  equal = this.#binary('equal');
  less = this.#binary('less');
  and = this.#binary('and');
  or = this.#binary('or');

  #unary(
    op:
      | 'neg'
      | 'abs'
      | 'exp'
      | 'log'
      | 'sqrt'
      | 'sin'
      | 'cos'
      | 'tanh'
      | 'erf'
      | 'sigmoid'
      | 'gelu'
      | 'not'
      | 'stopGradient'
      | 'softmax'
      | 'logSoftmax'
      | 'uniform'
      | 'argmax',
  ) {
    return (x: Value): Value => this.emit(op, [x], {});
  }
  neg = this.#unary('neg');
  abs = this.#unary('abs');
  exp = this.#unary('exp');
  log = this.#unary('log');
  sqrt = this.#unary('sqrt');
  sin = this.#unary('sin');
  cos = this.#unary('cos');
  tanh = this.#unary('tanh');
  erf = this.#unary('erf');
  sigmoid = this.#unary('sigmoid');
  gelu = this.#unary('gelu');
  not = this.#unary('not');
  stopGradient = this.#unary('stopGradient');
  softmax = this.#unary('softmax');
  logSoftmax = this.#unary('logSoftmax');
  uniform = this.#unary('uniform');
  argmax = this.#unary('argmax');

  relu(x: Value): Value {
    return this.maximum(x, 0);
  }
  cast(x: Value, attrs: Attrs<'cast'>): Value {
    return x.type.dtype === attrs.to ? x : this.emit('cast', [x], attrs);
  }
  select(test: Value, a: Operand, b: Operand): Value {
    const dtype = typeof a !== 'number' ? a.type.dtype : typeof b !== 'number' ? b.type.dtype : 'float32';
    const x = typeof a === 'number' ? this.constant(a, { dtype }) : a;
    const y = typeof b === 'number' ? this.constant(b, { dtype }) : b;
    const shape = this.#commonShape([test, x, y]);
    const [t, p, q] = [test, x, y].map((value) => this.broadcast(value, { shape })) as [Value, Value, Value];
    return this.emit('select', [t, p, q], {});
  }

  // --- moving

  broadcast(x: Value, attrs: Attrs<'broadcast'>): Value {
    return sameShape(x.type.shape, attrs.shape) ? x : this.emit('broadcast', [x], attrs);
  }
  reshape(x: Value, attrs: Attrs<'reshape'>): Value {
    if (sameShape(x.type.shape, attrs.shape)) return x;
    return x.op === 'reshape' ? this.reshape(x.args[0]!, attrs) : this.emit('reshape', [x], attrs);
  }
  transpose(x: Value, attrs: Attrs<'transpose'>): Value {
    return attrs.order.every((axis, i) => axis === i) ? x : this.emit('transpose', [x], attrs);
  }
  slice(x: Value, attrs: Attrs<'slice'>): Value {
    const axis = this.#axis(x, attrs.axis);
    const whole = attrs.start === 0 && sameShape([x.type.shape[axis]!], [attrs.length]);
    return whole ? x : this.emit('slice', [x], { ...attrs, axis });
  }
  concat(values: readonly Value[], attrs: Attrs<'concat'>): Value {
    return values.length === 1 ? values[0]! : this.emit('concat', values, { axis: this.#axis(values[0]!, attrs.axis) });
  }
  pad(x: Value, attrs: Attrs<'pad'>): Value {
    const nothing = attrs.before === 0 && attrs.after === 0;
    return nothing ? x : this.emit('pad', [x], { ...attrs, axis: this.#axis(x, attrs.axis) });
  }

  // --- mixing

  #axis(x: Value, axis: number): number {
    return axis < 0 ? axis + x.type.shape.length : axis;
  }
  #reduce(op: 'sum' | 'max', x: Value, { axes, keep }: { axes?: readonly number[]; keep?: boolean } = {}): Value {
    const all = axes?.map((axis) => this.#axis(x, axis)) ?? x.type.shape.map((_, i) => i);
    if (all.length === 0) return x;
    const value = this.emit(op, [x], { axes: [...all].sort((a, b) => a - b) });
    return keep ? this.reshape(value, { shape: x.type.shape.map((size, i) => (all.includes(i) ? 1 : size)) }) : value;
  }
  /** Over all axes unless some are named. `keep` leaves them as size 1. */
  sum(x: Value, options?: { axes?: readonly number[]; keep?: boolean }): Value {
    return this.#reduce('sum', x, options);
  }
  max(x: Value, options?: { axes?: readonly number[]; keep?: boolean }): Value {
    return this.#reduce('max', x, options);
  }
  mean(x: Value, options: { axes?: readonly number[]; keep?: boolean } = {}): Value {
    const axes = options.axes?.map((axis) => this.#axis(x, axis)) ?? x.type.shape.map((_, i) => i);
    const count = sizeNumber(this.sizes.resolve(multiplySizes(1, ...axes.map((axis) => x.type.shape[axis]!))));
    return this.mul(this.sum(x, options), count === undefined ? Number.NaN : 1 / count);
  }
  matmul(x: Value, y: Value, attrs: Partial<Attrs<'matmul'>> = {}): Value {
    return this.emit('matmul', [x, y], { transposeX: false, transposeY: false, ...attrs });
  }
  gather(table: Value, ids: Value): Value {
    return this.emit('gather', [table, ids], {});
  }
  scatterAdd(ids: Value, rows: Value, attrs: Attrs<'scatterAdd'>): Value {
    return this.emit('scatterAdd', [ids, rows], attrs);
  }
  pick(x: Value, ids: Value): Value {
    return this.emit('pick', [x, ids], {});
  }
  place(base: Value, ids: Value, x: Value): Value {
    return this.emit('place', [base, ids, x], {});
  }
  normalize(x: Value, attrs: Attrs<'normalize'>): Value {
    return this.emit('normalize', [x], attrs);
  }
  inverseDeviation(x: Value, attrs: Attrs<'inverseDeviation'>): Value {
    return this.emit('inverseDeviation', [x], attrs);
  }
  cumulativeSum(x: Value, attrs: Partial<Attrs<'cumulativeSum'>> & { axis: number }): Value {
    return this.emit('cumulativeSum', [x], { reverse: false, ...attrs, axis: this.#axis(x, attrs.axis) });
  }
  convolution(x: Value, kernel: Value, attrs: Attrs<'convolution'>): Value {
    return this.emit('convolution', [x, kernel], attrs);
  }
  convolutionInput(ct: Value, kernel: Value, attrs: Attrs<'convolutionInput'>): Value {
    return this.emit('convolutionInput', [ct, kernel], attrs);
  }
  convolutionKernel(x: Value, ct: Value, attrs: Attrs<'convolutionKernel'>): Value {
    return this.emit('convolutionKernel', [x, ct], attrs);
  }
  /** Adding or cutting off with one number for each picture's channel leaves the order alone: fewer do it after pooling. */
  maxPool(x: Value, attrs: Attrs<'maxPool'>): Value {
    const at = x.op === 'add' || x.op === 'maximum' ? x.args.findIndex(isEvenOverPictures) : -1;
    if (at < 0) return this.emit('maxPool', [x], attrs);
    const pooled = this.maxPool(x.args[1 - at]!, attrs);
    const even = this.broadcast(x.args[at]!.args[0]!, { shape: pooled.type.shape });
    return this.emit(x.op as 'add' | 'maximum', at === 0 ? [even, pooled] : [pooled, even], {});
  }
  maxPoolInput(ct: Value, x: Value, attrs: Attrs<'maxPoolInput'>): Value {
    return this.emit('maxPoolInput', [ct, x], attrs);
  }
  random(counter: Value, attrs: Attrs<'random'>): Value {
    return this.emit('random', [counter], attrs);
  }

  // --- what is put beside linear layers (LoRA)

  /** `change` adds to every linear layer with this weight: rows [N, features] → [N, units]. A key has one change. */
  adapt(weight: Value, key: string, change: (rows: Value) => Value): void {
    this.#changes.set(weight, new Map([...(this.#changes.get(weight) ?? []), [key, change]]));
  }
  /** x Wᵀ for rows [N, features] and a weight [units, features], with what was put beside it. */
  linear(rows: Value, weight: Value): Value {
    this.linearWeights.add(weight);
    let sum = this.matmul(rows, weight, { transposeY: true });
    for (const change of this.#changes.get(weight)?.values() ?? []) sum = this.add(sum, change(rows));
    return sum;
  }

  // --- losses that layers add beside the objective

  /** A scalar that joins the objective, such as a mixture of experts' load balance. */
  addLoss(name: string, value: Value): void {
    this.#losses.push({ name, value });
  }
  get losses(): readonly { readonly name: string; readonly value: Value }[] {
    return this.#losses;
  }
}

/** Whether all places of a picture [.., H, W] hold one number. */
const isEvenOverPictures = (value: Value): boolean =>
  value.op === 'broadcast' && value.args[0]!.type.shape.slice(-2).every((size) => size === 1);

/** What a layer's `build` and a gradient rule may use. */
export type Ir = Omit<Builder, 'values' | 'losses'>;

/** Passes emit the same attributes again and again. */
const attrsKeys = new WeakMap<object, string>();
function attrsKey(attrs: object): string {
  const known = attrsKeys.get(attrs);
  if (known !== undefined) return known;
  const key = canonicalJson(attrsToJson(attrs));
  attrsKeys.set(attrs, key);
  return key;
}

function attrsToJson(attrs: object): unknown {
  return Object.fromEntries(
    Object.entries(attrs).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.map(jsonOf) : jsonOf(value as Size | boolean | string),
    ]),
  );
}
const jsonOf = (value: Size | boolean | string | readonly unknown[]): unknown => {
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  return typeof value === 'object' ? sizeToJson(value as Size) : value;
};
