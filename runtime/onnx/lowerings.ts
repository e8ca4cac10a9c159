import type { Attrs, OpName, Value } from '../../ir/operation.ts';
import { elementCount, staticShape } from '../../ir/types.ts';
import { inputGradient, kernelGradient, windowAttributes } from './convolutions.ts';
import { BFLOAT16, elementTypes, type OnnxModel } from './model.ts';
import { maxPoolInputNodes, maxPoolNodes } from './pooling.ts';
import { inverseDeviationNodes, onCpu } from './webgpu-nodes.ts';

export type OnnxTarget = 'cpu' | 'webgpu';

/**
 * How matrix products are made: in float32; of operands in bfloat16, with a result in bfloat16; or in float32 of operands
 * that are rounded to bfloat16, with a result that is: the same numbers where no kernel takes bfloat16.
 */
export type OnnxProducts = 'float32' | 'bfloat16' | 'rounded';

/** What a lowering sees: the model under construction and the names of values. */
export interface Emitter {
  readonly model: OnnxModel;
  readonly target: OnnxTarget;
  readonly products: OnnxProducts;
  /** The name of a value with its full shape. */
  name(value: Value): string;
  /** The names of a pointwise operation's operands, where ONNX's own broadcasting may stand for `broadcast`. */
  operands(value: Value): string[];
  /** The matrix product and the vector that an addition joins: the two operations become one node. */
  biased(addition: Value): { readonly product: Value; readonly bias: Value } | undefined;
  /** The operations that take a value. */
  users(value: Value): readonly Value[];
  /** Results that two operations share, such as LayerNormalization's y and 1/σ. */
  shared<T>(key: string, make: () => T): T;
}

/** Emits nodes so that `out` names the value. */
export type OnnxLowering<K extends OpName> = (e: Emitter, value: Value, out: string, attrs: Attrs<K>) => void;
export type OnnxRow<K extends OpName> = OnnxLowering<K> | { readonly missing: string };

const shapeOf = (value: Value): number[] => staticShape(value.type.shape);
const arg = (value: Value, i: number): Value => value.args[i]!;

const pointwise =
  (op: string): OnnxLowering<'add'> & OnnxLowering<'neg'> =>
  (e: Emitter, value: Value, out: string) => {
    e.model.node(op, e.operands(value), {}, out);
  };

/** WGSL's own sin and cos may be off by 2⁻¹¹. */
const wave =
  (op: 'Sin' | 'Cos'): OnnxLowering<'sin'> & OnnxLowering<'cos'> =>
  (e: Emitter, value: Value, out: string) => {
    if (e.target === 'webgpu') onCpu(e, op, e.name(arg(value, 0)), { results: [out], attributes: {} });
    else e.model.node(op, e.operands(value), {}, out);
  };

/** Operations whose result ONNX can repeat on demand: emitted only where the full shape is asked for. */
export const isLazy = (value: Value): boolean =>
  value.op === 'broadcast' || value.op === 'constant' || value.op === 'iota';

const reduction =
  (op: 'ReduceSum' | 'ReduceMax'): OnnxLowering<'sum'> & OnnxLowering<'max'> =>
  (e: Emitter, value: Value, out: string, { axes }: Attrs<'sum'>) => {
    e.model.node(op, [e.name(arg(value, 0)), e.model.int64s(axes)], { keepdims: 0 }, out);
  };

/** LayerNormalization's y and 1/σ for one x, made once. */
const normalized = (e: Emitter, x: Value, epsilon: number): { y: string; scale: string } =>
  e.shared(`normalize|${x.id}|${epsilon}`, () => {
    const width = shapeOf(x).at(-1)!;
    const ones = e.model.initializer('float32', [width], new Float32Array(width).fill(1));
    const [y, scale] = [e.model.fresh(), e.model.fresh()];
    e.model.nodes('LayerNormalization', [e.name(x), ones], e.target === 'webgpu' ? [y] : [y, '', scale], {
      axis: -1,
      epsilon: { float: epsilon },
    });
    return { y, scale };
  });

/** A number rounded to bfloat16: as it is, or as a float32. */
function toBfloat16(e: Emitter, x: string, out = e.model.fresh()): string {
  if (e.products === 'bfloat16') return e.model.node('Cast', [x], { to: BFLOAT16 }, out);
  return e.model.node('Cast', [e.model.node('Cast', [x], { to: BFLOAT16 })], { to: elementTypes.float32 }, out);
}

/** A matrix product, with what it adds. As in PyTorch's autocast all operands are rounded once and the result is. */
function product(
  e: Emitter,
  op: 'MatMul' | 'Gemm' | 'FusedMatMul',
  operands: readonly string[],
  { out, flags = {} }: { out: string; flags?: Readonly<Record<string, number>> },
): void {
  const { model } = e;
  const domain = op === 'FusedMatMul' ? 'com.microsoft' : '';
  if (e.products === 'float32') {
    model.nodes(op, operands, [out], flags, domain);
    return;
  }
  const result = model.fresh();
  const rounded = operands.map((x) => e.shared(`bfloat16|${x}`, () => toBfloat16(e, x)));
  model.nodes(op, rounded, [result], flags, domain);
  if (e.products === 'bfloat16') model.node('Cast', [result], { to: elementTypes.float32 }, out);
  else toBfloat16(e, result, out);
}

const swapLast = (e: Emitter, x: Value): string => {
  const rank = x.type.shape.length;
  const order = [...Array(rank - 2).keys(), rank - 1, rank - 2];
  return e.model.node('Transpose', [e.name(x)], { perm: order });
};

/** For more columns than these it pays to turn a matrix around once: Gemm does it again for each 128 columns. */
const FEW_COLUMNS = 256;

/** A matrix turned around in memory. Without the reshapes ONNX Runtime would let the product turn it again. */
const turned = (e: Emitter, x: Value): string =>
  e.shared(`turned|${x.id}`, () => {
    const [rows, columns] = shapeOf(x) as [number, number];
    const { model } = e;
    const one = model.node('Reshape', [e.name(x), model.int64s([1, rows, columns])]);
    const other = model.node('Transpose', [one], { perm: [0, 2, 1] });
    return model.node('Reshape', [other, model.int64s([columns, rows])]);
  });

const asColumn = (e: Emitter, ids: Value): string =>
  e.model.node('Reshape', [e.name(ids), e.model.int64s([...shapeOf(ids), 1])]);

/** The ONNX column of the operation table: total, a gap carries its reason. */
export const onnxLowerings: { readonly [K in OpName]: OnnxRow<K> } = {
  constant: (e, value, out, attrs) => {
    const filled = e.model.scalar(attrs.dtype, attrs.value);
    e.model.node('Expand', [filled, e.model.int64s(shapeOf(value))], {}, out);
  },
  iota: (e, value, out) => {
    e.model.node('Expand', e.operands(value).concat(e.model.int64s(shapeOf(value))), {}, out);
  },
  random: (e, value, out, { key }) => philoxNodes(e, value, out, key),
  uniform: (e, value, out) => {
    const upper = e.model.node('BitShift', [e.name(arg(value, 0)), e.model.scalar('uint32', 8)], {
      direction: 'RIGHT',
    });
    const float = e.model.node('Cast', [upper], { to: elementTypes.float32 });
    e.model.node('Mul', [float, e.model.scalar('float32', 2 ** -24)], {}, out);
  },
  neg: pointwise('Neg'),
  abs: pointwise('Abs'),
  exp: pointwise('Exp'),
  log: pointwise('Log'),
  sqrt: pointwise('Sqrt'),
  sin: wave('Sin'),
  cos: wave('Cos'),
  tanh: pointwise('Tanh'),
  erf: pointwise('Erf'),
  sigmoid: pointwise('Sigmoid'),
  gelu: (e, value, out) => {
    const x = e.name(arg(value, 0));
    e.model.nodes('Gelu', [x], [out], {}, e.target === 'webgpu' ? 'com.microsoft' : '');
  },
  not: pointwise('Not'),
  stopGradient: (e, value, out) => {
    e.model.node('Identity', [e.name(arg(value, 0))], {}, out);
  },
  add: (e, value, out) => {
    const found = e.biased(value);
    if (!found) {
      e.model.node('Add', e.operands(value), {}, out);
      return;
    }
    const [x, y] = found.product.args as [Value, Value];
    const { transposeX, transposeY } = found.product.attrs as Attrs<'matmul'>;
    const flags = { transA: Number(transposeX), transB: Number(transposeY) };
    product(e, 'Gemm', [e.name(x), e.name(y), e.name(found.bias)], { out, flags });
  },
  sub: pointwise('Sub'),
  mul: pointwise('Mul'),
  div: pointwise('Div'),
  pow: pointwise('Pow'),
  maximum: (e, value, out) => {
    const [x, y] = value.args as [Value, Value];
    const zero = [x, y].find((each) => constantOf(each) === 0);
    if (zero) e.model.node('Relu', [e.name(zero === x ? y : x)], {}, out);
    else e.model.node('Max', e.operands(value), {}, out);
  },
  minimum: pointwise('Min'),
  equal: pointwise('Equal'),
  less: pointwise('Less'),
  and: pointwise('And'),
  or: pointwise('Or'),
  select: pointwise('Where'),
  cast: (e, value, out, { to }) => {
    e.model.node('Cast', [e.name(arg(value, 0))], { to: elementTypes[to] }, out);
  },
  sum: reduction('ReduceSum'),
  max: reduction('ReduceMax'),
  argmax: (e, value, out) => {
    const index = e.model.node('ArgMax', [e.name(arg(value, 0))], { axis: -1, keepdims: 0 });
    e.model.node('Cast', [index], { to: elementTypes.int32 }, out);
  },
  broadcast: (e, value, out) => {
    e.model.node('Expand', [e.name(arg(value, 0)), e.model.int64s(shapeOf(value))], {}, out);
  },
  reshape: (e, value, out) => {
    e.model.node('Reshape', [e.name(arg(value, 0)), e.model.int64s(shapeOf(value))], {}, out);
  },
  transpose: (e, value, out, { order }) => {
    e.model.node('Transpose', [e.name(arg(value, 0))], { perm: order }, out);
  },
  slice: (e, value, out, { axis, start, length }) => {
    const [from, count] = staticShape([start, length]) as [number, number];
    const { model } = e;
    model.node(
      'Slice',
      [e.name(arg(value, 0)), model.int64s([from]), model.int64s([from + count]), model.int64s([axis])],
      {},
      out,
    );
  },
  concat: (e, value, out, { axis }) => {
    e.model.node(
      'Concat',
      value.args.map((each) => e.name(each)),
      { axis },
      out,
    );
  },
  pad: (e, value, out, { axis, before, after }) => {
    const rank = value.type.shape.length;
    const pads = new Array<number>(2 * rank).fill(0);
    [pads[axis], pads[rank + axis]] = staticShape([before, after]) as [number, number];
    e.model.node('Pad', [e.name(arg(value, 0)), e.model.int64s(pads)], {}, out);
  },
  matmul: (e, value, out, { transposeX, transposeY }) => {
    const [x, y] = value.args as [Value, Value];
    const flags = { transA: Number(transposeX), transB: Number(transposeY) };
    if (!transposeX && !transposeY) product(e, 'MatMul', [e.name(x), e.name(y)], { out });
    else if (transposeX && e.target === 'cpu' && value.type.shape.length === 2 && shapeOf(value)[1]! > FEW_COLUMNS)
      product(e, 'Gemm', [turned(e, x), e.name(y)], { out, flags: { transB: Number(transposeY) } });
    else if (value.type.shape.length === 2) product(e, 'Gemm', [e.name(x), e.name(y)], { out, flags });
    else if (e.target === 'cpu') product(e, 'FusedMatMul', [e.name(x), e.name(y)], { out, flags });
    else
      product(e, 'MatMul', [transposeX ? swapLast(e, x) : e.name(x), transposeY ? swapLast(e, y) : e.name(y)], { out });
  },
  gather: (e, value, out) => {
    e.model.node('Gather', [e.name(arg(value, 0)), e.name(arg(value, 1))], { axis: 0 }, out);
  },
  scatterAdd: (e, value, out) => {
    const [ids, rows] = value.args as [Value, Value];
    const count = elementCount(shapeOf(ids));
    const shape = shapeOf(value);
    const { model } = e;
    const wide = model.node('Cast', [e.name(ids)], { to: elementTypes.int64 });
    const index = model.node('Reshape', [wide, model.int64s([count, 1])]);
    const updates = model.node('Reshape', [e.name(rows), model.int64s([count, ...shape.slice(1)])]);
    const zeros = model.node('ConstantOfShape', [model.int64s(shape)]);
    model.node('ScatterND', [zeros, index, updates], { reduction: 'add' }, out);
  },
  pick: (e, value, out) => {
    const [x, ids] = value.args as [Value, Value];
    const picked = e.model.node('GatherElements', [e.name(x), asColumn(e, ids)], { axis: x.type.shape.length - 1 });
    e.model.node('Reshape', [picked, e.model.int64s(shapeOf(value))], {}, out);
  },
  place: (e, value, out) => {
    const [base, ids, x] = value.args as [Value, Value, Value];
    const axis = base.type.shape.length - 1;
    e.model.node('ScatterElements', [e.name(base), asColumn(e, ids), asColumn(e, x)], { axis, reduction: 'add' }, out);
  },
  softmax: (e, value, out) => {
    e.model.node('Softmax', [e.name(arg(value, 0))], { axis: -1 }, out);
  },
  logSoftmax: (e, value, out) => {
    const x = e.name(arg(value, 0));
    if (e.target === 'cpu') {
      e.model.node('LogSoftmax', [x], { axis: -1 }, out);
      return;
    }
    const axes = e.model.int64s([value.type.shape.length - 1]);
    const shifted = e.model.node('Sub', [x, e.model.node('ReduceMax', [x, axes], { keepdims: 1 })]);
    const total = e.model.node('ReduceSum', [e.model.node('Exp', [shifted]), axes], { keepdims: 1 });
    e.model.node('Sub', [shifted, e.model.node('Log', [total])], {}, out);
  },
  normalize: (e, value, out, { epsilon }) => {
    e.model.node('Identity', [normalized(e, arg(value, 0), epsilon).y], {}, out);
  },
  inverseDeviation: (e, value, out, { epsilon }) => {
    if (e.target === 'webgpu') {
      inverseDeviationNodes(e, value, out, epsilon);
      return;
    }
    e.model.node('Identity', [normalized(e, arg(value, 0), epsilon).scale], {}, out);
  },
  cumulativeSum: (e, value, out, { axis, reverse }) => {
    e.model.node('CumSum', [e.name(arg(value, 0)), e.model.scalar('int64', axis)], { reverse: Number(reverse) }, out);
  },
  convolution: (e, value, out, attrs) => {
    const [x, kernel] = value.args as [Value, Value];
    const shape = { kernel_shape: shapeOf(kernel).slice(2), group: attrs.groups };
    e.model.node('Conv', [e.name(x), e.name(kernel)], { ...windowAttributes(attrs), ...shape }, out);
  },
  convolutionInput: (e, value, out, attrs) => {
    // where the stride leaves gaps, ConvTranspose saves the products with zeros
    if (e.target === 'webgpu' || attrs.stride.every((step) => step === 1)) {
      inputGradient(e, value, out, attrs);
      return;
    }
    const [ct, kernel] = value.args as [Value, Value];
    const size = staticShape(attrs.size);
    const left = ([0, 1] as const).map((axis) => {
      const [y, k] = [shapeOf(ct)[axis + 2]!, shapeOf(kernel)[axis + 2]!];
      const [before, after] = attrs.padding[axis];
      return size[axis]! - ((y - 1) * attrs.stride[axis] + attrs.dilation[axis] * (k - 1) + 1 - before - after);
    });
    const shape = { kernel_shape: shapeOf(kernel).slice(2), group: attrs.groups, output_padding: left };
    e.model.node('ConvTranspose', [e.name(ct), e.name(kernel)], { ...windowAttributes(attrs), ...shape }, out);
  },
  convolutionKernel: kernelGradient,
  maxPool: maxPoolNodes,
  maxPoolInput: maxPoolInputNodes,
};

export function constantOf(value: Value): number | undefined {
  if (value.op === 'constant') return (value.attrs as Attrs<'constant'>).value;
  return value.op === 'broadcast' ? constantOf(arg(value, 0)) : undefined;
}

const WORD = 0xffffffff;

/** Philox4x32-10 over all blocks at once, in 64-bit integers: 32×32-bit products fit, and wrap as they must. */
function philoxNodes(e: Emitter, value: Value, out: string, key: readonly [number, number]): void {
  const { model } = e;
  const shape = shapeOf(value);
  const length = elementCount(shape);
  const blocks = Math.max(1, Math.ceil(length / 4));
  const constant = (word: number) => model.scalar('uint64', word >>> 0);
  const xor = (...names: string[]) => names.reduce((a, b) => model.node('BitwiseXor', [a, b]));
  const product = (x: string, multiplier: number) => {
    const signed = model.node('Cast', [x], { to: elementTypes.int64 });
    const wide = model.node('Mul', [signed, model.scalar('int64', multiplier)]);
    const bits = model.node('Cast', [wide], { to: elementTypes.uint64 });
    return {
      high: model.node('BitShift', [bits, constant(32)], { direction: 'RIGHT' }),
      low: model.node('BitwiseAnd', [bits, constant(WORD)]),
    };
  };
  const counter = model.node('Cast', [e.name(arg(value, 0))], { to: elementTypes.uint64 });
  const word = (i: number) =>
    model.node('Expand', [
      model.node('Slice', [counter, model.int64s([i]), model.int64s([i + 1])]),
      model.int64s([blocks]),
    ]);
  const index = BigUint64Array.from({ length: blocks }, (_, i) => BigInt(i));
  let x0 = model.initializer('uint64', [blocks], index);
  let x1 = constant(0);
  let x2 = word(0);
  let x3 = word(1);
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const a = product(x0, 0xd2511f53);
    const b = product(x2, 0xcd9e8d57);
    [x0, x1, x2, x3] = [xor(b.high, x1, constant(k0)), b.low, xor(a.high, x3, constant(k1)), a.low];
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  const columns = [x0, x1, x2, x3].map((x) => model.node('Reshape', [x, model.int64s([blocks, 1])]));
  const flat = model.node('Reshape', [model.node('Concat', columns, { axis: 1 }), model.int64s([4 * blocks])]);
  const words = model.node('Slice', [flat, model.int64s([0]), model.int64s([length])]);
  const narrow = model.node('Cast', [words], { to: elementTypes.uint32 });
  model.node('Reshape', [narrow, model.int64s(shape)], {}, out);
}
