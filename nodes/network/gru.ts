import { z } from 'zod';
import { defineLayer, optional, tensor } from '../kit/define-node.ts';
import {
  type Cell,
  gate,
  recurrentBuild,
  recurrentDecodes,
  recurrentParams,
  recurrentWeights,
} from '../kit/recurrent.ts';

const cell: Cell = {
  title: 'GRU',
  gates: 3,
  states: 1,
  // gates in PyTorch's order: reset, update, new; the reset gate works on the hidden part after its product
  next(ir, input, hidden, [old], units) {
    const both = ir.sigmoid(ir.add(gate(ir, input, 0, units, 2), gate(ir, hidden, 0, units, 2)));
    const [r, z] = [gate(ir, both, 0, units), gate(ir, both, 1, units)];
    const fresh = ir.tanh(ir.add(gate(ir, input, 2, units), ir.mul(r, gate(ir, hidden, 2, units))));
    return [ir.add(fresh, ir.mul(z, ir.sub(old!, fresh)))];
  },
};

export default defineLayer({
  id: 'network/gru',
  version: 1,
  title: 'GRU',
  keywords: ['gated recurrent unit', 'recurrent', 'rnn', 'sequence'],
  inputs: {
    x: tensor('float32[B, T, features]'),
    mask: optional(tensor('float32[B, T]: 1 for tokens that count, 0 for padding, where states stay as they are.')),
  },
  outputs: {
    y: tensor('The states of the last layer at each step: float32[B, T, units].'),
    last: tensor('The last state: float32[B, units].'),
  },
  params: z.object(recurrentParams),
  weights: (types, params, check) => recurrentWeights(cell, types, params, check),
  axes: () => ({ x: 'batch position features', mask: 'batch _', y: 'batch position features', last: 'batch features' }),
  build: (at, params, ir, mode) => recurrentBuild(cell, at, params, ir, mode),
  decodes: (params, wired) => recurrentDecodes(cell.title, params, wired),
  docs: {
    summary:
      'Reads a sequence step by step with two gates: how much of the old state counts, and how much of it stays.',
    equation: String.raw`h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}`,
    sources: [
      {
        title: 'Cho et al., Learning Phrase Representations using RNN Encoder–Decoder (2014)',
        url: 'https://aclanthology.org/D14-1179/',
      },
      { title: 'PyTorch, torch.nn.GRU', url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html' },
    ],
  },
  example: {
    nodes: {
      input: { type: 'network/input', params: { length: 4, vocabulary: 8 } },
      embedding: { type: 'network/embedding', params: { width: 6 } },
      gru: { type: 'network/gru', params: { units: 5 } },
      head: { type: 'network/linear', params: { units: 3 } },
      network: { type: 'network/network', params: { task: 'classification' } },
    },
    edges: [
      ['input.y', 'embedding.x'],
      ['embedding.y', 'gru.x'],
      ['gru.last', 'head.x'],
      ['head.y', 'network.x'],
    ],
  },
});
