import { memoryEnvironment } from '../runtime/node/memory.ts';
import { type Case, interleaved, ours as program, type SuiteOptions } from './measure.ts';
import { gptSizes, openNetwork, windowed } from './models.ts';
import type { Generated, GenerateRequest } from './ours/generate.ts';
import { openTransformers } from './peers/transformers.ts';

const WINDOW = 1024;
/** After the prefix, in each round; the first of them pays for the prefix and is not counted. */
const TOKENS = 24;
const WHOLE = 'the whole window';
/** Rounds until a process has compiled its JavaScript. */
const WARM = 4;

/**
 * Milliseconds for a token after a prefix: with what was kept, computing the whole window, and in Transformers.js. Ours runs
 * in a process of its own, with the environment of a compute child.
 */
export async function generateCases({ rounds, say }: SuiteOptions): Promise<Case[]> {
  const cases: Case[] = [];
  const perSecond = (ms: number | null) => (ms === null ? '–' : Math.round(1000 / ms));
  for (const [window, length, against] of [
    [64, 16, WHOLE],
    [WINDOW, 16, WHOLE],
    [WINDOW, 16, 'Transformers.js'],
    [WINDOW, 1000, WHOLE],
    [WINDOW, 1000, 'Transformers.js'],
  ] as const) {
    const mine = program('generate.ts', memoryEnvironment);
    const prefix = Array.from({ length }, (_, i) => (i * 7) % 512);
    const ask = (request: Pick<GenerateRequest, 'tokens' | 'cached'>) =>
      mine.ask<Generated>({ window, prefix, ...request });
    const { ids } = await ask({ tokens: TOKENS, cached: true });
    for (let i = 0; i < WARM; i++) await ask({ tokens: TOKENS, cached: true });
    const ours = async () => [...(await ask({ tokens: TOKENS, cached: true })).ms];
    const what = { name: `a token after ${length}, window ${window}`, threads: 1 };
    let result: Case;
    if (against === WHOLE) {
      await ask({ tokens: 2, cached: false });
      const theirs = async () => [...(await ask({ tokens: 4, cached: false })).ms];
      result = await interleaved({ ...what, peer: against }, { ours, theirs }, rounds);
    } else {
      const network = await openNetwork(windowed(window));
      const peer = await openTransformers(network.initialize(), { ...gptSizes.M, window });
      if (typeof peer === 'string') {
        result = { ...(await interleaved({ ...what, peer: against }, { ours }, rounds)), note: peer };
      } else {
        const other = await peer.generate(prefix, TOKENS);
        const same = ids.filter((id, i) => id === other.ids[i]).length;
        const theirs = async () => (await peer.generate(prefix, TOKENS)).ms;
        for (let i = 0; i < WARM; i++) await theirs();
        result = {
          ...(await interleaved({ ...what, peer: peer.title }, { ours, theirs }, rounds)),
          note: `${same} of ${TOKENS} tokens are the same`,
        };
        await peer.close();
      }
    }
    say(
      `${result.name}: ${result.oursMs} ms, least ${result.oursMinMs} (${perSecond(result.oursMs)} tokens/s); ${result.peer} ${result.peerMs ?? '–'} ms, least ${result.peerMinMs ?? '–'} (${perSecond(result.peerMs)}); ratio ${result.ratio ?? '–'}${result.note ? `; ${result.note}` : ''}`,
    );
    cases.push(result);
    mine.close();
  }
  return cases;
}
