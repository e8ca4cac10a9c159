import type { NodeCheck } from '../../../compiler/check.ts';
import type { DatasetType } from '../../../graph/types.ts';
import { isError } from '../../../lib/problem.ts';

/**
 * What a node makes of rows by itself, by port: a model that was trained on tokens writes texts as tokens where a data
 * set has none. It is the one thing that happens on a wire and stands nowhere, so the wire shows it.
 */
export function conversionsOf({ inputs, problems }: NodeCheck): Readonly<Record<string, string>> {
  const read = Object.values(inputs).flatMap(([type]) => (type?.kind === 'model' ? type.inputs : []));
  if (!read.some(({ from }) => from !== undefined) || problems.some(isError)) return none;
  return Object.fromEntries(
    Object.entries(inputs).flatMap(([port, [type]]) => {
      if (type?.kind !== 'dataset') return [];
      const made = read.filter(({ column, from }) => !has(type, column) && from !== undefined && has(type, from));
      const [first] = made;
      if (!first) return [];
      const names = made.map(({ column }) => column).join(' and ');
      return [[port, `${names} ${made.length === 1 ? 'is' : 'are'} made of ${first.from}, as the model was trained`]];
    }),
  );
}

const none: Readonly<Record<string, string>> = {};
const has = ({ columns }: DatasetType, column: string): boolean => columns.some(({ name }) => name === column);
