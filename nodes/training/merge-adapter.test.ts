import { expect, test } from 'vitest';
import { checkDocument } from '../../compiler/compile.ts';
import type { Model } from '../../graph/values.ts';
import { tensorOf } from '../../ir/tensor.ts';
import { adapterFixture, decoderWith } from '../../runtime/testing/adapters.ts';
import { runStep } from '../../runtime/testing/check-step.ts';
import { expectClose, type Numbers, numbersOf } from '../../runtime/testing/fixtures.ts';
import { documentOf, runDocument, temporaryFolder } from '../../runtime/testing/graphs.ts';
import mergeAdapter from './merge-adapter.ts';

const folder = temporaryFolder();
const { base, lora } = adapterFixture();

test('merged weights are those of PEFT, and the adapter is gone', async () => {
  const graph = {
    nodes: {
      input: { type: 'network/input', params: { kind: 'vector', length: 6 } },
      head: { type: 'network/linear', params: { units: 4, name: 'head' } },
      network: { type: 'network/network', params: { task: 'none' } },
      lora: { type: 'training/lora', params: { rank: lora.rank, alpha: lora.alpha, sites: '*' } },
    },
    edges: [
      ['input.y', 'head.x'],
      ['head.y', 'network.x'],
      ['network.model', 'lora.model'],
    ],
  } as const;
  const { value } = await runDocument(documentOf(graph), { folder });
  const adapted = await value('lora', 'model', 'model');
  const tensor = (numbers: Numbers) => tensorOf('float32', numbers.shape, numbersOf(numbers));
  const model: Model = {
    ...adapted,
    tensors: {
      'head.weight': tensor(lora.weight),
      'head.bias': tensor(lora.bias),
      'head.lora.default.a': tensor(lora.a),
      'head.lora.default.b': tensor(lora.b),
    },
  };
  const merged = (await runStep(mergeAdapter, { inputs: { model }, folder })).value('model', 'model');
  expectClose(merged.tensors['head.weight']!.data, numbersOf(lora.merged), 1e-6, 'merged weight');
  expect(Object.keys(merged.tensors).sort()).toEqual(['head.bias', 'head.weight']);
  expect(merged.card.layers?.adaptations).toBeUndefined();
  expect(merged.card.parameters.every(({ trainable }) => trainable)).toBe(true);
});

test('a network without adapters is told before anything runs', async () => {
  const { problems } = await checkDocument(documentOf(decoderWith(base, { type: 'training/merge-adapter' })));
  expect(problems[0]).toMatchObject({
    code: 'training/nothing-to-merge',
    message: 'Merge adapter needs a network with LoRA adapters, this one has none.',
    hint: 'Wire the trained network that a LoRA node made.',
    at: { node: 'node', port: 'model' },
  });
});
