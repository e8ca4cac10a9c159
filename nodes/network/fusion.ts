import { z } from 'zod';
import type { Ir } from '../../ir/builder.ts';
import type { Value } from '../../ir/operation.ts';
import type { Size } from '../../ir/size.ts';
import { showTensorType, type TensorType } from '../../ir/types.ts';
import { defineLayer, optional, tensor, type WeightSpec } from '../kit/define-node.ts';
import { features, linear, linearBias, linearWeight } from '../kit/layers.ts';
import { choice, integer, real } from '../kit/params.ts';
import attention from './attention.ts';
import feedForward from './feed-forward.ts';
import normalization from './normalization.ts';

type Weights = Readonly<Record<string, WeightSpec>>;
type Values = Readonly<Record<string, Value | undefined>>;
const under = (prefix: string, weights: Weights): Weights =>
  Object.fromEntries(Object.entries(weights).map(([name, spec]) => [`${prefix}.${name}`, spec]));
/** The weights of a layer inside this one, by its own names. */
const inside = (prefix: string, at: Values): Record<string, Value> =>
  Object.fromEntries(
    Object.entries(at).flatMap(([name, value]) =>
      value && name.startsWith(`${prefix}.`) ? [[name.slice(prefix.length + 1), value]] : [],
    ),
  );

const normParams = { kind: 'layer' as const, epsilon: 1e-5 };
const feedForwardParams = feedForward.params.parse({ ratio: 4 });
const attentionParams = (heads: number, dropout: number) =>
  attention.params.parse({ heads, direction: 'bidirectional', dropout });

/** A vector is a sequence of one. */
const asSequence = ({ shape, ...rest }: TensorType): TensorType => ({
  ...rest,
  shape: shape.length === 2 ? [shape[0]!, 1, shape[1]!] : shape,
});
const sequence = (ir: Ir, x: Value): Value => ir.reshape(x, { shape: asSequence(x.type).shape });

export default defineLayer({
  id: 'network/fusion',
  version: 1,
  title: 'Fusion',
  keywords: ['multimodal', 'modalities', 'late fusion', 'early fusion', 'cross-attention', 'joint transformer'],
  inputs: {
    a: tensor('One modality: float32[B, width] or float32[B, T, width].'),
    b: tensor('Another one: float32[B, width of b] or float32[B, S, width of b].'),
    aMask: optional(
      tensor('float32[B, T], or [B, 1] for vectors: 1 for what is there. A row of zeros lacks modality a.'),
    ),
    bMask: optional(tensor('The same for b.')),
  },
  outputs: { y: tensor('Both in one: see Kind.') },
  params: z.object({
    kind: choice(['concat', 'cross-attention', 'joint'], {
      title: 'Kind',
      description:
        'Side by side; a looks at b and keeps its shape; or one sequence of both through transformer blocks, float32[B, T + S, width].',
      default: 'concat',
      labels: { concat: 'Concatenation', 'cross-attention': 'Cross-attention', joint: 'Joint transformer' },
    }),
    width: integer({
      title: 'Width',
      description: 'Both modalities are brought to it.',
      default: 64,
      min: 1,
      max: 65_536,
      when: { kind: ['joint'] },
    }),
    blocks: integer({
      title: 'Blocks',
      description: 'Transformer blocks over both.',
      default: 2,
      min: 1,
      max: 64,
      when: { kind: ['joint'] },
    }),
    heads: integer({
      title: 'Heads',
      description: 'Attention heads.',
      default: 4,
      min: 1,
      max: 1024,
      when: { kind: ['cross-attention', 'joint'] },
    }),
    dropout: real({
      title: 'Dropout',
      description: 'Share of the attention weights that become zero while training.',
      default: 0,
      min: 0,
      max: 0.95,
      step: 0.05,
      when: { kind: ['cross-attention', 'joint'] },
    }),
  }),
  weights({ a, b, aMask, bMask }, { kind, width, blocks, heads, dropout }, check): Weights {
    for (const [port, type, mask] of [
      ['a', a, aMask],
      ['b', b, bMask],
    ] as const) {
      const rank = type.shape.length;
      if (type.dtype !== 'float32' || (rank !== 2 && rank !== 3))
        return check.fail(
          'network/modality',
          `Fusion needs vectors float32[B, width] or sequences float32[B, T, width] on ${port}, got ${showTensorType(type)}.`,
          { port, hint: 'Pool pictures, embed patches or embed tokens first.' },
        );
      const wanted = asSequence(type).shape.slice(0, 2);
      const fits = !mask || (mask.shape.length === 2 && mask.shape.every((size, i) => check.equal(size, wanted[i]!)));
      if (mask && (!fits || mask.dtype !== 'float32'))
        return check.fail(
          'network/mask',
          `Fusion needs a mask ${showTensorType({ dtype: 'float32', shape: wanted })} for ${port} ${showTensorType(type)}, got ${showTensorType(mask)}.`,
          { port: `${port}Mask`, hint: 'Wire an Input that reads which rows have this modality.' },
        );
    }
    const lead = kind === 'concat' ? a.shape.slice(0, -1) : a.shape.slice(0, 1);
    const other = kind === 'concat' ? b.shape.slice(0, -1) : b.shape.slice(0, 1);
    if (lead.length !== other.length || !lead.every((size, i) => check.equal(size, other[i]!)))
      return check.fail(
        'network/fusion-shape',
        `Fusion needs ${kind === 'concat' ? 'two tensors that differ in width only' : 'two modalities of the same rows'}, got a ${showTensorType(a)} and b ${showTensorType(b)}.`,
        {
          port: 'b',
          hint: kind === 'concat' ? 'Pool the sequences, or choose another kind.' : 'Wire both from one data set.',
        },
      );
    const vector = (size: Size): WeightSpec => ({ shape: [size], init: { normal: 0.02 } });
    const missing = {
      ...(aMask && { 'missing.a': vector(features(a)) }),
      ...(bMask && kind === 'concat' && { 'missing.b': vector(features(b)) }),
    };
    if (kind === 'concat') return missing;
    const looks = attentionParams(heads, dropout);
    if (kind === 'cross-attention') {
      const types = { query: asSequence(a), key: asSequence(b), value: undefined, mask: undefined };
      return { ...missing, ...under('attention', attention.weights!(types, looks, check)) };
    }
    const x: TensorType = { dtype: 'float32', shape: [a.shape[0]!, 1, width] };
    const own = { query: x, key: undefined, value: undefined, mask: undefined };
    const all: Record<string, WeightSpec> = {};
    for (const [name, type] of [
      ['a', a],
      ['b', b],
    ] as const) {
      all[`${name}.weight`] = linearWeight(width, features(type));
      all[`${name}.bias`] = linearBias(width, features(type));
      all[`modality.${name}`] = vector(width);
    }
    for (let i = 0; i < blocks; i++)
      Object.assign(
        all,
        under(`${i}.attention-norm`, normalization.weights!({ x }, normParams, check)),
        under(`${i}.attention`, attention.weights!(own, looks, check)),
        under(`${i}.feed-forward-norm`, normalization.weights!({ x }, normParams, check)),
        under(`${i}.feed-forward`, feedForward.weights!({ x }, feedForwardParams, check)),
      );
    return all;
  },
  axes: ({ kind }) => {
    if (kind === 'concat') return { a: '… features', b: '… features', y: '… features' };
    if (kind === 'joint')
      return { a: 'batch position features', b: 'batch position features', y: 'batch position features' };
    return { a: 'batch … features', b: 'batch position features', y: 'batch … features' };
  },
  build(at, { kind, blocks, heads, dropout }, ir, mode) {
    const weights = at as Values;
    const column = (mask: Value) => ir.reshape(mask, { shape: [...mask.type.shape, 1] }); // [B, T, 1]
    /** Where a modality is missing a learned vector stands in its place. */
    const filled = (x: Value, mask: Value | undefined, stand: Value | undefined): Value => {
      if (!mask || !stand) return x;
      const there = ir.reshape(mask, { shape: [...x.type.shape.slice(0, -1), 1] });
      return ir.add(ir.mul(x, there), ir.mul(ir.sub(1, there), stand));
    };
    const looks = attentionParams(heads, dropout);
    if (kind === 'concat') {
      const parts = [filled(at.a, at.aMask, weights['missing.a']), filled(at.b, at.bMask, weights['missing.b'])];
      return { y: ir.concat(parts, { axis: at.a.type.shape.length - 1 }) };
    }
    const call = (query: Value, key: Value | undefined, mask: Value | undefined, name: string): Value =>
      attention.build({ query, key, value: undefined, mask, ...inside(name, weights) } as never, looks, ir, {
        ...mode,
        uniform: (shape, site) => mode.uniform(shape, `${name}:${site ?? ''}`),
      }).y;
    if (kind === 'cross-attention') {
      const query = sequence(ir, filled(at.a, at.aMask, weights['missing.a']));
      let seen = call(query, sequence(ir, at.b), at.bMask, 'attention');
      // a row without b has nothing to look at: it stays as it is
      if (at.bMask) seen = ir.mul(seen, column(ir.max(at.bMask, { axes: [1], keep: true })));
      return { y: ir.reshape(ir.add(query, seen), { shape: at.a.type.shape }) };
    }
    const part = (name: 'a' | 'b') => {
      const x = sequence(ir, at[name]);
      return ir.add(linear(ir, x, weights[`${name}.weight`]!, weights[`${name}.bias`]), weights[`modality.${name}`]!);
    };
    const parts = [part('a'), part('b')];
    const masks = [at.aMask, at.bMask].map(
      (mask, i) => mask ?? ir.broadcast(ir.constant(1), { shape: parts[i]!.type.shape.slice(0, 2) }),
    );
    const mask = at.aMask || at.bMask ? ir.concat(masks, { axis: 1 }) : undefined; // [B, T + S]
    let x = ir.concat(parts, { axis: 1 }); // [B, T + S, width]
    for (let i = 0; i < blocks; i++) {
      const norm = (name: string) =>
        normalization.build({ x, ...inside(`${i}.${name}`, weights) } as never, normParams, ir, mode).y;
      x = ir.add(x, call(norm('attention-norm'), undefined, mask, `${i}.attention`));
      const hidden = { x: norm('feed-forward-norm'), ...inside(`${i}.feed-forward`, weights) };
      x = ir.add(x, feedForward.build(hidden as never, feedForwardParams, ir, mode).y);
    }
    return { y: x };
  },
  attends: true,
  docs: {
    summary: 'Brings two modalities together, such as words and pictures, also where a row lacks one of them.',
    equation: String.raw`y = [a; b],\quad y = a + \mathrm{Attention}(a, b),\quad y = \mathrm{Transformer}([W_a a + e_a; W_b b + e_b])`,
    notes:
      'A mask says which rows have a modality. Concatenation puts a learned vector in the place of what is missing, cross-attention leaves the row as it is, the joint transformer looks past it.',
    sources: [
      {
        title: 'Baltrušaitis, Ahuja and Morency, Multimodal Machine Learning: A Survey and Taxonomy (2019)',
        url: 'https://arxiv.org/abs/1705.09406',
      },
      { title: 'Lu et al., ViLBERT (2019): cross-attention', url: 'https://arxiv.org/abs/1908.02265' },
      { title: 'Kim, Son and Kim, ViLT (2021): one transformer over both', url: 'https://arxiv.org/abs/2102.03334' },
    ],
  },
  example: {
    nodes: {
      words: { type: 'network/input', params: { length: 4, vocabulary: 8 } },
      embedding: { type: 'network/embedding', params: { width: 8 } },
      picture: { type: 'network/input', params: { kind: 'image', length: 8 } },
      patches: { type: 'network/patch-embedding', params: { width: 8 } },
      fusion: { type: 'network/fusion', params: { kind: 'joint', width: 8, blocks: 1, heads: 2 } },
      network: { type: 'network/network', params: { task: 'none' } },
    },
    edges: [
      ['words.y', 'embedding.x'],
      ['embedding.y', 'fusion.a'],
      ['picture.y', 'patches.x'],
      ['patches.y', 'fusion.b'],
      ['fusion.y', 'network.x'],
    ],
  },
});
