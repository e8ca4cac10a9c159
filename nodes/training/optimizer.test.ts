import { describe, expect, test } from 'vitest';
import { Builder } from '../../ir/builder.ts';
import { makeProgram, verify } from '../../ir/program.ts';
import { float32, scalar } from '../../ir/tensor.ts';
import { elementCount } from '../../ir/types.ts';
import { onnxNodeCompute } from '../../runtime/onnx/node.ts';
import { referenceCompute } from '../../runtime/reference/backend.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { expectClose, type Numbers, numbersOf, readFixture } from '../../runtime/testing/fixtures.ts';
import type { Compute } from '../kit/compute.ts';
import optimizer, { updateRules } from './optimizer.ts';

interface Trajectories {
  readonly start: Numbers;
  readonly gradients: Numbers;
  readonly cases: readonly {
    readonly name: string;
    readonly params: Readonly<Record<string, never>>;
    /** Where the numbers are parameters of these shapes side by side; left out, they are one vector. */
    readonly shapes?: readonly (readonly number[])[];
    readonly rates: readonly number[];
    /** [steps, numbers] */
    readonly trajectory: Numbers;
  }[];
}
const { start, gradients, cases } = readFixture<Trajectories>('optimizers');
const [length] = start.shape as [number];

/** The parameters after every step: the update rule as a program that carries its state, as a training step does. */
async function walk(compute: Compute, given: (typeof cases)[number]): Promise<number[]> {
  const params = optimizer.params.parse(given.params);
  const rule = updateRules[params.method];
  const ir = new Builder();
  const vector = (name: string) => ir.input(name, { dtype: 'float32', shape: [length] });
  const number = (name: string) => ir.input(name, { dtype: 'float32', shape: [] });
  let next = 0;
  const placed = (given.shapes ?? [[length]]).map((shape, i) => {
    const at = { name: `p${i}`, shape, start: next, length: elementCount(shape) };
    next += at.length;
    return at;
  });
  const slots = rule.slots(params).map((slot) => ({ name: slot.name, length: slot.length?.(placed) ?? length }));
  const parameter = vector('parameter');
  const step = number('step');
  const result = rule.update(ir, {
    parameter,
    gradient: vector('gradient'),
    slots: slots.map((slot) => ir.input(slot.name, { dtype: 'float32', shape: [slot.length] })),
    placed,
    learningRate: number('rate'),
    step,
    params,
  });
  const carried = {
    parameter: result.parameter,
    step: ir.add(step, 1),
    ...Object.fromEntries(slots.map(({ name }, i) => [name, result.slots[i]!])),
  };
  const program = makeProgram(
    ir,
    Object.fromEntries(Object.entries(carried).map(([name, value]) => [`next:${name}`, value])),
  );
  verify(program);
  const carry = Object.fromEntries(Object.keys(carried).map((name) => [name, `next:${name}`]));
  const running = await compute.compile(program, { carry });
  await running.write({
    parameter: float32([length], numbersOf(start)),
    step: scalar(1),
    ...Object.fromEntries(slots.map((slot) => [slot.name, float32([slot.length], new Float32Array(slot.length))])),
  });
  const seen: number[] = [];
  const all = numbersOf(gradients);
  for (const [i, rate] of given.rates.entries()) {
    await running.run({ gradient: float32([length], all.slice(i * length, (i + 1) * length)), rate: scalar(rate) });
    seen.push(...(await running.read(['parameter'])).parameter!.data);
  }
  await running.dispose();
  return seen;
}

// torch.optim for all but Adafactor, which is that of transformers
describe.each([
  ['the reference', referenceCompute],
  ['ONNX Runtime', onnxNodeCompute({ threads: 1 })],
] as const)('twenty steps as the other library takes them, in %s', (_, compute) => {
  test.each(cases.map((each) => [each.name, each] as const))('%s', async (_name, each) => {
    // inputs and what comes out are float32, so no more than its seven digits can agree
    expectClose(await walk(compute, each), numbersOf(each.trajectory), 3e-6);
  });
});

test('the fixture has every method', () => {
  expect(new Set(cases.map(({ params }) => String(params.method)))).toEqual(new Set(Object.keys(updateRules)));
});

checkProblems(optimizer, [
  {
    name: 'Nesterov without momentum',
    params: { method: 'sgd', nesterov: true },
    inputs: {},
    problem: {
      code: 'training/nesterov',
      message: 'Nesterov needs a momentum above 0, got 0.',
      hint: 'Set the momentum to 0.9, or switch Nesterov off.',
      at: { param: 'momentum' },
    },
  },
  {
    name: 'a learning rate far above what works',
    params: { method: 'adam', learningRate: 1 },
    inputs: {},
    problem: {
      code: 'training/learning-rate',
      message: 'A learning rate of 1 is far above what Adam is used with.',
      hint: 'Start with 0.001.',
      at: { param: 'learningRate' },
    },
  },
  {
    name: 'a negative learning rate',
    params: { learningRate: -1 },
    inputs: {},
    problem: {
      code: 'param/invalid',
      message: 'Learning rate of Optimizer does not fit: too small: expected number to be >=0, got -1.',
      at: { param: 'learningRate' },
    },
  },
]);
