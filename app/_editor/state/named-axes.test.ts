import { expect, test } from 'vitest';
import { symbol } from '../../../ir/size.ts';
import { axesInWords, namedAxes } from './named-axes.ts';

const B = symbol('B');

test.each([
  ['ids', { dtype: 'int32', shape: [B, 64] }, 'batch B · position 64'],
  ['rows of numbers', { dtype: 'float32', shape: [B, 4] }, 'batch B · features 4'],
  ['sequences', { dtype: 'float32', shape: [B, 64, 128] }, 'batch B · position 64 · features 128'],
  ['pictures', { dtype: 'float32', shape: [B, 1, 28, 28] }, 'batch B · channels 1 · height 28 · width 28'],
  ['a table of weights', { dtype: 'float32', shape: [symbol('vocabulary'), 128] }, 'vocabulary · axis 1 128'],
  ['what nobody can name', { dtype: 'float32', shape: [3, 4] }, ''],
] as const)('axes of %s', (_, type, words) => expect(axesInWords(type)).toBe(words));

test('without the batch axis, an axis goes by its place', () =>
  expect(namedAxes({ dtype: 'float32', shape: [10, 4] })).toEqual([
    { name: 'axis 0', size: '10' },
    { name: 'axis 1', size: '4' },
  ]));
