import { defineComposite, tensor } from '../kit/define-node.ts';
import { blockParams, blockParts, transformerBlocks } from '../kit/transformer-blocks.ts';

export default defineComposite({
  id: 'network/decoder-block',
  version: 1,
  title: 'Decoder block',
  keywords: ['transformer', 'gpt', 'causal', 'layer', 'block', 'decoder-only'],
  inputs: { x: tensor('float32[B, T, width]') },
  outputs: { y: tensor('The same shape.') },
  params: blockParams,
  uses: blockParts,
  expand: (chosen) => transformerBlocks(chosen, 'causal'),
  docs: {
    summary:
      'The block that GPT repeats: causal self-attention and a feed-forward part, each with a norm and a residual.',
    equation: String.raw`h = x + \mathrm{Attention}(\mathrm{Norm}(x)),\quad y = h + \mathrm{MLP}(\mathrm{Norm}(h))`,
    notes: 'Parameters of block i are named `<name>.<i>.attention.query.weight` and so on.',
    sources: [
      { title: 'Vaswani et al., Attention Is All You Need (2017)', url: 'https://arxiv.org/abs/1706.03762' },
      {
        title: 'Radford et al., Language Models are Unsupervised Multitask Learners (2019)',
        url: 'https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf',
      },
    ],
  },
  example: {
    nodes: {
      input: { type: 'network/input', params: { length: 4, vocabulary: 8 } },
      embedding: { type: 'network/embedding', params: { width: 8 } },
      block: { type: 'network/decoder-block', params: { heads: 2, repeat: 2 } },
      network: { type: 'network/network', params: { task: 'none' } },
    },
    edges: [
      ['input.y', 'embedding.x'],
      ['embedding.y', 'block.x'],
      ['block.y', 'network.x'],
    ],
  },
});
