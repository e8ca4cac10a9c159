import { describe, expect, test } from 'vitest';
import { checkDocument } from '../../compiler/compile.ts';
import type { ModelType } from '../../graph/types.ts';
import { hashOf, trainableOf } from '../../runtime/testing/adapters.ts';
import { documentOf, runDocument, temporaryFolder } from '../../runtime/testing/graphs.ts';

const folder = temporaryFolder();

/** Iris → hidden → head, frozen in one way, then trained for three steps. */
const frozen = (params: Readonly<Record<string, unknown>>) =>
  documentOf({
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'iris' } },
      input: { type: 'network/input', params: { column: 'petal length' } },
      hidden: { type: 'network/linear', params: { units: 6, name: 'hidden' } },
      act: { type: 'network/activation', params: { function: 'tanh' } },
      head: { type: 'network/linear', params: { name: 'head' } },
      network: { type: 'network/network', params: { task: 'classification' } },
      freeze: { type: 'training/freeze', params },
      objective: { type: 'training/objective' },
      optimizer: { type: 'training/optimizer', params: { learningRate: 0.1 } },
      train: { type: 'training/train', params: { steps: 3 } },
    },
    edges: [
      ['data.dataset', 'input.dataset'],
      ['input.y', 'hidden.x'],
      ['hidden.y', 'act.x'],
      ['act.y', 'head.x'],
      ['head.y', 'network.x'],
      ['network.model', 'freeze.model'],
      ['freeze.model', 'train.model'],
      ['data.dataset', 'train.dataset'],
      ['objective.objective', 'train.objective'],
      ['optimizer.optimizer', 'train.optimizer'],
    ],
  });

const all = ['hidden.weight', 'hidden.bias', 'head.weight', 'head.bias'];

describe.each([
  ['the last layer', { train: 'head' }, ['head.weight', 'head.bias'], 21],
  ['by name', { train: 'pattern', sites: '*.bias' }, ['hidden.bias', 'head.bias'], 9],
  ['everything', { train: 'all' }, all, 33],
] as const)('%s stays trainable', (_, params, free, count) => {
  test('the count is that of the tensors, and training changes these and no others', async () => {
    const document = frozen(params);
    const declared = (await checkDocument(document)).nodes.get('freeze')!.outputs.model as ModelType;
    expect(declared.trainable).toBe(count);
    const { value } = await runDocument(document, { folder });
    const [before, after] = [await value('freeze', 'model', 'model'), await value('train', 'model', 'model')];
    expect(trainableOf(before)).toBe(count);
    for (const name of all)
      expect(hashOf(after.tensors, [name]) === hashOf(before.tensors, [name]), name).toBe(
        !(free as readonly string[]).includes(name),
      );
    // the report counts and hashes both parts
    const { values, tables } = await value('train', 'metrics', 'metrics');
    expect(values.find(({ name }) => name === 'parameters.share')!.value).toBeCloseTo(count / 33, 12);
    const report = tables!.find(({ title }) => title === 'Weights')!;
    const [trained, left] = report.rows;
    expect(trained!.slice(0, 3)).toEqual(['trained', free.length, count]);
    expect(trained![3]).not.toBe(trained![4]);
    if (left) {
      expect(left.slice(0, 3)).toEqual(['frozen', all.length - free.length, 33 - count]);
      expect(left[3]).toBe(left[4]);
    }
  });
});

test('nothing left to train is told by Train', async () => {
  const { outcome } = await runDocument(frozen({ train: 'none' }), { folder });
  expect(outcome.problem).toMatchObject({
    code: 'training/nothing-to-train',
    message: 'Train needs at least one parameter that is not frozen, the model has none.',
    at: { node: 'train' },
  });
});

test('a pattern that names nothing is told before anything runs', async () => {
  const { problems } = await checkDocument(frozen({ train: 'pattern', sites: '*.kernel' }));
  expect(problems.find(({ code }) => code === 'training/no-site')).toMatchObject({
    message: 'Freeze finds no parameters named *.kernel; there are hidden.weight, hidden.bias, head.weight ….',
    at: { node: 'freeze', param: 'sites' },
  });
});
