import { chooseColumn, type Dataset } from '../../graph/dataset.ts';
import type { Column, DatasetType, ModelType } from '../../graph/types.ts';
import type { Recipe } from '../../graph/values.ts';
import { showSize } from '../../ir/size.ts';
import { showTensorType, type TensorType } from '../../ir/types.ts';
import { columnTensor } from '../network/input.ts';
import { type LossKind, losses, type ObjectiveParams } from '../training/objective.ts';
import type { TypeContext } from './define-node.ts';

/** The column with the right answers: the one named, else the one whose role is target. */
export function targetColumn(type: DatasetType, name: string): Column | undefined {
  return chooseColumn(type, { name, role: 'target' }) ?? type.columns.find((column) => column.role === 'target');
}

/** What a loss needs, in words. */
const wanted = { tokens: 'tokens', ids: 'classes or ids', numbers: 'numbers' } as const;

/** The tensor that an objective compares a model's output with. */
export function targetTensor(column: Column, loss: LossKind): TensorType | undefined {
  const type = columnTensor(column);
  if (!type) return undefined;
  const { target } = losses[loss];
  if (target === 'tokens' && column.kind !== 'tokens') return undefined;
  if (target !== 'numbers') return type.dtype === 'int32' ? type : undefined;
  // two categories as 0 and 1, for binary cross-entropy
  return column.kind === 'category' ? { dtype: 'float32', shape: [type.shape[0]!, 1] } : { ...type, dtype: 'float32' };
}

/** Checks that a data set has what a model reads and what an objective compares with; solves the size of the output. */
export function checkData(
  check: TypeContext,
  {
    title,
    model,
    dataset,
    port,
    loss,
    target,
  }: {
    title: string;
    model: ModelType;
    dataset: DatasetType;
    port: string;
    loss: LossKind;
    target: string;
  },
): Column {
  const names = dataset.columns.map((column) => column.name).join(', ') || 'none';
  for (const { column, type } of model.inputs) {
    const found = dataset.columns.find((each) => each.name === column);
    const given = found && columnTensor(found);
    if (!given)
      return check.fail(
        'training/column',
        `${title} needs a column ${column}, which the model reads; the data set has ${names}.`,
        {
          port,
          hint: 'Prepare this data set in the same way as the one that the Input is wired to.',
        },
      );
    const fits =
      given.shape.length === type.shape.length && given.shape.every((size, i) => check.equal(size, type.shape[i]!));
    if (!fits || given.dtype !== type.dtype)
      return check.fail(
        'training/column',
        `${title} needs ${column} as ${showTensorType(type)}, which the model reads, got ${showTensorType(given)}.`,
        { port, hint: 'Prepare this data set in the same way as the one that the Input is wired to.' },
      );
  }
  const column = targetColumn(dataset, target);
  if (!column)
    return check.fail(
      'training/target',
      `${title} needs a column with the right answers${target ? ` named ${target}` : ''}, the data set has ${names}.`,
      { port, hint: 'Name the target in the Objective.' },
    );
  const tensor = targetTensor(column, loss);
  if (!tensor)
    return check.fail(
      'training/target',
      `${losses[loss].label} needs ${wanted[losses[loss].target]}, the target ${column.name} holds ${column.kind}.`,
      { port, hint: 'Choose another loss or another target.' },
    );
  if (loss === 'binary-cross-entropy' && column.kind === 'category' && !check.equal(column.size, 2))
    return check.fail(
      'training/classes',
      `Binary cross-entropy needs two classes, the target ${column.name} has ${showSize(column.size)}.`,
      { port, hint: 'Choose cross-entropy.' },
    );
  const { output } = model;
  if (!output) return column;
  const classes = losses[loss].target !== 'numbers';
  const expected = classes ? output.shape.slice(0, -1) : output.shape;
  const fits =
    expected.length === tensor.shape.length && expected.every((size, i) => check.equal(size, tensor.shape[i]!));
  if (!fits)
    return check.fail(
      'training/target-shape',
      `${losses[loss].label} can't compare the model's ${showTensorType(output)} with the target ${column.name}, ${showTensorType(tensor)}.`,
      { port: 'model', hint: 'Choose another loss, or change what the network gives.' },
    );
  if (classes && tensor.below !== undefined && !check.equal(output.shape.at(-1)!, tensor.below))
    return check.fail(
      'training/classes',
      `The target ${column.name} has ${showSize(tensor.below)} classes, the model gives ${showTensorType(output)}.`,
      { port: 'model', hint: 'Leave the units of the last Linear blank: they are solved from the target.' },
    );
  return column;
}

/** n / (classes · count) for each class, as scikit-learn's class_weight="balanced". */
export function balancedWeights(dataset: Dataset, column: Column): Float32Array | undefined {
  const { data } = dataset.column(column.name);
  if (data.kind !== 'category') return undefined;
  const counts = new Float64Array(data.categories.length);
  let total = 0;
  for (const code of data.codes)
    if (code >= 0) {
      counts[code]!++;
      total++;
    }
  return Float32Array.from(counts, (count) => (count > 0 ? total / (counts.length * count) : 0));
}

export const objectiveParams = (recipe: Recipe): ObjectiveParams => recipe.params as ObjectiveParams;
