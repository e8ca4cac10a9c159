import type { Column, DatasetType } from '../../graph/types.ts';
import type { Recipe } from '../../graph/values.ts';
import { addSizes, floorDivide, multiplySizes, type Size, subtractSizes, symbol } from '../../ir/size.ts';
import type { DType } from '../../ir/types.ts';
import { fail } from '../../lib/problem.ts';
import { batchCount } from './batches.ts';
import type { Network } from './context.ts';
import type { NamedProgram } from './define-node.ts';
import { objectiveParams, targetColumn, targetTensor } from './targets.ts';
import type { TrainingParams } from './training-params.ts';
import {
  type ScoringProgram,
  scoringProgram,
  type TrainingStep,
  type TrainingStepOptions,
  trainingStep,
} from './training-step.ts';

/** What a training is made of, as far as its programs depend on it. */
export interface TrainingParts {
  readonly network: Network;
  readonly dataset: DatasetType;
  readonly validation: DatasetType | undefined;
  readonly objective: Recipe;
  readonly optimizer: Recipe;
  readonly teacher?: TrainingStepOptions['teacher'];
}

export interface TrainingPrograms {
  readonly column: Column;
  readonly target: { readonly column: string; readonly dtype: DType };
  readonly batch: number;
  readonly hasClassWeights: boolean;
  readonly step: TrainingStep;
  readonly scoring: ScoringProgram | undefined;
}

/** At most as many rows as there are, where that is known. */
const atMost = (rows: number, size: Size | undefined): number =>
  typeof size === 'number' ? Math.max(1, Math.min(rows, size)) : rows;

const batchOf = ({ batch, accumulation }: Pick<TrainingParams, 'batch' | 'accumulation'>, rows: Size | undefined) =>
  atMost(batch, rows === undefined ? undefined : floorDivide(rows, accumulation));

/** The programs of a training: the step, and what looks at validation rows. */
export function trainingPrograms(
  { network, dataset, validation, objective, optimizer, teacher }: TrainingParts,
  chosen: Pick<TrainingParams, 'batch' | 'accumulation' | 'clip' | 'recompute'>,
): TrainingPrograms {
  const { loss, target: named, classWeights } = objectiveParams(objective);
  const column = targetColumn(dataset, named);
  const target = column && targetTensor(column, loss);
  if (!column || !target)
    return fail('training/target', `Train needs a target, the data set has none that ${loss} can use.`);
  const batch = batchOf(chosen, dataset.rows);
  const weights = classWeights === 'balanced' && column.kind === 'category' ? column.size : undefined;
  const shared = { objective, target, ...(typeof weights === 'number' && { classWeights: weights }) };
  return {
    column,
    target: { column: column.name, dtype: target.dtype },
    batch,
    hasClassWeights: weights !== undefined,
    step: trainingStep(network, {
      ...shared,
      optimizer,
      batch,
      accumulation: chosen.accumulation,
      clip: chosen.clip,
      recompute: chosen.recompute,
      ...(teacher && { teacher }),
    }),
    scoring: validation && scoringProgram(network, { ...shared, batch: atMost(batch, validation.rows) }),
  };
}

/** How many steps a training takes. */
export const stepsOf = (
  chosen: Pick<TrainingParams, 'length' | 'steps' | 'epochs' | 'batch' | 'accumulation'>,
  rows: Size | undefined,
): Size =>
  chosen.length === 'steps'
    ? chosen.steps
    : multiplySizes(chosen.epochs, floorDivide(rows ?? symbol('rows'), batchOf(chosen, rows) * chosen.accumulation));

/** What people may look at of a training. */
export function namedTrainingPrograms(parts: TrainingParts, chosen: TrainingParams): readonly NamedProgram[] {
  const { step, scoring } = trainingPrograms(parts, chosen);
  const steps = stepsOf(chosen, parts.dataset.rows);
  return [
    {
      title: 'Training step',
      program: step.program,
      overwrite: step.slots.map(({ name }) => name),
      runs: steps,
    },
    ...(scoring ? [{ title: 'Validation batch', program: scoring.program, runs: looksOf(steps, parts, chosen) }] : []),
  ];
}

/** How many validation batches a training looks at: now and then at some of the rows, at the end at all. */
function looksOf(steps: Size, { dataset, validation }: TrainingParts, chosen: TrainingParams): Size {
  const { evaluateEvery: every, evaluateRows: most } = chosen;
  const rows = validation?.rows ?? symbol('rows');
  const batch = atMost(batchOf(chosen, dataset.rows), validation?.rows);
  const looks = every === 0 ? 0 : floorDivide(subtractSizes(steps, 1), every);
  const some = most === 0 ? rows : typeof rows === 'number' ? Math.min(rows, most) : most;
  return addSizes(multiplySizes(looks, batchCount(some, batch)), batchCount(rows, batch));
}
