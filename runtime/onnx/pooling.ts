/** Maximum pooling and its gradient. */
import type { Attrs, Value } from '../../ir/operation.ts';
import { elementCount, staticShape } from '../../ir/types.ts';
import { windowAttributes } from './convolutions.ts';
import type { Emitter } from './lowerings.ts';
import { elementTypes } from './model.ts';
import { onCpu } from './webgpu-nodes.ts';

const shapeOf = (value: Value): number[] => staticShape(value.type.shape);

/** Numbers of windows, one for each place of a window, and the largest of them. */
interface Places {
  readonly parts: readonly string[];
  readonly largest: string;
}

export function maxPoolNodes(e: Emitter, value: Value, out: string, attrs: Attrs<'maxPool'>): void {
  const x = value.args[0]!;
  const { model } = e;
  if (!e.users(x).some((user) => user.op === 'maxPoolInput'))
    model.node('MaxPool', [e.name(x)], { ...windowAttributes(attrs), kernel_shape: attrs.size }, out);
  else if (isTiled(e, attrs))
    model.node('Reshape', [tiles(e, x, attrs).rows.largest, model.int64s(shapeOf(value))], {}, out);
  else model.node('Identity', [indexed(e, x, attrs).y], {}, out);
}

export function maxPoolInputNodes(e: Emitter, value: Value, out: string, attrs: Attrs<'maxPoolInput'>): void {
  const [ct, x] = value.args as [Value, Value];
  const { model } = e;
  const reshape = (name: string, shape: readonly number[], to?: string) =>
    model.node('Reshape', [name, model.int64s(shape)], {}, to);
  if (isTiled(e, attrs)) {
    const { columns, rows, cut } = tiles(e, x, attrs);
    const [pictures, channels, height, width] = shapeOf(x) as [number, number, number, number];
    const [high, wide] = attrs.size;
    const [down, across] = shapeOf(ct).slice(2) as [number, number];
    const byRow = toFirst(e, reshape(e.name(ct), [pictures * channels * down, 1, across]), rows);
    const count = pictures * channels * down * high * across;
    const line = reshape(model.node('Concat', byRow, { axis: 1 }), [count]);
    const byColumn = reshape(model.node('Concat', toFirst(e, line, columns), { axis: 0 }), [wide, count]);
    const tiled = model.node('Transpose', [byColumn], { perm: [1, 0] });
    const shape = [pictures, channels, down * high, across * wide];
    if (!cut) reshape(tiled, shape, out);
    else {
      const ends = model.int64s([0, 0, 0, 0, 0, 0, height - shape[2]!, width - shape[3]!]);
      model.node('Pad', [reshape(tiled, shape), ends], {}, out);
    }
    return;
  }
  const count = elementCount(shapeOf(ct));
  const zeros = model.node('ConstantOfShape', [model.int64s([elementCount(shapeOf(x))])]);
  const places = reshape(indexed(e, x, attrs).places, [count]);
  const sums = model.node('ScatterElements', [zeros, places, reshape(e.name(ct), [count])], {
    axis: 0,
    reduction: 'add',
  });
  reshape(sums, shapeOf(x), out);
}

/** MaxPool's values and the flat places that they came from, made once. */
const indexed = (e: Emitter, x: Value, attrs: Attrs<'maxPool'>): { y: string; places: string } =>
  e.shared(`pool|${x.id}|${JSON.stringify(attrs)}`, () => {
    const [y, places] = [e.model.fresh(), e.model.fresh()];
    const attributes = { ...windowAttributes(attrs), kernel_shape: attrs.size };
    // the WebGPU provider gives no places
    if (e.target === 'webgpu') onCpu(e, 'MaxPool', e.name(x), { results: [y, places], attributes });
    else e.model.nodes('MaxPool', [e.name(x)], [y, places], attributes);
    return { y, places };
  });

/** Whether windows lie side by side. ONNX Runtime's places cost ten times its values: there we do without. */
const isTiled = ({ target }: Emitter, { size, stride, dilation, padding }: Attrs<'maxPool'>): boolean =>
  target === 'cpu' &&
  ([0, 1] as const).every(
    (axis) => stride[axis] === size[axis] && dilation[axis] === 1 && padding[axis].every((count) => count === 0),
  );

/** The columns of all windows, the largest in each row of a window, and the rows of those: made once. */
const tiles = (e: Emitter, x: Value, attrs: Attrs<'maxPool'>): { columns: Places; rows: Places; cut: boolean } =>
  e.shared(`tiles|${x.id}|${JSON.stringify(attrs)}`, () => {
    const { model } = e;
    const [pictures, channels, height, width] = shapeOf(x) as [number, number, number, number];
    const [high, wide] = attrs.size;
    const [down, across] = [Math.floor(height / high), Math.floor(width / wide)];
    const cut = down * high < height || across * wide < width;
    const ends = model.int64s([down * high, across * wide]);
    const whole = cut ? model.node('Slice', [e.name(x), model.int64s([0, 0]), ends, model.int64s([2, 3])]) : e.name(x);
    const places = (name: string, axis: number, count: number): Places => {
      const parts = Array.from({ length: count }, () => model.fresh());
      model.nodes('Split', [name], parts, { axis, num_outputs: count });
      return { parts, largest: model.node('Max', parts) };
    };
    const count = pictures * channels * down * high * across;
    const reshape = (name: string, ...shape: number[]) => model.node('Reshape', [name, model.int64s(shape)]);
    // flat before it is split: ONNX Runtime would split numbers first, one by one, and transpose then
    const apart = model.node('Transpose', [reshape(whole, count, wide)], { perm: [1, 0] });
    const columns = places(reshape(apart, wide * count), 0, wide);
    const lines = reshape(columns.largest, pictures * channels * down, high, across);
    return { columns, rows: places(lines, 1, high), cut };
  });

/** What goes to the first of the largest parts, for each part; zeros to the others. */
function toFirst({ model }: Emitter, given: string, { parts, largest }: Places): string[] {
  let left = given;
  return parts.map((part, i) => {
    if (i === parts.length - 1) return left;
    const isLargest = model.node('Cast', [model.node('Equal', [part, largest])], { to: elementTypes.float32 });
    const own = model.node('Mul', [left, isLargest]);
    left = model.node('Sub', [left, own]);
    return own;
  });
}
