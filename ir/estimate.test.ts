import { expect, test } from 'vitest';
import { parseProgram } from '../runtime/testing/program-text.ts';
import { estimate, leftBehind, SESSION_BYTES } from './estimate.ts';

test('operations are counted, and memory where most of it is in use at one time', () => {
  const program = parseProgram(`
    %x = input "x" : float32[2, 3]
    %w = input "w" : float32[3, 4]
    %h = matmul %x, %w {transposeX: false, transposeY: false}
    %a = exp %h
    %c = constant {value: 2, dtype: float32, shape: []}
    %d = broadcast %c {shape: [2, 4]}
    %b = mul %a, %d
    %o = sum %b {axes: [1]}
    output "out" %o`);
  // 2·2·4·3 for the product, 8 for each of exp, mul and sum; broadcasts cost nothing
  // inputs 24 + 48, output 8; of h, a, b two are there at any time: 64
  expect(estimate(program)).toEqual({
    flops: 48 + 3 * 8,
    peak: 24 + 48 + 8 + 64,
    memory: 144 + 8 + 72 + leftBehind(8) + SESSION_BYTES,
  });
});
