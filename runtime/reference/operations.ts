import type { Attrs, OpName, Window } from '../../ir/operation.ts';
import { elementCount, staticShape } from '../../ir/types.ts';
import { philoxBits } from '../../lib/philox.ts';
import { type Arr, arr, filled, map1, map2, reduce, rows, strided, strides, sum } from './array.ts';

type Rule<K extends OpName> = (args: readonly Arr[], attrs: Attrs<K>) => Arr;

const unary = (f: (a: number) => number) => (args: readonly Arr[]) => map1(args[0]!, f);
const binary = (f: (a: number, b: number) => number) => (args: readonly Arr[]) => map2(args[0]!, args[1]!, f);

/** What every operation means, in plain float64 arithmetic: the oracle that the backends are held against. */
export const reference: { readonly [K in OpName]: Rule<K> } = {
  constant: (_, { value, shape }) => filled(staticShape(shape), () => value),
  iota: (_, { shape, axis }) => {
    const sizes = staticShape(shape);
    const step = strides(sizes)[axis]!;
    return filled(sizes, (i) => Math.floor(i / step) % sizes[axis]!);
  },
  random: ([counter], { key, shape }) => {
    const sizes = staticShape(shape);
    return arr(sizes, philoxBits(key, [counter!.data[0]!, counter!.data[1]!], elementCount(sizes)));
  },
  uniform: unary((bits) => Math.floor(bits / 256) * 2 ** -24),
  neg: unary((a) => -a),
  abs: unary(Math.abs),
  exp: unary(Math.exp),
  log: unary(Math.log),
  sqrt: unary(Math.sqrt),
  sin: unary(Math.sin),
  cos: unary(Math.cos),
  tanh: unary(Math.tanh),
  erf: unary(erf),
  sigmoid: unary((a) => (a >= 0 ? 1 / (1 + Math.exp(-a)) : Math.exp(a) / (1 + Math.exp(a)))),
  gelu: unary((a) => a * 0.5 * (1 + erf(a * Math.SQRT1_2))),
  not: unary((a) => (a ? 0 : 1)),
  stopGradient: ([x]) => x!,
  add: binary((a, b) => a + b),
  sub: binary((a, b) => a - b),
  mul: binary((a, b) => a * b),
  div: binary((a, b) => a / b),
  pow: binary((a, b) => a ** b),
  maximum: binary(Math.max),
  minimum: binary(Math.min),
  equal: binary((a, b) => (a === b ? 1 : 0)),
  less: binary((a, b) => (a < b ? 1 : 0)),
  and: binary((a, b) => (a && b ? 1 : 0)),
  or: binary((a, b) => (a || b ? 1 : 0)),
  select: ([test, x, y]) => filled(x!.shape, (i) => (test!.data[i] ? x!.data[i]! : y!.data[i]!)),
  cast: ([x], { to }) => map1(x!, to === 'bool' ? (a) => (a ? 1 : 0) : to === 'float32' ? (a) => a : Math.trunc),
  sum: ([x], { axes }) => reduce(x!, axes, 0, (total, a) => total + a),
  max: ([x], { axes }) => reduce(x!, axes, Number.NEGATIVE_INFINITY, Math.max),
  argmax: ([x]) => {
    const width = x!.shape.at(-1)!;
    return filled(x!.shape.slice(0, -1), (row) => {
      let best = 0;
      for (let i = 1; i < width; i++) if (x!.data[row * width + i]! > x!.data[row * width + best]!) best = i;
      return best;
    });
  },
  broadcast: ([x], { shape }) => {
    const sizes = staticShape(shape);
    const extra = sizes.length - x!.shape.length;
    const own = strides(x!.shape);
    const steps = sizes.map((_, i) => (i < extra || x!.shape[i - extra] === 1 ? 0 : own[i - extra]!));
    return strided(x!, sizes, steps);
  },
  reshape: ([x], { shape }) => ({ shape: staticShape(shape), data: x!.data }),
  transpose: ([x], { order }) =>
    strided(
      x!,
      order.map((axis) => x!.shape[axis]!),
      order.map((axis) => strides(x!.shape)[axis]!),
    ),
  slice: ([x], { axis, start, length }) => {
    const steps = strides(x!.shape);
    const [from, count] = staticShape([start, length]) as [number, number];
    return strided(
      x!,
      x!.shape.map((size, i) => (i === axis ? count : size)),
      steps,
      from * steps[axis]!,
    );
  },
  concat: (args, { axis }) => {
    const shape = args[0]!.shape.map((size, i) => (i === axis ? args.reduce((n, x) => n + x.shape[i]!, 0) : size));
    const outer = elementCount(shape.slice(0, axis));
    const data = new Float64Array(elementCount(shape));
    let at = 0;
    for (let o = 0; o < outer; o++)
      for (const x of args) {
        const chunk = x.data.length / outer;
        data.set(x.data.subarray(o * chunk, (o + 1) * chunk), at);
        at += chunk;
      }
    return { shape, data };
  },
  pad: ([x], { axis, before, after }) => {
    const [front, back] = staticShape([before, after]) as [number, number];
    const size = x!.shape[axis]!;
    const shape = x!.shape.map((each, i) => (i === axis ? each + front + back : each));
    const inner = elementCount(x!.shape.slice(axis + 1));
    return filled(shape, (i) => {
      const along = (Math.floor(i / inner) % shape[axis]!) - front;
      const outer = Math.floor(i / (inner * shape[axis]!));
      return along < 0 || along >= size ? 0 : x!.data[(outer * size + along) * inner + (i % inner)]!;
    });
  },
  matmul: ([x, y], { transposeX, transposeY }) => {
    const [xr, xc] = x!.shape.slice(-2) as [number, number];
    const [yr, yc] = y!.shape.slice(-2) as [number, number];
    const [m, k, n] = transposeX ? [xc, xr, transposeY ? yr : yc] : [xr, xc, transposeY ? yr : yc];
    const batch = x!.shape.slice(0, -2);
    const data = new Float64Array(elementCount(batch) * m * n);
    const [xi, xk] = transposeX ? [1, xc] : [xc, 1];
    const [yk, yj] = transposeY ? [1, yc] : [yc, 1];
    for (let b = 0; b < elementCount(batch); b++)
      for (let i = 0; i < m; i++)
        for (let l = 0; l < k; l++) {
          const a = x!.data[b * xr * xc + i * xi + l * xk]!;
          for (let j = 0; j < n; j++) data[(b * m + i) * n + j]! += a * y!.data[b * yr * yc + l * yk + j * yj]!;
        }
    return { shape: [...batch, m, n], data };
  },
  gather: ([table, ids]) => {
    const width = elementCount(table!.shape.slice(1));
    return filled([...ids!.shape, ...table!.shape.slice(1)], (i) => {
      const id = inRange(ids!.data[Math.floor(i / width)]!, table!.shape[0]!);
      return table!.data[id * width + (i % width)]!;
    });
  },
  scatterAdd: ([ids, x], { length }) => {
    const [count] = staticShape([length]) as [number];
    const rest = x!.shape.slice(ids!.shape.length);
    const width = elementCount(rest);
    const data = new Float64Array(count * width);
    ids!.data.forEach((id, row) => {
      for (let i = 0; i < width; i++) data[inRange(id, count) * width + i]! += x!.data[row * width + i]!;
    });
    return { shape: [count, ...rest], data };
  },
  pick: ([x, ids]) => {
    const width = x!.shape.at(-1)!;
    return filled(ids!.shape, (row) => x!.data[row * width + inRange(ids!.data[row]!, width)]!);
  },
  place: ([base, ids, x]) => {
    const width = base!.shape.at(-1)!;
    const data = base!.data.slice();
    ids!.data.forEach((id, row) => {
      data[row * width + inRange(id, width)]! += x!.data[row]!;
    });
    return { shape: base!.shape, data };
  },
  softmax: ([x]) =>
    rows(x!, (row, out) => {
      const top = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
      row.forEach((a, i) => {
        out[i] = Math.exp(a - top);
      });
      const total = sum(out);
      for (let i = 0; i < out.length; i++) out[i]! /= total;
    }),
  logSoftmax: ([x]) =>
    rows(x!, (row, out) => {
      const top = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
      const total = Math.log(row.reduce((n, a) => n + Math.exp(a - top), 0)) + top;
      row.forEach((a, i) => {
        out[i] = a - total;
      });
    }),
  normalize: ([x], { epsilon }) =>
    rows(x!, (row, out) => {
      const { mean, scale } = moments(row, epsilon);
      row.forEach((a, i) => {
        out[i] = (a - mean) * scale;
      });
    }),
  cumulativeSum: ([x], { axis, reverse }) => {
    const step = strides(x!.shape)[axis]!;
    const size = x!.shape[axis]!;
    const data = x!.data.slice();
    for (let i = 0; i < data.length; i++) {
      const at = Math.floor(i / step) % size;
      const index = reverse ? i + (size - 1 - 2 * at) * step : i;
      if (at > 0) data[index]! += data[index + (reverse ? step : -step)]!;
    }
    return { shape: x!.shape, data };
  },
  convolution: ([x, kernel], attrs) => {
    const shape = resultShape(x!.shape, kernel!.shape, attrs);
    const out = filled(shape, () => 0);
    eachProduct(x!.shape, kernel!.shape, shape, attrs, (xi, ki, yi) => {
      out.data[yi]! += x!.data[xi]! * kernel!.data[ki]!;
    });
    return out;
  },
  convolutionInput: ([ct, kernel], attrs) => {
    const [height, width] = staticShape(attrs.size) as [number, number];
    const shape = [ct!.shape[0]!, kernel!.shape[1]! * attrs.groups, height, width];
    const out = filled(shape, () => 0);
    eachProduct(shape, kernel!.shape, ct!.shape, attrs, (xi, ki, yi) => {
      out.data[xi]! += ct!.data[yi]! * kernel!.data[ki]!;
    });
    return out;
  },
  convolutionKernel: ([x, ct], attrs) => {
    const [height, width] = staticShape(attrs.size) as [number, number];
    const shape = [ct!.shape[1]!, x!.shape[1]! / attrs.groups, height, width];
    const out = filled(shape, () => 0);
    eachProduct(x!.shape, shape, ct!.shape, attrs, (xi, ki, yi) => {
      out.data[ki]! += ct!.data[yi]! * x!.data[xi]!;
    });
    return out;
  },
  maxPool: ([x], attrs) => {
    const winners = poolWinners(x!, attrs);
    return { shape: winners.shape, data: winners.data.map((i) => x!.data[i]!) };
  },
  maxPoolInput: ([ct, x], attrs) => {
    const out = filled(x!.shape, () => 0);
    poolWinners(x!, attrs).data.forEach((i, window) => {
      out.data[i]! += ct!.data[window]!;
    });
    return out;
  },
  inverseDeviation: ([x], { epsilon }) => {
    const width = x!.shape.at(-1)!;
    return filled(
      [...x!.shape.slice(0, -1), 1],
      (i) => moments(x!.data.subarray(i * width, (i + 1) * width), epsilon).scale,
    );
  },
};

const reach = (size: number, window: number, { stride, dilation, padding }: Window, axis: 0 | 1): number =>
  Math.floor((size + padding[axis][0] + padding[axis][1] - dilation[axis] * (window - 1) - 1) / stride[axis]) + 1;

const resultShape = (x: readonly number[], kernel: readonly number[], attrs: Window): number[] => [
  x[0]!,
  kernel[0]!,
  reach(x[2]!, kernel[2]!, attrs, 0),
  reach(x[3]!, kernel[3]!, attrs, 1),
];

/** Calls with the flat indices of input, kernel and result of every product that a convolution adds up. */
function eachProduct(
  x: readonly number[],
  kernel: readonly number[],
  y: readonly number[],
  { stride, dilation, padding, groups }: Window & { readonly groups: number },
  product: (xi: number, ki: number, yi: number) => void,
): void {
  const [rows, channels, height, width] = x as [number, number, number, number];
  const [out, each, kh, kw] = kernel as [number, number, number, number];
  const [yh, yw] = y.slice(2) as [number, number];
  for (let n = 0; n < rows; n++)
    for (let o = 0; o < out; o++)
      for (let c = 0; c < each; c++) {
        const channel = Math.floor(o / (out / groups)) * each + c;
        for (let i = 0; i < yh * yw; i++)
          for (let k = 0; k < kh * kw; k++) {
            const h = Math.floor(i / yw) * stride[0] - padding[0][0] + Math.floor(k / kw) * dilation[0];
            const w = (i % yw) * stride[1] - padding[1][0] + (k % kw) * dilation[1];
            if (h < 0 || h >= height || w < 0 || w >= width) continue;
            const xi = ((n * channels + channel) * height + h) * width + w;
            product(xi, (o * each + c) * kh * kw + k, (n * out + o) * yh * yw + i);
          }
      }
}

/** For each window the flat index of its largest, the first of equal ones. */
function poolWinners(x: Arr, attrs: Window & { readonly size: readonly [number, number] }): Arr {
  const [rows, channels, height, width] = x.shape as [number, number, number, number];
  const { stride, dilation, padding, size } = attrs;
  const [yh, yw] = [reach(height, size[0], attrs, 0), reach(width, size[1], attrs, 1)];
  return filled([rows, channels, yh, yw], (at) => {
    const plane = Math.floor(at / (yh * yw)) * height * width;
    const top = (Math.floor(at / yw) % yh) * stride[0] - padding[0][0];
    const left = (at % yw) * stride[1] - padding[1][0];
    let best = -1;
    for (let i = 0; i < size[0]; i++)
      for (let j = 0; j < size[1]; j++) {
        const [h, w] = [top + i * dilation[0], left + j * dilation[1]];
        if (h < 0 || h >= height || w < 0 || w >= width) continue;
        const index = plane + h * width + w;
        if (best < 0 || x.data[index]! > x.data[best]!) best = index;
      }
    return best;
  });
}

function moments(row: Float64Array, epsilon: number): { mean: number; scale: number } {
  const mean = sum(row) / row.length;
  const variance = row.reduce((total, a) => total + (a - mean) ** 2, 0) / row.length;
  return { mean, scale: 1 / Math.sqrt(variance + epsilon) };
}

function inRange(id: number, below: number): number {
  if (!(id >= 0 && id < below)) throw new RangeError(`id ${id} is not in [0, ${below})`);
  return id;
}

/**
 * The error function to float64 precision: its Maclaurin series near zero, the continued fraction of erfc (Abramowitz
 * and Stegun 7.1.14, evaluated backwards) further out.
 */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a < 2.5) {
    let term = x;
    let total = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(total) && n < 200; n++) {
      term *= (-x * x) / n;
      total += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * total;
  }
  let fraction = 0;
  for (let n = 120; n >= 1; n--) fraction = n / 2 / (a + fraction);
  return Math.sign(x) * (1 - Math.exp(-a * a) / (Math.sqrt(Math.PI) * (a + fraction)));
}
