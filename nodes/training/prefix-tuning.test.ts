import { describe, expect, test } from 'vitest';
import { checkDocument } from '../../compiler/compile.ts';
import type { ModelType } from '../../graph/types.ts';
import { adapterFixture, decoderWith, trainableOf } from '../../runtime/testing/adapters.ts';
import { documentOf, runDocument, temporaryFolder } from '../../runtime/testing/graphs.ts';

const folder = temporaryFolder();
const { base, counts } = adapterFixture();

describe('as many trainable parameters as Hugging Face PEFT', () => {
  test.each(counts.filter(({ kind }) => kind === 'prefix'))('$tokens virtual tokens', async ({ tokens, trainable }) => {
    const document = documentOf(decoderWith(base, { type: 'training/prefix-tuning', params: { tokens } }));
    const declared = (await checkDocument(document)).nodes.get('node')!.outputs.model as ModelType;
    expect(declared.trainable).toBe(trainable);
    const { value } = await runDocument(document, { folder });
    expect(trainableOf(await value('node', 'model', 'model'))).toBe(trainable);
  });
});

test('a network without attention is told before anything runs', async () => {
  const { problems } = await checkDocument(
    documentOf({
      nodes: {
        input: { type: 'network/input', params: { kind: 'vector', length: 6 } },
        head: { type: 'network/linear', params: { units: 4 } },
        network: { type: 'network/network', params: { task: 'none' } },
        prefix: { type: 'training/prefix-tuning' },
      },
      edges: [
        ['input.y', 'head.x'],
        ['head.y', 'network.x'],
        ['network.model', 'prefix.model'],
      ],
    }),
  );
  expect(problems[0]).toMatchObject({
    code: 'training/no-site',
    message: 'Prefix tuning needs a network with attention layers, this one has none.',
    at: { node: 'prefix', param: 'sites' },
  });
});
