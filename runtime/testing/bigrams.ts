import type { Model } from '../../graph/values.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { documentOf, runDocument } from './graphs.ts';

/** A language model whose logits after a token are that token's row of a table: a reference can have the same one. */
export async function bigramModel(
  table: Tensor,
  { length, folder }: { length: number; folder: string },
): Promise<Model> {
  const [vocabulary] = table.shape as [number, number];
  const document = documentOf({
    nodes: {
      input: { type: 'network/input', params: { column: 'tokens', kind: 'tokens', length, vocabulary } },
      embedding: { type: 'network/embedding', params: { width: vocabulary, name: 'embedding' } },
      network: { type: 'network/network', params: { task: 'causal-lm' } },
    },
    edges: [
      ['input.y', 'embedding.x'],
      ['embedding.y', 'network.x'],
    ],
  });
  const model = await (await runDocument(document, { folder })).value('network', 'model', 'model');
  return { ...model, tensors: { ...model.tensors, 'embedding.weight': table } };
}
