import { z } from 'zod';
import type { Dataset } from '../../graph/dataset.ts';
import type { DatasetType } from '../../graph/types.ts';
import { fail } from '../../lib/problem.ts';
import { addBleu, bleuOf, bleuSmoothings, bleuTokenizers, bleuTokens, countBleu } from '../kit/bleu-scores.ts';
import { dataset, defineStep, metrics } from '../kit/define-node.ts';
import { choice, column, flag, line, real } from '../kit/params.ts';
import { answerColumns, type Complain, complain } from '../kit/scored-columns.ts';

const TITLE = 'BLEU';
/** Sentences that the table shows. */
const MOST_SENTENCES = 1_000;

const params = z.object({
  prefix: line({
    title: 'Prefix',
    description: 'What stands before prediction in the name of the column with what a model wrote.',
    default: '',
    max: 100,
  }),
  target: column({
    title: 'Target',
    description: 'The right texts. Left empty, the column of text whose role is target.',
    port: 'dataset',
    kinds: ['text'],
    role: 'target',
  }),
  references: line({
    title: 'More references',
    description: 'Other columns with right texts, separated by commas.',
    default: '',
    advanced: true,
  }),
  tokenizer: choice(bleuTokenizers, {
    title: 'Tokens',
    description:
      '13a splits as the NIST does; none splits at spaces only; characters are for languages without spaces.',
    default: '13a',
    labels: { '13a': '13a', none: 'None', char: 'Characters' },
  }),
  lowercase: flag({ title: 'Lowercase', description: 'Reads capitals as small letters.', default: false }),
  smoothing: choice(bleuSmoothings, {
    title: 'Smoothing',
    description: 'What an order counts that has no match: half as much each time, a small number, or nothing.',
    default: 'exp',
    labels: { exp: 'Exponential', floor: 'Floor', 'add-k': 'Add k', none: 'None' },
  }),
  floor: real({
    title: 'Floor',
    description: 'Matches of an order that has none.',
    default: 0.1,
    min: 0,
    max: 1,
    step: 0.05,
    when: { smoothing: ['floor'] },
    advanced: true,
  }),
  k: real({
    title: 'k',
    description: 'Added to the matches and the n-grams of the orders above 1.',
    default: 1,
    min: 0,
    max: 100,
    when: { smoothing: ['add-k'] },
    advanced: true,
  }),
});
type Params = z.infer<typeof params>;

export default defineStep({
  id: 'metrics/bleu',
  version: 1,
  title: TITLE,
  keywords: ['translation', 'sacrebleu', 'n-gram', 'brevity penalty', 'generation quality', 'machine translation'],
  inputs: { dataset: dataset('Rows with the right text and what a model wrote, in prediction.') },
  outputs: { metrics: metrics('bleu from 0 to 100, the precisions, the brevity penalty, and a table of sentences.') },
  params,
  types({ dataset: type }, chosen, check) {
    textColumns(type, chosen, check.fail);
    return { metrics: { kind: 'metrics' } };
  },
  async run({ dataset: rows }, chosen) {
    const { said, references } = textsOf(rows, chosen);
    const { tokenizer, lowercase, smoothing } = chosen;
    const tokens = (text: string) => bleuTokens[tokenizer]((lowercase ? text.toLowerCase() : text).trimEnd());
    const value = smoothing === 'floor' ? chosen.floor : chosen.k;
    const counts = said.map((text, row) =>
      countBleu(
        tokens(text),
        references.map((texts) => tokens(texts[row]!)),
      ),
    );
    const corpus = bleuOf(counts.reduce(addBleu), { smoothing, value, effectiveOrder: false });
    const sentences = counts.map((each) => bleuOf(each, { smoothing, value, effectiveOrder: true }).score);
    const smooth = smoothing === 'floor' || smoothing === 'add-k' ? `${smoothing}[${value.toFixed(2)}]` : smoothing;
    const total = counts.reduce(addBleu);
    return {
      metrics: {
        values: [
          { name: 'bleu', value: corpus.score, better: 'higher' },
          ...corpus.precisions.map(
            (precision, n) => ({ name: `bleu.precision.${n + 1}`, value: precision, better: 'higher' }) as const,
          ),
          { name: 'bleu.brevity-penalty', value: corpus.brevityPenalty, better: 'higher' },
          {
            name: 'bleu.sentence.mean',
            value: sentences.reduce((a, b) => a + b, 0) / sentences.length,
            better: 'higher',
          },
        ],
        tables: [
          {
            title: 'How it was measured',
            columns: [
              { name: 'signature', kind: 'text' },
              { name: 'length', kind: 'number' },
              { name: 'reference length', kind: 'number' },
            ],
            rows: [
              [
                `nrefs:${references.length}|case:${lowercase ? 'lc' : 'mixed'}|eff:no|tok:${tokenizer}|smooth:${smooth}`,
                total.length,
                total.reference,
              ],
            ],
          },
          {
            title: 'Sentences',
            columns: [
              { name: 'prediction', kind: 'text' },
              { name: 'reference', kind: 'text' },
              { name: 'bleu', kind: 'number' },
            ],
            rows: sentences.slice(0, MOST_SENTENCES).map((score, row) => [said[row]!, references[0]![row]!, score]),
          },
        ],
      },
    };
  },
  docs: {
    summary: 'How many n-grams of what a model wrote stand in the right texts, with a penalty for being too short.',
    equation: String.raw`\min(1, e^{1 - r/c}) \cdot \exp\Bigl(\tfrac14 \sum_{n=1}^{4} \ln p_n\Bigr)`,
    notes:
      'Only numbers with the same signature can be compared. Counts are taken over all rows together; the mean over sentences is another number and always has effective order.',
    sources: [
      { title: 'Papineni et al., BLEU (2002)', url: 'https://aclanthology.org/P02-1040/' },
      { title: 'Post, A Call for Clarity in Reporting BLEU Scores (2018)', url: 'https://aclanthology.org/W18-6319/' },
    ],
  },
  example: {
    nodes: {
      data: {
        type: 'data/upload',
        params: {
          source: 'pasted',
          pasted: 'target,prediction\nthe cat sat on the mat,the cat sat on a mat\na dog barked,the dog barked\n',
          columns: [
            { name: 'target', kind: 'text', role: 'target' },
            { name: 'prediction', kind: 'text' },
          ],
        },
      },
      bleu: { type: 'metrics/bleu' },
    },
    edges: [['data.dataset', 'bleu.dataset']],
  },
});

function textColumns(type: DatasetType, { prefix, target, references }: Params, say: Complain) {
  const found = answerColumns(type, { title: TITLE, prefix, target, kind: 'text' }, say);
  const more = references
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  for (const name of more) {
    const kind = type.columns.find((each) => each.name === name)?.kind;
    if (kind !== 'text')
      say(
        'metrics/references',
        kind
          ? `${TITLE} compares texts, ${name} holds ${kind}.`
          : `${TITLE} needs a column ${name}, the data set has ${type.columns.map((each) => each.name).join(', ')}.`,
        { param: 'references', hint: 'Name columns of text, separated by commas.' },
      );
  }
  return { prediction: found.prediction.name, references: [found.target.name, ...more] };
}

function textsOf(rows: Dataset, chosen: Params) {
  const names = textColumns(rows.type, chosen, complain);
  if (rows.rows === 0)
    fail('metrics/no-answers', `${TITLE} needs at least one row, the data set has none.`, { hint: 'Wire rows to it.' });
  return {
    said: rows.data(names.prediction, 'text').values,
    references: names.references.map((name) => rows.data(name, 'text').values),
  };
}
