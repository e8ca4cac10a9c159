import { Dataset } from '../../graph/dataset.ts';
import { type PortKind, portKinds } from '../../graph/types.ts';
import type { Layers, PortValue, PortValues } from '../../graph/values.ts';

/** A value with the kind of port that it travels on, for nodes that look at any value. */
export type Kinded = { [K in PortKind]: { readonly kind: K; readonly value: PortValues[K] } }[PortKind];

/** Which kind of value this is. A recipe says it in its type: `training/objective` is an objective. */
export function kindOf(value: PortValue): PortKind {
  if (value instanceof Dataset) return 'dataset';
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'number':
      return 'number';
    default:
  }
  if ('card' in value) return 'model';
  if ('passages' in value) return 'index';
  if ('json' in value) return 'tokenizer';
  if ('values' in value) return 'metrics';
  if ('kind' in value) return 'figure';
  if (!('type' in value)) return 'tensor';
  const { type } = value satisfies Exclude<typeof value, Layers>;
  const kind = portKinds.find((each) => type.endsWith(`/${each}`));
  if (!kind) throw new Error(`a recipe says which kind it is, got ${type}`);
  return kind;
}

export const kinded = (value: PortValue): Kinded => ({ kind: kindOf(value), value }) as Kinded;

/** What can be looked at: every value that travels between steps. */
export const viewable = portKinds.filter((kind) => kind !== 'tensor') as Exclude<PortKind, 'tensor'>[];
