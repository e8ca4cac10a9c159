/** Our side of bench/estimates.ts: what is predicted of one model, and what it takes. One line of JSON each way. */
import { createInterface } from 'node:readline';
import { optimise } from '../../compiler/optimise.ts';
import { Builder } from '../../ir/builder.ts';
import { estimate } from '../../ir/estimate.ts';
import { makeProgram } from '../../ir/program.ts';
import { type Calibration, secondsOf } from '../../ir/roofline.ts';
import { calibrate } from '../../runtime/calibrate.ts';
import { onnxNodeCompute } from '../../runtime/onnx/node.ts';
import { timed } from '../measure.ts';
import { benchModels, openNetwork, startOf, stepOf } from '../models.ts';

const TRY_MS = 1_500;

interface Request {
  readonly threads: number;
  readonly model?: string;
  readonly calibration?: Calibration;
  readonly steps?: number;
}

async function measure({ threads, model: name, calibration, steps }: Required<Request>) {
  const model = benchModels.find((each) => each.name === name)!;
  const network = await openNetwork(model);
  const { program: whole, ...step } = stepOf(model, network);
  const program = optimise(whole);
  const overwrite = step.slots.map((slot) => slot.name);
  const compute = onnxNodeCompute({ threads });
  // the library itself is not what a program takes
  const ir = new Builder();
  const empty = await compute.compile(makeProgram(ir, { y: ir.exp(ir.input('x', { dtype: 'float32', shape: [1] })) }));
  await empty.run({ x: { dtype: 'float32', shape: [1], data: Float32Array.of(0) } });
  await empty.dispose();
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const { state, feeds } = startOf({ ...step, program }, network);
  const running = await compute.compile(program, { carry: step.carry, overwrite, keep: step.frozen });
  await running.write(state, { given: true });
  await timed(3, () => running.run(feeds));
  const ms = await timed(steps, () => running.run(feeds));
  // short steps get as many tries as the calibration had: on a busy machine the least of a few is not the least
  const end = performance.now() + TRY_MS;
  while (performance.now() < end && ms.length < 300) ms.push(...(await timed(1, () => running.run(feeds))));
  return {
    memory: estimate(program, overwrite).memory,
    // as written: what the passes save was not counted in PyTorch
    flops: estimate(whole).flops,
    ms,
    predictedMs: 1000 * secondsOf(program, calibration),
    measuredBytes: process.resourceUsage().maxRSS * 1024 - before,
  };
}

for await (const line of createInterface(process.stdin)) {
  const request = JSON.parse(line) as Request;
  const answer = request.model
    ? await measure(request as Required<Request>)
    : { calibration: await calibrate(onnxNodeCompute({ threads: request.threads })) };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
