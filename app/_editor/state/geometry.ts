import type { Point } from './store.ts';

/** Twice the signed area of a triangle: which side of the line a→b the point c lies on. */
const side = (a: Point, b: Point, c: Point): number => (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);

const segmentsCross = (a: Point, b: Point, c: Point, d: Point): boolean =>
  side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;

/** Whether two lines of many pieces cross anywhere. */
export function crosses(line: readonly Point[], other: readonly Point[]): boolean {
  for (let i = 1; i < line.length; i++)
    for (let k = 1; k < other.length; k++)
      if (segmentsCross(line[i - 1]!, line[i]!, other[k - 1]!, other[k]!)) return true;
  return false;
}
