import type { Model } from '../graph/values.ts';
import { NextToken } from '../nodes/kit/decoding.ts';
import { greedy } from '../nodes/kit/sampling.ts';
import { onnxNodeCompute } from '../runtime/onnx/node.ts';
import { optimising } from '../runtime/optimising.ts';
import { type Case, interleaved, type SuiteOptions } from './measure.ts';
import { type BenchModel, gpt, gptSizes, openNetwork } from './models.ts';
import { openTransformers } from './peers/transformers.ts';

const WINDOW = 1024;
/** After the prefix, in each round; the first of them pays for the prefix and is not counted. */
const TOKENS = 24;

/** The medium GPT with another window. */
function model(window: number): BenchModel {
  const { graph, ...rest } = gpt('M');
  const input = { ...graph.nodes.input!, params: { ...graph.nodes.input!.params, length: window } };
  return { ...rest, graph: { ...graph, nodes: { ...graph.nodes, input } } };
}

/** The likeliest tokens after a prefix, and the milliseconds that each but the first took. */
async function follow(
  next: NextToken,
  prefix: readonly number[],
  tokens: number,
): Promise<{ ids: number[]; ms: number[] }> {
  const ids = [...prefix];
  const ms: number[] = [];
  for (let i = 0; i < tokens; i++) {
    const began = performance.now();
    const [logits] = (await next.logits([ids])) as [Float32Array];
    ids.push(greedy(logits));
    if (i > 0) ms.push(performance.now() - began);
  }
  return { ids: ids.slice(prefix.length), ms };
}

/** Milliseconds for a token after a prefix: with what was kept, computing the whole window, and in Transformers.js. */
export async function generateCases({ rounds, say }: SuiteOptions): Promise<Case[]> {
  const cases: Case[] = [];
  const compute = optimising(onnxNodeCompute({ threads: 1 }));
  const perSecond = (ms: number | null) => (ms === null ? '–' : Math.round(1000 / ms));
  for (const [window, prefix, against] of [
    [64, 16, 'the whole window'],
    [WINDOW, 16, 'the whole window'],
    [WINDOW, 16, 'Transformers.js'],
    [WINDOW, 1000, 'the whole window'],
    [WINDOW, 1000, 'Transformers.js'],
  ] as const) {
    const network = await openNetwork(model(window));
    const speaker = { tensors: network.initialize() } as Pick<Model, 'tensors'> as Model;
    const start = Array.from({ length: prefix }, (_, i) => (i * 7) % 512);
    const kept = NextToken.open(network, speaker, { compute, rows: 1 });
    const own = await follow(kept, start, TOKENS);
    const name = `a token after ${prefix}, window ${window}`;
    const ours = async () => (await follow(kept, start, TOKENS)).ms;
    let result: Case;
    if (against === 'the whole window') {
      const whole = NextToken.open(network, speaker, { compute, rows: 1, cached: false });
      await follow(whole, start, 2);
      const theirs = async () => (await follow(whole, start, 4)).ms;
      result = await interleaved({ name, threads: 1, peer: against }, { ours, theirs }, rounds);
      await whole.close();
    } else {
      const peer = await openTransformers(speaker.tensors, { ...gptSizes.M, window });
      if (typeof peer === 'string') {
        result = { ...(await interleaved({ name, threads: 1, peer: against }, { ours }, rounds)), note: peer };
      } else {
        const other = await peer.generate(start, TOKENS);
        const same = own.ids.filter((id, i) => id === other.ids[i]).length;
        const theirs = async () => (await peer.generate(start, TOKENS)).ms;
        result = {
          ...(await interleaved({ name, threads: 1, peer: peer.title }, { ours, theirs }, rounds)),
          note: `${same} of ${TOKENS} tokens are the same`,
        };
        await peer.close();
      }
    }
    say(
      `${result.name}: ${result.oursMs} ms, least ${result.oursMinMs} (${perSecond(result.oursMs)} tokens/s); ${result.peer} ${result.peerMs ?? '–'} ms, least ${result.peerMinMs ?? '–'} (${perSecond(result.peerMs)}); ratio ${result.ratio ?? '–'}${result.note ? `; ${result.note}` : ''}`,
    );
    cases.push(result);
    await kept.close();
  }
  return cases;
}
