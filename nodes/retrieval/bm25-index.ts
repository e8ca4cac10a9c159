import { z } from 'zod';
import { fail } from '../../lib/problem.ts';
import { dataset, defineStep, index } from '../kit/define-node.ts';
import { passagesOf, passagesType } from '../kit/indexes.ts';
import { choice, column, flag, real } from '../kit/params.ts';
import { termReader } from '../kit/words.ts';

export default defineStep({
  id: 'retrieval/bm25-index',
  version: 1,
  title: 'BM25 index',
  keywords: ['search', 'okapi', 'inverted index', 'keyword', 'full text', 'sparse', 'tf-idf', 'bm25+', 'bm25l'],
  inputs: { dataset: dataset('Passages: a row each, with a text and, where it has a name, a column of role id.') },
  outputs: { index: index('The passages, searchable by their words.') },
  params: z.object({
    column: column({
      title: 'Text',
      description: 'The column to search. Left empty, the only one of text, or the one whose role is feature.',
      port: 'dataset',
      kinds: ['text'],
      role: 'feature',
    }),
    variant: choice(['okapi', 'plus', 'l', 'overlap'], {
      title: 'Formula',
      description:
        'BM25+ and BM25L treat long passages better: a word that is there always counts for something. Shared words counts how many words of the query are there: a baseline.',
      default: 'okapi',
      labels: { okapi: 'BM25 (Okapi)', plus: 'BM25+', l: 'BM25L', overlap: 'Shared words' },
    }),
    k1: real({
      title: 'k₁',
      description: 'How much a second and third mention of a word still add. 0: nothing.',
      default: 1.5,
      min: 0,
      max: 10,
      step: 0.1,
      when: { variant: ['okapi', 'plus', 'l'] },
    }),
    b: real({
      title: 'b',
      description: 'How much long passages are held back: 0 not at all, 1 fully.',
      default: 0.75,
      min: 0,
      max: 1,
      step: 0.05,
      when: { variant: ['okapi', 'plus', 'l'] },
    }),
    delta: real({
      title: 'δ',
      description: 'What a word that is there counts for at least. The papers take 1 for BM25+ and 0.5 for BM25L.',
      default: 1,
      min: 0,
      max: 10,
      step: 0.1,
      when: { variant: ['plus', 'l'] },
    }),
    stopWords: flag({
      title: 'Leave out stop words',
      description: 'Words such as the, of and is are neither stored nor searched.',
      default: false,
    }),
    stem: flag({
      title: 'Cut endings off',
      description: 'Compares words by their stems (Snowball, English): searching and searches are search.',
      default: false,
    }),
  }),
  types: ({ dataset: type }, params, check) => ({
    index: {
      kind: 'index',
      ...passagesType(check, 'BM25 index', type, params.column),
      byText: true,
      byVectors: [],
    },
  }),
  async run({ dataset: data }, { column: name, variant, k1, b, delta, stopWords, stem }, context) {
    const { text, id } = passagesType({ fail: (code, message) => fail(code, message) }, 'BM25 index', data.type, name);
    const read = await termReader({ stopWords, stem });
    const texts = data.data(text, 'text').values;
    const lists = new Map<string, { passages: number[]; counts: number[] }>();
    const lengths = new Int32Array(texts.length);
    for (const [passage, each] of texts.entries()) {
      const terms = read(each);
      lengths[passage] = terms.length;
      const counts = new Map<string, number>();
      for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
      for (const [term, count] of counts) {
        const list = lists.get(term) ?? { passages: [], counts: [] };
        list.passages.push(passage);
        list.counts.push(count);
        lists.set(term, list);
      }
      if (passage % 256 === 0) {
        context.progress(passage / texts.length, `${passage} of ${texts.length} passages`);
        await context.breathe();
      }
    }
    if (lists.size === 0)
      fail('index/empty', `BM25 index needs passages with words, the column ${text} has none.`, {
        hint: stopWords ? 'Choose another column, or keep the stop words.' : 'Choose another column.',
      });
    const entries = [...lists.values()];
    const offsets = new Int32Array(entries.length + 1);
    entries.forEach(({ passages }, i) => {
      offsets[i + 1] = offsets[i]! + passages.length;
    });
    return {
      index: {
        passages: passagesOf(data),
        text,
        id,
        method: {
          kind: 'bm25',
          variant,
          k1,
          b,
          delta,
          words: { stopWords, stem },
          terms: [...lists.keys()],
          offsets,
          passages: Int32Array.from(entries.flatMap(({ passages }) => passages)),
          counts: Int32Array.from(entries.flatMap(({ counts }) => counts)),
          lengths,
        },
      },
    };
  },
  docs: {
    summary: 'Makes passages searchable by their words: rare words count more, repeated ones less and less.',
    equation: String.raw`\mathrm{score}(q, d) = \sum_{t \in q} \mathrm{idf}(t)\, \frac{f_{t,d}\,(k_1 + 1)}{f_{t,d} + k_1\left(1 - b + b\, \frac{|d|}{\overline{|d|}}\right)}, \quad \mathrm{idf}(t) = \ln\frac{N - n_t + \frac12}{n_t + \frac12}`,
    notes:
      'Words are runs of letters and digits, in lower case. A word that more than half of the passages have gets a quarter of the average idf, as in rank_bm25.',
    sources: [
      {
        title: 'Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009)',
        url: 'https://www.staff.city.ac.uk/~sbrp622/papers/foundations_bm25_review.pdf',
      },
      {
        title: 'Lv and Zhai, Lower-Bounding Term Frequency Normalization (2011)',
        url: 'https://dl.acm.org/doi/10.1145/2063576.2063584',
      },
      { title: 'rank_bm25', url: 'https://github.com/dorianbrown/rank_bm25' },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'moby-dick' } },
      index: { type: 'retrieval/bm25-index' },
    },
    edges: [['data.dataset', 'index.dataset']],
  },
});
