import type { Operation, OpName } from '../operation.ts';
import {
  boolPointwise,
  comparison,
  elements,
  floatPointwise,
  needDtype,
  needSameDtype,
  needSameShape,
  numberPointwise,
} from './rules.ts';

type Rows<K extends OpName> = { readonly [P in K]: Operation<P> };

const flat = { none: 'a comparison is flat almost everywhere' } as const;

export const pointwise: Rows<
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
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'pow'
  | 'maximum'
  | 'minimum'
  | 'equal'
  | 'less'
  | 'and'
  | 'or'
  | 'select'
  | 'cast'
> = {
  neg: { doc: '−x', ...numberPointwise('Negation'), vjp: (ir, ct) => [ir.neg(ct)] },
  abs: {
    doc: '|x|; its gradient at 0 is taken as 1',
    ...floatPointwise('Absolute value'),
    vjp: (ir, ct, [x]) => [ir.select(ir.less(x, 0), ir.neg(ct), ct)],
  },
  exp: { doc: 'eˣ', ...floatPointwise('Exponential'), vjp: (ir, ct, _, y) => [ir.mul(ct, y)] },
  log: { doc: 'ln x', ...floatPointwise('Logarithm'), vjp: (ir, ct, [x]) => [ir.div(ct, x)] },
  sqrt: { doc: '√x', ...floatPointwise('Square root'), vjp: (ir, ct, _, y) => [ir.div(ir.mul(ct, 0.5), y)] },
  sin: { doc: 'sin x, in radians', ...floatPointwise('Sine'), vjp: (ir, ct, [x]) => [ir.mul(ct, ir.cos(x))] },
  cos: { doc: 'cos x, in radians', ...floatPointwise('Cosine'), vjp: (ir, ct, [x]) => [ir.neg(ir.mul(ct, ir.sin(x)))] },
  tanh: {
    doc: 'hyperbolic tangent',
    ...floatPointwise('Tanh'),
    vjp: (ir, ct, _, y) => [ir.mul(ct, ir.sub(1, ir.mul(y, y)))],
  },
  erf: {
    doc: 'error function, 2/√π ∫₀ˣ e^(−t²) dt',
    ...floatPointwise('Error function'),
    vjp: (ir, ct, [x]) => [ir.mul(ct, ir.mul(ir.exp(ir.neg(ir.mul(x, x))), 2 / Math.sqrt(Math.PI)))],
  },
  sigmoid: {
    doc: '1 / (1 + e^(−x))',
    ...floatPointwise('Sigmoid'),
    vjp: (ir, ct, _, y) => [ir.mul(ct, ir.mul(y, ir.sub(1, y)))],
  },
  gelu: {
    doc: 'x·Φ(x), the exact form (Hendrycks and Gimpel, 2016)',
    ...floatPointwise('GELU'),
    vjp: (ir, ct, [x]) => {
      const cdf = ir.mul(ir.add(ir.erf(ir.mul(x, Math.SQRT1_2)), 1), 0.5);
      const pdf = ir.mul(ir.exp(ir.mul(ir.mul(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return [ir.mul(ct, ir.add(cdf, ir.mul(x, pdf)))];
    },
  },
  not: { doc: 'logical not', ...boolPointwise('Not'), vjp: flat },
  add: { doc: 'x + y', commutative: true, ...numberPointwise('Addition'), vjp: (_, ct) => [ct, ct] },
  sub: { doc: 'x − y', ...numberPointwise('Subtraction'), vjp: (ir, ct) => [ct, ir.neg(ct)] },
  mul: {
    doc: 'x · y, elementwise',
    commutative: true,
    ...numberPointwise('Multiplication'),
    vjp: (ir, ct, [x, y]) => [ir.mul(ct, y), ir.mul(ct, x)],
  },
  div: {
    doc: 'x / y, elementwise',
    ...floatPointwise('Division'),
    vjp: (ir, ct, [, y], result) => {
      const dx = ir.div(ct, y);
      return [dx, ir.neg(ir.mul(dx, result))];
    },
  },
  pow: {
    doc: 'x to the power y, for x ≥ 0',
    ...floatPointwise('Power'),
    vjp: (ir, ct, [x, y], result) => [
      ir.mul(ct, ir.mul(y, ir.pow(x, ir.sub(y, 1)))),
      ir.mul(ct, ir.mul(result, ir.log(x))),
    ],
  },
  maximum: {
    doc: 'the larger of x and y; where they are equal the gradient goes to x',
    ...floatPointwise('Maximum'),
    vjp: (ir, ct, [x, y]) => {
      const second = ir.less(x, y);
      return [ir.select(second, 0, ct), ir.select(second, ct, 0)];
    },
  },
  minimum: {
    doc: 'the smaller of x and y; where they are equal the gradient goes to x',
    ...floatPointwise('Minimum'),
    vjp: (ir, ct, [x, y]) => {
      const second = ir.less(y, x);
      return [ir.select(second, 0, ct), ir.select(second, ct, 0)];
    },
  },
  equal: { doc: 'x = y', commutative: true, ...comparison('Comparison'), vjp: flat },
  less: { doc: 'x < y', ...comparison('Comparison'), vjp: flat },
  and: { doc: 'logical and', commutative: true, ...boolPointwise('And'), vjp: flat },
  or: { doc: 'logical or', commutative: true, ...boolPointwise('Or'), vjp: flat },
  select: {
    doc: 'x where test holds, else y',
    pointwise: true,
    flops: elements,
    type: ([test, x, y], _, sizes) => {
      needDtype('The condition of a selection', test, 'bool');
      needSameDtype('Selection', [x, y]);
      needSameShape('Selection', [test, x, y], sizes);
      return { dtype: x.dtype, shape: x.shape };
    },
    vjp: (ir, ct, [test]) => [null, ir.select(test, ct, 0), ir.select(test, 0, ct)],
  },
  cast: {
    doc: 'x as another dtype: floats to ints truncate toward zero, bools become 0 and 1',
    pointwise: true,
    flops: elements,
    type: ([x], { to }) => ({ dtype: to, shape: x.shape }),
    vjp: (ir, ct, [x]) => [x.type.dtype === 'float32' ? ir.cast(ct, { to: 'float32' }) : null],
  },
};
