import { describe, expect, test } from 'vitest';
import { checkDocument } from '../../compiler/compile.ts';
import { buildNetwork } from '../../compiler/network.ts';
import type { ModelType } from '../../graph/types.ts';
import { gradients } from '../../ir/autodiff.ts';
import { Builder } from '../../ir/builder.ts';
import { makeProgram } from '../../ir/program.ts';
import { arr } from '../../runtime/reference/array.ts';
import { evaluate } from '../../runtime/reference/evaluate.ts';
import { adapterFixture, decoderWith, hashOf, trainableOf } from '../../runtime/testing/adapters.ts';
import { expectClose, numbersOf } from '../../runtime/testing/fixtures.ts';
import { documentOf, runDocument, temporaryFolder } from '../../runtime/testing/graphs.ts';
import { lookup } from '../catalogue.ts';

const folder = temporaryFolder();
const { base, counts, lora } = adapterFixture();
const names = { q: '*.query.weight', k: '*.key.weight', v: '*.value.weight', o: '*.output.weight' };

describe('as many trainable parameters as Hugging Face PEFT', () => {
  test.each(counts.filter(({ kind }) => kind === 'lora'))(
    'rank $rank at $sites',
    async ({ rank, sites, trainable }) => {
      const params = { rank, sites: sites!.map((site) => names[site]).join('\n') };
      const document = documentOf(decoderWith(base, { type: 'training/lora', params }));
      const declared = (await checkDocument(document)).nodes.get('node')!.outputs.model as ModelType;
      expect(declared.trainable).toBe(trainable);
      const { value } = await runDocument(document, { folder });
      expect(trainableOf(await value('node', 'model', 'model'))).toBe(trainable);
    },
  );
});

/** x → Linear, with LoRA beside it. */
const one = {
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

test('outputs and gradients are those of PEFT', async () => {
  const { value } = await runDocument(documentOf(one), { folder });
  const network = buildNetwork((await value('lora', 'model', 'model')).card.layers!, lookup);
  const ir = new Builder();
  const feeds = {
    x: lora.x,
    'head.weight': lora.weight,
    'head.bias': lora.bias,
    'head.lora.default.a': lora.a,
    'head.lora.default.b': lora.b,
    cotangent: lora.cotangent,
  };
  const at = Object.fromEntries(
    Object.entries(feeds).map(([name, { shape }]) => [name, ir.input(name, { dtype: 'float32', shape })]),
  ) as Record<keyof typeof feeds, ReturnType<Builder['input']>>;
  const { x, cotangent, ...parameters } = at;
  const y = network.forward(ir, { inputs: { features: x }, parameters });
  const wrt = [at['head.lora.default.a'], at['head.lora.default.b']];
  const [a, b] = gradients(ir, ir.sum(ir.mul(y, cotangent)), wrt) as [typeof y, typeof y];
  const data = Object.entries(feeds).map(([name, numbers]) => [name, arr(numbers.shape, numbersOf(numbers))]);
  const got = evaluate(makeProgram(ir, { y, a, b }), Object.fromEntries(data));
  expectClose(got.y!.data, numbersOf(lora.y), 1e-8, 'y');
  expectClose(got.a!.data, numbersOf(lora.gradients.a), 1e-8, 'gradient of a');
  expectClose(got.b!.data, numbersOf(lora.gradients.b), 1e-8, 'gradient of b');
});

test('training changes the adapter and no bit of the base; at first it changes nothing', async () => {
  const graph = decoderWith(base, { type: 'training/lora', params: { rank: 4 } });
  const document = documentOf({
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'sentiment' } },
      tokenizer: { type: 'text/tokenizer', params: { algorithm: 'character' } },
      windows: { type: 'text/language-model-windows', params: { length: 8, stride: 4096 } },
      ...graph.nodes,
      objective: { type: 'training/objective', params: { loss: 'causal-lm' } },
      optimizer: { type: 'training/optimizer', params: { learningRate: 0.01 } },
      train: { type: 'training/train', params: { steps: 5, batch: 4 } },
      before: { type: 'metrics/perplexity' },
      adapted: { type: 'metrics/perplexity' },
      after: { type: 'metrics/perplexity' },
    },
    edges: [
      ['data.dataset', 'tokenizer.dataset'],
      ['data.dataset', 'windows.dataset'],
      ['tokenizer.tokenizer', 'windows.tokenizer'],
      ['windows.dataset', 'input.dataset'],
      ...graph.edges,
      ['node.model', 'train.model'],
      ['windows.dataset', 'train.dataset'],
      ['objective.objective', 'train.objective'],
      ['optimizer.optimizer', 'train.optimizer'],
      ['network.model', 'before.model'],
      ['windows.dataset', 'before.dataset'],
      ['node.model', 'adapted.model'],
      ['windows.dataset', 'adapted.dataset'],
      ['train.model', 'after.model'],
      ['windows.dataset', 'after.dataset'],
    ],
  });
  const { value, metric } = await runDocument(document, { folder });
  const untouched = await value('network', 'model', 'model');
  const trained = await value('train', 'model', 'model');
  const own = Object.keys(untouched.tensors);
  expect(hashOf(trained.tensors, own)).toBe(hashOf(untouched.tensors, own));
  const adapter = trained.card.parameters.filter(({ trainable }) => trainable).map(({ name }) => name);
  expect(adapter.every((name) => /\.lora\.default\.[ab]$/.test(name))).toBe(true);
  expect(trained.tensors[adapter.find((name) => name.endsWith('.b'))!]!.data.some((number) => number !== 0)).toBe(true);
  expect(await metric('adapted', 'perplexity')).toBe(await metric('before', 'perplexity'));
  expect(await metric('after', 'perplexity')).toBeLessThan((await metric('before', 'perplexity'))!);
});

test('a pattern that finds nothing is told before anything runs', async () => {
  const document = documentOf(decoderWith(base, { type: 'training/lora', params: { sites: '*.keys.weight' } }));
  const [problem] = (await checkDocument(document)).problems;
  expect(problem).toMatchObject({
    code: 'training/no-site',
    message:
      'LoRA finds no linear weights named *.keys.weight; there are block.0.attention.query.weight, block.0.attention.key.weight, block.0.attention.value.weight ….',
    hint: 'Change the pattern; * stands for any characters.',
    at: { node: 'node', param: 'sites' },
  });
});
