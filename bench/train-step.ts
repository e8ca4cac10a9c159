import { availableParallelism } from 'node:os';
import { memoryEnvironment } from '../runtime/node/memory.ts';
import { type Case, findTorch, interleaved, ours, Peer, type SuiteOptions } from './measure.ts';
import { benchModels } from './models.ts';

/** Milliseconds that a round of steps should take about, so that small and large models get as many rounds. */
const ROUND_MS = 400;

interface Steps {
  readonly ms: number[];
  readonly peakBytes: number;
}

/**
 * A training step, forward to update, against PyTorch on the CPU: same network, batch and optimizer, turn by turn. Each
 * side is a process of its own, ours with the environment of a compute child, so that peak memory can be compared too.
 */
export async function trainStepCases({ only, rounds, say }: SuiteOptions): Promise<Case[]> {
  const torch = findTorch();
  say(torch ? `peer: PyTorch ${torch.version}` : 'no Python with torch here: ours alone (set PATCHBAY_PYTHON)');
  const cases: Case[] = [];
  for (const threads of new Set([1, Math.min(2, availableParallelism())]))
    for (const model of benchModels) {
      if (only && !`${model.name} ${threads}`.toLowerCase().includes(only.toLowerCase())) continue;
      const mine = ours('train-step.ts', memoryEnvironment);
      const { flops, rate } = await mine.ask<{ flops: number; rate: number }>({ model: model.name, threads });
      const least = Math.min(...(await mine.ask<Steps>({ steps: 3 })).ms);
      const steps = Math.max(2, Math.round(ROUND_MS / least));
      const peer = torch && Peer.python(torch.python, 'train_step.py');
      await peer?.ask({ model: model.peer, threads });
      const peaks: { ours: number; theirs?: number } = { ours: 0 };
      const take = async (side: Peer, of: keyof typeof peaks): Promise<number[]> => {
        const { ms, peakBytes } = await side.ask<Steps>({ steps });
        peaks[of] = peakBytes;
        return ms;
      };
      const result = await interleaved(
        { name: model.name, threads, peer: torch ? `PyTorch ${torch.version}` : 'none' },
        { ours: () => take(mine, 'ours'), ...(peer && { theirs: () => take(peer, 'theirs') }) },
        rounds,
      );
      peer?.close();
      mine.close();
      const share = flops / (result.oursMinMs! / 1000) / rate;
      const note = `peak memory ${megabytes(peaks.ours)}${peaks.theirs ? `, peer ${megabytes(peaks.theirs)}` : ''}; ${share.toFixed(2)} of what a product of 1024³ reaches (${(rate / 1e9).toFixed(0)} GFLOPS), by least times`;
      say(
        `${result.name}, ${threads} threads: ${result.oursMs} ms (least ${result.oursMinMs}), peer ${result.peerMs} ms (least ${result.peerMinMs}), ratio ${result.ratio}; ${note}`,
      );
      cases.push({ ...result, note });
    }
  return cases;
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
