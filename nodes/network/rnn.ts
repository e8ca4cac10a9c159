import { z } from 'zod';
import { defineLayer, optional, tensor } from '../kit/define-node.ts';
import { type Cell, recurrentBuild, recurrentDecodes, recurrentParams, recurrentWeights } from '../kit/recurrent.ts';

const cell: Cell = {
  title: 'RNN',
  gates: 1,
  states: 1,
  sums: true,
  next: (ir, input, hidden) => [ir.tanh(ir.add(input, hidden))],
};

export default defineLayer({
  id: 'network/rnn',
  version: 1,
  title: 'RNN',
  keywords: ['elman', 'recurrent', 'simple rnn', 'sequence'],
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
    summary: 'Reads a sequence step by step: each state is a bent mix of the input and the state before.',
    equation: String.raw`h_t = \tanh(W x_t + b + U h_{t-1} + c)`,
    notes: 'Long sequences are learned better by LSTM and GRU.',
    sources: [
      { title: 'Elman, Finding Structure in Time (1990)', url: 'https://doi.org/10.1207/s15516709cog1402_1' },
      { title: 'PyTorch, torch.nn.RNN', url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.RNN.html' },
    ],
  },
  example: {
    nodes: {
      input: { type: 'network/input', params: { length: 4, vocabulary: 8 } },
      embedding: { type: 'network/embedding', params: { width: 6 } },
      rnn: { type: 'network/rnn', params: { units: 5 } },
      head: { type: 'network/linear', params: { units: 3 } },
      network: { type: 'network/network', params: { task: 'classification' } },
    },
    edges: [
      ['input.y', 'embedding.x'],
      ['embedding.y', 'rnn.x'],
      ['rnn.last', 'head.x'],
      ['head.y', 'network.x'],
    ],
  },
});
