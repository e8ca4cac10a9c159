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

/**
 * By hand, many programs: `PATCHBAY_PROGRAMS=10000 PATCHBAY_DEVICE=onnx npx vitest run runtime/optimise.test.ts` gives one device (all
 * without it) and each pass so many of a seed that is told; `PATCHBAY_SEED` takes the same again, `-t 'random program'` leaves
 * the passes out, which are compared one by one on the reference alone.
 */
const byHand = Number(process.env.PATCHBAY_PROGRAMS) || 0;
const seed = Number(process.env.PATCHBAY_SEED) || (byHand > 0 ? 1 + (Date.now() % (2 ** 31 - 1)) : 1);
if (byHand > 0) console.warn(`${byHand} programs each, seed ${seed}`);
const isLong = Boolean(Number(process.env.PATCHBAY_LONG));
const DAY = 24 * 3_600_000;

test.each(Object.keys(passes))(
  'property: %s keeps every output and makes a program that verifies',
  { timeout: byHand > 0 ? DAY : 30_000 },
  (name) => {
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
      { numRuns: byHand || 200, seed },
    );
  },
);

const webgpu = await tfjsNodeCompute();
if (!webgpu) console.warn('No WebGPU adapter here: random programs are not compared on WebGPU.');
const onnxWebgpu = await onnxWebgpuNodeCompute().catch(() => undefined);
const wasm = await onnxWasmNodeCompute();

/** Programs a device gets in `npm test`: all of them together have a minute. */
const devices: { name: string; compute: Compute; runs: number; tolerance: number }[] = [
  { name: 'onnx', compute: onnxNodeCompute({ threads: 1 }), runs: 60, tolerance: 2e-5 },
  { name: 'wasm', compute: wasm, runs: 40, tolerance: 2e-5 },
  ...(webgpu ? [{ name: 'webgpu', compute: webgpu, runs: 25, tolerance: 2e-4 }] : []),
  ...(onnxWebgpu ? [{ name: 'onnx-webgpu', compute: onnxWebgpu, runs: 8, tolerance: 2e-4 }] : []),
];

const asked = process.env.PATCHBAY_DEVICE;

describe.each(devices.filter(({ name }) => !asked || name === asked))('$name', ({ compute, runs, tolerance }) => {
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
        { numRuns: byHand || (isLong ? 10 * runs : runs), seed },
      );
    },
    byHand > 0 || isLong ? DAY : 400_000,
  );
});
