import { expect, test } from 'vitest';
import { textAfter, trimmed } from '../../runtime/testing/program-text.ts';
import { foldConstants } from './fold-constants.ts';

test('numbers that are known are worked out, through broadcasts and sums', () => {
  const before = `
    %x = input "x" : float32[2, 3]
    %a = constant {value: 16, dtype: float32, shape: []}
    %b = sqrt %a
    %c = broadcast %b {shape: [2, 3]}
    %d = sum %c {axes: [1]}
    %e = reshape %d {shape: [2, 1]}
    %f = broadcast %e {shape: [2, 3]}
    %o = mul %x, %f
    output "out" %o`;
  expect(textAfter(foldConstants, before)).toBe(
    trimmed(`
    %0 = input "x" : float32[2, 3]
    %1 = constant {value: 12, dtype: float32, shape: [2]}
    %2 = reshape %1 {shape: [2, 1]}
    %3 = broadcast %2 {shape: [2, 3]}
    %4 = mul %0, %3
    output "out" %4`),
  );
});

test('a choice whose test is known is no choice', () => {
  const before = `
    %x = input "x" : float32[3]
    %y = input "y" : float32[3]
    %a = constant {value: 1, dtype: int32, shape: [3]}
    %b = constant {value: 2, dtype: int32, shape: [3]}
    %t = less %a, %b
    %o = select %t, %x, %y
    output "out" %o`;
  expect(textAfter(foldConstants, before)).toBe(
    trimmed(`
    %0 = input "x" : float32[3]
    %1 = input "y" : float32[3]
    output "out" %0`),
  );
});

test('integers that would wrap around are left to the device', () => {
  const before = `
    %a = constant {value: 2147483647, dtype: int32, shape: [1]}
    %o = add %a, %a
    output "out" %o`;
  expect(textAfter(foldConstants, before)).toContain('add %0, %0');
});
