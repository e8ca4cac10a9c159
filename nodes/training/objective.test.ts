import { describe, expect, test } from 'vitest';
import { gradients } from '../../ir/autodiff.ts';
import { Builder } from '../../ir/builder.ts';
import type { Value } from '../../ir/operation.ts';
import { makeProgram, verify } from '../../ir/program.ts';
import { emptyTensor } from '../../ir/tensor.ts';
import { onnxNodeCompute } from '../../runtime/onnx/node.ts';
import { type Arr, arr } from '../../runtime/reference/array.ts';
import { evaluate } from '../../runtime/reference/evaluate.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { runStep } from '../../runtime/testing/check-step.ts';
import { expectClose, type Numbers, numbersOf, readFixture } from '../../runtime/testing/fixtures.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import objective, { type LossKind, losses } from './objective.ts';

interface Case {
  readonly name: string;
  readonly loss: LossKind;
  readonly smoothing: number;
  readonly output: Numbers;
  readonly target: Numbers;
  readonly classWeights?: Numbers;
  readonly value: number;
  readonly gradient: Numbers;
}

/** Loss, its gradient by the output, and what counts, as training computes them. */
function programOf({ loss, smoothing, output, target, classWeights }: Case) {
  const ir = new Builder();
  const input = (name: string, { shape, dtype = 'float32' }: Numbers) => ir.input(name, { dtype, shape });
  const y = input('output', output);
  const terms = losses[loss].terms(ir, {
    output: y,
    target: input('target', target),
    smoothing,
    ...(classWeights && { classWeights: input('classWeights', classWeights) }),
  });
  const value = ir.div(ir.sum(terms.sum), ir.sum(terms.weight));
  const [gradient] = gradients(ir, value, [y]) as [Value];
  const { correct = terms.count } = terms;
  const program = makeProgram(ir, { value, gradient, count: ir.sum(terms.count), correct: ir.sum(correct) });
  verify(program);
  const given = { output, target, ...(classWeights && { classWeights }) };
  const feeds: Record<string, Arr> = Object.fromEntries(
    Object.entries(given).map(([name, numbers]) => [name, arr(numbers.shape, numbersOf(numbers))]),
  );
  const tensors = Object.fromEntries(
    Object.entries(given).map(([name, { shape, dtype = 'float32' }]) => {
      const tensor = emptyTensor(dtype, shape);
      tensor.data.set(feeds[name]!.data);
      return [name, tensor];
    }),
  );
  return { program, feeds, tensors };
}

describe('every loss is torch’s, value and gradient', () => {
  const { cases } = readFixture<{ cases: Case[] }>('objectives');
  test.each(cases.map((each) => [each.name, each] as const))('%s', async (_, each) => {
    const { program, feeds, tensors } = programOf(each);
    const exact = evaluate(program, feeds);
    expectClose(exact.value!.data, [each.value], 1e-8, 'the loss');
    expectClose(exact.gradient!.data, numbersOf(each.gradient), 1e-8, 'the gradient');
    const running = await onnxNodeCompute({ threads: 1 }).compile(program);
    const results = await running.run(tensors);
    await running.dispose();
    expectClose(results.value!.data, [each.value], 1e-5, 'the loss on ONNX Runtime');
    expectClose(results.gradient!.data, numbersOf(each.gradient), 1e-5, 'the gradient on ONNX Runtime');
    // what is counted and what is right does not hang on weights
    const wanted = Array.from(numbersOf(each.target));
    if (losses[each.loss].target === 'numbers') return;
    const scores = numbersOf(each.output);
    const classes = scores.length / wanted.length;
    const best = wanted.map((_, i) => {
      const row = Array.from(scores.slice(i * classes, (i + 1) * classes));
      return row.indexOf(Math.max(...row));
    });
    expect(exact.count!.data[0]).toBe(wanted.filter((id) => id >= 0).length);
    expect(exact.correct!.data[0]).toBe(wanted.filter((id, i) => id === best[i]).length);
  });

  test('the fixture has every loss', () => {
    expect(new Set(cases.map(({ loss }) => loss))).toEqual(new Set(Object.keys(losses)));
  });
});

test('the step gives its params as a recipe', async () => {
  const { value } = await runStep(objective, {
    params: { loss: 'hinge', target: 'label' },
    folder: temporaryFolder(),
  });
  expect(value('objective', 'objective')).toEqual({
    type: 'training/objective',
    params: { loss: 'hinge', target: 'label', smoothing: 0, classWeights: 'none' },
  });
});

checkProblems(objective, [
  {
    name: 'label smoothing that leaves nothing',
    params: { smoothing: 1 },
    inputs: {},
    problem: {
      code: 'param/invalid',
      message: 'Label smoothing of Objective does not fit: too big: expected number to be <=0.9, got 1.',
      at: { param: 'smoothing' },
    },
  },
]);
