import { availableParallelism } from 'node:os';
import { onnxNodeCompute } from '../runtime/onnx/node.ts';
import { optimising } from '../runtime/optimising.ts';
import { type Case, findTorch, interleaved, Peer, timed } from './measure.ts';
import { type BenchModel, convolutional, gpt, openNetwork, recurrent, startOf, stepOf } from './models.ts';

const models: readonly BenchModel[] = [
  gpt('S'),
  gpt('M'),
  gpt('L'),
  recurrent('gru'),
  recurrent('lstm'),
  convolutional(1),
  convolutional(2),
];

/** Milliseconds that a round of steps should take about, so that small and large models get as many rounds. */
const ROUND_MS = 400;

/** A training step, forward to update, against PyTorch on the CPU: same network, batch and optimizer, turn by turn. */
export async function trainStepCases({
  only,
  rounds,
  say,
}: {
  only?: string | undefined;
  rounds: number;
  say: (line: string) => void;
}): Promise<Case[]> {
  const torch = findTorch();
  say(torch ? `peer: PyTorch ${torch.version}` : 'no Python with torch here: ours alone (set PATCHBAY_PYTHON)');
  const cases: Case[] = [];
  for (const threads of new Set([1, Math.min(2, availableParallelism())]))
    for (const model of models) {
      if (only && !`${model.name} ${threads}`.toLowerCase().includes(only.toLowerCase())) continue;
      const network = await openNetwork(model);
      const step = stepOf(model, network);
      const { state, feeds } = startOf(step, network);
      const running = await optimising(onnxNodeCompute({ threads })).compile(step.program, {
        carry: step.carry,
        keep: step.frozen,
      });
      await running.write(state);
      await timed(3, () => running.run(feeds));
      const steps = Math.max(2, Math.round(ROUND_MS / Math.min(...(await timed(3, () => running.run(feeds))))));
      const peer = torch && new Peer(torch.python, 'train_step.py');
      await peer?.ask({ model: model.peer, threads });
      const result = await interleaved(
        { name: model.name, threads, peer: torch ? `PyTorch ${torch.version}` : 'none' },
        {
          ours: () => timed(steps, () => running.run(feeds)),
          ...(peer && { theirs: async () => (await peer.ask<{ ms: number[] }>({ steps })).ms }),
        },
        rounds,
      );
      peer?.close();
      await running.dispose();
      say(`${result.name}, ${threads} threads: ${result.oursMs} ms, peer ${result.peerMs} ms, ratio ${result.ratio}`);
      cases.push(result);
    }
  return cases;
}
