import { z } from 'zod';
import type { Dataset } from '../../graph/dataset.ts';
import type { Metric } from '../../graph/values.ts';
import { symbol } from '../../ir/size.ts';
import { fail } from '../../lib/problem.ts';
import { batchCount } from '../kit/batches.ts';
import { dataset, defineStep, metrics, model, optional } from '../kit/define-node.ts';
import { integer } from '../kit/params.ts';
import { scoreNetwork } from '../kit/scoring.ts';
import { checkData, targetColumn, targetTensor } from '../kit/targets.ts';
import { scoringProgram } from '../kit/training-step.ts';

export default defineStep({
  id: 'metrics/perplexity',
  version: 1,
  title: 'Perplexity',
  keywords: ['language model', 'cross-entropy', 'bits', 'nats', 'baseline', 'unigram', 'bigram'],
  inputs: {
    model: model('A language model.'),
    dataset: dataset('Windows that it has not learned from.'),
    baseline: optional(dataset('The windows that it learned from: baselines are counted on them.')),
  },
  outputs: { metrics: metrics('perplexity, bits and nats per token, and those of the baselines.') },
  params: z.object({
    context: integer({
      title: 'Context',
      description:
        'Tokens at the start of each window but the first that are read and not scored. With windows that overlap, as many as two of them share: each token is then scored once, with that much before it.',
      default: 0,
      min: 0,
      max: 65_535,
      advanced: true,
    }),
    batch: integer({
      title: 'Batch',
      description: 'Windows scored at once. It changes the speed only.',
      default: 16,
      min: 1,
      max: 4096,
      advanced: true,
    }),
  }),
  computes: true,
  types({ model: type, dataset: data, baseline }, { context }, check) {
    if (!type.capabilities.includes('generates'))
      return check.fail('metrics/no-language-model', `Perplexity needs a language model, got one for ${type.task}.`, {
        port: 'model',
        hint: 'Choose the task Next token in its Network.',
      });
    const target = checkData(check, {
      title: 'Perplexity',
      model: type,
      dataset: data,
      port: 'dataset',
      loss: 'causal-lm',
      target: '',
    });
    if (target.kind === 'tokens' && typeof target.length === 'number' && context >= target.length)
      check.fail(
        'metrics/context',
        `A context of ${context} leaves nothing to score of windows of ${target.length} tokens.`,
        { param: 'context', hint: `Make it less than ${target.length}: the length of the windows minus their stride.` },
      );
    if (baseline)
      checkData(check, {
        title: 'Perplexity',
        model: type,
        dataset: baseline,
        port: 'baseline',
        loss: 'causal-lm',
        target: '',
      });
    return { metrics: { kind: 'metrics' } };
  },
  programs({ dataset: { columns, rows } }, { batch, context: unscored }, { network }) {
    const column = targetColumn({ kind: 'dataset', columns }, '');
    const loss = unscored > 0 ? 'cross-entropy' : 'causal-lm';
    const target = column && targetTensor(column, loss);
    if (!target) return [];
    const objective = { type: 'training/objective', params: { loss, smoothing: 0 } };
    const count = typeof rows === 'number' ? Math.max(1, Math.min(batch, rows)) : batch;
    return [
      {
        title: 'A batch of windows',
        program: scoringProgram(network('model'), { objective, target, batch: count }).program,
        runs: batchCount(rows ?? symbol('rows'), count),
      },
    ];
  },
  async run({ model: scored, dataset: given, baseline }, { batch, context: unscored }, context) {
    const data = withContext(given, unscored);
    // the same loss; cross-entropy leaves targets below 0 out, and so costs a little more
    const loss = unscored > 0 ? 'cross-entropy' : 'causal-lm';
    const how = { title: 'Perplexity', loss, target: '', batch } as const;
    const { sum, count } = await scoreNetwork(scored, data, how, context);
    const values = perplexityMetrics('', sum / count);
    if (baseline) {
      const tokens = targetIds(data);
      const counted = countBigrams(targetIds(baseline), tokens.vocabulary);
      const { unigram, bigram } = baselineLosses(counted, inputIds(data), tokens.ids);
      values.push(...perplexityMetrics('baseline.unigram.', unigram));
      values.push(...perplexityMetrics('baseline.bigram.', bigram));
    }
    return { metrics: { values } };
  },
  docs: {
    summary:
      'How surprised a language model is by each token of a text, as the number of equally likely tokens it amounts to.',
    equation: String.raw`\exp\Bigl(-\frac{1}{N}\sum_i \ln p(t_i \mid t_{<i})\Bigr)`,
    notes:
      'Windows that lie side by side give their first tokens little to go by. For a sliding window cut them with a stride below their length, and set Context to the length minus the stride. The baselines are counted on the same tokens: a unigram with add-one smoothing, and a bigram interpolated with unigram and uniform whose weights are fitted on every tenth training window.',
    sources: [
      {
        title: 'Hugging Face, Perplexity of fixed-length models',
        url: 'https://huggingface.co/docs/transformers/perplexity',
      },
      {
        title: 'Jelinek and Mercer, Interpolated estimation of Markov source parameters from sparse data (1980)',
        url: 'https://aclanthology.org/J92-4003/',
      },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'sentiment' } },
      tokenizer: { type: 'text/tokenizer', params: { algorithm: 'character' } },
      windows: { type: 'text/language-model-windows', params: { length: 16, stride: 512 } },
      input: { type: 'network/input' },
      embedding: { type: 'network/embedding', params: { width: 8 } },
      head: { type: 'network/linear' },
      network: { type: 'network/network' },
      perplexity: { type: 'metrics/perplexity' },
    },
    edges: [
      ['data.dataset', 'tokenizer.dataset'],
      ['data.dataset', 'windows.dataset'],
      ['tokenizer.tokenizer', 'windows.tokenizer'],
      ['windows.dataset', 'input.dataset'],
      ['input.y', 'embedding.x'],
      ['embedding.y', 'head.x'],
      ['head.y', 'network.x'],
      ['network.model', 'perplexity.model'],
      ['windows.dataset', 'perplexity.dataset'],
      ['windows.dataset', 'perplexity.baseline'],
    ],
  },
});

function perplexityMetrics(prefix: string, nats: number): Metric[] {
  return [
    { name: `${prefix}perplexity`, value: Math.exp(nats), better: 'lower' },
    { name: `${prefix}bits`, value: nats / Math.LN2, unit: 'bits per token', better: 'lower' },
    { name: `${prefix}nats`, value: nats, unit: 'nats per token', better: 'lower' },
  ];
}

function targetIds(data: Dataset): { ids: Int32Array; vocabulary: number } {
  const column = targetColumn(data.type, '');
  if (!column) return fail('training/target', 'Perplexity needs windows with targets.');
  const { values, vocabulary } = data.data(column.name, 'tokens');
  return { ids: values, vocabulary };
}
const inputIds = (data: Dataset): Int32Array => data.data('tokens', 'tokens').values;

/** Targets below 0 are not scored: the start of every window but the first, which the one before has scored. */
function withContext(data: Dataset, unscored: number): Dataset {
  const column = targetColumn(data.type, '');
  if (unscored === 0 || !column) return data;
  const targets = data.data(column.name, 'tokens');
  const values = targets.values.slice();
  for (let row = 1; row < data.rows; row++)
    values.fill(-1, row * targets.length, row * targets.length + Math.min(unscored, targets.length));
  return data.with([{ ...data.column(column.name), data: { ...targets, values } }]);
}

interface Counts {
  readonly vocabulary: number;
  readonly unigrams: Float64Array;
  readonly bigrams: Map<number, number>;
  readonly firsts: Float64Array;
  readonly total: number;
  /** Weights of bigram, unigram and uniform. */
  readonly weights: readonly [number, number, number];
}

/** Counts on nine tenths; the weights of the mixture by expectation–maximisation on the tenth that was held out. */
function countBigrams({ ids, vocabulary }: { ids: Int32Array; vocabulary: number }, size: number): Counts {
  const n = Math.max(vocabulary, size);
  const held = (i: number) => Math.floor(i / 1000) % 10 === 9;
  const count = (keep: (i: number) => boolean) => {
    const unigrams = new Float64Array(n);
    const firsts = new Float64Array(n);
    const bigrams = new Map<number, number>();
    let total = 0;
    for (let i = 1; i < ids.length; i++) {
      if (!keep(i)) continue;
      const [a, b] = [ids[i - 1]!, ids[i]!];
      unigrams[b]!++;
      firsts[a]!++;
      total++;
      bigrams.set(a * n + b, (bigrams.get(a * n + b) ?? 0) + 1);
    }
    return { vocabulary: n, unigrams, firsts, bigrams, total };
  };
  const kept = count((i) => !held(i));
  let weights: [number, number, number] = [0.6, 0.3, 0.1];
  for (let round = 0; round < 30; round++) {
    const shares: [number, number, number] = [0, 0, 0];
    for (let i = 1; i < ids.length; i++) {
      if (!held(i)) continue;
      const parts = probabilities(kept, ids[i - 1]!, ids[i]!).map((p, k) => p * weights[k]!);
      const whole = parts[0]! + parts[1]! + parts[2]!;
      parts.forEach((part, k) => {
        shares[k]! += part / whole;
      });
    }
    const sum = shares[0] + shares[1] + shares[2];
    if (sum === 0) break;
    weights = shares.map((share) => Math.max(share / sum, 1e-9)) as typeof weights;
  }
  return { ...count(() => true), weights };
}

function probabilities(
  { bigrams, firsts, unigrams, total, vocabulary }: Omit<Counts, 'weights'>,
  a: number,
  b: number,
): number[] {
  const first = firsts[a]!;
  return [
    first > 0 ? (bigrams.get(a * vocabulary + b) ?? 0) / first : 0,
    total > 0 ? unigrams[b]! / total : 0,
    1 / vocabulary,
  ];
}

/** Mean −ln p of the targets that count: of a unigram with add-one smoothing, and of the mixture. */
function baselineLosses(
  counts: Counts,
  before: Int32Array,
  ids: Int32Array,
): { readonly unigram: number; readonly bigram: number } {
  const { unigrams, total, vocabulary, weights } = counts;
  let [unigram, bigram, scored] = [0, 0, 0];
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (id < 0) continue;
    scored++;
    unigram -= Math.log((unigrams[id]! + 1) / (total + vocabulary));
    const parts = probabilities(counts, before[i]!, id);
    bigram -= Math.log(weights[0] * parts[0]! + weights[1] * parts[1]! + weights[2] * parts[2]!);
  }
  return { unigram: unigram / scored, bigram: bigram / scored };
}
