import type { Tensor } from '@tensorflow/tfjs-core';
import type { Attrs, Window } from '../../ir/operation.ts';
import { staticShape } from '../../ir/types.ts';
import { flatKernel } from './kernels.ts';

/**
 * Convolution, its two gradients and maximum pooling as WGSL: a thread for each element of the result, sizes written into
 * the text. tfjs has them too, but for other layouts, one group and even padding.
 */
interface Shapes {
  readonly x: readonly number[];
  readonly kernel: readonly number[];
  readonly y: readonly number[];
}

/** Names for the sizes of a convolution. */
const constants = ({ x, kernel, y }: Shapes, { stride, dilation, padding }: Window, groups: number): string => `
  const channels = ${x[1]}; const height = ${x[2]}; const width = ${x[3]};
  const outs = ${y[1]}; const yh = ${y[2]}; const yw = ${y[3]};
  const each = ${kernel[1]}; const kh = ${kernel[2]}; const kw = ${kernel[3]}; const perGroup = ${kernel[0]! / groups};
  const sh = ${stride[0]}; const sw = ${stride[1]}; const dh = ${dilation[0]}; const dw = ${dilation[1]};
  const top = ${padding[0][0]}; const left = ${padding[1][0]}; const rows = ${x[0]};`;

const body = (text: string): string => `
fn main(index : i32) {
  if (index < uniforms.size) {
    ${text}
  }
}`;

type WithGroups = Window & { readonly groups: number };
const key = (what: string, shapes: Shapes, attrs: object) => `patchbay-${what}-${JSON.stringify([shapes, attrs])}`;

export function convolution([x, kernel]: readonly Tensor[], attrs: WithGroups, y: readonly number[]): Tensor {
  const shapes = { x: x!.shape, kernel: kernel!.shape, y };
  const text = `${constants(shapes, attrs, attrs.groups)}
    let column = index % yw; let row = (index / yw) % yh; let out = (index / (yw * yh)) % outs; let n = index / (yw * yh * outs);
    let first = (out / perGroup) * each;
    var sum = 0.0;
    for (var c = 0; c < each; c++) { for (var i = 0; i < kh; i++) { for (var j = 0; j < kw; j++) {
      let h = row * sh - top + i * dh; let w = column * sw - left + j * dw;
      if (h >= 0 && h < height && w >= 0 && w < width) {
        sum += x[((n * channels + first + c) * height + h) * width + w] * kernel[((out * each + c) * kh + i) * kw + j];
      }
    } } }
    setOutputAtIndex(index, sum);`;
  return flatKernel(key('convolution', shapes, attrs), y, { x: x!, kernel: kernel! }, body(text));
}

export function convolutionInput([ct, kernel]: readonly Tensor[], attrs: Attrs<'convolutionInput'>): Tensor {
  const [height, width] = staticShape(attrs.size) as [number, number];
  const x = [ct!.shape[0]!, kernel!.shape[1]! * attrs.groups, height, width];
  const shapes = { x, kernel: kernel!.shape, y: ct!.shape };
  const text = `${constants(shapes, attrs, attrs.groups)}
    let w = index % width; let h = (index / width) % height; let c = (index / (width * height)) % channels; let n = index / (width * height * channels);
    let group = c / each;
    var sum = 0.0;
    for (var o = group * perGroup; o < (group + 1) * perGroup; o++) { for (var i = 0; i < kh; i++) { for (var j = 0; j < kw; j++) {
      let r = h + top - i * dh; let q = w + left - j * dw;
      if (r >= 0 && q >= 0 && r % sh == 0 && q % sw == 0 && r / sh < yh && q / sw < yw) {
        sum += ct[((n * outs + o) * yh + r / sh) * yw + q / sw] * kernel[((o * each + c % each) * kh + i) * kw + j];
      }
    } } }
    setOutputAtIndex(index, sum);`;
  return flatKernel(key('convolution-input', shapes, attrs), x, { ct: ct!, kernel: kernel! }, body(text));
}

export function convolutionKernel([x, ct]: readonly Tensor[], attrs: Attrs<'convolutionKernel'>): Tensor {
  const [kh, kw] = staticShape(attrs.size) as [number, number];
  const kernel = [ct!.shape[1]!, x!.shape[1]! / attrs.groups, kh, kw];
  const shapes = { x: x!.shape, kernel, y: ct!.shape };
  const text = `${constants(shapes, attrs, attrs.groups)}
    let j = index % kw; let i = (index / kw) % kh; let c = (index / (kw * kh)) % each; let o = index / (kw * kh * each);
    let channel = (o / perGroup) * each + c;
    var sum = 0.0;
    for (var n = 0; n < rows; n++) { for (var r = 0; r < yh; r++) { for (var q = 0; q < yw; q++) {
      let h = r * sh - top + i * dh; let w = q * sw - left + j * dw;
      if (h >= 0 && h < height && w >= 0 && w < width) {
        sum += ct[((n * outs + o) * yh + r) * yw + q] * x[((n * channels + channel) * height + h) * width + w];
      }
    } } }
    setOutputAtIndex(index, sum);`;
  return flatKernel(key('convolution-kernel', shapes, attrs), kernel, { x: x!, ct: ct! }, body(text));
}

/** Finds the winner of window (row, column) of plane: its flat index in \`best\`. */
const winner = `
    var best = -1; var most = 0.0;
    for (var i = 0; i < kh; i++) { for (var j = 0; j < kw; j++) {
      let h = row * sh - top + i * dh; let w = column * sw - left + j * dw;
      if (h >= 0 && h < height && w >= 0 && w < width) {
        let value = x[(plane * height + h) * width + w];
        if (best < 0 || value > most) { best = (plane * height + h) * width + w; most = value; }
      }
    } }`;

const poolShapes = (x: readonly number[], y: readonly number[], size: readonly number[]): Shapes => ({
  x,
  y,
  kernel: [1, 1, ...size],
});

export function maxPool([x]: readonly Tensor[], attrs: Attrs<'maxPool'>, y: readonly number[]): Tensor {
  const shapes = poolShapes(x!.shape, y, attrs.size);
  const text = `${constants(shapes, attrs, 1)}
    let column = index % yw; let row = (index / yw) % yh; let plane = index / (yw * yh);
    ${winner}
    setOutputAtIndex(index, most);`;
  return flatKernel(key('max-pool', shapes, attrs), y, { x: x! }, body(text));
}

export function maxPoolInput([ct, x]: readonly Tensor[], attrs: Attrs<'maxPoolInput'>): Tensor {
  const shapes = poolShapes(x!.shape, ct!.shape, attrs.size);
  const text = `${constants(shapes, attrs, 1)}
    let plane = index / (width * height);
    var sum = 0.0;
    for (var row = 0; row < yh; row++) { for (var column = 0; column < yw; column++) {
      let r = (index / width) % height - row * sh + top; let q = index % width - column * sw + left;
      if (r >= 0 && q >= 0 && r <= (kh - 1) * dh && q <= (kw - 1) * dw) {
        ${winner}
        if (best == index) { sum += ct[(plane * yh + row) * yw + column]; }
      }
    } }
    setOutputAtIndex(index, sum);`;
  return flatKernel(key('max-pool-input', shapes, attrs), x!.shape, { ct: ct!, x: x! }, body(text));
}
