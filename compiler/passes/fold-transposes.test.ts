import { expect, test } from 'vitest';
import { textAfter, trimmed } from '../../runtime/testing/program-text.ts';
import { foldTransposes } from './fold-transposes.ts';

test('a product takes its operands transposed; one that it transposed already is plain again', () => {
  const before = `
    %x = input "x" : float32[4, 2, 3]
    %y = input "y" : float32[4, 2, 3]
    %a = transpose %x {order: [0, 2, 1]}
    %b = transpose %y {order: [0, 2, 1]}
    %o = matmul %a, %b {transposeX: true, transposeY: false}
    output "out" %o`;
  expect(textAfter(foldTransposes, before)).toBe(
    trimmed(`
    %0 = input "x" : float32[4, 2, 3]
    %1 = input "y" : float32[4, 2, 3]
    %2 = matmul %0, %1 {transposeX: false, transposeY: true}
    output "out" %2`),
  );
});

test('two transposes are one, and none where they undo each other; leading axes are not the product’s', () => {
  const before = `
    %x = input "x" : float32[4, 2, 3, 5]
    %y = input "y" : float32[4, 3, 5, 6]
    %a = transpose %x {order: [0, 2, 3, 1]}
    %b = transpose %a {order: [0, 1, 3, 2]}
    %p = matmul %b, %y {transposeX: false, transposeY: false}
    %q = transpose %p {order: [0, 2, 1, 3]}
    %o = transpose %q {order: [0, 2, 1, 3]}
    output "out" %o`;
  expect(textAfter(foldTransposes, before)).toBe(
    trimmed(`
    %0 = input "x" : float32[4, 2, 3, 5]
    %1 = input "y" : float32[4, 3, 5, 6]
    %2 = transpose %0 {order: [0, 2, 1, 3]}
    %3 = matmul %2, %1 {transposeX: false, transposeY: false}
    output "out" %3`),
  );
});
