import { defineComposite, optional, tensor } from '../kit/define-node.ts';
import { blockParams, blockParts, transformerBlocks } from '../kit/transformer-blocks.ts';

export default defineComposite({
  id: 'network/encoder-block',
  version: 1,
  title: 'Encoder block',
  keywords: ['transformer', 'bert', 'vit', 'bidirectional', 'layer', 'block', 'encoder-only'],
  inputs: {
    x: tensor('float32[B, T, width]'),
    mask: optional(tensor('float32[B, T]: 1 for positions that count, 0 for padding.')),
  },
  outputs: { y: tensor('The same shape.') },
  params: blockParams,
  uses: blockParts,
  expand: (chosen) => transformerBlocks(chosen, 'bidirectional'),
  docs: {
    summary:
      'The block that BERT and ViT repeat: self-attention over the whole sequence and a feed-forward part, each with a norm and a residual.',
    equation: String.raw`h = x + \mathrm{Attention}(\mathrm{Norm}(x)),\quad y = h + \mathrm{MLP}(\mathrm{Norm}(h))`,
    notes: 'Parameters of block i are named `<name>.<i>.attention.query.weight` and so on.',
    sources: [
      { title: 'Vaswani et al., Attention Is All You Need (2017)', url: 'https://arxiv.org/abs/1706.03762' },
      { title: 'Devlin et al., BERT (2019)', url: 'https://arxiv.org/abs/1810.04805' },
    ],
  },
  example: {
    nodes: {
      input: { type: 'network/input', params: { length: 4, vocabulary: 8 } },
      embedding: { type: 'network/embedding', params: { width: 8 } },
      block: { type: 'network/encoder-block', params: { heads: 2, repeat: 2 } },
      network: { type: 'network/network', params: { task: 'none' } },
    },
    edges: [
      ['input.y', 'embedding.x'],
      ['embedding.y', 'block.x'],
      ['block.y', 'network.x'],
    ],
  },
});
