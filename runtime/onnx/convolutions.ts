/** The gradients of a convolution as convolutions. */
import type { Attrs, Value, Window } from '../../ir/operation.ts';
import { staticShape } from '../../ir/types.ts';
import type { Emitter } from './lowerings.ts';

type Shape4 = [number, number, number, number];
const shape4 = (value: Value): Shape4 => staticShape(value.type.shape) as Shape4;

export const windowAttributes = ({ stride, dilation, padding }: Window) => ({
  strides: stride,
  dilations: dilation,
  pads: [padding[0][0], padding[1][0], padding[0][1], padding[1][1]],
});

/**
 * The gradient of a convolution's input: the cotangent is spread out by the stride, the kernel turned around. ONNX
 * Runtime's ConvTranspose works picture by picture on one thread, and is wrong for some strides and groups on WebGPU.
 */
export function inputGradient(e: Emitter, value: Value, out: string, attrs: Attrs<'convolutionInput'>): void {
  const { model } = e;
  const [ct, kernel] = value.args as [Value, Value];
  const [rows, outs, ...counts] = shape4(ct);
  const [, each, ...window] = shape4(kernel);
  const { groups, stride, dilation, padding } = attrs;
  const size = staticShape(attrs.size);
  const reshape = (name: string, shape: readonly number[]) => model.node('Reshape', [name, model.int64s(shape)]);
  const axes = [0, 1] as const;

  // [N, O, y, 1, x, 1] → zeros between the places
  const lengths = axes.map((axis) => counts[axis]! * stride[axis]);
  let spread = e.name(ct);
  if (stride.some((step) => step > 1)) {
    const apart = reshape(spread, [rows * outs, counts[0], 1, counts[1], 1]);
    const ends = model.int64s([0, 0, 0, 0, 0, 0, 0, stride[0] - 1, 0, stride[1] - 1]);
    spread = reshape(model.node('Pad', [apart, ends]), [rows, outs, ...lengths]);
  }
  // zeros around it, or places that reach nothing of x
  const before = axes.map((axis) => dilation[axis] * (window[axis]! - 1) - padding[axis][0]);
  const after = axes.map((axis) => size[axis]! + padding[axis][0] - lengths[axis]!);
  if ([...before, ...after].some((count) => count < 0))
    spread = model.node('Slice', [
      spread,
      model.int64s(before.map((count) => Math.max(0, -count))),
      model.int64s(axes.map((axis) => lengths[axis]! + Math.min(0, after[axis]!))),
      model.int64s([2, 3]),
    ]);
  // [g, O/g, C/g, h, w] → [C, O/g, h, w], turned around in h and w
  const grouped = reshape(e.name(kernel), [groups, outs / groups, each, window[0] * window[1]]);
  const swapped = model.node('Transpose', [grouped], { perm: [0, 2, 1, 3] });
  const end = -(2 ** 31);
  const turned = model.node('Slice', [
    reshape(swapped, [groups * each, outs / groups, ...window]),
    model.int64s([-1, -1]),
    model.int64s([end, end]),
    model.int64s([2, 3]),
    model.int64s([-1, -1]),
  ]);
  model.node(
    'Conv',
    [spread, turned],
    {
      group: groups,
      kernel_shape: window,
      dilations: dilation,
      pads: [...before, ...after].map((count) => Math.max(0, count)),
    },
    out,
  );
}

/** The gradient of a convolution's kernel, group by group. */
export function kernelGradient(e: Emitter, value: Value, out: string, attrs: Attrs<'convolutionKernel'>): void {
  const { model } = e;
  const [x, ct] = value.args as [Value, Value];
  const { groups } = attrs;
  const part = (of: Value, group: number) => {
    const size = shape4(of)[1] / groups;
    const [from, to] = [model.int64s([group * size]), model.int64s([(group + 1) * size])];
    return groups === 1 ? e.name(of) : model.node('Slice', [e.name(of), from, to, model.int64s([1])]);
  };
  const of = (group: number, name?: string) =>
    groupKernelGradient(e, part(x, group), part(ct, group), { x: shape4(x), ct: shape4(ct), attrs }, name);
  if (groups === 1) of(0, out);
  else
    model.node(
      'Concat',
      Array.from({ length: groups }, (_, group) => of(group)),
      { axis: 0 },
      out,
    );
}

/**
 * One group's kernel gradient: a convolution of the input with the result's gradient whose channels are the pictures. A
 * column's channels lie side by side, so that it gives them all at each place: one product, and not one for each channel
 * that has only as many columns as the kernel has places.
 */
function groupKernelGradient(
  { model }: Emitter,
  x: string,
  ct: string,
  shapes: { readonly x: Shape4; readonly ct: Shape4; readonly attrs: Attrs<'convolutionKernel'> },
  out = model.fresh(),
): string {
  const { attrs } = shapes;
  const [rows, allChannels, height, width] = shapes.x;
  const [, allFilters, ...counts] = shapes.ct;
  const [channels, filters] = [allChannels / attrs.groups, allFilters / attrs.groups];
  const { stride, dilation, padding } = attrs;
  const size = staticShape(attrs.size);
  const reshape = (name: string, shape: readonly number[]) => model.node('Reshape', [name, model.int64s(shape)]);

  const beside = model.node('Transpose', [x], { perm: [0, 2, 3, 1] });
  const picture = reshape(beside, [1, rows, height, width * channels]);
  const kernel = model.node('Transpose', [ct], { perm: [1, 0, 2, 3] });
  const wide = (axis: 0 | 1) => padding[axis].map((count) => count * (axis === 0 ? 1 : channels));
  const [[top, bottom], [left, right]] = [wide(0), wide(1)] as [number[], number[]];
  const sums = model.node('Conv', [picture, kernel], {
    dilations: [stride[0], stride[1] * channels],
    strides: [dilation[0], 1],
    pads: [top!, left!, bottom!, right!],
  });
  // rows by the dilation, columns all: [filters, rows, columns, channels]
  const room = ([height, width] as const).map(
    (length, axis) => length + padding[axis]![0] + padding[axis]![1] - (counts[axis]! - 1) * stride[axis]!,
  );
  const found = reshape(sums, [filters, Math.ceil(room[0]! / dilation[0]), room[1]!, channels]);
  const cut = model.node('Slice', [
    found,
    model.int64s([0, 0]),
    model.int64s([size[0]!, (size[1]! - 1) * dilation[1] + 1]),
    model.int64s([1, 2]),
    model.int64s([1, dilation[1]]),
  ]);
  return model.node('Transpose', [cut], { perm: [0, 3, 1, 2] }, out);
}
