import { z } from 'zod';
import { fail } from '../../lib/problem.ts';
import type { Random } from '../../lib/random.ts';
import { generationPrograms, NextToken } from '../kit/decoding.ts';
import { defineStep, model, optional, text, tokenizer } from '../kit/define-node.ts';
import { choice, integer, line, lines, real } from '../kit/params.ts';
import { greedy, logProbabilities, sample } from '../kit/sampling.ts';
import { openTokenizer } from '../kit/tokenizers.ts';

const params = z.object({
  prompt: lines({
    title: 'Prompt',
    description: 'What the text begins with, unless a text is wired.',
    default: 'The whale',
  }),
  tokens: integer({
    title: 'Tokens',
    description: 'How many tokens to add at most.',
    default: 100,
    min: 1,
    max: 100_000,
  }),
  strategy: choice(['sample', 'greedy', 'beam'], {
    title: 'Strategy',
    description:
      'Sample: draw each token. Greedy: always the likeliest. Beam: the likeliest text of several that grow side by side.',
    default: 'sample',
    labels: { sample: 'Sample', greedy: 'Greedy', beam: 'Beam search' },
  }),
  temperature: real({
    title: 'Temperature',
    description: 'Below 1 is surer, above 1 wilder.',
    default: 0.8,
    min: 0.01,
    max: 10,
    step: 0.1,
    when: { strategy: ['sample'] },
  }),
  topK: integer({
    title: 'Top k',
    description: 'Draws from the k likeliest tokens; 0 from all.',
    default: 40,
    min: 0,
    max: 1_000_000,
    when: { strategy: ['sample'] },
  }),
  topP: real({
    title: 'Top p',
    description: 'Draws from the likeliest tokens that together have this probability; 1 from all.',
    default: 1,
    min: 0.01,
    max: 1,
    step: 0.05,
    when: { strategy: ['sample'] },
  }),
  beams: integer({
    title: 'Beams',
    description: 'Texts that grow side by side.',
    default: 4,
    min: 2,
    max: 64,
    when: { strategy: ['beam'] },
  }),
  stop: line({
    title: 'Stop',
    description: 'Ends where this text comes up; empty never.',
    default: '',
    advanced: true,
  }),
});
type Params = z.infer<typeof params>;

export default defineStep({
  id: 'generation/generate',
  version: 1,
  title: 'Generate',
  keywords: ['sample', 'decode', 'complete', 'greedy', 'beam search', 'top-k', 'top-p', 'nucleus', 'temperature'],
  inputs: {
    model: model('A language model.'),
    tokenizer: tokenizer('The tokenizer that it was trained with.'),
    text: optional(text('A prompt.')),
  },
  outputs: { text: text('The prompt and what the model adds.') },
  params,
  random: true,
  computes: true,
  types({ model: type, tokenizer: { vocabulary } }, _params, check) {
    if (!type.capabilities.includes('generates'))
      return check.fail('generate/no-language-model', `Generate needs a language model, got one for ${type.task}.`, {
        port: 'model',
        hint: 'Choose the task Next token in its Network.',
      });
    const size = type.output?.shape.at(-1);
    if (size !== undefined && !check.equal(size, vocabulary))
      return check.fail(
        'generate/tokenizer',
        'Generate needs the tokenizer that the model was trained with, got another one.',
        {
          port: 'tokenizer',
          hint: 'Wire the tokenizer that made the training windows.',
        },
      );
    return { text: { kind: 'text' } };
  },
  programs: (_inputs, { strategy, beams, tokens }, { network }) =>
    generationPrograms(network('model'), { rows: strategy === 'beam' ? beams : 1, tokens }),
  async run({ model: speaker, tokenizer: made, text: wired }, chosen, context) {
    const tokens = await openTokenizer(made);
    const prompt = wired ?? chosen.prompt;
    const start = tokens.encode(prompt);
    if (start.length === 0)
      return fail('generate/no-prompt', 'Generate needs a prompt of at least one token, got none.', {
        hint: 'Type a prompt.',
      });
    const beams = chosen.strategy === 'beam' ? chosen.beams : 1;
    const network = await context.networks.fromModel(speaker);
    const window = NextToken.open(network, speaker, { compute: await context.compute(), rows: beams });
    if (window.wholeOnly) context.log(`Computes the whole window for each token: ${window.wholeOnly}.`);
    try {
      const show = (ids: readonly number[]) =>
        cut(prompt + tokens.decode(ids.slice(start.length)), prompt, chosen.stop);
      const grow = chosen.strategy === 'beam' ? beamSearch : oneByOne;
      const ids = await grow(window, start, chosen, context.random, async (so, done) => {
        const shown = show(so);
        context.progress(done / chosen.tokens, `${done} of ${chosen.tokens} tokens`);
        if (done % 8 === 0) context.preview('text', { kind: 'text', title: 'Text so far', text: shown.text });
        await context.breathe();
        return shown.stopped;
      });
      return { text: show(ids).text };
    } finally {
      await window.close();
    }
  },
  docs: {
    summary: 'Lets a language model go on with a text, token by token.',
    notes:
      'Keys, values and states are kept, so that a token costs one position, where every layer can; else the whole window is computed for each token, and the log says why. Texts longer than the window are continued from their last tokens.',
    sources: [
      {
        title: 'Hugging Face, generation strategies',
        url: 'https://huggingface.co/docs/transformers/generation_strategies',
      },
      {
        title: 'Holtzman et al., The Curious Case of Neural Text Degeneration (2020): top-p',
        url: 'https://arxiv.org/abs/1904.09751',
      },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'sentiment' } },
      tokenizer: { type: 'text/tokenizer', params: { algorithm: 'character' } },
      windows: { type: 'text/language-model-windows', params: { length: 16 } },
      input: { type: 'network/input' },
      embedding: { type: 'network/embedding', params: { width: 8 } },
      head: { type: 'network/linear' },
      network: { type: 'network/network' },
      generate: { type: 'generation/generate', params: { prompt: 'Good', tokens: 5 } },
    },
    edges: [
      ['data.dataset', 'tokenizer.dataset'],
      ['data.dataset', 'windows.dataset'],
      ['tokenizer.tokenizer', 'windows.tokenizer'],
      ['windows.dataset', 'input.dataset'],
      ['input.y', 'embedding.x'],
      ['embedding.y', 'head.x'],
      ['head.y', 'network.x'],
      ['network.model', 'generate.model'],
      ['tokenizer.tokenizer', 'generate.tokenizer'],
    ],
  },
});

function cut(whole: string, prompt: string, stop: string): { text: string; stopped: boolean } {
  const at = stop ? whole.indexOf(stop, prompt.length) : -1;
  return at < 0 ? { text: whole, stopped: false } : { text: whole.slice(0, at), stopped: true };
}

type Watch = (ids: readonly number[], done: number) => Promise<boolean>;

async function oneByOne(
  next: NextToken,
  start: readonly number[],
  chosen: Params,
  random: Random,
  watch: Watch,
): Promise<number[]> {
  const ids = [...start];
  for (let done = 1; done <= chosen.tokens; done++) {
    const [logits] = (await next.logits([ids])) as [Float32Array];
    ids.push(chosen.strategy === 'greedy' ? greedy(logits) : sample(logits, chosen, random));
    if (await watch(ids, done)) break;
  }
  return ids;
}

/** The sequence with the largest sum of log-probabilities; all have one length, so no length penalty is needed. */
async function beamSearch(
  next: NextToken,
  start: readonly number[],
  chosen: Params,
  _random: Random,
  watch: Watch,
): Promise<number[]> {
  let beams = [{ ids: [...start], score: 0 }];
  for (let done = 1; done <= chosen.tokens; done++) {
    const rows = await next.logits(beams.map(({ ids }) => ids));
    const grown = beams.flatMap(({ ids, score }, row) =>
      Array.from(logProbabilities(rows[row]!), (log, id) => ({ ids, id, score: score + log })),
    );
    grown.sort((a, b) => b.score - a.score || a.id - b.id);
    beams = grown.slice(0, chosen.beams).map(({ ids, id, score }) => ({ ids: [...ids, id], score }));
    if (await watch(beams[0]!.ids, done)) break;
  }
  return beams[0]!.ids;
}
