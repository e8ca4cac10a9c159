import { z } from 'zod';
import type { Ir } from '../../ir/builder.ts';
import type { Value } from '../../ir/operation.ts';
import { divideSizes, multiplySizes, type Size } from '../../ir/size.ts';
import { showTensorType } from '../../ir/types.ts';
import { type Decode, defineLayer, optional, tensor } from '../kit/define-node.ts';
import {
  dropout,
  features,
  initialParams,
  linear,
  linearBias,
  linearWeight,
  needMask,
  needSequence,
  positionsAlong,
  residualScale,
} from '../kit/layers.ts';
import { choice, flag, integer, real } from '../kit/params.ts';

/** What a query at position i may look at: keys at positions j. Window and stride count positions. */
type Pattern = (ir: Ir, i: Value, j: Value, sizes: { window: number; globals: number }) => Value | undefined;

/** ⌊x / k⌋ for whole x ≥ 0. */
const floorDivide = (ir: Ir, x: Value, k: number): Value =>
  ir.cast(ir.mul(ir.add(ir.cast(x, { to: 'float32' }), 0.5), 1 / k), { to: 'int32' });

const near: Pattern = (ir, i, j, { window }) => {
  const apart = ir.sub(i, j);
  return ir.and(ir.less(apart, window), ir.less(-window, apart));
};

const patterns = {
  full: () => undefined,
  local: near,
  /** Child et al. (2019): a local window, and every window-th position. */
  strided: (ir, i, j, sizes) => {
    const forward = ir.less(i, j);
    const apart = ir.select(forward, ir.sub(j, i), ir.sub(i, j));
    const rest = ir.sub(apart, ir.mul(floorDivide(ir, apart, sizes.window), sizes.window));
    return ir.or(near(ir, i, j, sizes)!, ir.equal(rest, 0));
  },
  blockwise: (ir, i, j, { window }) => ir.equal(floorDivide(ir, i, window), floorDivide(ir, j, window)),
  /** Beltagy et al. (2020): a local window, and the first positions see and are seen by all. */
  'global-local': (ir, i, j, sizes) =>
    ir.or(near(ir, i, j, sizes)!, ir.or(ir.less(i, sizes.globals), ir.less(j, sizes.globals))),
} as const satisfies Record<string, Pattern>;

/** Su et al. (2021), with the two halves of each head as real and imaginary part. */
function rotate(ir: Ir, x: Value, positions: Value | undefined): Value {
  const [batch, heads, time, width] = x.type.shape as [Size, Size, Size, Size];
  const half = divideSizes(width, 2)!;
  const float = (axis: number) => positionsAlong(ir, [time, half], axis, positions);
  const rate = ir.exp(ir.mul(ir.div(float(1), ir.constantSize(half)), -Math.log(10_000)));
  const angle = ir.mul(float(0), rate); // [T, width / 2]
  const [cos, sin] = [ir.cos(angle), ir.sin(angle)];
  const part = (start: Size) => ir.slice(x, { axis: 3, start, length: half });
  const [a, b] = [part(0), part(half)];
  const turned = [ir.sub(ir.mul(a, cos), ir.mul(b, sin)), ir.add(ir.mul(b, cos), ir.mul(a, sin))];
  return ir.reshape(ir.concat(turned, { axis: 3 }), { shape: [batch, heads, time, width] });
}

/**
 * Keys or values of all positions so far. They are kept as [B, H, head, room] with zeros where no position has been, so
 * that a new one is placed by adding it. The first pass works with its own and keeps them; a later one takes the kept.
 */
function remembered(ir: Ir, name: string, own: Value, decode: Decode): Value {
  const turned = ir.transpose(own, { order: [0, 1, 3, 2] }); // [B, H, head, T]
  if (decode.counts) {
    decode.keep(name, ir.mul(turned, decode.counts));
    return own;
  }
  const [batch, heads, head] = turned.type.shape as [Size, Size, Size, Size];
  const shape = [batch, heads, head];
  const at = ir.broadcast(decode.positions, { shape });
  const all = ir.place(decode.state(name, [...shape, decode.room]), at, ir.reshape(turned, { shape }));
  decode.keep(name, all);
  return ir.transpose(all, { order: [0, 1, 3, 2] });
}

/**
 * A position looks at those before it, which are kept as [B, H, head, room], and at itself, without copying what is kept:
 * its own score and its own share of the result are worked out beside them.
 */
function grown(
  ir: Ir,
  { q, own, hidden, decode }: { q: Value; own: { key: Value; value: Value }; hidden: readonly Value[]; decode: Decode },
): Value {
  const turned = (x: Value) => ir.transpose(x, { order: [0, 1, 3, 2] }); // [B, H, head, 1]
  const [key, value] = [turned(own.key), turned(own.value)];
  const [batch, heads, head] = key.type.shape as [Size, Size, Size];
  const shape = [batch, heads, head, decode.room];
  decode.append!('key', key);
  decode.append!('value', value);
  const lone = [batch, heads, 1];
  const at = ir.broadcast(decode.positions, { shape: lone });
  const scaled = ir.div(q, ir.sqrt(ir.constantSize(head)));
  const before = ir.matmul(scaled, decode.state('key', shape)); // [B, H, 1, room]
  let scores = ir.place(before, at, ir.reshape(ir.matmul(scaled, key), { shape: lone }));
  for (const bias of hidden) scores = ir.add(scores, bias);
  const weights = ir.softmax(scores);
  const others = ir.matmul(weights, decode.state('value', shape), { transposeY: true }); // [B, H, 1, head]
  const share = ir.reshape(ir.pick(weights, at), { shape: [...lone, 1] });
  return ir.add(others, ir.mul(share, own.value));
}

export default defineLayer({
  id: 'network/attention',
  version: 1,
  title: 'Attention',
  keywords: ['self-attention', 'multi-head', 'cross-attention', 'mha', 'transformer', 'causal', 'sparse'],
  inputs: {
    query: tensor('float32[B, T, width]'),
    key: optional(tensor('float32[B, S, width of keys]: what is looked at. Left open, the query itself.')),
    value: optional(tensor('float32[B, S, width of values]: what is taken. Left open, the key.')),
    mask: optional(tensor('float32[B, S]: 1 for positions that count, 0 for padding.')),
  },
  outputs: { y: tensor('The shape of the query.') },
  params: z.object({
    heads: integer({
      title: 'Heads',
      description: 'Into how many parts the width is split.',
      default: 4,
      min: 1,
      max: 1024,
    }),
    direction: choice(['causal', 'bidirectional'], {
      title: 'Direction',
      description: 'Causal: a position sees itself and those before it.',
      default: 'causal',
      labels: { causal: 'Causal', bidirectional: 'Bidirectional' },
    }),
    pattern: choice(['full', 'local', 'strided', 'blockwise', 'global-local'], {
      title: 'Pattern',
      description: 'Which positions see each other.',
      default: 'full',
      labels: {
        full: 'Full',
        local: 'Local window',
        strided: 'Strided',
        blockwise: 'Blockwise',
        'global-local': 'Global and local',
      },
    }),
    window: integer({
      title: 'Window',
      description: 'Positions in a window, a stride or a block.',
      default: 16,
      min: 1,
      max: 1_048_576,
      when: { pattern: ['local', 'strided', 'blockwise', 'global-local'] },
    }),
    globals: integer({
      title: 'Global positions',
      description: 'How many of the first positions see and are seen by all.',
      default: 1,
      min: 1,
      max: 1_048_576,
      when: { pattern: ['global-local'] },
    }),
    positions: choice(['none', 'rotary'], {
      title: 'Positions',
      description: 'Rotary turns queries and keys by their position.',
      default: 'none',
      labels: { none: 'None', rotary: 'Rotary' },
    }),
    bias: flag({
      title: 'Bias',
      description: 'Adds a learned vector after each of the four projections.',
      default: true,
    }),
    dropout: real({
      title: 'Dropout',
      description: 'Share of the attention weights that become zero while training.',
      default: 0,
      min: 0,
      max: 0.95,
      step: 0.05,
    }),
    ...initialParams,
    residualScale,
  }),
  attends: true,
  weights({ query, key, value, mask }, { heads, bias, positions, residualScale, ...initial }, check) {
    const source = key ?? query;
    const taken = value ?? source;
    needSequence(check, 'Attention', query, 'query');
    needSequence(check, 'Attention', source, 'key');
    needSequence(check, 'Attention', taken, 'value');
    const width = features(query);
    const head = divideSizes(width, heads);
    if (head === undefined || (positions === 'rotary' && divideSizes(head, 2) === undefined))
      return check.fail(
        'network/heads',
        `Attention needs a width that its ${heads} heads divide${positions === 'rotary' ? ' into even parts' : ''}, got ${showTensorType(query)}.`,
        { param: 'heads', hint: 'Change the heads, or the width of the layer before.' },
      );
    if (!check.equal(query.shape[0]!, source.shape[0]!))
      return check.fail(
        'network/sequence',
        `Attention needs queries and keys of the same rows, got ${showTensorType(query)} and ${showTensorType(source)}.`,
        { port: 'key', hint: 'Wire both from one data set.' },
      );
    if (!check.equal(source.shape[0]!, taken.shape[0]!) || !check.equal(source.shape[1]!, taken.shape[1]!))
      return check.fail(
        'network/sequence',
        `Attention needs a value for each key, got ${showTensorType(source)} and ${showTensorType(taken)}.`,
        { port: 'value', hint: 'Wire keys and values from the same sequence.' },
      );
    if (mask) needMask(check, 'Attention', mask, source, key ? 'key' : 'query');
    const weight = (from: Size) => linearWeight(width, from, initial);
    const shift = (from: Size) => bias && linearBias(width, from, initial);
    const all = {
      'query.weight': weight(width),
      'query.bias': shift(width),
      'key.weight': weight(features(source)),
      'key.bias': shift(features(source)),
      'value.weight': weight(features(taken)),
      'value.bias': shift(features(taken)),
      'output.weight': linearWeight(width, width, { ...initial, deviation: initial.deviation * residualScale }),
      'output.bias': shift(width),
    };
    return Object.fromEntries(Object.entries(all).filter(([, spec]) => spec)) as {
      [N in keyof typeof all]: ReturnType<typeof weight>;
    };
  },
  decodes({ direction }, wired) {
    if (direction !== 'causal') return 'Attention in both directions sees what comes later';
    const other = wired.find((port) => port !== 'query');
    return other === undefined || `Attention reads more than the sequence itself, on ${other}`;
  },
  axes: () => ({
    query: 'batch position features',
    key: 'batch position features',
    value: 'batch position features',
    mask: 'batch _',
    y: 'batch position features',
  }),
  build(at, { heads, direction, pattern, window, globals, positions, dropout: rate }, ir, mode) {
    const source = at.key ?? at.query;
    const taken = at.value ?? source;
    const [batch, time, width] = at.query.type.shape as [Size, Size, Size];
    const { decode } = mode;
    const goesOn = decode && !decode.counts;
    const seen = goesOn ? decode.room : source.type.shape[1]!;
    const head = divideSizes(width, heads)!;
    const split = (x: Value, length: Size) =>
      ir.transpose(ir.reshape(x, { shape: [batch, length, heads, head] }), { order: [0, 2, 1, 3] }); // [B, H, T, head]
    const turn = (x: Value) => (positions === 'rotary' ? rotate(ir, x, decode?.positions) : x);
    const q = turn(split(linear(ir, at.query, at['query.weight'], at['query.bias']), time));
    const own = goesOn ? time : seen;
    // prefixes stand before all positions: what is kept then joins them as a whole
    const grows = goesOn && decode.append && !mode.prefix;
    let k = turn(split(linear(ir, source, at['key.weight'], at['key.bias']), own));
    let v = split(linear(ir, taken, at['value.weight'], at['value.bias']), own);
    if (decode && !grows) {
      k = remembered(ir, 'key', k, decode);
      v = remembered(ir, 'value', v, decode);
    }

    const i = goesOn
      ? ir.broadcast(ir.reshape(decode.positions, { shape: [time, 1] }), { shape: [time, seen] })
      : ir.iota({ shape: [time, seen], axis: 0 });
    const j = ir.iota({ shape: [time, seen], axis: 1 });
    const allowed = [
      direction === 'causal' ? ir.not(ir.less(i, j)) : undefined,
      (patterns[pattern] as Pattern)(ir, i, j, { window, globals }),
    ].filter((each) => each !== undefined);
    // what is added to the scores: 0 where a key may be seen, so much less that it counts nothing where it may not
    const hidden: Value[] = [];
    if (allowed.length > 0)
      hidden.push(
        ir.select(
          allowed.reduce((a, b) => ir.and(a, b)),
          0,
          -1e9,
        ),
      ); // [T, S]
    if (at.mask) hidden.push(ir.reshape(ir.mul(ir.sub(at.mask, 1), 1e9), { shape: [batch, 1, 1, seen] }));

    const joined = (mixed: Value) =>
      linear(
        ir,
        // [B, H, T, head] → [B, T, H · head]
        ir.reshape(ir.transpose(mixed, { order: [0, 2, 1, 3] }), { shape: [batch, time, multiplySizes(heads, head)] }),
        at['output.weight'],
        at['output.bias'],
      );
    if (grows) return { y: joined(grown(ir, { q, own: { key: k, value: v }, hidden, decode })) };
    let before: Size = 0;
    if (mode.prefix) {
      before = mode.prefix.key.type.shape[0]!;
      const shape = [batch, heads, before, head];
      const spread = (x: Value) =>
        ir.broadcast(ir.transpose(ir.reshape(x, { shape: [1, before, heads, head] }), { order: [0, 2, 1, 3] }), {
          shape,
        });
      k = ir.concat([spread(mode.prefix.key), k], { axis: 2 });
      v = ir.concat([spread(mode.prefix.value), v], { axis: 2 });
    }
    let scores = ir.matmul(ir.div(q, ir.sqrt(ir.constantSize(head))), k, { transposeY: true }); // [B, H, T, S]
    for (const bias of hidden) scores = ir.add(scores, ir.pad(bias, { axis: -1, before, after: 0 }));
    const weights = dropout(ir, ir.softmax(scores), rate, mode, 'weights');
    return { y: joined(ir.matmul(weights, v)) };
  },
  docs: {
    summary: 'Each position takes a weighted mean of others, with weights that it works out from what they hold.',
    equation: String.raw`\mathrm{softmax}\!\left(\frac{QK^\top}{\sqrt{d}}\right)V`,
    notes:
      'Wire only the query for self-attention; wire the key too for cross-attention. Sparse patterns are masks: they show what such a network learns, not how fast it could be.',
    sources: [
      { title: 'Vaswani et al., Attention Is All You Need (2017)', url: 'https://arxiv.org/abs/1706.03762' },
      { title: 'Su et al., RoFormer (2021)', url: 'https://arxiv.org/abs/2104.09864' },
      {
        title: 'Child et al., Generating Long Sequences with Sparse Transformers (2019)',
        url: 'https://arxiv.org/abs/1904.10509',
      },
      { title: 'Beltagy et al., Longformer (2020)', url: 'https://arxiv.org/abs/2004.05150' },
    ],
  },
  example: {
    nodes: {
      input: { type: 'network/input', params: { length: 4, vocabulary: 8 } },
      embedding: { type: 'network/embedding', params: { width: 8 } },
      attention: { type: 'network/attention', params: { heads: 2 } },
      network: { type: 'network/network', params: { task: 'none' } },
    },
    edges: [
      ['input.y', 'embedding.x'],
      ['embedding.y', 'attention.query'],
      ['attention.y', 'network.x'],
    ],
  },
});
