import type { Model } from '../graph/values.ts';
import { NextToken } from '../nodes/kit/decoding.ts';
import { onnxNodeCompute } from '../runtime/onnx/node.ts';
import { optimising } from '../runtime/optimising.ts';
import { type Case, interleaved, timed } from './measure.ts';
import { type BenchModel, gpt, openNetwork } from './models.ts';

const WINDOW = 1024;

/** The medium GPT with a window of 1,024 tokens. */
function model(window: number): BenchModel {
  const { graph, ...rest } = gpt('M');
  const input = { ...graph.nodes.input!, params: { ...graph.nodes.input!.params, length: window } };
  return { ...rest, graph: { ...graph, nodes: { ...graph.nodes, input } } };
}

/** Milliseconds for a token after a prefix, with what was kept, against computing the whole window each time. */
export async function generateCases({ rounds, say }: { rounds: number; say: (line: string) => void }): Promise<Case[]> {
  const cases: Case[] = [];
  for (const [window, prefix] of [
    [64, 16],
    [WINDOW, 16],
    [WINDOW, 1000],
  ] as const) {
    const network = await openNetwork(model(window));
    const speaker = { tensors: network.initialize() } as Pick<Model, 'tensors'> as Model;
    const compute = optimising(onnxNodeCompute({ threads: 1 }));
    const open = (cached: boolean): { step: () => Promise<unknown>; next: NextToken } => {
      const next = NextToken.open(network, speaker, { compute, rows: 1, cached });
      let ids = Array.from({ length: prefix }, (_, i) => (i * 7) % 512);
      const step = async (): Promise<void> => {
        const [logits] = (await next.logits([ids])) as [Float32Array];
        ids =
          ids.length < Math.min(window, prefix + 23)
            ? [...ids, logits.indexOf(Math.max(...logits))]
            : ids.slice(0, prefix);
      };
      return { step, next };
    };
    const [kept, whole] = [open(true), open(false)];
    for (const { step } of [kept, whole]) await timed(2, step);
    const result = await interleaved(
      { name: `a token after ${prefix}, window ${window}`, threads: 1, peer: 'the whole window' },
      { ours: () => timed(20, kept.step), theirs: () => timed(2, whole.step) },
      rounds,
    );
    say(
      `${result.name}: ${result.oursMs} ms (${Math.round(1000 / result.oursMs!)} tokens/s), whole window ${result.peerMs} ms`,
    );
    cases.push(result);
    await kept.next.close();
    await whole.next.close();
  }
  return cases;
}
