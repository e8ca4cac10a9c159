import { expect, test } from 'vitest';
import { checkProblems, floats } from '../../runtime/testing/check-problems.ts';
import { documentOf, runDocument, temporaryFolder } from '../../runtime/testing/graphs.ts';
import network from './network.ts';

const folder = temporaryFolder();
const small = documentOf(network.example);
const modelOf = async (document = small) =>
  (await runDocument(document, { folder })).value('network', 'model', 'model');

test('its card tells what it reads, what it gives and every parameter', async () => {
  const { card, tensors } = await modelOf();
  expect(card.task).toBe('causal-lm');
  expect(card.signature.inputs.map(({ column }) => column)).toEqual(['tokens']);
  expect(card.signature.output).toMatchObject({ dtype: 'float32' });
  expect(card.capabilities).toEqual(['differentiable', 'probabilities', 'tokens', 'generates']);
  expect(card.parameters).toEqual([
    { name: 'embedding.weight', shape: [16, 4], trainable: true },
    { name: 'linear.weight', shape: [16, 4], trainable: true },
    { name: 'linear.bias', shape: [16], trainable: true },
  ]);
  for (const { name, shape } of card.parameters) expect(tensors[name]!.shape).toEqual(shape);
});

test('equal seeds and names give equal weights, others do not', async () => {
  const first = await modelOf();
  expect((await modelOf()).tensors).toEqual(first.tensors);
  const other = await modelOf({ ...small, seed: 1 });
  expect(other.tensors['linear.weight']).not.toEqual(first.tensors['linear.weight']);
  const own = documentOf(network.example);
  own.nodes.network!.params = { ...own.nodes.network!.params, seed: 5 };
  expect((await modelOf({ ...own, seed: 3 })).tensors).toEqual((await modelOf({ ...own, seed: 4 })).tensors);
});

checkProblems(network, [
  {
    name: 'a class of a row from a vector for each token',
    params: { task: 'classification' },
    inputs: { x: floats('B', 8, 4) },
    problem: {
      code: 'network/task',
      message: 'Network needs a score for each class, float32[B, classes], got float32[B, 8, 4].',
      hint: 'Choose another task, or make one vector of each row, for example with Pool sequence.',
      at: { port: 'x' },
    },
  },
  {
    name: 'next tokens from one vector',
    inputs: { x: floats('B', 4) },
    problem: {
      code: 'network/task',
      message:
        'Network needs a score for each token of the vocabulary at each position, float32[B, T, vocabulary], got float32[B, 4].',
      hint: 'Choose another task, or end the network with a Linear over each position.',
    },
  },
  {
    name: 'two numbers where one is wanted',
    params: { task: 'regression' },
    inputs: { x: floats('B', 2) },
    problem: {
      code: 'network/task',
      message: 'Network needs a number for each row, float32[B, 1], got float32[B, 2].',
      hint: 'End it with a Linear of 1 unit.',
    },
  },
]);
