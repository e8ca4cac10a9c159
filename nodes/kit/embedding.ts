import type { Dataset } from '../../graph/dataset.ts';
import type { Model } from '../../graph/values.ts';
import type { Builder } from '../../ir/builder.ts';
import type { Value } from '../../ir/operation.ts';
import { float32, type Tensor } from '../../ir/tensor.ts';
import { fail } from '../../lib/problem.ts';
import { networkFeeds, wholeBatches } from './batches.ts';
import type { RunContext, TokenPooling, Vectors } from './context.ts';
import { parameterState, predictionProgram } from './training-step.ts';

/** Rows that a network looks at together. It changes the speed only. */
const BATCH = 32;
/** The column that Tokenize makes beside tokens. */
const MASK = 'mask';
const MASK_INPUT = 'pooling mask';

/** The vectors that a network gives: one for each row, or those of its tokens pooled over the tokens that are there. */
export async function embedWithNetwork(
  model: Model,
  dataset: Dataset,
  pooling: TokenPooling,
  context: RunContext,
): Promise<Vectors> {
  const network = await context.networks.fromModel(model);
  const { shape } = network.output;
  const size = shape.at(-1) as number;
  if (shape.length !== 2 && shape.length !== 3)
    fail('vectors/model', `Vectors need a model that gives one for each text or token, got ${model.card.task}.`);
  const length = shape.length === 3 ? (shape[1] as number) : 0;
  const values = new Float32Array(dataset.rows * size);
  if (dataset.rows === 0) return { size, values };

  const batch = Math.min(BATCH, dataset.rows);
  const { program, parameters } = predictionProgram(network, batch, (ir, y) => ({
    y: length === 0 ? y : pool(ir, y, pooling, [batch, length, size]),
  }));
  const mask = dataset.find(MASK)?.data;
  const masked = length > 0 && pooling !== 'cls';
  const running = await (await context.compute()).compile(program, { keep: parameters });
  try {
    await running.write(parameterState(model.tensors));
    let at = 0;
    for (const { indices, real } of wholeBatches(dataset.rows, batch)) {
      const feeds: Record<string, Tensor> = { ...networkFeeds(network.inputs, dataset, indices) };
      if (masked) feeds[MASK_INPUT] = maskOf(mask, indices, length);
      const { y } = await running.run(feeds);
      values.set((y!.data as Float32Array).subarray(0, real * size), at * size);
      at += real;
      context.progress(at / dataset.rows, `${at} of ${dataset.rows} rows`);
      await context.breathe();
    }
  } finally {
    await running.dispose();
  }
  return { size, values };
}

/** [B, T]: 1 where a token is. Without a column mask every token counts. */
function maskOf(mask: Dataset['columns'][number]['data'] | undefined, rows: ArrayLike<number>, length: number): Tensor {
  const there = mask?.kind === 'vector' && mask.size === length ? mask.values : undefined;
  return float32(
    [rows.length, length],
    Array.from(rows).flatMap((row) =>
      Array.from({ length }, (_, i) => (there ? Number(there[row * length + i]! > 0) : 1)),
    ),
  );
}

/** [B, T, D] → [B, D] */
function pool(
  ir: Builder,
  states: Value,
  pooling: TokenPooling,
  [batch, length, size]: readonly [number, number, number],
): Value {
  if (pooling === 'cls')
    return ir.reshape(ir.slice(states, { axis: 1, start: 0, length: 1 }), { shape: [batch, size] });
  const mask = ir.input(MASK_INPUT, { dtype: 'float32', shape: [batch, length] });
  const wide = ir.broadcast(ir.reshape(mask, { shape: [batch, length, 1] }), { shape: [batch, length, size] });
  if (pooling === 'max') return ir.max(ir.add(states, ir.mul(ir.sub(wide, 1), 1e30)), { axes: [1] });
  const count = ir.maximum(ir.sum(mask, { axes: [1], keep: true }), 1);
  return ir.div(ir.sum(ir.mul(states, wide), { axes: [1] }), ir.broadcast(count, { shape: [batch, size] }));
}
