/** Our side of bench/train-step.ts, as train_step.py is the other: one line of JSON is asked, one is answered. */
import { createInterface } from 'node:readline';
import type { Executable } from '../../nodes/kit/compute.ts';
import { onnxNodeCompute } from '../../runtime/onnx/node.ts';
import { optimising } from '../../runtime/optimising.ts';
import { timed } from '../measure.ts';
import { benchModels, openNetwork, startOf, stepOf } from '../models.ts';

let running: Executable | undefined;
let feeds: ReturnType<typeof startOf>['feeds'] = {};

async function prepare(name: string, threads: number): Promise<{ ready: string }> {
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
  return { ready: compute.device.title };
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
