import type { Dataset } from '../../graph/dataset.ts';
import type { Model } from '../../graph/values.ts';
import { fail } from '../../lib/problem.ts';
import type { LossKind } from '../training/objective.ts';
import { batchTensor, networkFeeds, wholeBatches } from './batches.ts';
import type { RunContext } from './context.ts';
import { targetColumn, targetTensor } from './targets.ts';
import { parameterState, scoringProgram } from './training-step.ts';

/** What a network's answers to all rows of a data set add up to. */
export interface Scores {
  /** Σ loss over all positions that have a target. */
  readonly sum: number;
  /** Positions: tokens of a language model, rows of a classifier. */
  readonly count: number;
  /** How many were the likeliest answer, where the objective can tell. */
  readonly correct: number | undefined;
  /** Of computing alone, without the first batch. Measured. */
  readonly seconds: number;
}

/** Scores a trained network on rows that carry the right answers. */
export async function scoreNetwork(
  scored: Model,
  data: Dataset,
  { title, loss, target: named, batch: size }: { title: string; loss: LossKind; target: string; batch: number },
  context: RunContext,
): Promise<Scores> {
  if (data.rows === 0) return fail('metrics/no-rows', `${title} needs at least one row, the data set has none.`);
  const network = await context.networks.fromModel(scored);
  const column = targetColumn(data.type, named);
  const target = column && targetTensor(column, loss);
  if (!column || !target) return fail('training/target', `${title} needs rows with targets.`);
  const batch = Math.min(size, data.rows);
  const objective = { type: 'training/objective', params: { loss, smoothing: 0 } };
  const { program, parameters } = scoringProgram(network, { objective, target, batch });
  const running = await (await context.compute()).compile(program, { keep: parameters });
  try {
    await running.write(parameterState(scored.tensors));
    const total = { sum: 0, count: 0, correct: 0 };
    let [knows, done, timed, ms] = [false, 0, 0, 0];
    for (const { indices, real } of wholeBatches(data.rows, batch)) {
      const feeds = {
        ...networkFeeds(network.inputs, data, indices),
        target: batchTensor(data.column(column.name), target.dtype, indices, { target: true }),
      };
      const began = Date.now();
      const results = await running.run(feeds);
      if (done > 0) {
        ms += Date.now() - began;
        timed += real;
      }
      knows = results.correct !== undefined;
      for (let i = 0; i < real; i++) {
        total.sum += results.sum!.data[i]!;
        total.count += results.count!.data[i]!;
        total.correct += results.correct?.data[i] ?? 0;
      }
      done += real;
      context.progress(done / data.rows, `${done} of ${data.rows} rows`);
      await context.breathe();
    }
    // one batch alone has no second one to be measured by
    const seconds = timed > 0 ? ((ms / 1000) * done) / timed : Number.NaN;
    return { sum: total.sum, count: total.count, correct: knows ? total.correct : undefined, seconds };
  } finally {
    await running.dispose();
  }
}
