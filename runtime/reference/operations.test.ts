import { describe, expect, test } from 'vitest';
import { gradients } from '../../ir/autodiff.ts';
import { Builder } from '../../ir/builder.ts';
import type { Args, Attrs, OpName, Value, Vjp } from '../../ir/operation.ts';
import { operations, opNames } from '../../ir/operations.ts';
import { makeProgram, verify } from '../../ir/program.ts';
import { elementCount, staticShape } from '../../ir/types.ts';
import { type Arr, filled } from './array.ts';
import { evaluate } from './evaluate.ts';
import { erf } from './operations.ts';
import { type Sample, samples } from './samples.ts';

function apply(op: OpName, sample: Sample<OpName>) {
  const ir = new Builder();
  const inputs = sample.args.map((x, i) =>
    ir.input(`x${i}`, { dtype: sample.dtypes?.[i] ?? 'float32', shape: x.shape }),
  );
  const result = ir.emit(op, inputs as unknown as Args<OpName>, sample.attrs as Attrs<OpName>);
  const feeds: Record<string, Arr> = Object.fromEntries(sample.args.map((x, i) => [`x${i}`, x]));
  return { ir, inputs, result, feeds };
}

/** Irregular weights, so that a rule that ignores its cotangent cannot pass. */
const weightsFor = (value: Value): Arr => filled(staticShape(value.type.shape), (i) => 0.3 + 0.17 * i - 0.02 * i * i);

/** How far a gradient is from finite differences, relative to its largest element; undefined where there is none. */
function gradientError(op: OpName, sample: Sample<OpName>): number | undefined {
  const { ir, inputs, result, feeds } = apply(op, sample);
  const floats = inputs.filter((x) => x.type.dtype === 'float32');
  if (result.type.dtype !== 'float32' || op === 'stopGradient' || floats.length === 0) return undefined;
  const weights = ir.input('weights', result.type);
  // a rule under test takes no part in weighing its own result: two faults could undo each other
  const count = elementCount(staticShape(result.type.shape));
  const line = (x: Value, shape: readonly number[]) => ir.reshape(x, { shape });
  const loss =
    op === 'matmul' || op === 'reshape'
      ? ir.sum(ir.mul(result, weights))
      : line(ir.matmul(line(result, [1, count]), line(weights, [count, 1])), []);
  const grads = gradients(ir, loss, floats);
  const program = makeProgram(ir, { loss, ...Object.fromEntries(grads.map((g, i) => [`g${i}`, g])) });
  verify(program);
  const all = { ...feeds, weights: weightsFor(result) };
  const out = evaluate(program, all);
  const forward = makeProgram(ir, { loss });
  const errors = floats.map((input, k) => {
    const x = all[input.name as 'weights']!;
    const got = out[`g${k}`]!.data;
    const want = x.data.map((_, i) => {
      const at = (delta: number) => {
        const data = x.data.slice();
        data[i]! += delta;
        return evaluate(forward, { ...all, [input.name!]: { shape: x.shape, data } }).loss!.data[0]!;
      };
      // five-point stencil: the error is O(h⁴)
      const h = 1e-3;
      return (at(-2 * h) - 8 * at(-h) + 8 * at(h) - at(2 * h)) / (12 * h);
    });
    const scale = Math.max(1e-3, ...want.map(Math.abs));
    return got.reduce((most, value, i) => Math.max(most, Math.abs(value - want[i]!) / scale), 0);
  });
  return Math.max(...errors);
}

describe.each(opNames)('%s', (op) => {
  const rows = samples[op] as readonly Sample<OpName>[];
  test.each(rows.map((sample, i) => [i, sample] as const))(
    'sample %i: the type rule is what the reference gives',
    (_, sample) => {
      const { ir, result, feeds } = apply(op, sample);
      const program = makeProgram(ir, { y: result });
      verify(program);
      const y = evaluate(program, feeds).y!;
      expect(y.shape).toEqual(result.type.shape);
      expect(y.data.length).toBe(elementCount(y.shape));
    },
  );

  if ('none' in operations[op].vjp) {
    test('says why it has no gradient', () => {
      const rule = operations[op].vjp as { none: string };
      expect(rule.none).toMatch(/\w+ \w+/);
    });
    return;
  }

  test.each(rows.map((sample, i) => [i, sample] as const))(
    'sample %i: the gradient agrees with finite differences in float64 to 1e-6',
    (_, sample) => {
      const error = gradientError(op, sample);
      if (error !== undefined) expect(error).toBeLessThan(1e-6);
    },
  );

  // gradients joins all slices of a value by itself and never asks the row
  if (op === 'slice') return;

  test('a wrong gradient would be found: turned around, a thousandth too large, blind to what comes in', () => {
    const table = operations as Record<OpName, { vjp: Vjp<OpName> }>;
    const right = table[op].vjp as Exclude<Vjp<OpName>, { none: string }>;
    const scaled =
      (by: number): typeof right =>
      (ir, ct, ...rest) =>
        right(ir, ct, ...rest).map((part) => part && ir.mul(part, by));
    const faults: (typeof right)[] = [
      scaled(-1),
      scaled(1.001),
      (ir, ct, ...rest) => right(ir, ir.constant(0.7, ct.type), ...rest),
    ];
    const differentiable = rows.filter((sample) => gradientError(op, sample) !== undefined);
    try {
      for (const fault of faults) {
        table[op].vjp = fault;
        for (const sample of differentiable) expect(gradientError(op, sample)).toBeGreaterThan(1e-5);
      }
    } finally {
      table[op].vjp = right;
    }
  });
});

test('every operation on floats that has a gradient has a sample that tries it', () => {
  const tried = opNames.filter((op) =>
    (samples[op] as readonly Sample<OpName>[]).some(
      (sample) => !('none' in operations[op].vjp) && gradientError(op, sample) !== undefined,
    ),
  );
  const untried = opNames.filter((op) => !tried.includes(op) && !('none' in operations[op].vjp));
  expect(untried).toEqual(['stopGradient', 'constant', 'iota']);
});

test('the gradient of the gradient agrees with finite differences (normalisation, softmax)', () => {
  for (const op of ['normalize', 'softmax', 'inverseDeviation', 'tanh'] as const) {
    const { ir, inputs, result, feeds } = apply(op, samples[op][0] as Sample<OpName>);
    const weights = ir.input('weights', result.type);
    const [first] = gradients(ir, ir.sum(ir.mul(result, weights)), inputs) as [Value];
    const norm = ir.sum(ir.mul(first, first));
    const [second] = gradients(ir, norm, inputs) as [Value];
    const program = makeProgram(ir, { norm, second });
    const all: Record<string, Arr> = { ...feeds, weights: weightsFor(result) };
    const got = evaluate(program, all).second!.data;
    const x = all.x0!;
    x.data.forEach((_, i) => {
      const at = (delta: number) => {
        const data = x.data.slice();
        data[i]! += delta;
        return evaluate(program, { ...all, x0: { shape: x.shape, data } }).norm!.data[0]!;
      };
      const h = 1e-3;
      const want = (at(-2 * h) - 8 * at(-h) + 8 * at(h) - at(2 * h)) / (12 * h);
      expect(Math.abs(got[i]! - want) / Math.max(1, Math.abs(want))).toBeLessThan(1e-6);
    });
  }
});

test('erf has float64 precision', () => {
  // values from Python's math.erf
  const known: [number, number][] = [
    [0.1, 0.1124629160182849],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
    [2.6, 0.9997639655834707],
    [3, 0.9999779095030014],
    [4.5, 0.9999999998033839],
  ];
  for (const [x, want] of known) {
    expect(erf(x)).toBeCloseTo(want, 14);
    expect(erf(-x)).toBeCloseTo(-want, 14);
  }
});

test('no gradient goes through stopGradient', () => {
  const ir = new Builder();
  const x = ir.input('x', { dtype: 'float32', shape: [3] });
  const [gradient] = gradients(ir, ir.sum(ir.mul(x, ir.stopGradient(x))), [x]) as [Value];
  const { gradient: got } = evaluate(makeProgram(ir, { gradient }), { x: filled([3], (i) => i + 1) });
  expect([...got!.data]).toEqual([1, 2, 3]);
});
