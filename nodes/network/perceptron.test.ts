import { expect, test } from 'vitest';
import { gradients } from '../../ir/autodiff.ts';
import { Builder } from '../../ir/builder.ts';
import { makeProgram } from '../../ir/program.ts';
import { arr } from '../../runtime/reference/array.ts';
import { evaluate } from '../../runtime/reference/evaluate.ts';
import { checkLayer, layerCases } from '../../runtime/testing/check-layer.ts';
import { checkProblems, ids } from '../../runtime/testing/check-problems.ts';
import perceptron from './perceptron.ts';

checkLayer(perceptron, layerCases('encoders', perceptron.id));

test('with squared errors a step is Rosenblatt’s rule: Δw = 2η(t − y)x', () => {
  const ir = new Builder();
  const [x, weight, bias] = [
    ir.input('x', { dtype: 'float32', shape: [1, 2] }),
    ir.input('weight', { dtype: 'float32', shape: [1, 2] }),
    ir.input('bias', { dtype: 'float32', shape: [1] }),
  ];
  const { y } = perceptron.build({ x, weight, bias }, perceptron.params.parse({}), ir, {
    kind: 'train',
    uniform: () => x,
  });
  const wrong = ir.sub(y, ir.constant(1, { shape: [1, 1] }));
  const [dw, db] = gradients(ir, ir.sum(ir.mul(wrong, wrong)), [weight, bias]);
  const program = makeProgram(ir, { y, dw: dw!, db: db! });
  const at = (w: number[]) =>
    evaluate(program, { x: arr([1, 2], [3, -2]), weight: arr([1, 2], w), bias: arr([1], [0.5]) });
  const silent = at([-1, 1]);
  expect([silent.y!.data[0], ...silent.dw!.data, ...silent.db!.data]).toEqual([0, -6, 4, -2]);
  const right = at([1, 1]);
  expect([right.y!.data[0], ...right.dw!.data, ...right.db!.data]).toEqual([1, 0, 0, 0]);
});

checkProblems(perceptron, [
  {
    name: 'ids',
    inputs: { x: ids(5, 'B', 4) },
    problem: {
      code: 'network/floats',
      message: 'Perceptron needs vectors of floats, got int32[B, 4].',
      hint: 'Put an Embedding before it if these are token ids.',
      at: { port: 'x' },
    },
  },
]);
