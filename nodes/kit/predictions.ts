import type { Dataset } from '../../graph/dataset.ts';
import type { DatasetType, ModelType } from '../../graph/types.ts';
import type { Model, Prediction } from '../../graph/values.ts';
import type { Ir } from '../../ir/builder.ts';
import type { Value } from '../../ir/operation.ts';
import { showTensorType } from '../../ir/types.ts';
import { fail } from '../../lib/problem.ts';
import { columnTensor } from '../network/input.ts';
import { networkFeeds, wholeBatches } from './batches.ts';
import type { RunContext } from './context.ts';
import type { TypeContext } from './define-node.ts';
import { parameterState, predictionProgram } from './training-step.ts';

/** Rows that a network looks at together. It changes the speed only. */
const BATCH = 64;

/** What a trained network says of rows: softmax of its scores, or the number that it gives. */
export async function predictWithNetwork(model: Model, dataset: Dataset, context: RunContext): Promise<Prediction> {
  const { task, signature } = model.card;
  const network = await context.networks.fromModel(model);
  const width = network.output.shape.at(-1) as number;
  if (network.output.shape.length !== 2 || (task !== 'classification' && task !== 'regression'))
    return fail('predict/task', `Predictions need a model that answers for each row, got one for ${task}.`, {
      hint: 'Choose the task Class of a row or A number in its Network.',
    });
  const classes = task === 'regression' ? 0 : Math.max(2, width);
  const answers = new Float32Array(dataset.rows * (classes || 1));
  const result = (): Prediction =>
    classes === 0
      ? { kind: 'numbers', values: Float64Array.from(answers) }
      : { kind: 'classes', categories: categoriesOf(signature.categories, classes), probabilities: answers };
  if (dataset.rows === 0) return result();

  const batch = Math.min(BATCH, dataset.rows);
  const { program, parameters } = predictionProgram(network, batch, (ir, y) => ({
    y: classes === 0 ? y : probabilities(ir, y, width),
  }));
  const running = await (await context.compute()).compile(program, { keep: parameters });
  try {
    await running.write(parameterState(model.tensors));
    let at = 0;
    for (const { indices, real } of wholeBatches(dataset.rows, batch)) {
      const { y } = await running.run(networkFeeds(network.inputs, dataset, indices));
      const each = y!.data.length / batch;
      answers.set((y!.data as Float32Array).subarray(0, real * each), at * each);
      at += real;
      context.progress(at / dataset.rows, `${at} of ${dataset.rows} rows`);
      await context.breathe();
    }
  } finally {
    await running.dispose();
  }
  return result();
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
