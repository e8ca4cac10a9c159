import { fail } from '../../lib/problem.ts';
import type { Operation, OpName, Window } from '../operation.ts';
import { addSizes, divideSizes, floorDivide, multiplySizes, type Size, type SizeSolver } from '../size.ts';
import { showTensorType, type TensorType } from '../types.ts';
import { elements, needAxis, needDtype } from './rules.ts';

type Rows<K extends OpName> = { readonly [P in K]: Operation<P> };

/** ⌊(size + padding − dilation·(window − 1) − 1) / stride⌋ + 1 */
function windowCount(size: Size, window: Size, { stride, dilation, padding }: Window, axis: 0 | 1): Size {
  const [before, after] = padding[axis];
  const reach = addSizes(multiplySizes(dilation[axis], addSizes(window, -1)), 1);
  const room = addSizes(size, before, after, multiplySizes(-1, reach));
  if (typeof room === 'number' && room < 0)
    fail('tensor/window', `A window of ${reach} does not fit into ${addSizes(size, before, after)}.`);
  return addSizes(floorDivide(room, stride[axis]), 1);
}

function needPicture(what: string, type: TensorType): readonly [Size, Size, Size, Size] {
  needDtype(what, type, 'float32');
  if (type.shape.length !== 4)
    fail('tensor/rank', `${what} needs float32[rows, channels, height, width], got ${showTensorType(type)}.`);
  return type.shape as unknown as readonly [Size, Size, Size, Size];
}

function needGroups(x: TensorType, kernel: TensorType, groups: number, sizes: SizeSolver): void {
  const [, channels] = needPicture('A convolution', x);
  const [out, each] = needPicture('A convolution', kernel);
  if (!sizes.equal(channels, multiplySizes(groups, each)) || divideSizes(out, groups) === undefined)
    fail(
      'tensor/channels',
      `A convolution in ${groups} groups needs kernels [out, channels / ${groups}, height, width], got ${showTensorType(x)} and ${showTensorType(kernel)}.`,
    );
}

const convolutionFlops = (result: TensorType, kernel: TensorType): Size =>
  multiplySizes(2, elements(result), ...kernel.shape.slice(1));

/** Windows over pictures: convolution with its two gradients (closed under differentiation), and maximum pooling. */
export const windows: Rows<
  'convolution' | 'convolutionInput' | 'convolutionKernel' | 'maxPool' | 'maxPoolInput' | 'cumulativeSum'
> = {
  convolution: {
    doc: 'cross-correlation of [N, C, H, W] with [O, C / groups, h, w], as torch.nn.Conv2d',
    flops: (result, [, kernel]) => convolutionFlops(result, kernel!),
    type: ([x, kernel], attrs, sizes) => {
      needGroups(x, kernel, attrs.groups, sizes);
      const size = (axis: 0 | 1) => windowCount(x.shape[axis + 2]!, kernel.shape[axis + 2]!, attrs, axis);
      return { dtype: 'float32', shape: [x.shape[0]!, kernel.shape[0]!, size(0), size(1)] };
    },
    vjp: (ir, ct, [x, kernel], _, attrs) => [
      ir.convolutionInput(ct, kernel, { ...attrs, size: [x.type.shape[2]!, x.type.shape[3]!] }),
      ir.convolutionKernel(x, ct, { ...attrs, size: [kernel.type.shape[2]!, kernel.type.shape[3]!] }),
    ],
  },
  convolutionInput: {
    doc: "the gradient of a convolution's input of this size, from its result's gradient",
    flops: (_, [ct, kernel]) => convolutionFlops(ct!, kernel!),
    type: ([ct, kernel], { size, groups }) => {
      needPicture('The gradient of a convolution', ct);
      const [, each] = needPicture('The gradient of a convolution', kernel);
      return { dtype: 'float32', shape: [ct.shape[0]!, multiplySizes(groups, each), ...size] };
    },
    vjp: (ir, up, [ct, kernel], _, { size: _size, ...attrs }) => [
      ir.convolution(up, kernel, attrs),
      ir.convolutionKernel(up, ct, { ...attrs, size: [kernel.type.shape[2]!, kernel.type.shape[3]!] }),
    ],
  },
  convolutionKernel: {
    doc: "the gradient of a convolution's kernel of this size, from its result's gradient",
    flops: (result, [, ct]) => multiplySizes(2, elements(ct!), ...result.shape.slice(1)),
    type: ([x, ct], { size, groups }) => {
      const [, channels] = needPicture('The gradient of a convolution', x);
      const [, out] = needPicture('The gradient of a convolution', ct);
      return { dtype: 'float32', shape: [out, divideSizes(channels, groups) ?? channels, ...size] };
    },
    vjp: (ir, up, [x, ct], _, { size: _size, ...attrs }) => [
      ir.convolutionInput(ct, up, { ...attrs, size: [x.type.shape[2]!, x.type.shape[3]!] }),
      ir.convolution(x, up, attrs),
    ],
  },
  maxPool: {
    doc: 'the largest in each window of [N, C, H, W]; padding never wins',
    flops: (result, _, { size }) => multiplySizes(elements(result), ...size),
    type: ([x], attrs) => {
      const [rows, channels, height, width] = needPicture('Pooling', x);
      const size = (of: Size, axis: 0 | 1) => windowCount(of, attrs.size[axis], attrs, axis);
      return { dtype: 'float32', shape: [rows, channels, size(height, 0), size(width, 1)] };
    },
    vjp: (ir, ct, [x], _, attrs) => [ir.maxPoolInput(ct, x, attrs)],
  },
  maxPoolInput: {
    doc: "each window's gradient at the place of its largest, the first of equal ones",
    flops: (_, [ct], { size }) => multiplySizes(elements(ct!), ...size),
    type: ([, x]) => ({ dtype: 'float32', shape: x.shape }),
    vjp: { none: 'nothing here asks for the second derivative of a maximum' },
  },
  cumulativeSum: {
    doc: 'sums from the start of an axis up to each place, or from its end',
    flops: elements,
    type: ([x], { axis }) => {
      needDtype('A running sum', x, 'float32');
      needAxis('A running sum', x, axis);
      return { dtype: 'float32', shape: x.shape };
    },
    vjp: (ir, ct, _args, _result, { axis, reverse }) => [ir.cumulativeSum(ct, { axis, reverse: !reverse })],
  },
};
