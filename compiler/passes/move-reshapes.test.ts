import { expect, test } from 'vitest';
import { textAfter, trimmed } from '../../runtime/testing/program-text.ts';
import { moveReshapes } from './move-reshapes.ts';

test('steps that are cut out and reshaped are reshaped once', () => {
  const before = `
    %x = input "x" : float32[3, 2, 4]
    %a = slice %x {axis: 0, start: 0, length: 1}
    %b = reshape %a {shape: [2, 4]}
    %c = slice %x {axis: 0, start: 2, length: 1}
    %d = reshape %c {shape: [2, 4]}
    %o = add %b, %d
    output "out" %o`;
  expect(textAfter(moveReshapes, before)).toBe(
    trimmed(`
    %0 = input "x" : float32[3, 2, 4]
    %1 = reshape %0 {shape: [6, 4]}
    %2 = slice %1 {axis: 0, start: 0, length: 2}
    %3 = slice %1 {axis: 0, start: 4, length: 2}
    %4 = add %2, %3
    output "out" %4`),
  );
});

test('steps that are reshaped and put together are reshaped once', () => {
  const before = `
    %x = input "x" : float32[2, 4]
    %y = input "y" : float32[2, 4]
    %a = reshape %x {shape: [1, 2, 4]}
    %b = reshape %y {shape: [1, 2, 4]}
    %o = concat %a, %b {axis: 0}
    output "out" %o`;
  expect(textAfter(moveReshapes, before)).toBe(
    trimmed(`
    %0 = input "x" : float32[2, 4]
    %1 = input "y" : float32[2, 4]
    %2 = concat %0, %1 {axis: 0}
    %3 = reshape %2 {shape: [2, 2, 4]}
    output "out" %3`),
  );
});

test('a cut that does not fall on a row of the new shape stays where it is', () => {
  const before = `
    %x = input "x" : float32[4, 3]
    %a = slice %x {axis: 0, start: 1, length: 2}
    %o = reshape %a {shape: [1, 6]}
    output "out" %o`;
  expect(textAfter(moveReshapes, before)).toContain('slice %0 {axis: 0, start: 1, length: 2}');
});
