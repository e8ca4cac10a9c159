import { z } from 'zod';
import type { NetworkSites } from '../../graph/types.ts';
import type { Adaptation } from '../../graph/values.ts';
import { fail } from '../../lib/problem.ts';
import {
  adaptationParams,
  adaptedType,
  adaptModel,
  chosen,
  isAdapted,
  needNetwork,
  patternParam,
  withAdaptation,
} from '../kit/adapt.ts';
import { defineStep, model } from '../kit/define-node.ts';
import { integer, real } from '../kit/params.ts';

const linearNames = (sites: NetworkSites): string[] =>
  sites.weights.filter(({ linear, name }) => linear && !isAdapted(name)).map(({ name }) => name);

export default defineStep({
  id: 'training/lora',
  version: 1,
  title: 'LoRA',
  keywords: ['low-rank adaptation', 'peft', 'fine-tune', 'adapter', 'rank'],
  inputs: { model: model('A network. All it has is frozen.') },
  outputs: { model: model('The network with a low-rank part beside the chosen linear layers; only that is trained.') },
  params: z.object({
    rank: integer({ title: 'Rank', description: 'Width of the low-rank part.', default: 8, min: 1, max: 4096 }),
    alpha: real({
      title: 'Alpha',
      description: 'The part is scaled by alpha / rank.',
      default: 16,
      min: 0,
      max: 100_000,
      step: 1,
    }),
    dropout: real({
      title: 'Dropout',
      description: 'On what goes into the part, while training.',
      default: 0,
      min: 0,
      max: 0.95,
      step: 0.05,
    }),
    sites: patternParam(
      '*.query.weight\n*.value.weight',
      'Weights of linear layers, one pattern a line; * stands for any characters.',
    ),
    ...adaptationParams('adapter'),
  }),
  random: true,
  types({ model: type }, { rank, sites, name }, check) {
    const network = needNetwork(check, 'LoRA', type);
    const targets = chosen(check, {
      title: 'LoRA',
      patterns: sites,
      names: linearNames(network),
      what: 'linear weights',
    });
    const added = targets.flatMap((target) => {
      const [units, features] = network.weights.find((weight) => weight.name === target)!.shape;
      const at = `${target.slice(0, target.lastIndexOf('.'))}.lora.${name}`;
      return [
        { name: `${at}.a`, shape: [rank, features!] },
        { name: `${at}.b`, shape: [units!, rank] },
      ];
    });
    return { model: adaptedType(type, added) };
  },
  layers: ({ layers, types, seed }, params) =>
    layers.model && withAdaptation(layers.model, loraOf(params, linearNames(types.model.sites!), seed)),
  async run({ model: given }, params, context) {
    if (!given.card.layers) return fail('training/no-network', 'LoRA needs a network.');
    const network = await context.networks.fromModel(given);
    const adaptation = loraOf(params, [...network.linearWeights], context.random.key);
    return { model: await adaptModel(given, adaptation, context) };
  },
  docs: {
    summary:
      'Fine-tunes a network through small low-rank matrices beside its linear layers; its own weights stay as they are.',
    equation: String.raw`y = W x + \tfrac{\alpha}{r} B A x`,
    notes:
      'B starts at zero, so at first nothing changes. Several adapters on one base are switched by wire; Merge adapter folds one into the weights.',
    sources: [
      {
        title: 'Hu et al., LoRA: Low-Rank Adaptation of Large Language Models (2021)',
        url: 'https://arxiv.org/abs/2106.09685',
      },
      { title: 'Hugging Face, PEFT', url: 'https://huggingface.co/docs/peft/package_reference/lora' },
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
    },
    edges: [
      ['input.y', 'embedding.x'],
      ['embedding.y', 'block.x'],
      ['block.y', 'head.x'],
      ['head.y', 'network.x'],
      ['network.model', 'lora.model'],
    ],
  },
});

interface LoraParams {
  readonly name: string;
  readonly rank: number;
  readonly alpha: number;
  readonly dropout: number;
  readonly sites: string;
}

function loraOf(params: LoraParams, names: readonly string[], seed: Adaptation['seed']): Adaptation {
  const { name, rank, alpha, dropout, sites } = params;
  const targets = chosen({ fail }, { title: 'LoRA', patterns: sites, names, what: 'linear weights' });
  return { kind: 'lora', name, rank, alpha, dropout, targets, seed };
}
