import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { optimise, passes } from '../compiler/optimise.ts';
import { verify } from '../ir/program.ts';
import type { Compute } from '../nodes/kit/compute.ts';
import { onnxNodeCompute } from './onnx/node.ts';
import { onnxWebgpuNodeCompute } from './onnx/node-gpu.ts';
import { onnxWasmNodeCompute } from './onnx/wasm.node.ts';
import { arr } from './reference/array.ts';
import { evaluate } from './reference/evaluate.ts';
import { randomProgram } from './testing/random-programs.ts';
import { tfjsNodeCompute } from './tfjs/node.ts';

const run = (
  program: Parameters<typeof evaluate>[0],
  feeds: Record<string, { shape: readonly number[]; data: ArrayLike<number> }>,
) =>
  evaluate(
    program,
    Object.fromEntries(Object.entries(feeds).map(([name, { shape, data }]) => [name, arr(shape, data)])),
  );

test.each(Object.keys(passes))('property: %s keeps every output and makes a program that verifies', (name) => {
  fc.assert(
    fc.property(randomProgram, ({ program, feeds }) => {
      verify(program);
      const better = passes[name]!(program);
      verify(better);
      const [want, got] = [run(program, feeds), run(better, feeds)];
      for (const [output, { data, shape }] of Object.entries(want)) {
        expect(got[output]!.shape).toEqual(shape);
        data.forEach((value, i) => {
          const close = Math.abs(got[output]!.data[i]! - value) <= 1e-12 * Math.max(1, Math.abs(value));
          if (!close) expect(got[output]!.data[i]).toBe(value);
        });
      }
    }),
    { numRuns: 200, seed: 1 },
  );
});

const webgpu = await tfjsNodeCompute();
if (!webgpu) console.warn('No WebGPU adapter here: random programs are not compared on WebGPU.');
const onnxWebgpu = await onnxWebgpuNodeCompute().catch(() => undefined);
const wasm = await onnxWasmNodeCompute();

/** Programs a device gets in `npm test`: all of them together have a minute. `PATCHBAY_LONG` is how many each gets by hand. */
const long = Number(process.env.PATCHBAY_LONG);
const devices: { name: string; compute: Compute; runs: number; tolerance: number }[] = [
  { name: 'onnx', compute: onnxNodeCompute({ threads: 1 }), runs: 60, tolerance: 2e-5 },
  { name: 'wasm', compute: wasm, runs: 40, tolerance: 2e-5 },
  ...(webgpu ? [{ name: 'webgpu', compute: webgpu, runs: 25, tolerance: 2e-4 }] : []),
  ...(onnxWebgpu ? [{ name: 'onnx-webgpu', compute: onnxWebgpu, runs: 8, tolerance: 2e-4 }] : []),
];
/** A seed of its own for each run by hand, said when it fails; 1 in `npm test`. */
const seed = long > 1 ? Date.now() % 2 ** 31 : 1;

describe.each(devices)('$name', ({ compute, runs, tolerance }) => {
  test(
    'property: a random program, optimised, gives what the reference gives',
    async () => {
      await fc.assert(
        fc.asyncProperty(randomProgram, async ({ program, feeds }) => {
          const running = await compute.compile(optimise(program, { checked: true }));
          const got = await running.run(feeds);
          await running.dispose();
          for (const [output, { data }] of Object.entries(run(program, feeds)))
            data.forEach((value, i) => {
              const apart = Math.abs(got[output]!.data[i]! - value);
              expect(apart, `${output}[${i}]: ${got[output]!.data[i]}, not ${value}`).toBeLessThanOrEqual(
                tolerance * Math.max(1, Math.abs(value)),
              );
            });
        }),
        // what `npm run test:long` adds by itself is PATCHBAY_LONG=1
        { numRuns: long > 1 ? long : long === 1 ? 10 * runs : runs, seed },
      );
    },
    long ? 24 * 3_600_000 : 400_000,
  );
});
