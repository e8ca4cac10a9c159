import { describe, expect, test } from 'vitest';
import { along, curvesOf, longest, nearEnd, nearest, pathOf } from './wire-path.ts';

const start = { x: 0, y: 0 };
const end = { x: 400, y: 100 };

describe('the line of a wire', () => {
  test('leaves to the right and comes in from the left', () => {
    expect(pathOf(curvesOf(start, end))).toBe('M0 0 C200 0 200 100 400 100');
  });
  test('goes through its points without a corner', () => {
    const via = [
      { x: 100, y: 200 },
      { x: 300, y: 200 },
    ];
    const curves = curvesOf(start, end, via);
    expect(curves.map(([, , , to]) => to)).toEqual([...via, end]);
    for (let i = 1; i < curves.length; i++) {
      const [, , into, at] = curves[i - 1]!;
      const [, out] = curves[i]!;
      const turn = (at.x - into.x) * (out.y - at.y) - (at.y - into.y) * (out.x - at.x);
      expect(turn).toBeCloseTo(0);
    }
  });
  test('two points in one place are no trouble', () => {
    expect(pathOf(curvesOf(start, end, [start, start]))).not.toContain('NaN');
  });
});

test('what stands before the end of a wire stands close to it, however long the wire is', () => {
  expect(nearEnd(curvesOf(start, { x: 4000, y: 0 })).x).toBeCloseTo(3976, 0);
  expect(nearEnd(curvesOf(start, { x: 20, y: 0 })).x).toBeCloseTo(10, 0);
});

test('the piece nearest to a point, and how far it is', () => {
  const curves = curvesOf(start, { x: 400, y: 0 }, [{ x: 100, y: 0 }]);
  expect(nearest(curves, { x: 50, y: 10 })).toEqual({ distance: expect.closeTo(10), index: 0 });
  expect(nearest(curves, { x: 300, y: -4 })).toEqual({ distance: expect.closeTo(4), index: 1 });
  expect(longest(curves)).toMatchObject({ index: 1, width: 300 });
  expect(along(curves, 10).at(-1)).toEqual({ at: { x: 400, y: 0 }, index: 1 });
});
