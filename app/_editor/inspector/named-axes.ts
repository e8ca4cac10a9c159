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

/** Names for the axes of a tensor on a wire. Ids have no features: their second axis is the position. */
export function namedAxes({ dtype, shape }: TensorType): NamedAxis[] {
  const batched = shape.length > 0 && showSize(shape[0]!) === 'B';
  const known = !batched ? [] : dtype === 'float32' ? (names[shape.length] ?? ['batch']) : ['batch', 'position'];
  return shape.map((size, i) => ({ name: known[i] ?? `axis ${i}`, size: showSize(size) }));
}
