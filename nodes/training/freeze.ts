import { z } from 'zod';
import { fail } from '../../lib/problem.ts';
import { chosen, matches, needNetwork, tell, typeWith } from '../kit/adapt.ts';
import { defineStep, model } from '../kit/define-node.ts';
import { choice, lines } from '../kit/params.ts';

export default defineStep({
  id: 'training/freeze',
  version: 1,
  title: 'Freeze',
  keywords: ['trainable', 'requires grad', 'transfer learning', 'head only', 'fix weights'],
  inputs: { model: model('A network.') },
  outputs: { model: model('The same weights, some of which training leaves as they are.') },
  params: z.object({
    train: choice(['none', 'pattern', 'head', 'all'], {
      title: 'Train',
      description: 'What stays trainable: nothing, parameters by name, the last layer with parameters, or everything.',
      default: 'head',
      labels: { none: 'Nothing', pattern: 'By name', head: 'The last layer', all: 'Everything' },
    }),
    sites: lines({
      title: 'Names',
      description: 'Parameters that stay trainable, one pattern a line; * stands for any characters.',
      default: '*.bias',
      max: 2000,
      when: { train: ['pattern'] },
    }),
  }),
  types({ model: type }, { train, sites }, check) {
    const { weights } = needNetwork(check, 'Freeze', type);
    const names = weights.map(({ name }) => name);
    if (train === 'pattern') chosen(check, { title: 'Freeze', patterns: sites, names, what: 'parameters' });
    const stays = keeps(train, sites, names);
    return {
      model: typeWith(
        type,
        weights.map((weight) => ({ ...weight, trainable: stays(weight.name) })),
      ),
    };
  },
  layers: ({ layers }) => layers.model,
  async run({ model: given }, { train, sites }, context) {
    const { card } = given;
    if (!card.layers) return fail('training/no-network', 'Freeze needs a network.');
    const stays = keeps(
      train,
      sites,
      card.parameters.map(({ name }) => name),
    );
    const parameters = card.parameters.map((parameter) => ({ ...parameter, trainable: stays(parameter.name) }));
    tell(parameters, context);
    return { model: { ...given, card: { ...card, parameters } } };
  },
  docs: {
    summary: 'Says which parameters training may change.',
    sources: [
      {
        title: 'Howard and Ruder, Universal Language Model Fine-tuning for Text Classification (2018)',
        url: 'https://arxiv.org/abs/1801.06146',
      },
    ],
  },
  example: {
    nodes: {
      input: { type: 'network/input', params: { kind: 'vector', length: 4 } },
      hidden: { type: 'network/linear', params: { units: 3, name: 'hidden' } },
      head: { type: 'network/linear', params: { units: 2, name: 'head' } },
      network: { type: 'network/network', params: { task: 'classification' } },
      freeze: { type: 'training/freeze' },
    },
    edges: [
      ['input.y', 'hidden.x'],
      ['hidden.y', 'head.x'],
      ['head.y', 'network.x'],
      ['network.model', 'freeze.model'],
    ],
  },
});

/** Which names stay trainable. The head is the layer that the last parameter belongs to. */
function keeps(
  train: 'none' | 'pattern' | 'head' | 'all',
  patterns: string,
  names: readonly string[],
): (name: string) => boolean {
  const layer = (name: string) => name.slice(0, name.lastIndexOf('.'));
  const last = names.at(-1);
  switch (train) {
    case 'all':
      return () => true;
    case 'none':
      return () => false;
    case 'head':
      return (name) => last !== undefined && layer(name) === layer(last);
    case 'pattern':
      return (name) => matches(patterns, name);
  }
}
