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
  title: 'LSTM',
  gates: 4,
  states: 2,
  sums: true,
  // gates in PyTorch's order: input, forget, cell, output
  next(ir, input, hidden, [, old], units) {
    const all = ir.add(input, hidden);
    const both = ir.sigmoid(gate(ir, all, 0, units, 2));
    const [i, f] = [gate(ir, both, 0, units), gate(ir, both, 1, units)];
    const [g, o] = [ir.tanh(gate(ir, all, 2, units)), ir.sigmoid(gate(ir, all, 3, units))];
    const memory = ir.add(ir.mul(f, old!), ir.mul(i, g));
    return [ir.mul(o, ir.tanh(memory)), memory];
  },
};

export default defineLayer({
  id: 'network/lstm',
  version: 1,
  title: 'LSTM',
  keywords: ['long short-term memory', 'recurrent', 'rnn', 'sequence', 'bilstm'],
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
    summary: 'Reads a sequence step by step and keeps what matters in a cell that gates open and close.',
    equation: String.raw`c_t = f_t \odot c_{t-1} + i_t \odot g_t,\quad h_t = o_t \odot \tanh c_t`,
    sources: [
      {
        title: 'Hochreiter and Schmidhuber, Long Short-Term Memory (1997)',
        url: 'https://doi.org/10.1162/neco.1997.9.8.1735',
      },
      { title: 'PyTorch, torch.nn.LSTM', url: 'https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html' },
    ],
  },
  example: {
    nodes: {
      input: { type: 'network/input', params: { length: 4, vocabulary: 8 } },
      embedding: { type: 'network/embedding', params: { width: 6 } },
      lstm: { type: 'network/lstm', params: { units: 5 } },
      head: { type: 'network/linear', params: { units: 3 } },
      network: { type: 'network/network', params: { task: 'classification' } },
    },
    edges: [
      ['input.y', 'embedding.x'],
      ['embedding.y', 'lstm.x'],
      ['lstm.last', 'head.x'],
      ['head.y', 'network.x'],
    ],
  },
});
