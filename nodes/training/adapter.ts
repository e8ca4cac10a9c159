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
import { activationLabels, activationNames } from '../kit/layers.ts';
import { choice, integer } from '../kit/params.ts';

export default defineStep({
  id: 'training/adapter',
  version: 1,
  title: 'Adapter',
  keywords: ['bottleneck', 'houlsby', 'peft', 'fine-tune'],
  inputs: { model: model('A network. All it has is frozen.') },
  outputs: { model: model('The network with a bottleneck after the chosen layers; only those are trained.') },
  params: z.object({
    width: integer({
      title: 'Bottleneck',
      description: 'Numbers between going down and going up.',
      default: 16,
      min: 1,
      max: 65_536,
    }),
    activation: choice(activationNames, {
      title: 'Activation',
      description: 'In the bottleneck.',
      default: 'gelu',
      labels: activationLabels,
    }),
    sites: patternParam(
      '*.attention\n*.feed-forward',
      'Layers that a bottleneck follows, one pattern a line; * stands for any characters.',
    ),
    ...adaptationParams('adapter'),
  }),
  random: true,
  types({ model: type }, { width, sites, name }, check) {
    const { layers } = needNetwork(check, 'Adapter', type);
    const targets = chosen(check, {
      title: 'Adapter',
      patterns: sites,
      names: layers.map((layer) => layer.name),
      what: 'layers',
    });
    const added = targets.flatMap((target) => {
      const { width: outer } = layers.find((layer) => layer.name === target)!;
      const at = `${target}.adapter.${name}`;
      return [
        { name: `${at}.down.weight`, shape: [width, outer] },
        { name: `${at}.down.bias`, shape: [width] },
        { name: `${at}.up.weight`, shape: [outer, width] },
        { name: `${at}.up.bias`, shape: [outer] },
      ];
    });
    return { model: adaptedType(type, added) };
  },
  layers: ({ layers, types, seed }, params) =>
    layers.model && withAdaptation(layers.model, adapterOf(params, types.model.sites!.layers, seed)),
  async run({ model: given }, params, context) {
    const { layers } = await context.networks.fromModel(given);
    return { model: await adaptModel(given, adapterOf(params, layers, context.random.key), context) };
  },
  docs: {
    summary: 'Fine-tunes a network through small bottlenecks after its layers; its own weights stay as they are.',
    equation: String.raw`y \leftarrow y + U\,\phi(D y + d) + u`,
    notes: 'What goes up starts at zero, so at first nothing changes.',
    sources: [
      {
        title: 'Houlsby et al., Parameter-Efficient Transfer Learning for NLP (2019)',
        url: 'https://arxiv.org/abs/1902.00751',
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
      adapter: { type: 'training/adapter', params: { width: 4 } },
    },
    edges: [
      ['input.y', 'embedding.x'],
      ['embedding.y', 'block.x'],
      ['block.y', 'head.x'],
      ['head.y', 'network.x'],
      ['network.model', 'adapter.model'],
    ],
  },
});

interface AdapterParams {
  readonly name: string;
  readonly width: number;
  readonly activation: string;
  readonly sites: string;
}

function adapterOf(
  { name, width, activation, sites }: AdapterParams,
  layers: readonly { readonly name: string }[],
  seed: Adaptation['seed'],
): Adaptation {
  const names = layers.map((layer) => layer.name);
  const targets = chosen({ fail }, { title: 'Adapter', patterns: sites, names, what: 'layers' });
  return { kind: 'adapter', name, width, activation, targets, seed };
}
