import { z } from 'zod';
import { divideSizes, multiplySizes, type Size } from '../../ir/size.ts';
import { showTensorType, type TensorType } from '../../ir/types.ts';
import { defineLayer, tensor } from '../kit/define-node.ts';
import { line } from '../kit/params.ts';

/** `28, 28` or `−1`: whole numbers, of which at most one is −1. */
function readShape(text: string): number[] | undefined {
  const sizes = text
    .split(/[\s,×x]+/)
    .filter(Boolean)
    .map(Number);
  const fits = sizes.every((size) => Number.isInteger(size) && (size === -1 || (size >= 1 && size <= 1_048_576)));
  return fits && sizes.length > 0 && sizes.length <= 6 && sizes.filter((size) => size === -1).length <= 1
    ? sizes
    : undefined;
}

/** The sizes after the batch; undefined where they do not hold what a row of x holds. */
function shapeOf(x: TensorType, sizes: readonly number[]): Size[] | undefined {
  const row = multiplySizes(1, ...x.shape.slice(1));
  const known = sizes.filter((size) => size !== -1).reduce((a, b) => a * b, 1);
  const rest = divideSizes(row, known);
  if (rest === undefined || (!sizes.includes(-1) && rest !== 1)) return undefined;
  return sizes.map((size) => (size === -1 ? rest : size));
}

const axisNames = ['time', 'patch', 'position', 'features', 'channels', 'height', 'width'];
const readNames = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

export default defineLayer({
  id: 'network/reshape',
  version: 1,
  title: 'Reshape',
  keywords: ['flatten', 'view', 'unflatten', 'shape'],
  inputs: { x: tensor('[B, …]') },
  outputs: { y: tensor('The same numbers in the same order, [B, shape …].') },
  params: z.object({
    shape: line({
      title: 'Shape',
      description: 'Sizes of a row, with commas. −1 is what is left; alone it makes a vector of a row.',
      default: '-1',
      max: 60,
    }),
    axes: line({
      title: 'Axes',
      description: `What the axes of a row are then, in order: ${axisNames.join(', ')}. Left empty, a vector is features and more axes have no names.`,
      default: '',
      max: 100,
      advanced: true,
    }),
  }),
  weights({ x }, { shape, axes }, check) {
    const sizes = readShape(shape);
    if (!sizes)
      return check.fail('network/shape', `Reshape needs whole numbers with commas, one −1 at most, got ${shape}.`, {
        param: 'shape',
        hint: 'Write −1 for a vector, or sizes such as 4, 7, 7.',
      });
    if (x.shape.length < 2 || !shapeOf(x, sizes))
      return check.fail('network/shape', `Reshape can’t make rows of ${sizes.join(' × ')} of ${showTensorType(x)}.`, {
        param: 'shape',
        hint: 'A row has to hold as many numbers after as before.',
      });
    const names = readNames(axes);
    if (names.length > 0 && (names.length !== sizes.length || !names.every((name) => axisNames.includes(name))))
      return check.fail(
        'network/axis-names',
        `Reshape needs a name for each of its ${sizes.length} axes, got ${axes}.`,
        {
          param: 'axes',
          hint: `Names are ${axisNames.join(', ')}.`,
        },
      );
    return {};
  },
  axes({ shape, axes }) {
    const names = readNames(axes);
    return { y: `batch ${names.length > 0 ? names.join(' ') : readShape(shape)?.length === 1 ? 'features' : '…'}` };
  },
  build({ x }, { shape }, ir) {
    return { y: ir.reshape(x, { shape: [x.type.shape[0]!, ...shapeOf(x.type, readShape(shape)!)!] }) };
  },
  docs: {
    summary: 'Gives the numbers of each row another shape, such as pictures that become vectors.',
    sources: [
      {
        title: 'PyTorch, torch.nn.Flatten',
        url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.Flatten.html',
      },
    ],
  },
  example: {
    nodes: {
      input: { type: 'network/input', params: { kind: 'image', length: 4 } },
      flat: { type: 'network/reshape' },
      network: { type: 'network/network', params: { task: 'none' } },
    },
    edges: [
      ['input.y', 'flat.x'],
      ['flat.y', 'network.x'],
    ],
  },
});
