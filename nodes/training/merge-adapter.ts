import { z } from 'zod';
import type { Layers } from '../../graph/values.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { fail } from '../../lib/problem.ts';
import { needNetwork, tell, typeWith } from '../kit/adapt.ts';
import { defineStep, model } from '../kit/define-node.ts';

const LORA = /\.lora\.[^.]+\.[ab]$/;

export default defineStep({
  id: 'training/merge-adapter',
  version: 1,
  title: 'Merge adapter',
  keywords: ['lora', 'merge and unload', 'fold', 'peft'],
  inputs: { model: model('A network with LoRA adapters.') },
  outputs: { model: model('The same function with the adapters folded into the weights.') },
  params: z.object({}),
  types({ model: type }, _params, check) {
    const { weights } = needNetwork(check, 'Merge adapter', type);
    const left = weights.filter(({ name }) => !LORA.test(name));
    if (left.length === weights.length)
      return check.fail(
        'training/nothing-to-merge',
        'Merge adapter needs a network with LoRA adapters, this one has none.',
        {
          port: 'model',
          hint: 'Wire the trained network that a LoRA node made.',
        },
      );
    return {
      model: typeWith(
        type,
        left.map((weight) => ({ ...weight, trainable: true })),
      ),
    };
  },
  layers: ({ layers }) => layers.model && withoutLora(layers.model),
  async run({ model: given }, _params, context) {
    const { card } = given;
    const adaptations = card.layers?.adaptations?.filter(({ kind }) => kind === 'lora') ?? [];
    if (!card.layers || adaptations.length === 0)
      return fail('training/nothing-to-merge', 'Merge adapter needs a network with LoRA adapters.');
    const tensors: Record<string, Tensor> = { ...given.tensors };
    for (const adaptation of adaptations) {
      if (adaptation.kind !== 'lora') continue;
      for (const target of adaptation.targets) {
        const at = `${target.slice(0, target.lastIndexOf('.'))}.lora.${adaptation.name}`;
        tensors[target] = merged(
          tensors[target]!,
          tensors[`${at}.a`]!,
          tensors[`${at}.b`]!,
          adaptation.alpha / adaptation.rank,
        );
        delete tensors[`${at}.a`];
        delete tensors[`${at}.b`];
        await context.breathe();
      }
    }
    const parameters = card.parameters
      .filter(({ name }) => name in tensors)
      .map((parameter) => ({ ...parameter, trainable: true }));
    tell(parameters, context);
    return {
      model: {
        card: { ...card, parameters, layers: withoutLora(card.layers) },
        tensors,
      },
    };
  },
  docs: {
    summary: 'Folds LoRA adapters into the weights that they stand beside: the same outputs without the extra work.',
    equation: String.raw`W \leftarrow W + \tfrac{\alpha}{r} B A`,
    sources: [
      { title: 'Hugging Face, PEFT, merge_and_unload', url: 'https://huggingface.co/docs/peft/package_reference/lora' },
    ],
  },
  example: {
    nodes: {
      input: { type: 'network/input', params: { length: 4, vocabulary: 8 } },
      embedding: { type: 'network/embedding', params: { width: 8 } },
      block: { type: 'network/decoder-block', params: { heads: 2 } },
      head: { type: 'network/linear' },
      network: { type: 'network/network' },
      lora: { type: 'training/lora', params: { rank: 2 } },
      merge: { type: 'training/merge-adapter' },
    },
    edges: [
      ['input.y', 'embedding.x'],
      ['embedding.y', 'block.x'],
      ['block.y', 'head.x'],
      ['head.y', 'network.x'],
      ['network.model', 'lora.model'],
      ['lora.model', 'merge.model'],
    ],
  },
});

function withoutLora({ adaptations = [], ...layers }: Layers): Layers {
  const rest = adaptations.filter(({ kind }) => kind !== 'lora');
  return rest.length > 0 ? { ...layers, adaptations: rest } : layers;
}

/** W + scale · B A, in float64 on the way. */
function merged(weight: Tensor, a: Tensor, b: Tensor, scale: number): Tensor {
  const [units, features] = weight.shape as [number, number];
  const rank = a.shape[0]!;
  const data = Float32Array.from(weight.data);
  const row = new Float64Array(features);
  for (let u = 0; u < units; u++) {
    row.fill(0);
    for (let r = 0; r < rank; r++) {
      const factor = b.data[u * rank + r]! * scale;
      for (let f = 0; f < features; f++) row[f]! += factor * a.data[r * features + f]!;
    }
    for (let f = 0; f < features; f++) data[u * features + f]! += row[f]!;
  }
  return { dtype: 'float32', shape: weight.shape, data };
}
