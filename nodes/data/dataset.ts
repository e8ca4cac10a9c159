import { z } from 'zod';
import { recordOf } from '../../lib/record.ts';
import { builtinDatasets, builtinNames, downloadSize } from '../kit/datasets.ts';
import { dataset, defineStep } from '../kit/define-node.ts';
import { choice } from '../kit/params.ts';

export default defineStep({
  id: 'data/dataset',
  version: 1,
  title: 'Data set',
  keywords: ['built-in', 'corpus', 'moby dick', 'spam', 'mnist', 'housing', 'penguins', 'load', ...builtinNames],
  inputs: {},
  outputs: { dataset: dataset('The rows.') },
  params: z.object({
    dataset: choice(builtinNames, {
      title: 'Data set',
      description: 'A real data set that a package ships. Its licence is shown beside it.',
      default: 'moby-dick',
      control: 'dataset',
      labels: recordOf(builtinNames, (name) => builtinDatasets[name].title),
    }),
  }),
  types: (_, { dataset: name }) => ({
    dataset: { kind: 'dataset', columns: builtinDatasets[name].columns, rows: builtinDatasets[name].rows },
  }),
  async run(_, { dataset: name }, context) {
    const { title, licence, downloadBytes } = builtinDatasets[name];
    const work = downloadBytes > 0 ? `fetching ${title}, ${downloadSize(downloadBytes)}` : `reading ${title}`;
    context.progress(0, `${work}; ${licence}`);
    return { dataset: await context.datasets.load(name) };
  },
  docs: {
    summary: 'A built-in data set: real rows from a package, with licence and columns shown.',
    sources: builtinNames.map((name) => ({
      title: `${builtinDatasets[name].title}, ${builtinDatasets[name].licence}`,
      url: builtinDatasets[name].url,
    })),
  },
  example: { nodes: { data: { type: 'data/dataset', params: { dataset: 'iris' } } }, edges: [] },
});
