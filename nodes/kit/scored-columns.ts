import { chooseColumn } from '../../graph/dataset.ts';
import type { Column, DatasetType } from '../../graph/types.ts';
import { fail } from '../../lib/problem.ts';
import type { Place } from './define-node.ts';
import { line } from './params.ts';

/** How a wrong column is said: `check.fail` while editing, `fail` in a run. */
export type Complain = (code: string, message: string, place?: Place) => never;
/** In a run there is no place to point at but the node. */
export const complain: Complain = (code, message, { hint } = {}) => fail(code, message, hint ? { hint } : {});

/** The param that names whose answers are measured. */
export const predictionPrefix = line({
  title: 'Prefix',
  description: 'What stands before prediction, where Predict was given a prefix.',
  default: '',
  max: 100,
});

const wanted = { category: 'classes', number: 'numbers', text: 'texts' } as const;

/** The columns of a data set as a list for people. */
export const listColumns = (type: DatasetType): string =>
  type.columns.map(({ name, kind }) => `${name} (${kind})`).join(', ') || 'no columns';

/** The column with the right answers and the one with the predictions; both hold what the metric compares. */
export function answerColumns(
  type: DatasetType,
  { title, prefix, target, kind }: { title: string; prefix: string; target: string; kind: keyof typeof wanted },
  say: Complain,
): { readonly target: Column; readonly prediction: Column } {
  const name = `${prefix}prediction`;
  const prediction = type.columns.find((column) => column.name === name);
  if (!prediction) {
    const others = type.columns.map((column) => column.name).filter((each) => each.endsWith('prediction'));
    return say(
      'metrics/no-prediction',
      `${title} needs a column ${name} with what a model said, the data set has ${listColumns(type)}.`,
      others.length > 0
        ? { param: 'prefix', hint: `Set the prefix to that of ${others.join(' or ')}.` }
        : { port: 'dataset', hint: 'Put Predict in between.' },
    );
  }
  const right = chooseColumn(
    { ...type, columns: type.columns.filter((column) => column !== prediction) },
    { name: target, role: 'target', kinds: [kind] },
  );
  if (!right) {
    const other = target ? undefined : type.columns.find(({ role }) => role === 'target');
    return say(
      'metrics/no-target',
      other
        ? `${title} compares ${wanted[kind]}, the target ${other.name} holds ${other.kind}.`
        : `${title} needs a column with the right ${wanted[kind]}${target ? ` named ${target}` : ''}, the data set has ${listColumns(type)}.`,
      { param: 'target', hint: other ? instead(other.kind) : 'Choose the column with the right answers.' },
    );
  }
  for (const column of [right, prediction])
    if (column.kind !== kind)
      return say('metrics/column-kind', `${title} compares ${wanted[kind]}, ${column.name} holds ${column.kind}.`, {
        ...(column === right ? { param: 'target' } : { port: 'dataset' }),
        hint: instead(column.kind),
      });
  return { target: right, prediction };
}

/** What measures answers of a kind. */
const instead = (kind: Column['kind']): string =>
  kind === 'number'
    ? 'Use Regression metrics for numbers.'
    : kind === 'category'
      ? 'Use Classification metrics for classes.'
      : kind === 'text'
        ? 'Use BLEU or ROUGE for texts.'
        : 'Choose another column.';
