import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { Tensor } from '@tensorflow/tfjs-core';
import { engine, reshape } from '@tensorflow/tfjs-core';
import { elementCount } from '../../ir/types.ts';

type Program = Parameters<WebGPUBackend['runWebGPUProgram']>[0];

/**
 * The one place that uses tfjs's program interface: kernels that tfjs does not have, or has too roughly. It has no
 * unsigned integers, so random bits lie in int32 tensors. Its `getX` helpers turn ints into floats: buffers are read as
 * they are.
 */
function flatProgram(
  shaderKey: string,
  size: number,
  variableNames: string[],
  uniforms: string,
  body: string,
): Program {
  // one thread for each element; at most 65,535 groups along an axis
  const groups = Math.max(1, Math.ceil(size / 64));
  const wide = Math.min(groups, 65_535);
  return {
    variableNames,
    outputShape: [size],
    uniforms,
    workgroupSize: [64, 1, 1],
    size: true,
    dispatchLayout: { x: [0] },
    dispatch: [wide, Math.ceil(groups / wide), 1],
    shaderKey,
    getUserCode: () => body,
  };
}

function run(
  program: Program,
  inputs: Tensor[],
  dtype: 'int32' | 'float32',
  uniforms?: { type: string; data: number[] }[],
): Tensor {
  const backend = engine().backend as WebGPUBackend;
  const info = backend.runWebGPUProgram(program, inputs, dtype, uniforms);
  return engine().makeTensorFromTensorInfo(info);
}

/** A kernel over float32 buffers, read by name, that gives one float32 for each element of `shape`. */
export function flatKernel(
  shaderKey: string,
  shape: readonly number[],
  inputs: Readonly<Record<string, Tensor>>,
  body: string,
): Tensor {
  const flat = Object.values(inputs).map((x) => reshape(x, [-1]));
  return reshape(run(flatProgram(shaderKey, elementCount(shape), Object.keys(inputs), '', body), flat, 'float32'), [
    ...shape,
  ]);
}

const philox = `
fn mulHigh(a : u32, b : u32) -> u32 {
  let low = (a & 0xffffu) * (b & 0xffffu);
  let middle = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
  let carry = (a & 0xffffu) * (b >> 16u) + (middle & 0xffffu);
  return (a >> 16u) * (b >> 16u) + (middle >> 16u) + (carry >> 16u);
}
fn main(index : i32) {
  if (index < uniforms.size) {
    var x = vec4<u32>(u32(index) / 4u, 0u, bitcast<u32>(counter[0]), bitcast<u32>(counter[1]));
    var k = vec2<u32>(bitcast<u32>(uniforms.key.x), bitcast<u32>(uniforms.key.y));
    for (var round = 0; round < 10; round++) {
      let high0 = mulHigh(0xd2511f53u, x.x);
      let low0 = 0xd2511f53u * x.x;
      let high1 = mulHigh(0xcd9e8d57u, x.z);
      let low1 = 0xcd9e8d57u * x.z;
      x = vec4<u32>(high1 ^ x.y ^ k.x, low1, high0 ^ x.w ^ k.y, low0);
      k = vec2<u32>(k.x + 0x9e3779b9u, k.y + 0xbb67ae85u);
    }
    setOutputAtIndexI32(index, bitcast<i32>(x[u32(index) % 4u]));
  }
}`;

/** Philox4x32-10, a thread for each word: the bits of lib/philox.ts. */
export function randomBits(counter: Tensor, key: readonly [number, number], shape: readonly number[]): Tensor {
  const program = flatProgram('patchbay-philox', elementCount(shape), ['counter'], 'key : vec2<i32>,', philox);
  const bits = run(program, [counter], 'int32', [{ type: 'int32', data: [key[0] | 0, key[1] | 0] }]);
  return reshape(bits, [...shape]);
}

/** The upper 24 bits times 2⁻²⁴. */
export function uniformFromBits(bits: Tensor): Tensor {
  const body = `
fn main(index : i32) {
  if (index < uniforms.size) {
    setOutputAtIndex(index, f32(bitcast<u32>(bits[index]) >> 8u) * ${2 ** -24});
  }
}`;
  const made = run(flatProgram('patchbay-uniform', bits.size, ['bits'], '', body), [reshape(bits, [-1])], 'float32');
  return reshape(made, bits.shape);
}

/**
 * WGSL's own sin and cos may be off by 2⁻¹¹, which shows in sinusoidal and rotary positions. This is Cephes' sinf: the
 * angle less a multiple of π/2 in three parts (Cody and Waite), then a short polynomial.
 */
const wave = (quarter: number): string => `
fn main(index : i32) {
  if (index < uniforms.size) {
    let a = x[index];
    let turns = round(a * 0.6366197723675814);
    let r = ((a - turns * 1.5703125) - turns * 4.837512969970703e-4) - turns * 7.54978995489188e-8;
    let square = r * r;
    let sine = r + r * square * (-1.6666654611e-1 + square * (8.3321608736e-3 - square * 1.9515295891e-4));
    let cosine = 1.0 - 0.5 * square
      + square * square * (4.166664568298827e-2 + square * (-1.388731625493765e-3 + square * 2.443315711809948e-5));
    let part = (i32(turns) + ${quarter}) & 3;
    let value = select(sine, cosine, (part & 1) == 1);
    setOutputAtIndex(index, select(value, -value, part >= 2));
  }
}`;

const waveOf =
  (name: string, quarter: number) =>
  (x: Tensor): Tensor =>
    flatKernel(`patchbay-${name}`, x.shape, { x }, wave(quarter));

export const sine = waveOf('sin', 0);
export const cosine = waveOf('cos', 1);
