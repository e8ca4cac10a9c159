import { expect, test } from 'vitest';
import { isArithmetic, workOut } from './arithmetic.ts';

test.each([
  ['4*32', 128],
  ['2^10', 1024],
  ['2**3**2', 512],
  ['-2^2', -4],
  ['2^-2', 0.25],
  ['1e-3 / 10', 1e-4],
  ['(1 + 2) × 3 − 4 ÷ 8', 8.5],
  ['7-2-1', 4],
  ['.5*-(2)', -1],
])('%s is %d', (text, value) => expect(workOut(text)).toEqual({ value }));

test.each([
  ['4*', 'A number is missing after 4*.'],
  ['*4', 'A number is missing at the start.'],
  ['(4', 'A bracket is not closed.'],
  ['4)', 'A bracket is closed that none opened.'],
  ['4 4', 'A sign is missing before 4.'],
  ['1/0', 'Nothing can be divided by 0.'],
  ['9^9^9', 'This comes to no number that can be kept.'],
  ['4*x', '“x” is no part of a number.'],
  ['alert(1)', '“a” is no part of a number.'],
])('%s can not be worked out: %s', (text, problem) => expect(workOut(text)).toEqual({ problem }));

test('one number is no arithmetic', () => {
  expect(['12', '-3', '3e-4', '1,024', '−2', 'many'].filter(isArithmetic)).toEqual([]);
  expect(['4*32', '2^10', '(3', '4+', '7 - 2', '1e-3/2'].filter((text) => !isArithmetic(text))).toEqual([]);
});
