import { expect, test } from 'vitest';
import { textAfter, trimmed } from '../../runtime/testing/program-text.ts';
import { moveLookUps } from './move-look-ups.ts';

test('what is looked up often is worked out for each row of the table', () => {
  const before = `
    %e = input "e" : float32[3, 4]
    %w = input "w" : float32[5, 4]
    %b = input "b" : float32[5]
    %ids = input "ids" : int32[3, 2]
    %a = gather %e, %ids
    %c = transpose %a {order: [1, 0, 2]}
    %d = reshape %c {shape: [6, 4]}
    %p = matmul %d, %w {transposeX: false, transposeY: true}
    %f = broadcast %b {shape: [6, 5]}
    %o = add %p, %f
    output "out" %o`;
  expect(textAfter(moveLookUps, before)).toBe(
    trimmed(`
    %0 = input "e" : float32[3, 4]
    %1 = input "w" : float32[5, 4]
    %2 = input "b" : float32[5]
    %3 = input "ids" : int32[3, 2]
    %4 = transpose %3 {order: [1, 0]}
    %5 = reshape %4 {shape: [6]}
    %6 = matmul %0, %1 {transposeX: false, transposeY: true}
    %7 = broadcast %2 {shape: [3, 5]}
    %8 = add %6, %7
    %9 = gather %8, %5
    output "out" %9`),
  );
});

test('what comes back is added up for each row first', () => {
  const before = `
    %e = input "e" : float32[3, 4]
    %w = input "w" : float32[5, 4]
    %d = input "d" : float32[6, 5]
    %ids = input "ids" : int32[3, 2]
    %flat = input "flat" : int32[6]
    %rows = gather %e, %flat
    %dw = matmul %d, %rows {transposeX: true, transposeY: false}
    %wd = matmul %rows, %d {transposeX: true, transposeY: false}
    %dx = matmul %d, %w {transposeX: false, transposeY: false}
    %r = reshape %dx {shape: [2, 3, 4]}
    %t = transpose %r {order: [1, 0, 2]}
    %de = scatterAdd %ids, %t {length: 3}
    output "dw" %dw
    output "wd" %wd
    output "de" %de`;
  expect(textAfter((program) => moveLookUps(moveLookUps(moveLookUps(program))), before)).toBe(
    trimmed(`
    %0 = input "e" : float32[3, 4]
    %1 = input "w" : float32[5, 4]
    %2 = input "d" : float32[6, 5]
    %3 = input "ids" : int32[3, 2]
    %4 = input "flat" : int32[6]
    %5 = scatterAdd %4, %2 {length: 3}
    %6 = matmul %5, %0 {transposeX: true, transposeY: false}
    %7 = matmul %0, %5 {transposeX: true, transposeY: false}
    %8 = transpose %3 {order: [1, 0]}
    %9 = reshape %8 {shape: [6]}
    %10 = scatterAdd %9, %2 {length: 3}
    %11 = matmul %10, %1 {transposeX: false, transposeY: false}
    output "dw" %6
    output "wd" %7
    output "de" %11`),
  );
});

test('a table of which most rows are looked up once stays, and so do rows that are taken apart', () => {
  const before = `
    %0 = input "e" : float32[4, 4]
    %1 = input "w" : float32[4, 5]
    %2 = input "ids" : int32[6]
    %3 = gather %0, %2 : float32[6, 4]
    %4 = matmul %3, %1 {transposeX: false, transposeY: false} : float32[6, 5]
    %5 = transpose %3 {order: [1, 0]} : float32[4, 6]
    %6 = reshape %3 {shape: [12, 2]} : float32[12, 2]
    output "product" %4
    output "turned" %5
    output "apart" %6`;
  expect(textAfter(moveLookUps, before)).toBe(textAfter((program) => program, before));
});
