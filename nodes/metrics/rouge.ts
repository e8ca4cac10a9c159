import { z } from 'zod';
import { fail } from '../../lib/problem.ts';
import { dataset, defineStep, metrics } from '../kit/define-node.ts';
import { column, flag, integer, line, real } from '../kit/params.ts';
import { type Rouge, rouge, rougeKinds } from '../kit/rouge-scores.ts';
import { answerColumns, complain } from '../kit/scored-columns.ts';

const TITLE = 'ROUGE';
/** Texts that the table shows. */
const MOST_TEXTS = 1_000;

export default defineStep({
  id: 'metrics/rouge',
  version: 1,
  title: TITLE,
  keywords: ['summary', 'summarization', 'n-gram', 'longest common subsequence', 'skip-bigram', 'recall', 'rouge-l'],
  inputs: { dataset: dataset('Rows with the right text and what a model wrote, in prediction.') },
  outputs: {
    metrics: metrics('rouge-1, rouge-2, rouge-l, rouge-lsum, rouge-w and rouge-s from 0 to 1, and a table of texts.'),
  },
  params: z.object({
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
    stem: flag({
      title: 'Stem',
      description: "Cuts endings off by Porter's rules, so that whale and whales are one word.",
      default: false,
    }),
    weight: real({
      title: 'Run weight',
      description: 'ROUGE-W: the power by which a run of matches counts more; 1 gives ROUGE-L.',
      default: 1.2,
      min: 1,
      max: 4,
      step: 0.1,
      advanced: true,
    }),
    skip: integer({
      title: 'Skip distance',
      description: 'ROUGE-S: most words between the two of a pair; 0 allows any.',
      default: 0,
      min: 0,
      max: 1000,
      advanced: true,
    }),
  }),
  types({ dataset: type }, { prefix, target }, check) {
    answerColumns(type, { title: TITLE, prefix, target, kind: 'text' }, check.fail);
    return { metrics: { kind: 'metrics' } };
  },
  async run({ dataset: rows }, { prefix, target, ...options }, context) {
    const found = answerColumns(rows.type, { title: TITLE, prefix, target, kind: 'text' }, complain);
    if (rows.rows === 0)
      fail('metrics/no-answers', `${TITLE} needs at least one row, the data set has none.`, {
        hint: 'Wire rows to it.',
      });
    const said = rows.data(found.prediction.name, 'text').values;
    const wanted = rows.data(found.target.name, 'text').values;
    const texts: Rouge[][] = [];
    for (const [row, text] of said.entries()) {
      texts.push(rougeKinds.map((kind) => rouge(kind, text, wanted[row]!, options)));
      if (row % 64 === 0) {
        context.progress(row / rows.rows, `${row} of ${rows.rows} texts`);
        await context.breathe();
      }
    }
    const mean = (kind: number, part: 'precision' | 'recall' | 'f') =>
      texts.reduce((sum, each) => sum + each[kind]![part], 0) / texts.length;
    return {
      metrics: {
        values: rougeKinds.flatMap((kind, i) => [
          { name: kind, value: mean(i, 'f'), better: 'higher' } as const,
          { name: `${kind}.precision`, value: mean(i, 'precision'), better: 'higher' } as const,
          { name: `${kind}.recall`, value: mean(i, 'recall'), better: 'higher' } as const,
        ]),
        tables: [
          {
            title: 'Texts',
            columns: [
              { name: 'prediction', kind: 'text' },
              { name: 'reference', kind: 'text' },
              ...rougeKinds.map((name) => ({ name, kind: 'number' as const })),
            ],
            rows: texts.slice(0, MOST_TEXTS).map((each, row) => [said[row]!, wanted[row]!, ...each.map(({ f }) => f)]),
          },
        ],
      },
    };
  },
  docs: {
    summary:
      'How much of the right texts stands in what a model wrote: single words, pairs, and what comes in the same order.',
    equation: String.raw`F = \frac{2PR}{P+R},\quad R_{L} = \frac{\mathrm{LCS}(x, y)}{|x|}`,
    notes:
      'The plain name is F; .precision and .recall stand beside it. All are means over the rows. ROUGE-Lsum takes each line as a sentence. Only English words are read (a to z and digits).',
    sources: [
      {
        title: 'Lin, ROUGE: A Package for Automatic Evaluation of Summaries (2004)',
        url: 'https://aclanthology.org/W04-1013/',
      },
      {
        title:
          'Lin and Och, Automatic Evaluation of Machine Translation Quality Using Longest Common Subsequence and Skip-Bigram Statistics (2004)',
        url: 'https://aclanthology.org/P04-1077/',
      },
      { title: 'Porter, An algorithm for suffix stripping (1980)', url: 'https://tartarus.org/martin/PorterStemmer/' },
    ],
  },
  example: {
    nodes: {
      data: {
        type: 'data/upload',
        params: {
          source: 'pasted',
          pasted:
            'target,prediction\npolice killed the gunman,police kill the gunman\nthe gunman ran,the gunman was running\n',
          columns: [
            { name: 'target', kind: 'text', role: 'target' },
            { name: 'prediction', kind: 'text' },
          ],
        },
      },
      rouge: { type: 'metrics/rouge', params: { stem: true } },
    },
    edges: [['data.dataset', 'rouge.dataset']],
  },
});
