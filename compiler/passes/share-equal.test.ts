import { expect, test } from 'vitest';
import { textAfter, trimmed } from '../../runtime/testing/program-text.ts';
import { shareEqual } from './share-equal.ts';

test('what is worked out twice is worked out once, whichever way round its operands stand', () => {
  const before = `
    %x = input "x" : float32[2, 3]
    %y = input "y" : float32[2, 3]
    %a = add %x, %y
    %b = add %y, %x
    %s = sub %x, %y
    %t = sub %y, %x
    %p = mul %a, %s
    %q = mul %b, %t
    %o = add %p, %q
    output "out" %o`;
  expect(textAfter(shareEqual, before)).toBe(
    trimmed(`
    %0 = input "x" : float32[2, 3]
    %1 = input "y" : float32[2, 3]
    %2 = add %0, %1
    %3 = sub %0, %1
    %4 = sub %1, %0
    %5 = mul %2, %3
    %6 = mul %2, %4
    %7 = add %5, %6
    output "out" %7`),
  );
});

test('random bits of one counter and key are the same bits; another key gives others', () => {
  const before = `
    %c = input "counter" : uint32[2]
    %a = random %c {key: [1, 2], shape: [4]}
    %b = random %c {key: [1, 2], shape: [4]}
    %d = random %c {key: [1, 3], shape: [4]}
    %u = uniform %a
    %v = uniform %b
    %w = uniform %d
    %s = add %u, %v
    %o = add %s, %w
    output "out" %o`;
  expect(textAfter(shareEqual, before)).toBe(
    trimmed(`
    %0 = input "counter" : uint32[2]
    %1 = random %0 {key: [1, 2], shape: [4]}
    %2 = random %0 {key: [1, 3], shape: [4]}
    %3 = uniform %1
    %4 = uniform %2
    %5 = add %3, %3
    %6 = add %5, %4
    output "out" %6`),
  );
});
