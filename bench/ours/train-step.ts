/** Our side of bench/train-step.ts, as train_step.py is the other: one line of JSON is asked, one is answered. */
import { createInterface } from 'node:readline';
import { optimise } from '../../compiler/optimise.ts';
import { Builder } from '../../ir/builder.ts';
import { estimate } from '../../ir/estimate.ts';
import { makeProgram } from '../../ir/program.ts';
import type { Executable } from '../../nodes/kit/compute.ts';
import { onnxNodeCompute } from '../../runtime/onnx/node.ts';
import { optimising } from '../../runtime/optimising.ts';
import { timed } from '../measure.ts';
import { benchModels, openNetwork, startOf, stepOf } from '../models.ts';

let running: Executable | undefined;
let feeds: ReturnType<typeof startOf>['feeds'] = {};

const SIDE = 1024;

/** What this machine's product of 1024 × 1024 matrices reaches: FLOPs a second, by the least time of some. */
async function productRate(threads: number): Promise<number> {
  const ir = new Builder();
  const matrix = (name: string) => ir.input(name, { dtype: 'float32', shape: [SIDE, SIDE] });
  const program = makeProgram(ir, { y: ir.sum(ir.matmul(matrix('a'), matrix('b'))) });
  const product = await onnxNodeCompute({ threads }).compile(program, { keep: ['a', 'b'] });
  const ms = await timed(8, () => product.run());
  await product.dispose();
  return (2 * SIDE ** 3) / (Math.min(...ms) / 1000);
}

async function prepare(name: string, threads: number): Promise<{ ready: string; flops: number; rate: number }> {
  const model = benchModels.find((each) => each.name === name)!;
  const network = await openNetwork(model);
  const step = stepOf(model, network);
  const start = startOf(step, network);
  const compute = optimising(onnxNodeCompute({ threads }));
  running = await compute.compile(step.program, {
    carry: step.carry,
    overwrite: step.slots.map(({ name }) => name),
    keep: step.frozen,
  });
  await running.write(start.state, { given: true });
  feeds = start.feeds;
  await timed(3, () => running!.run(feeds));
  return {
    ready: compute.device.title,
    flops: estimate(optimise(step.program)).flops,
    rate: await productRate(threads),
  };
}

for await (const line of createInterface(process.stdin)) {
  const request = JSON.parse(line) as { model?: string; threads?: number; steps?: number };
  const answer =
    request.model === undefined
      ? {
          ms: await timed(request.steps!, () => running!.run(feeds)),
          peakBytes: process.resourceUsage().maxRSS * 1024,
        }
      : await prepare(request.model, request.threads!);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
