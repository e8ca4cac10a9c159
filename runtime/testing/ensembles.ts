import type { Dataset } from '../../graph/dataset.ts';
import type { ModelType } from '../../graph/types.ts';
import type { Model } from '../../graph/values.ts';
import decisionTree from '../../nodes/classical/decision-tree.ts';
import logisticRegression from '../../nodes/classical/logistic-regression.ts';
import naiveBayes from '../../nodes/classical/naive-bayes.ts';
import type { Tested } from './check-problems.ts';
import { runStep } from './check-step.ts';

/** The three classifiers of fixtures/ensembles.py, trained on rows. */
export const threeClassifiers = async (rows: Dataset, folder: string): Promise<Model[]> => [
  await trained(naiveBayes, {}, rows, folder),
  await trained(decisionTree, { depth: 3, leaf: 12 }, rows, folder),
  await trained(logisticRegression, { standardise: false }, rows, folder),
];

/** A model that a node fits to rows. */
export async function trained(
  definition: Tested,
  params: Readonly<Record<string, unknown>>,
  dataset: Dataset,
  folder: string,
): Promise<Model> {
  return (await runStep(definition, { params, inputs: { dataset }, folder })).value('model', 'model');
}

/** The type of an estimator that tells these classes apart. */
export const classifier = (target: string, categories: readonly string[]): ModelType => ({
  kind: 'model',
  task: 'classification',
  inputs: [],
  columns: [{ name: 'text', kind: 'text' }],
  target: { name: target, kind: 'category', size: categories.length, categories },
  parameters: 10,
  trainable: 0,
  capabilities: ['probabilities'],
});
