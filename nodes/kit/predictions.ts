import type { Dataset } from '../../graph/dataset.ts';
import type { DatasetType, ModelType } from '../../graph/types.ts';
import type { Model, Prediction } from '../../graph/values.ts';
import type { Ir } from '../../ir/builder.ts';
import type { Value } from '../../ir/operation.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { showTensorType } from '../../ir/types.ts';
import { fail } from '../../lib/problem.ts';
import { columnTensor } from '../network/input.ts';
import { networkFeeds, wholeBatches } from './batches.ts';
import type { Network, RunContext } from './context.ts';
import type { TypeContext } from './define-node.ts';
import { parameterState, predictionProgram, type ScoringProgram } from './training-step.ts';

/** Rows that a network looks at together. It changes the speed only. */
export const BATCH = 64;

/** What a trained network says of rows: softmax of its scores, the number that it gives, or the likeliest tag of each position. */
export async function predictWithNetwork(model: Model, dataset: Dataset, context: RunContext): Promise<Prediction> {
  const { task, signature } = model.card;
  const network = await context.networks.fromModel(model);
  const width = network.output.shape.at(-1) as number;
  const rank = network.output.shape.length;
  if (task === 'token-classification' && rank === 3) {
    const length = network.output.shape[1] as number;
    const codes = new Int32Array(dataset.rows * length);
    await eachBatch(network, model, dataset, context, (y, at) => codes.set(y as Int32Array, at));
    return { kind: 'tags', categories: categoriesOf(signature.categories, width), length, codes };
  }
  if (rank !== 2 || (task !== 'classification' && task !== 'regression'))
    return fail('predict/task', `Predictions need a model that answers for each row, got one for ${task}.`, {
      hint: 'Choose the task Class of a row, Class of each token or A number in its Network.',
    });
  const classes = task === 'regression' ? 0 : Math.max(2, width);
  const answers = new Float32Array(dataset.rows * (classes || 1));
  await eachBatch(network, model, dataset, context, (y, at) => answers.set(y as Float32Array, at));
  return classes === 0
    ? { kind: 'numbers', values: Float64Array.from(answers) }
    : { kind: 'classes', categories: categoriesOf(signature.categories, classes), probabilities: answers };
}

/** What a network says of at most so many rows: tags, numbers or probabilities, by its task. */
export function answersProgram(network: Network, task: string, rows: number): ScoringProgram {
  const width = network.output.shape.at(-1) as number;
  return predictionProgram(network, Math.min(BATCH, rows), (ir, y) => ({
    y: task === 'token-classification' ? ir.argmax(y) : task === 'regression' ? y : probabilities(ir, y, width),
  }));
}

/** Runs rows through a network and gives what comes out, batch by batch, with the place of its first number. */
async function eachBatch(
  network: Network,
  model: Model,
  dataset: Dataset,
  context: RunContext,
  take: (numbers: Tensor['data'], at: number) => void,
): Promise<void> {
  if (dataset.rows === 0) return;
  const batch = Math.min(BATCH, dataset.rows);
  const { program, parameters } = answersProgram(network, model.card.task, batch);
  const running = await (await context.compute()).compile(program, { keep: parameters });
  try {
    await running.write(parameterState(model.tensors));
    let at = 0;
    for (const { indices, real } of wholeBatches(dataset.rows, batch)) {
      const { y } = await running.run(networkFeeds(network.inputs, dataset, indices));
      const each = y!.data.length / batch;
      take(y!.data.subarray(0, real * each), at * each);
      at += real;
      context.progress(at / dataset.rows, `${at} of ${dataset.rows} rows`);
      await context.breathe();
    }
  } finally {
    await running.dispose();
  }
}

/** [B, classes]. One score alone is that of the second class against the first, as binary cross-entropy trains it. */
function probabilities(ir: Ir, scores: Value, width: number): Value {
  if (width > 1) return ir.softmax(scores);
  const second = ir.sigmoid(scores);
  return ir.concat([ir.sub(1, second), second], { axis: 1 });
}

/** The target's categories; where the model does not know them (it was never trained), numbers. */
const categoriesOf = (known: readonly string[] | undefined, classes: number): readonly string[] =>
  known && known.length === classes ? known : Array.from({ length: classes }, (_, i) => String(i));

/** The numbers of an answer for rows: probabilities, values or tags. */
export const answerNumbers = (answer: Prediction): ArrayLike<number> =>
  answer.kind === 'classes' ? answer.probabilities : answer.kind === 'numbers' ? answer.values : answer.codes;

/** The class with the largest probability, row by row; the first of equal ones. */
export function likeliest({ categories, probabilities: all }: Extract<Prediction, { kind: 'classes' }>): Int32Array {
  const width = categories.length;
  return Int32Array.from({ length: all.length / width }, (_, row) => {
    let best = 0;
    for (let i = 1; i < width; i++) if (all[row * width + i]! > all[row * width + best]!) best = i;
    return best;
  });
}

/** Checks that a data set has what a model reads, or what it can make that of. */
export function checkReads(
  check: TypeContext,
  title: string,
  model: ModelType,
  dataset: DatasetType,
  port: string,
): void {
  const names = dataset.columns.map(({ name }) => name).join(', ') || 'none';
  for (const { name, kind } of model.columns ?? []) {
    const found = dataset.columns.find((each) => each.name === name);
    if (found?.kind === kind) continue;
    check.fail(
      'predict/column',
      `${title} needs a column ${name} of ${kind}, which the model reads; ${found ? `here it is one of ${found.kind}` : `the data set has ${names}`}.`,
      { port, hint: 'Prepare this data set in the same way as the training data.' },
    );
  }
  for (const { column, type, from } of model.inputs) {
    const found = dataset.columns.find(({ name }) => name === column);
    if (!found && from !== undefined && dataset.columns.some(({ name }) => name === from)) continue;
    const given = found && columnTensor(found);
    if (!given) {
      check.fail(
        'training/column',
        `${title} needs a column ${column}${from === undefined ? '' : `, or ${from} to make it of`}, which the model reads; the data set has ${names}.`,
        { port, hint: 'Prepare this data set in the same way as the training data.' },
      );
    }
    const fits =
      given.dtype === type.dtype &&
      given.shape.length === type.shape.length &&
      given.shape.every((size, i) => check.equal(size, type.shape[i]!));
    if (!fits)
      check.fail(
        'training/column',
        `${title} needs ${column} as ${showTensorType(type)}, which the model reads, got ${showTensorType(given)}.`,
        { port, hint: 'Prepare this data set in the same way as the training data.' },
      );
  }
}
