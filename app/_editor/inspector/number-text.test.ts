import { describe, expect, test } from 'vitest';
import { numberText, readNumber, stepOf, stepped } from './number-text.ts';

const integer = { type: 'integer', minimum: 1, maximum: 1_048_576 } as const;

describe('a number as it is typed', () => {
  test.each([
    ['12', 12],
    [' 1,024 ', 1024],
    ['1_000', 1000],
    ['2^10', 1024],
    ['4*32', 128],
    ['2 * 1,024', 2048],
  ])('%s is %d', (text, value) => expect(readNumber(text, integer)).toEqual({ value }));

  test.each([
    ['3e-4', 3e-4],
    ['.5', 0.5],
    ['−2', -2],
  ])('%s is %d', (text, value) => expect(readNumber(text, { type: 'number' })).toEqual({ value }));

  test.each([
    ['', 'Type a number.'],
    ['many', 'This is not a number.'],
    ['0x10', 'This is not a number.'],
    ['1e999', 'This is not a number.'],
    ['1.5', 'Type a whole number.'],
    ['3/2', 'A whole number is needed, this is 1.5.'],
    ['4*', 'A number is missing after 4*.'],
    ['0', 'At least 1.'],
    ['2000000', 'At most 1,048,576.'],
  ])('“%s” is refused: %s', (text, problem) => expect(readNumber(text, integer)).toEqual({ problem }));

  test('nothing is a value where a param may be blank', () =>
    expect(readNumber(' ', integer, true)).toEqual({ value: null }));

  test('is shown as it would be typed', () => {
    expect(numberText(1024)).toBe('1024');
    expect(numberText(0.0003)).toBe('3e-4');
    expect(numberText(null)).toBe('');
  });
});

describe('arrow keys', () => {
  test('move by the declared step, without the dust of binary fractions', () =>
    expect(stepped(0.2, 1, { type: 'number', step: 0.1 })).toBe(0.3));
  test('move by a tenth of what is there where no step is declared', () => {
    expect(stepOf({ type: 'number' }, 0.003)).toBeCloseTo(1e-4);
    expect(stepOf({ type: 'integer' }, 512)).toBe(1);
  });
  test('stop at the bounds', () => expect(stepped(1, -1, integer)).toBe(1));
});
