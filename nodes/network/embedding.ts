import { z } from 'zod';
import { showTensorType } from '../../ir/types.ts';
import { defineLayer, tensor } from '../kit/define-node.ts';
import { integer, real } from '../kit/params.ts';

export default defineLayer({
  id: 'network/embedding',
  version: 1,
  title: 'Embedding',
  keywords: ['lookup', 'token embedding', 'word vectors', 'wte'],
  inputs: { x: tensor('Ids int32[…].') },
  outputs: {
    y: tensor('Vectors float32[…, width].'),
    table: tensor('The table itself, [vocabulary, width]: wire it to the weight of a Linear to tie the output to it.'),
  },
  params: z.object({
    width: integer({ title: 'Width', description: 'Numbers in each vector.', default: 64, min: 1, max: 65_536 }),
    deviation: real({
      title: 'Initial deviation',
      description: 'Standard deviation of the normal numbers that the table starts from. GPT-2 uses 0.02.',
      default: 0.02,
      min: 0,
      max: 10,
      step: 0.01,
      advanced: true,
    }),
  }),
  weights({ x }, { width, deviation }, check) {
    if (x.dtype !== 'int32')
      return check.fail('network/ids', `Embedding needs token ids, got ${showTensorType(x)}.`, {
        port: 'x',
        hint: 'Wire an Input that reads a column of tokens.',
      });
    if (x.below === undefined)
      return check.fail(
        'network/ids',
        `Embedding needs to know how many different ids there are, got ${showTensorType(x)} without a vocabulary.`,
        {
          port: 'x',
          hint: 'Wire it straight to an Input.',
        },
      );
    return { weight: { shape: [x.below, width], init: { normal: deviation } } };
  },
  axes: () => ({ x: '…', y: '… features', table: 'vocabulary features' }),
  build({ x, weight }, _params, ir) {
    return { y: ir.gather(weight, x), table: weight };
  },
  decodes: () => true,
  docs: {
    summary: 'Gives each token id a learned vector.',
    equation: 'y_t = E_{x_t}',
    sources: [
      {
        title: 'PyTorch, torch.nn.Embedding',
        url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.Embedding.html',
      },
      {
        title: 'Press and Wolf, Using the Output Embedding to Improve Language Models (2017)',
        url: 'https://aclanthology.org/E17-2025/',
      },
    ],
  },
  example: {
    nodes: {
      input: { type: 'network/input', params: { length: 4, vocabulary: 8 } },
      embedding: { type: 'network/embedding', params: { width: 3 } },
      network: { type: 'network/network', params: { task: 'none' } },
    },
    edges: [
      ['input.y', 'embedding.x'],
      ['embedding.y', 'network.x'],
    ],
  },
});
