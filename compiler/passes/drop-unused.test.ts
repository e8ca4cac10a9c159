import { expect, test } from 'vitest';
import { textAfter, trimmed } from '../../runtime/testing/program-text.ts';
import { dropUnused } from './drop-unused.ts';

test('what no output needs goes; inputs stay, so that the feeds are the same', () => {
  const before = `
    %x = input "x" : float32[2, 3]
    %y = input "y" : float32[2, 3]
    %a = exp %x
    %b = mul %a, %y
    %c = sum %b {axes: [0]}
    %d = neg %x
    output "out" %d`;
  expect(textAfter(dropUnused, before)).toBe(
    trimmed(`
    %0 = input "x" : float32[2, 3]
    %1 = input "y" : float32[2, 3]
    %2 = neg %0
    output "out" %2`),
  );
});
