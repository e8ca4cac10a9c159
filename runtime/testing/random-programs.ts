import fc from 'fast-check';
import { Builder } from '../../ir/builder.ts';
import type { Value } from '../../ir/operation.ts';
import { makeProgram, type Program } from '../../ir/program.ts';
import { float32, type Tensor, tensorOf } from '../../ir/tensor.ts';
import { elementCount, staticShape } from '../../ir/types.ts';

/** One instruction to try: which rule, and where its operands and choices come from. */
const pick = fc.record({ rule: fc.nat(), a: fc.nat(), b: fc.nat(), c: fc.nat() });

/** A random program over float32 tensors with its data. Every value stays within what float32 holds well. */
export const randomProgram = fc
  .record({
    shapes: fc.array(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }), {
      minLength: 1,
      maxLength: 3,
    }),
    picks: fc.array(pick, { minLength: 1, maxLength: 14 }),
    seed: fc.integer(),
  })
  .map(({ shapes, picks, seed }): { program: Program; feeds: Record<string, Tensor> } => {
    const ir = new Builder();
    const feeds: Record<string, Tensor> = {};
    const floats = shapes.map((shape, i) => {
      const data = Array.from({ length: elementCount(shape) }, (_, k) => Math.sin((seed % 1000) + 13 * i + 1.7 * k));
      feeds[`x${i}`] = float32(shape, data);
      return ir.input(`x${i}`, { dtype: 'float32', shape });
    });
    feeds.counter = tensorOf('uint32', [2], [seed >>> 0, 1]);
    const counter = ir.input('counter', { dtype: 'uint32', shape: [2] });
    for (const { rule, a, b, c } of picks) {
      const x = floats[a % floats.length]!;
      const y = floats[b % floats.length]!;
      floats.push(rules[rule % rules.length]!(ir, x, y, c, counter));
    }
    const outputs = Object.fromEntries(floats.slice(-3).map((value, i) => [`y${i}`, value]));
    return { program: makeProgram(ir, outputs), feeds };
  });

const rank = (x: Value) => x.type.shape.length;
const sizes = (x: Value) => staticShape(x.type.shape);
/** The same shape for two operands: the second is cut down to its mean where the shapes do not broadcast. */
const alike = (ir: Builder, x: Value, y: Value): Value =>
  sizes(x).join() === sizes(y).join() ? y : ir.broadcast(ir.mean(y), { shape: x.type.shape });

type Rule = (ir: Builder, x: Value, y: Value, c: number, counter: Value) => Value;
const rules: readonly Rule[] = [
  (ir, x, y) => ir.add(x, alike(ir, x, y)),
  (ir, x, y) => ir.sub(alike(ir, x, y), x),
  (ir, x, y) => ir.tanh(ir.mul(x, alike(ir, x, y))),
  (ir, x, y) => ir.div(x, ir.add(ir.exp(ir.tanh(alike(ir, x, y))), 1)),
  (ir, x, y) => ir.maximum(x, alike(ir, x, y)),
  (ir, x, y) => ir.minimum(x, alike(ir, x, y)),
  // no jump where the two are equal: a sum of one softmax is 1 or a little less, by how it is rounded
  (ir, x, y) => {
    const other = alike(ir, x, y);
    return ir.select(ir.less(x, other), ir.sub(x, other), 0);
  },
  (ir, x) => ir.neg(x),
  (ir, x) => ir.abs(x),
  (ir, x) => ir.sigmoid(x),
  (ir, x) => ir.gelu(ir.tanh(x)),
  (ir, x) => ir.erf(x),
  (ir, x) => ir.sin(x),
  (ir, x) => ir.cos(x),
  (ir, x) => ir.log(ir.add(ir.abs(x), 1)),
  (ir, x) => ir.sqrt(ir.add(ir.abs(x), 0.5)),
  (ir, x) => ir.softmax(x),
  (ir, x) => ir.logSoftmax(x),
  (ir, x) => ir.normalize(x, { epsilon: 0.1 }),
  (ir, x) => ir.inverseDeviation(x, { epsilon: 0.1 }),
  (ir, x, _, c) => (rank(x) > 1 ? ir.sum(x, { axes: [c % rank(x)] }) : ir.mul(x, 0.5)),
  (ir, x, _, c) => (rank(x) > 1 ? ir.max(x, { axes: [c % rank(x)] }) : ir.mul(x, 2)),
  (ir, x, _, c) => ir.mean(x, { axes: [c % rank(x)], keep: true }),
  (ir, x) => ir.reshape(x, { shape: [elementCount(sizes(x))] }),
  (ir, x, _, c) => {
    const turned = sizes(x).map((_, i) => (i + c) % rank(x));
    return ir.transpose(x, { order: turned });
  },
  (ir, x, _, c) => {
    const axis = c % rank(x);
    const size = sizes(x)[axis]!;
    const start = c % size;
    return ir.slice(x, { axis, start, length: size - start });
  },
  (ir, x, _, c) => (sizes(x)[c % rank(x)]! < 6 ? ir.concat([x, ir.neg(x)], { axis: c % rank(x) }) : x),
  (ir, x, _, c) => (sizes(x)[c % rank(x)]! < 6 ? ir.pad(x, { axis: c % rank(x), before: c % 2, after: 1 }) : x),
  (ir, x, _, c) =>
    rank(x) > 1 ? ir.tanh(ir.matmul(x, x, { transposeX: c % 2 === 0, transposeY: c % 2 === 1 })) : ir.mul(x, -1),
  (ir, x) => {
    const rows = sizes(x)[0]!;
    // the rows from last to first, and added up again where ids meet
    const backwards = ir.sub(rows - 1, ir.iota({ shape: [rows], axis: 0 }));
    return ir.scatterAdd(ir.select(ir.less(backwards, 2), backwards, 0), ir.gather(x, backwards), { length: rows });
  },
  // products with rows that are looked up several times each, forwards and backwards
  (ir, x) => {
    if (rank(x) !== 2) return x;
    const [rows, features] = sizes(x) as [number, number];
    const ids = ir.reshape(ir.iota({ shape: [rows, 3], axis: 0 }), { shape: [3 * rows] });
    const many = ir.gather(x, ids);
    const products = ir.tanh(ir.matmul(many, x, { transposeY: true }));
    const back = ir.reshape(ir.matmul(products, x), { shape: [rows, 3, features] });
    const both = ir.iota({ shape: [rows, 3], axis: 0 });
    return ir.tanh(
      ir.add(ir.scatterAdd(both, back, { length: rows }), ir.matmul(products, many, { transposeX: true })),
    );
  },
  (ir, x) => (rank(x) > 1 ? ir.pick(x, ir.argmax(x)) : x),
  (ir, x) => {
    if (rank(x) < 2) return x;
    // where the largest is would jump between two that are equal but for how they are rounded
    const place = ir.iota({ shape: sizes(x).slice(0, -1), axis: 0 });
    return ir.place(x, ir.select(ir.less(place, sizes(x).at(-1)!), place, 0), ir.max(x, { axes: [-1] }));
  },
  (ir, x, _, c, counter) =>
    ir.select(ir.less(ir.uniform(ir.random(counter, { key: [c, 7], shape: x.type.shape })), 0.8), x, 0),
];
