/** What ONNX Runtime's WebGPU provider lacks, or does too roughly or wrongly, said with other nodes. */
import type { Attrs, Value } from '../../ir/operation.ts';
import { staticShape } from '../../ir/types.ts';
import type { Emitter } from './lowerings.ts';
import { elementTypes } from './model.ts';

const shapeOf = (value: Value): number[] => staticShape(value.type.shape);
const arg = (value: Value, i: number): Value => value.args[i]!;

/** ONNX's own number of float64. No kernel of the provider takes it, so such a node runs on the CPU. */
const DOUBLE = 11;

/** A node over float64: exact, and on the CPU. Results that are not numbers of the network stay as they are. */
export function onCpu(
  e: Emitter,
  op: string,
  x: string,
  { results, attributes }: { results: readonly string[]; attributes: Parameters<Emitter['model']['nodes']>[3] },
): void {
  const { model } = e;
  const wide = model.node('Cast', [x], { to: DOUBLE });
  const first = model.fresh();
  model.nodes(op, [wide], [first, ...results.slice(1)], attributes);
  model.node('Cast', [first], { to: elementTypes.float32 }, results[0]);
}

/** Its LayerNormalization gives y only, so 1/σ is made apart. */
export function inverseDeviationNodes(e: Emitter, value: Value, out: string, epsilon: number): void {
  const { model } = e;
  const x = e.name(arg(value, 0));
  const axes = model.int64s([value.type.shape.length - 1]);
  const centre = model.node('Sub', [x, model.node('ReduceMean', [x, axes], { keepdims: 1 })]);
  const variance = model.node('ReduceMean', [model.node('Mul', [centre, centre]), axes], { keepdims: 1 });
  const shifted = model.node('Add', [variance, model.scalar('float32', epsilon)]);
  model.node('Reciprocal', [model.node('Sqrt', [shifted])], {}, out);
}

/**
 * The gradient of a convolution's input as a convolution: its ConvTranspose is wrong for some strides and groups. The
 * cotangent is spread out by the stride and padded, the kernel turned around, and the part that belongs to x is cut out.
 */
export function convolutionInputNodes(e: Emitter, value: Value, out: string, attrs: Attrs<'convolutionInput'>): void {
  const { model } = e;
  const [ct, kernel] = value.args as [Value, Value];
  const [rows, outs, yh, yw] = shapeOf(ct) as [number, number, number, number];
  const [, each, kh, kw] = shapeOf(kernel) as [number, number, number, number];
  const { groups, stride, dilation, padding } = attrs;
  const size = staticShape(attrs.size) as [number, number];
  const reshape = (name: string, shape: readonly number[]) => model.node('Reshape', [name, model.int64s(shape)]);
  const pad = (name: string, after: readonly number[]) =>
    after.every((count) => count === 0)
      ? name
      : model.node('Pad', [name, model.int64s([...after.map(() => 0), ...after])]);

  // [N, O, y, 1, x, 1] → zeros between the places
  const [sh, sw] = stride;
  let spread = e.name(ct);
  if (sh > 1 || sw > 1) {
    const apart = pad(reshape(spread, [rows * outs, yh, 1, yw, 1]), [0, 0, sh - 1, 0, sw - 1]);
    spread = reshape(apart, [rows, outs, yh * sh, yw * sw]);
  }
  // [g, O/g, C/g, h, w] → [C, O/g, h, w], turned around in h and w
  const grouped = reshape(e.name(kernel), [groups, outs / groups, each, kh * kw]);
  const swapped = reshape(model.node('Transpose', [grouped], { perm: [0, 2, 1, 3] }), [
    groups * each,
    outs / groups,
    kh,
    kw,
  ]);
  const end = -(2 ** 31);
  const turned = model.node('Slice', [
    swapped,
    model.int64s([-1, -1]),
    model.int64s([end, end]),
    model.int64s([2, 3]),
    model.int64s([-1, -1]),
  ]);
  const reach = [dilation[0] * (kh - 1), dilation[1] * (kw - 1)] as const;
  const full = model.node('Conv', [spread, turned], {
    group: groups,
    kernel_shape: [kh, kw],
    dilations: dilation,
    pads: [reach[0], reach[1], reach[0], reach[1]],
  });
  const before = [padding[0][0], padding[1][0]] as const;
  const short = [0, 1].map((axis) => {
    const length = (axis === 0 ? yh * sh : yw * sw) + reach[axis as 0 | 1];
    return Math.max(0, before[axis as 0 | 1] + size[axis as 0 | 1] - length);
  });
  model.node(
    'Slice',
    [
      pad(full, [0, 0, ...short]),
      model.int64s(before),
      model.int64s([before[0] + size[0], before[1] + size[1]]),
      model.int64s([2, 3]),
    ],
    {},
    out,
  );
}
