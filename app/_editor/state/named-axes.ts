import { showSize } from '../../../ir/size.ts';
import type { TensorType } from '../../../ir/types.ts';

export interface NamedAxis {
  readonly name: string;
  readonly size: string;
}

/** What the axes of a network's tensors mean, by how many there are: rows first, features last, pictures channels first. */
const names: Readonly<Record<number, readonly string[]>> = {
  2: ['batch', 'features'],
  3: ['batch', 'position', 'features'],
  4: ['batch', 'channels', 'height', 'width'],
};

/**
 * Names for the axes of a tensor on a wire. Ids have no features: their second axis is the position. An axis whose size
 * is a word of its own, `vocabulary` for one, is called by it.
 */
export function namedAxes({ dtype, shape }: TensorType): NamedAxis[] {
  const batched = shape.length > 0 && showSize(shape[0]!) === 'B';
  const known = !batched ? [] : dtype === 'float32' ? (names[shape.length] ?? ['batch']) : ['batch', 'position'];
  return shape.map((axis, i) => {
    const size = showSize(axis);
    return { name: known[i] ?? (/^[a-z]{3,}$/.test(size) ? size : `axis ${i}`), size };
  });
}

/** `batch B · position 64 · features 128`; nothing where no axis has a name. */
export function axesInWords(type: TensorType): string {
  const axes = namedAxes(type);
  if (axes.every(({ name }) => name.startsWith('axis '))) return '';
  return axes.map(({ name, size }) => (name === size ? name : `${name} ${size}`)).join(' · ');
}
