import { describe, expect, test } from 'vitest';
import { Dataset } from '../../graph/dataset.ts';
import type { Metrics, Model } from '../../graph/values.ts';
import { symbol } from '../../ir/size.ts';
import { float32 } from '../../ir/tensor.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { problemOfStep, runStep } from '../../runtime/testing/check-step.ts';
import { expectClose, type Numbers, numbersOf, readFixture } from '../../runtime/testing/fixtures.ts';
import { documentOf, runDocument, temporaryFolder } from '../../runtime/testing/graphs.ts';
import objective from './objective.ts';
import optimizer from './optimizer.ts';
import schedule from './schedule.ts';
import train from './train.ts';

type Task = 'class' | 'number';
interface Case {
  readonly name: string;
  readonly task: Task;
  readonly optimizer: Readonly<Record<string, unknown>>;
  readonly train: Readonly<Record<'steps' | 'batch' | 'accumulation' | 'clip', number>>;
  readonly schedule: boolean;
  readonly losses: readonly number[];
  readonly norms: readonly number[];
  readonly weight: Numbers;
  readonly bias: Numbers;
}
const torch = readFixture<{
  x: Numbers;
  labels: readonly number[];
  y: Numbers;
  start: Readonly<Record<Task, Numbers>>;
  cases: readonly Case[];
}>('training_loop');
const [rows, features] = torch.x.shape as [number, number];

const folder = temporaryFolder();
const dataOf = (task: Task) =>
  new Dataset([
    {
      name: 'x',
      role: 'feature',
      data: { kind: 'vector', size: features, values: Float32Array.from(numbersOf(torch.x)) },
    },
    task === 'class'
      ? {
          name: 'label',
          role: 'target',
          data: { kind: 'category', codes: Int32Array.from(torch.labels), categories: ['a', 'b', 'c'] },
        }
      : { name: 'y', role: 'target', data: { kind: 'number', values: numbersOf(torch.y) } },
  ]);

/** One linear layer with the weights that torch starts from. */
async function linear(task: Task): Promise<Model> {
  const start = torch.start[task];
  const [units] = start.shape as [number];
  const { value } = await runDocument(
    documentOf({
      nodes: {
        input: { type: 'network/input', params: { kind: 'vector', length: features, column: 'x' } },
        head: { type: 'network/linear', params: { units, name: 'head' } },
        network: { type: 'network/network', params: { task: task === 'class' ? 'classification' : 'regression' } },
      },
      edges: [
        ['input.y', 'head.x'],
        ['head.y', 'network.x'],
      ],
    }),
    { folder },
  );
  const model = await value('network', 'model', 'model');
  return {
    ...model,
    tensors: {
      'head.weight': float32([units, features], Array.from(numbersOf(start))),
      'head.bias': float32([units], Array(units).fill(0)),
    },
  };
}

const recipes = (task: Task, how: Readonly<Record<string, unknown>>) => ({
  objective: {
    type: 'training/objective',
    params: objective.params.parse({ loss: task === 'class' ? 'cross-entropy' : 'mean-squared-error' }),
  },
  optimizer: { type: 'training/optimizer', params: optimizer.params.parse(how) },
});
const curve = ({ series }: Metrics, name: string) =>
  series!.find((each) => each.name === name)?.values.map(Number) ?? expect.fail(`no ${name}`);

describe('a whole training is torch’s, loss by loss', () => {
  test.each(torch.cases.map((each) => [each.name, each] as const))('%s', async (_, each) => {
    const inputs = {
      model: await linear(each.task),
      dataset: dataOf(each.task),
      ...recipes(each.task, each.optimizer),
      ...(each.schedule && {
        schedule: { type: 'training/schedule', params: schedule.params.parse({ shape: 'linear', warmup: 0 }) },
      }),
    };
    const ran = await runStep(train, { inputs, params: { ...each.train, shuffle: false }, folder });
    const metrics = ran.value('metrics', 'metrics');
    expectClose(curve(metrics, 'loss'), each.losses, 1e-5, 'losses');
    expectClose(curve(metrics, 'gradient norm'), each.norms, 1e-5, 'gradient norms');
    const { tensors } = ran.value('model', 'model');
    expectClose(tensors['head.weight']!.data, numbersOf(each.weight), 1e-5, 'weights');
    expectClose(tensors['head.bias']!.data, numbersOf(each.bias), 1e-5, 'biases');
    // what was plotted live is what was kept
    const points = ran.events.flatMap((event) =>
      event.kind === 'points' && event.data.series === 'loss' ? event.data.values : [],
    );
    expect(points).toEqual(curve(metrics, 'loss'));
  });
});

describe('how long it trains', () => {
  const start = async (params: Readonly<Record<string, unknown>>, seeded = {}) => {
    const inputs = {
      model: await linear('class'),
      dataset: dataOf('class'),
      validation: dataOf('class').take([0, 1, 2, 3]),
      ...recipes('class', { method: 'sgd', learningRate: 0.5 }),
    };
    return (
      await runStep(train, { inputs, params: { batch: 4, evaluateEvery: 1, ...params, ...seeded }, folder })
    ).value('metrics', 'metrics');
  };

  test('epochs are whole passes over the rows', async () => {
    expect(curve(await start({ length: 'epochs', epochs: 3 }), 'loss').length).toBe((3 * rows) / 4);
  });

  test('patience ends it when looks get no better, and keeps the best weights', async () => {
    const metrics = await start({ steps: 400, patience: 3, batch: 2 });
    const looks = curve(metrics, 'validation loss');
    const best = looks.indexOf(Math.min(...looks));
    expect(curve(metrics, 'loss').length).toBeLessThan(400);
    expect(best).toBeLessThan(looks.length - 1);
    const kept = metrics.values.find(({ name }) => name === 'validation.loss')!.value!;
    expect(kept).toBeCloseTo(looks[best]!, 5);
  });

  test('the same seed takes the rows in the same order, another one in another', async () => {
    const losses = async (seed: number) => curve(await start({ steps: 6, seed }), 'loss');
    expect(await losses(1)).toEqual(await losses(1));
    expect(await losses(2)).not.toEqual(await losses(1));
  });
});

test('a loss that is no number any more stops it with a way out', async () => {
  const inputs = {
    model: await linear('number'),
    dataset: dataOf('number'),
    ...recipes('number', { method: 'sgd', learningRate: 100 }),
  };
  const problem = await problemOfStep(train, { inputs, params: { steps: 200, batch: 4, clip: 0 }, folder });
  expect(problem).toMatchObject({
    code: 'training/not-finite',
    hint: 'Lower the learning rate, or clip the gradient.',
  });
  expect(problem.message).toMatch(/^The loss became (NaN|Infinity) at step \d+\b.*\.$/);
});

const network = {
  kind: 'model',
  task: 'classification',
  inputs: [{ column: 'x', type: { dtype: 'float32', shape: [symbol('B'), 4] } }],
  output: { dtype: 'float32', shape: [symbol('B'), 3] },
  parameters: 15,
  trainable: 15,
  capabilities: ['differentiable', 'probabilities', 'vectors'],
} as const;
const goal = { kind: 'objective', objective: 'cross-entropy', target: '' } as const;
const data = (...columns: readonly object[]) => ({ kind: 'dataset', columns }) as never;
const x = { name: 'x', kind: 'vector', size: 4 };
const label = { name: 'label', kind: 'category', size: 3, role: 'target' };
const rest = { objective: goal, optimizer: { kind: 'optimizer' } } as const;

checkProblems(train, [
  {
    name: 'a model without gradients',
    inputs: { model: { ...network, capabilities: ['probabilities'] }, dataset: data(x, label), ...rest },
    problem: {
      code: 'training/not-differentiable',
      message: 'Train needs a network, got a model without gradients.',
      hint: 'Wire a Network to it.',
      at: { port: 'model' },
    },
  },
  {
    name: 'rows that the network can’t read',
    inputs: { model: network, dataset: data(label), validation: data(x, label), ...rest },
    problem: {
      code: 'training/column',
      message: 'Train needs a column x, which the model reads; the data set has label.',
      hint: 'Prepare this data set in the same way as the one that the Input is wired to.',
      at: { port: 'dataset' },
    },
  },
  {
    name: 'vectors where classes are needed',
    inputs: { model: network, dataset: data(x), validation: data(x), ...rest },
    problem: {
      code: 'training/target',
      message: 'Cross-entropy needs classes or ids, the target x holds vector.',
      hint: 'Choose another loss or another target.',
    },
  },
  {
    name: 'nothing to look at',
    inputs: { model: network, dataset: data(x, label), ...rest },
    problem: {
      code: 'training/no-validation',
      message: 'Nothing shows whether this training helps on rows that it has not seen.',
      hint: 'Wire the validation part of a Split to it.',
      at: { port: 'validation' },
    },
  },
]);
