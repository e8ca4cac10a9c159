import type { NodeAbove, TypeContext, Variation } from './define-node.ts';
import { integer, line } from './params.ts';

export const foldParams = {
  folds: integer({
    title: 'Folds',
    description: 'So many parts; each is left out once.',
    default: 5,
    min: 2,
    max: 100,
  }),
  split: line({
    title: 'Split',
    description: 'The id of the Split whose folds are gone through. Left empty, the only one above.',
    default: '',
    max: 200,
    advanced: true,
  }),
};

/** Each fold of the Split above: its params `folds` and `fold` are what changes. */
export function foldVariations(
  title: string,
  { folds, split }: { folds: number; split: string },
  above: readonly NodeAbove[],
  check: TypeContext,
): Variation[] {
  const found = above.filter(({ type, id }) => type === 'data/split' && (split === '' || id === split));
  const [one, ...more] = found;
  if (!one)
    return check.fail(
      'folds/no-split',
      `${title} needs a Split above it${split ? ` with the id ${split}` : ''}, whose folds it goes through; there is none.`,
      {
        ...(split && { param: 'split' }),
        hint: split ? `Name one of ${idsOf(above)}.` : 'Put a Split before everything that learns from rows.',
      },
    );
  if (more.length > 0)
    return check.fail('folds/splits', `${title} needs to know which Split to go through; there are ${idsOf(found)}.`, {
      param: 'split',
      hint: 'Name one of them.',
    });
  if (one.params.method === 'ordered')
    return check.fail('folds/ordered', `${title} needs folds, and ${one.title} takes its parts in order.`, {
      hint: 'Choose another method in the Split.',
    });
  return Array.from({ length: folds }, (_, i) => ({
    label: `Fold ${i + 1}`,
    changes: [
      { node: one.id, param: 'folds', value: folds },
      { node: one.id, param: 'fold', value: i + 1 },
    ],
  }));
}

const idsOf = (above: readonly NodeAbove[]): string =>
  above
    .filter(({ type }) => type === 'data/split')
    .map(({ id }) => id)
    .join(', ') || 'those above';
