import { UNNAMED } from '../../../compiler/axes.ts';
import type { WireOf } from '../../../graph/types.ts';
import { showSize } from '../../../ir/size.ts';

export interface NamedAxis {
  readonly name: string;
  readonly size: string;
}

/** The axes of a tensor by the names that its source has given them, or that their sizes have; else by their places. */
export function namedAxes({ shape, axes }: WireOf<'tensor'>): NamedAxis[] {
  return shape.map((axis, i) => {
    const size = showSize(axis);
    const name = axes?.[i] ?? UNNAMED;
    return { name: name !== UNNAMED ? name : /^[a-z]{3,}$/.test(size) ? size : `axis ${i}`, size };
  });
}

/** `batch B · time 64 · features 128`; nothing where no axis has a name. */
export function axesInWords(type: WireOf<'tensor'>): string {
  const axes = namedAxes(type);
  if (axes.every(({ name }) => name.startsWith('axis '))) return '';
  return axes.map(({ name, size }) => (name === size ? name : `${name} ${size}`)).join(' · ');
}
