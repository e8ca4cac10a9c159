import { z } from 'zod';
import type { Expansion } from './define-node.ts';
import { activationLabels, activationNames, initialParams } from './layers.ts';
import { choice, flag, integer, real } from './params.ts';

export const blockParams = z.object({
  repeat: integer({
    title: 'Repeat',
    description: 'How many blocks stand one after the other.',
    default: 1,
    min: 1,
    max: 64,
  }),
  heads: integer({ title: 'Heads', description: 'Attention heads in each block.', default: 4, min: 1, max: 1024 }),
  ratio: integer({
    title: 'Feed-forward ratio',
    description: 'How many times wider the hidden layer of the feed-forward part is.',
    default: 4,
    min: 1,
    max: 64,
  }),
  activation: choice(activationNames, {
    title: 'Activation',
    description: 'In the feed-forward part.',
    default: 'gelu',
    labels: activationLabels,
  }),
  order: choice(['pre', 'post'], {
    title: 'Norm',
    description:
      'Pre-norm normalises what goes into each part (GPT-2), post-norm what comes out (the 2017 Transformer).',
    default: 'pre',
    labels: { pre: 'Before each part', post: 'After each part' },
  }),
  normalization: choice(['layer', 'rms'], {
    title: 'Kind of norm',
    description: 'Layer norm or RMS norm.',
    default: 'layer',
    labels: { layer: 'Layer norm', rms: 'RMS norm' },
  }),
  positions: choice(['none', 'rotary'], {
    title: 'Positions',
    description: 'Rotary positions inside the attention.',
    default: 'none',
    labels: { none: 'None', rotary: 'Rotary' },
  }),
  bias: flag({ title: 'Bias', description: 'Learned vectors after the linear layers.', default: true }),
  dropout: real({
    title: 'Dropout',
    description: 'While training: on attention weights and on what each part adds.',
    default: 0,
    min: 0,
    max: 0.95,
    step: 0.05,
  }),
  initialization: choice(['normal', 'uniform'], {
    title: 'Initial weights',
    description: 'Normal with smaller numbers before each residual (GPT-2), or uniform in ±1/√inputs (PyTorch).',
    default: 'normal',
    labels: { normal: 'Normal, GPT-2', uniform: 'Uniform, PyTorch' },
    advanced: true,
  }),
  deviation: initialParams.deviation,
});
type BlockParams = z.infer<typeof blockParams>;

export const blockParts = [
  'network/normalization',
  'network/attention',
  'network/feed-forward',
  'network/dropout',
  'network/residual',
];

/** Blocks one after the other: attention and a feed-forward part, each with a norm and a residual. */
export function transformerBlocks(chosen: BlockParams, direction: 'causal' | 'bidirectional'): Expansion {
  const {
    repeat,
    heads,
    ratio,
    activation,
    order,
    normalization,
    positions,
    bias,
    dropout,
    initialization,
    deviation,
  } = chosen;
  const start = { initialization, deviation, residualScale: 1 / Math.sqrt(2 * repeat) };
  const nodes: Record<string, { type: string; params: Record<string, unknown> }> = {};
  const edges: Expansion['edges'][number][] = [];
  const wire = (from: [string, string], to: [string, string]) => edges.push({ from, to });
  const inputs: [string, string][] = [];
  const masked: [string, string][] = [];
  let last: [string, string] | undefined;
  for (let i = 0; i < repeat; i++) {
    const add = (part: string, type: string, params: Record<string, unknown>) => {
      const id = `${i}.${part}`;
      nodes[id] = { type, params: { ...params, name: id } };
      return id;
    };
    /** x → x + part(norm(x)), or norm(x + part(x)). */
    const around = (part: string, inner: string, port: string) => {
      const norm = add(`${part}-norm`, 'network/normalization', { kind: normalization });
      const drop = dropout > 0 ? add(`${part}-dropout`, 'network/dropout', { rate: dropout }) : undefined;
      const sum = add(`${part}-residual`, 'network/residual', {});
      const first: [string, string] = order === 'pre' ? [norm, 'x'] : [inner, port];
      for (const to of [first, [sum, 'a'] as [string, string]]) last ? wire(last, to) : inputs.push(to);
      if (order === 'pre') wire([norm, 'y'], [inner, port]);
      if (drop) wire([inner, 'y'], [drop, 'x']);
      wire([drop ?? inner, 'y'], [sum, 'b']);
      if (order === 'post') wire([sum, 'y'], [norm, 'x']);
      last = order === 'post' ? [norm, 'y'] : [sum, 'y'];
    };
    masked.push([`${i}.attention`, 'mask']);
    around(
      'attention',
      add('attention', 'network/attention', { heads, direction, positions, bias, dropout, ...start }),
      'query',
    );
    around('feed-forward', add('feed-forward', 'network/feed-forward', { ratio, activation, bias, ...start }), 'x');
  }
  // a mask that nobody wires reaches no attention
  return {
    nodes,
    edges,
    inputs: { x: inputs, ...(direction === 'bidirectional' && { mask: masked }) },
    outputs: { y: last! },
  };
}
