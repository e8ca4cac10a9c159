import { z } from 'zod';
import { defineLayer, tensor } from '../kit/define-node.ts';
import { activationLabels, activationNames, activations, needFloats } from '../kit/layers.ts';
import { choice } from '../kit/params.ts';

export default defineLayer({
  id: 'network/activation',
  version: 1,
  title: 'Activation',
  keywords: ['relu', 'gelu', 'silu', 'swish', 'sigmoid', 'tanh', 'softmax', 'nonlinearity'],
  inputs: { x: tensor('float32[…]') },
  outputs: { y: tensor('The same shape.') },
  params: z.object({
    function: choice([...activationNames, 'softmax'], {
      title: 'Function',
      description: 'Softmax works along the last axis, the others on each number.',
      default: 'gelu',
      labels: { ...activationLabels, softmax: 'Softmax' },
    }),
  }),
  weights({ x }, _params, check) {
    needFloats(check, 'Activation', x, 'x');
    return {};
  },
  axes: () => ({ x: '…', y: '…' }),
  build({ x }, { function: name }, ir) {
    return { y: name === 'softmax' ? ir.softmax(x) : activations[name](ir, x) };
  },
  decodes: () => true,
  docs: {
    summary: 'Bends each number, so that layers on top of each other can do more than one layer.',
    equation: String.raw`\mathrm{GELU}(x) = x\,\Phi(x),\quad \mathrm{SiLU}(x) = x\,\sigma(x)`,
    sources: [
      { title: 'Hendrycks and Gimpel, Gaussian Error Linear Units (2016)', url: 'https://arxiv.org/abs/1606.08415' },
      {
        title: 'PyTorch, torch.nn activations',
        url: 'https://docs.pytorch.org/docs/stable/nn.html#non-linear-activations-weighted-sum-nonlinearity',
      },
    ],
  },
  example: {
    nodes: {
      input: { type: 'network/input', params: { kind: 'vector', length: 4 } },
      act: { type: 'network/activation', params: { function: 'silu' } },
      network: { type: 'network/network', params: { task: 'none' } },
    },
    edges: [
      ['input.y', 'act.x'],
      ['act.y', 'network.x'],
    ],
  },
});
