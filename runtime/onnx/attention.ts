import type { Attrs, Value } from '../../ir/operation.ts';
import type { Program } from '../../ir/program.ts';
import { staticShape } from '../../ir/types.ts';
import type { Emitter } from './lowerings.ts';

/** Attention of several heads, as one operation would take it. */
export interface FusedAttention {
  /** Whose numbers, in their order, are [B, T, heads · head]. */
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
  readonly scale: number;
  /** What is added to the scores [B, H, T, S]. */
  readonly biases: readonly Value[];
}

interface Found {
  /** By the value that holds the mixed heads side by side, [B, T, H, head]. */
  readonly attentions: ReadonlyMap<Value, FusedAttention>;
  /** What is made nowhere else: scores, weights, and heads that nothing else takes. */
  readonly absorbed: ReadonlySet<Value>;
}

/**
 * Finds softmax(scale · Q Kᵀ + biases) V of heads that are split off and put side by side again. Where a gradient needs
 * the weights they are taken by more than the product, and nothing is found: only passes forward have it.
 */
export function findAttentions(program: Program, uses: ReadonlyMap<Value, readonly Value[]>): Found {
  const attentions = new Map<Value, FusedAttention>();
  const absorbed = new Set<Value>();
  const outputs = new Set(program.outputs.map(({ value }) => value));
  const isInner = (value: Value): boolean => uses.get(value)?.length === 1 && !outputs.has(value);
  for (const joined of program.values) {
    if (!turnsHeads(joined)) continue;
    const mixed = joined.args[0]!;
    if (!isProduct(mixed, false) || !isInner(mixed)) continue;
    const [weights, values] = mixed.args as [Value, Value];
    if (weights.op !== 'softmax' || !isInner(weights)) continue;
    const inner = [mixed, weights];
    const biases: Value[] = [];
    let scores = weights.args[0]!;
    while (scores.op === 'add' && isInner(scores)) {
      inner.push(scores);
      const [a, b] = scores.args as [Value, Value];
      const [rest, bias] = b.op === 'broadcast' ? [a, b] : [b, a];
      if (bias.op !== 'broadcast') break;
      biases.push(bias.args[0]!);
      scores = rest;
    }
    if (!isProduct(scores, true) || !isInner(scores)) continue;
    inner.push(scores);
    const [scaled, keys] = scores.args as [Value, Value];
    const factor = scaleOf(scaled);
    const queries = factor ? factor.of : scaled;
    if (factor && !isInner(scaled)) continue;
    if (factor) inner.push(scaled);
    const [query, key, value] = [queries, keys, values].map(wholeOf);
    if (!query || !key || !value) continue;
    attentions.set(joined, { query, key, value, scale: factor?.scale ?? 1, biases });
    for (const each of inner) absorbed.add(each);
    for (const heads of [queries, keys, values])
      for (let part = heads; part !== wholeOf(heads) && isInner(part); part = part.args[0]!) absorbed.add(part);
  }
  return { attentions, absorbed };
}

const isProduct = (value: Value, transposed: boolean): boolean => {
  if (value.op !== 'matmul' || value.type.shape.length !== 4) return false;
  const { transposeX, transposeY } = value.attrs as Attrs<'matmul'>;
  return !transposeX && transposeY === transposed;
};

/** [B, T, H, head] from [B, H, T, head], or back. */
const turnsHeads = (value: Value): boolean =>
  value.op === 'transpose' && (value.attrs as Attrs<'transpose'>).order.join() === '0,2,1,3';

/** What heads [B, H, T, head] were split from: in the order of its numbers that is [B, T, H · head]. */
const wholeOf = (heads: Value): Value | undefined => {
  const split = turnsHeads(heads) ? heads.args[0]! : undefined;
  return split?.op === 'reshape' ? split.args[0] : undefined;
};

function scaleOf(value: Value): { readonly of: Value; readonly scale: number } | undefined {
  if (value.op !== 'mul') return undefined;
  const constant = value.args.map((arg) => (arg.op === 'broadcast' ? arg.args[0]! : arg));
  const at = constant.findIndex(({ op }) => op === 'constant');
  if (at < 0) return undefined;
  return { of: value.args[1 - at]!, scale: (constant[at]!.attrs as Attrs<'constant'>).value };
}

/** ONNX Runtime's own attention: heads are split within it, and the scores of a head stay in the cache. */
export function attentionNodes(
  e: Emitter,
  joined: Value,
  { query, key, value, scale, biases }: FusedAttention,
  out: string,
): void {
  const { model } = e;
  const [batch, time, heads, head] = staticShape(joined.type.shape) as [number, number, number, number];
  const mixed = joined.args[0]!.args as readonly [Value, Value];
  const seen = staticShape(mixed[1].type.shape)[2]!;
  const whole = (source: Value, length: number): string => {
    const width = staticShape(source.type.shape).reduce((a, b) => a * b, 1) / (batch * length);
    return model.node('Reshape', [e.name(source), model.int64s([batch, length, width])]);
  };
  // its bias has all positions, and rows and heads only where they differ
  const ranked = biases.map((bias) => [1, 1, 1, 1, ...staticShape(bias.type.shape)].slice(-4));
  const shape = [0, 1].map((axis) => Math.max(1, ...ranked.map((each) => each[axis]!)));
  const bias: string[] = [];
  if (biases.length > 0) {
    const sum = biases.map((each) => e.name(each)).reduce((a, b) => model.node('Add', [a, b]));
    bias.push('', '', model.node('Expand', [sum, model.int64s([...shape, time, seen])]));
  }
  const result = model.fresh();
  model.nodes(
    'MultiHeadAttention',
    [whole(query, time), whole(key, seen), whole(value, seen), ...bias],
    [result],
    { num_heads: heads, scale: { float: scale } },
    'com.microsoft',
  );
  model.node('Reshape', [result, model.int64s([batch, time, heads, head])], {}, out);
}
