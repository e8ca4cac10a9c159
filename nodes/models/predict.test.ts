import { describe, expect, test } from 'vitest';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { documentOf, runDocument, temporaryFolder } from '../../runtime/testing/graphs.ts';
import type { ExampleGraph } from '../kit/define-node.ts';
import predict from './predict.ts';

const folder = temporaryFolder();
const run = async (example: ExampleGraph) => {
  const ran = await runDocument(documentOf(example), { folder });
  expect(ran.outcome.problem).toBeUndefined();
  return ran;
};

describe('a network’s answers', () => {
  test('are softmax of its scores, and the likeliest class', async () => {
    const ran = await run(predict.example);
    const model = await ran.value('train', 'model', 'model');
    const rows = await ran.value('predict', 'dataset', 'dataset');
    const x = rows.data('petal length', 'number').values;
    const [weight, bias] = ['linear.weight', 'linear.bias'].map((name) => model.tensors[name]!.data) as [
      Float32Array,
      Float32Array,
    ];
    const said = rows.data('prediction', 'category');
    const { values, size } = rows.data('probabilities', 'vector');
    expect(size).toBe(3);
    expect(said.categories).toEqual(rows.data('species', 'category').categories);
    for (let row = 0; row < rows.rows; row++) {
      const powers = Array.from({ length: 3 }, (_, k) => Math.exp(weight[k]! * x[row]! + bias[k]!));
      const total = powers.reduce((a, b) => a + b);
      const expected = powers.map((power) => power / total);
      expected.forEach((p, k) => {
        expect(values[row * 3 + k]).toBeCloseTo(p, 5);
      });
      expect(said.codes[row]).toBe(expected.indexOf(Math.max(...expected)));
    }
  });

  test('to raw texts: what the model reads is made by the transforms it was trained with', async () => {
    const graph: ExampleGraph = {
      nodes: {
        data: { type: 'data/dataset', params: { dataset: 'sentiment' } },
        split: { type: 'data/split', params: { train: 0.02, validation: 0, test: 0.01 } },
        tokenizer: { type: 'text/tokenizer', params: { algorithm: 'word', size: 200 } },
        tokens: { type: 'text/tokenize', params: { length: 12 } },
        'test-tokens': { type: 'text/tokenize', params: { length: 12 } },
        input: { type: 'network/input', params: { column: 'tokens' } },
        embedding: { type: 'network/embedding', params: { width: 4 } },
        pool: { type: 'network/pool-sequence' },
        head: { type: 'network/linear' },
        network: { type: 'network/network', params: { task: 'classification' } },
        objective: { type: 'training/objective' },
        optimizer: { type: 'training/optimizer', params: { learningRate: 0.05 } },
        train: { type: 'training/train', params: { steps: 10, batch: 8 } },
        raw: { type: 'models/predict' },
        prepared: { type: 'models/predict', params: { prefix: 'b ' } },
      },
      edges: [
        ['data.dataset', 'split.dataset'],
        ['split.train', 'tokenizer.dataset'],
        ['split.train', 'tokens.dataset'],
        ['split.test', 'test-tokens.dataset'],
        ['tokenizer.tokenizer', 'tokens.tokenizer'],
        ['tokenizer.tokenizer', 'test-tokens.tokenizer'],
        ['tokens.dataset', 'input.dataset'],
        ['input.y', 'embedding.x'],
        ['embedding.y', 'pool.x'],
        ['pool.y', 'head.x'],
        ['head.y', 'network.x'],
        ['network.model', 'train.model'],
        ['tokens.dataset', 'train.dataset'],
        ['objective.objective', 'train.objective'],
        ['optimizer.optimizer', 'train.optimizer'],
        ['train.model', 'raw.model'],
        ['split.test', 'raw.dataset'],
        ['train.model', 'prepared.model'],
        ['test-tokens.dataset', 'prepared.dataset'],
      ],
    };
    const ran = await run(graph);
    const raw = await ran.value('raw', 'dataset', 'dataset');
    const prepared = await ran.value('prepared', 'dataset', 'dataset');
    expect(raw.columns.map(({ name }) => name)).toEqual(['text', 'label', 'source', 'prediction', 'probabilities']);
    expect(raw.data('probabilities', 'vector').values).toEqual(prepared.data('b probabilities', 'vector').values);
  });
});

const classifier = {
  kind: 'model',
  task: 'classification',
  inputs: [{ column: 'tokens', type: { dtype: 'int32', shape: [1, 8], below: 10 }, from: 'text' }],
  output: { dtype: 'float32', shape: [1, 2] },
  parameters: 1,
  trainable: 1,
  capabilities: ['differentiable', 'probabilities', 'tokens'],
} as const;

checkProblems(predict, [
  {
    name: 'a language model',
    inputs: {
      model: { ...classifier, task: 'causal-lm', output: { dtype: 'float32', shape: [1, 8, 10] } },
      dataset: { kind: 'dataset', columns: [{ name: 'text', kind: 'text' }] },
    },
    problem: {
      code: 'predict/task',
      message: 'Predict needs a model that answers for each row, got one for causal-lm.',
      hint: 'Choose the task Class of a row, Class of each token or A number in its Network.',
      at: { port: 'model' },
    },
  },
  {
    name: 'rows that have neither what it reads nor what that is made of',
    inputs: { model: classifier, dataset: { kind: 'dataset', columns: [{ name: 'petal', kind: 'number' }] } },
    problem: {
      code: 'training/column',
      message: 'Predict needs a column tokens, or text to make it of, which the model reads; the data set has petal.',
      hint: 'Prepare this data set in the same way as the training data.',
      at: { port: 'dataset' },
    },
  },
]);
