import { z } from 'zod';
import { fail } from '../../lib/problem.ts';
import { dataset, defineStep } from '../kit/define-node.ts';
import { flag, integer, real } from '../kit/params.ts';

const TITLE = 'Sample rows';

export default defineStep({
  id: 'data/sample-rows',
  version: 1,
  title: TITLE,
  keywords: ['random rows', 'subset', 'bootstrap', 'resample', 'with replacement', 'subsample', 'shuffle'],
  inputs: { dataset: dataset('Rows to draw from.') },
  outputs: { dataset: dataset('The rows that were drawn, in their old order.') },
  params: z.object({
    share: real({
      title: 'Share',
      description: 'How many rows are drawn, as a share of those that there are.',
      default: 1,
      min: 0,
      max: 100,
      step: 0.05,
    }),
    rows: integer({
      title: 'Rows',
      description: 'So many rows instead of a share; 0 takes the share.',
      default: 0,
      min: 0,
      max: 100_000_000,
    }),
    replacement: flag({
      title: 'With replacement',
      description: 'A row may be drawn several times: the bootstrap. Otherwise each is drawn once at most.',
      default: false,
    }),
    draw: integer({
      title: 'Draw',
      description: 'Which of the draws that follow from the seed. Bagging goes through them.',
      default: 1,
      min: 1,
      max: 1_000_000,
      advanced: true,
    }),
  }),
  random: true,
  types({ dataset: type }, { share, rows, replacement }, check) {
    if (!replacement && rows === 0 && share > 1)
      return check.fail('sample-rows/share', `${TITLE} can't draw ${share} times as many rows as there are.`, {
        param: 'share',
        hint: 'Draw with replacement, or a share of 1 at most.',
      });
    if (!replacement && typeof type.rows === 'number' && rows > type.rows) return tooMany(rows, type.rows, check.fail);
    return { dataset: { kind: 'dataset', columns: type.columns } };
  },
  async run({ dataset: all }, { share, rows, replacement, draw }, { random }) {
    const count = rows > 0 ? rows : Math.round(share * all.rows);
    if (!replacement && count > all.rows) return tooMany(count, all.rows, fail);
    const source = random.fork('draw', draw);
    const drawn = replacement
      ? Int32Array.from({ length: all.rows === 0 ? 0 : count }, () => source.integer(all.rows))
      : source.permutation(all.rows).slice(0, count);
    return { dataset: all.take(drawn.sort()) };
  },
  docs: {
    summary: 'Draws rows at random, with or without replacement.',
    notes:
      'A share of 1 with replacement is the bootstrap: about a third of the rows is left out. To divide rows into parts that share none, take Split.',
    sources: [
      {
        title: 'pandas, DataFrame.sample',
        url: 'https://pandas.pydata.org/docs/reference/api/pandas.DataFrame.sample.html',
      },
      {
        title: 'Efron, Bootstrap methods: another look at the jackknife (1979)',
        url: 'https://doi.org/10.1214/aos/1176344552',
      },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'iris' } },
      sample: { type: 'data/sample-rows', params: { replacement: true } },
    },
    edges: [['data.dataset', 'sample.dataset']],
  },
});

const tooMany = (wanted: number, there: number, complain: (code: string, message: string) => never): never =>
  complain(
    'sample-rows/too-many',
    `${TITLE} can't draw ${wanted.toLocaleString('en')} of ${there.toLocaleString('en')} rows without replacement.`,
  );
