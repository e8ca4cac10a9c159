import { expect, test } from 'vitest';
import { symbol } from '../../../ir/size.ts';
import { axesInWords, namedAxes } from './named-axes.ts';

const B = symbol('B');
const tensor = (shape: readonly Parameters<typeof namedAxes>[0]['shape'][number][], axes?: string) => ({
  kind: 'tensor' as const,
  dtype: 'float32' as const,
  shape,
  ...(axes && { axes: axes.split(' ') }),
});

test.each([
  ['sequences', tensor([B, 64, 128], 'batch time features'), 'batch B · time 64 · features 128'],
  ['a table of weights', tensor([symbol('vocabulary'), 128], 'vocabulary features'), 'vocabulary · features 128'],
  ['what is named in part', tensor([B, 3, 4], 'batch _ _'), 'batch B · axis 1 3 · axis 2 4'],
  ['what only a size names', tensor([symbol('vocabulary'), 4]), 'vocabulary · axis 1 4'],
  ['what nobody has named', tensor([3, 4]), ''],
])('axes of %s', (_, type, words) => expect(axesInWords(type)).toBe(words));

test('without a name, an axis goes by its place', () =>
  expect(namedAxes(tensor([10, 4]))).toEqual([
    { name: 'axis 0', size: '10' },
    { name: 'axis 1', size: '4' },
  ]));
