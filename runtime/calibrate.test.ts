import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CALIBRATION, type Calibration, rateAt, secondsOf } from '../ir/roofline.ts';
import { calibrationOf, keptCalibration } from './node/calibration.ts';
import { onnxNodeCompute } from './onnx/node.ts';
import { temporaryFolder } from './testing/graphs.ts';
import { parseProgram } from './testing/program-text.ts';

test('a device is measured once, and every kind of work has a rate', async () => {
  const folder = temporaryFolder();
  const compute = onnxNodeCompute({ threads: 1 });
  expect(keptCalibration(compute.device, folder)).toBeUndefined();
  const first = await calibrationOf(compute, folder);
  for (const [work, rates] of Object.entries(first.rates)) {
    expect(rates.length, work).toBeGreaterThan(0);
    for (const { at, perSecond } of rates) {
      expect(at, work).toBeGreaterThan(0);
      expect(Number.isFinite(perSecond) && perSecond > 0, `${work}: ${perSecond}`).toBe(true);
    }
  }
  const [file, ...more] = readdirSync(join(folder, 'calibration'));
  expect(file).toMatch(new RegExp(`^${CALIBRATION}-onnx-1-[0-9a-f]{12}\\.json$`));
  expect(more).toEqual([]);
  expect(await calibrationOf(compute, folder)).toEqual(first);
  expect(keptCalibration(compute.device, folder)).toEqual(first);
  // another device, and a file that was cut off
  expect(keptCalibration(onnxNodeCompute({ threads: 2 }).device, folder)).toBeUndefined();
  writeFileSync(join(folder, 'calibration', file!), '{"version":');
  expect(keptCalibration(compute.device, folder)).toBeUndefined();
}, 120_000);

test('seconds are the sum over operations: work by its rate, and what any operation and any run costs', () => {
  const flat = (perSecond: number) => [{ at: 1, perSecond }];
  const calibration: Calibration = {
    version: CALIBRATION,
    rates: {
      product: flat(1000),
      batched: flat(500),
      convolution: flat(1),
      convolutionInput: flat(1),
      convolutionKernel: flat(1),
      pointwise: flat(100),
      special: flat(50),
      rows: flat(1),
      reduction: flat(1),
      move: flat(1),
      scatter: flat(1),
      pool: flat(1),
      unpool: flat(1),
    },
    operation: 0.5,
    run: 2,
    carried: 16,
  };
  const program = parseProgram(`
    %x = input "x" : float32[2, 3]
    %w = input "w" : float32[3, 4]
    %h = matmul %x, %w {transposeX: false, transposeY: false}
    %a = exp %h
    %r = reshape %a {shape: [8]}
    output "out" %r`);
  // a run 2; a product of 48 and half a second; 32 bytes in and out of exp; 32 bytes fetched; a reshape is free
  expect(secondsOf(program, calibration)).toBeCloseTo(2 + 0.5 + 48 / 1000 + 0.5 + 64 / 50 + 32 / 16, 10);
});

test('between two places a rate lies on the line of their logarithms', () => {
  const rates = [
    { at: 10, perSecond: 1 },
    { at: 1000, perSecond: 100 },
  ];
  expect(rateAt(rates, 1)).toBe(1);
  expect(rateAt(rates, 100)).toBeCloseTo(10);
  expect(rateAt(rates, 5000)).toBe(100);
});
