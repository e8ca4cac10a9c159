import { z } from 'zod';
import type { Adaptation } from '../../graph/values.ts';
import { fail } from '../../lib/problem.ts';
import {
  adaptationParams,
  adaptedType,
  adaptModel,
  chosen,
  needNetwork,
  patternParam,
  withAdaptation,
} from '../kit/adapt.ts';
import { defineStep, model } from '../kit/define-node.ts';
import { integer } from '../kit/params.ts';

export default defineStep({
  id: 'training/prefix-tuning',
  version: 1,
  title: 'Prefix tuning',
  keywords: ['peft', 'virtual tokens', 'soft prompt', 'fine-tune', 'prefix'],
  inputs: { model: model('A network with attention. All it has is frozen.') },
  outputs: {
    model: model(
      'The network with learned keys and values before those of each attention layer; only they are trained.',
    ),
  },
  params: z.object({
    tokens: integer({
      title: 'Virtual tokens',
      description: 'Keys and values for each layer.',
      default: 8,
      min: 1,
      max: 4096,
    }),
    sites: patternParam('*', 'Attention layers, one pattern a line; * stands for any characters.'),
    ...adaptationParams('prefix'),
  }),
  random: true,
  types({ model: type }, { tokens, sites, name }, check) {
    const attention = needNetwork(check, 'Prefix tuning', type).layers.filter((layer) => layer.attends);
    const names = attention.map((layer) => layer.name);
    const targets = chosen(check, { title: 'Prefix tuning', patterns: sites, names, what: 'attention layers' });
    const added = targets.flatMap((target) => {
      const { width } = attention.find((layer) => layer.name === target)!;
      return ['key', 'value'].map((part) => ({ name: `${target}.prefix.${name}.${part}`, shape: [tokens, width] }));
    });
    return { model: adaptedType(type, added) };
  },
  layers: ({ layers, types, seed }, params) =>
    layers.model && withAdaptation(layers.model, prefixOf(params, types.model.sites!.layers, seed)),
  async run({ model: given }, params, context) {
    const { layers } = await context.networks.fromModel(given);
    return { model: await adaptModel(given, prefixOf(params, layers, context.random.key), context) };
  },
  docs: {
    summary:
      'Fine-tunes a network through learned keys and values that every position of each attention layer also sees.',
    equation: String.raw`\mathrm{Attention}(Q, [P_K; K], [P_V; V])`,
    notes:
      'The prefix is learned directly, without the network that Li and Liang make it with while training: prefix_projection=False in PEFT.',
    sources: [
      {
        title: 'Li and Liang, Prefix-Tuning: Optimizing Continuous Prompts for Generation (2021)',
        url: 'https://arxiv.org/abs/2101.00190',
      },
      {
        title: 'Hugging Face, PEFT, prefix tuning',
        url: 'https://huggingface.co/docs/peft/package_reference/prefix_tuning',
      },
    ],
  },
  example: {
    nodes: {
      input: { type: 'network/input', params: { length: 4, vocabulary: 8 } },
      embedding: { type: 'network/embedding', params: { width: 8 } },
      block: { type: 'network/decoder-block', params: { heads: 2 } },
      head: { type: 'network/linear' },
      network: { type: 'network/network' },
      prefix: { type: 'training/prefix-tuning', params: { tokens: 3 } },
    },
    edges: [
      ['input.y', 'embedding.x'],
      ['embedding.y', 'block.x'],
      ['block.y', 'head.x'],
      ['head.y', 'network.x'],
      ['network.model', 'prefix.model'],
    ],
  },
});

interface PrefixParams {
  readonly name: string;
  readonly tokens: number;
  readonly sites: string;
}

function prefixOf(
  { name, tokens, sites }: PrefixParams,
  layers: readonly { readonly name: string; readonly attends: boolean }[],
  seed: Adaptation['seed'],
): Adaptation {
  const names = layers.filter((layer) => layer.attends).map((layer) => layer.name);
  const targets = chosen({ fail }, { title: 'Prefix tuning', patterns: sites, names, what: 'attention layers' });
  return { kind: 'prefix', name, tokens, targets, seed };
}
