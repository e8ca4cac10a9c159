import { z } from 'zod';
import { Dataset } from '../../graph/dataset.ts';
import { candidatesOf, EVIDENCE, contextColumns as names, rightSources, sourcesOf } from '../kit/contexts.ts';
import { dataset, defineStep } from '../kit/define-node.ts';
import { describeColumns, rowNames } from '../kit/indexes.ts';
import { column } from '../kit/params.ts';

const ANSWERS = ['no', 'yes'] as const;

export default defineStep({
  id: 'retrieval/evidence',
  version: 1,
  title: 'Evidence',
  keywords: ['reader', 'answer sentence selection', 'features', 'extractive', 'question answering', 'rag'],
  inputs: { dataset: dataset('Questions with their contexts, as Fuse context makes them.') },
  outputs: { dataset: dataset('A row for each sentence of each context: what speaks for it as an answer.') },
  params: z.object({
    relevant: column({
      title: 'Right documents',
      description:
        'The column with the names of the right documents, one a line: a sentence of one of them answers. Left empty, the one whose role is target.',
      port: 'dataset',
      kinds: ['text'],
      role: 'target',
    }),
  }),
  types({ dataset: type }, { relevant }, check) {
    for (const name of [names.question, names.context, names.sources, names.scores])
      if (!type.columns.some((each) => each.name === name))
        return check.fail(
          'answer/context',
          `Evidence needs a column ${name}, as Fuse context makes it; the data set has ${describeColumns(type)}.`,
          { port: 'dataset', hint: 'Wire what Fuse context gives.' },
        );
    const target = type.columns.some(({ name, role }) => (relevant ? name === relevant : role === 'target'));
    return {
      dataset: {
        kind: 'dataset',
        columns: [
          { name: 'query', kind: 'text', role: 'group' },
          { name: 'document', kind: 'text' },
          { name: 'sentence', kind: 'text' },
          { name: 'evidence', kind: 'vector', size: EVIDENCE.length, role: 'feature' },
          ...(target
            ? ([{ name: 'answers', kind: 'category', size: 2, categories: ANSWERS, role: 'target' }] as const)
            : []),
        ],
      },
    };
  },
  async run({ dataset: rows }, { relevant }) {
    const candidates = await candidatesOf(rows);
    const sources = sourcesOf(rows);
    const right = rightSources(rows, relevant);
    const queries = rowNames(rows);
    const document = ({ row, passage }: (typeof candidates)[number]) => sources[row]![passage]!;
    const texts = (values: readonly string[]) => ({ kind: 'text', values }) as const;
    return {
      dataset: new Dataset([
        { name: 'query', role: 'group', data: texts(candidates.map(({ row }) => queries[row]!)) },
        { name: 'document', data: texts(candidates.map(document)) },
        { name: 'sentence', data: texts(candidates.map(({ sentence }) => sentence)) },
        {
          name: 'evidence',
          role: 'feature',
          data: {
            kind: 'vector',
            size: EVIDENCE.length,
            values: Float32Array.from(candidates.flatMap(({ evidence }) => evidence)),
          },
        },
        ...(right
          ? ([
              {
                name: 'answers',
                role: 'target',
                data: {
                  kind: 'category',
                  categories: ANSWERS,
                  codes: Int32Array.from(candidates, (each) => Number(right[each.row]!.has(document(each)))),
                },
              },
            ] as const)
          : []),
      ]),
    };
  },
  docs: {
    summary: 'Takes contexts apart into sentences and says in ten numbers what speaks for each as the answer.',
    notes: `A model that learns from these numbers whether a sentence answers is a reader for Answer. The numbers: ${EVIDENCE.join(', ')}. Words are compared by their stems, without stop words.`,
    sources: [
      {
        title: 'Yang, Yih and Meek, WikiQA (2015)',
        url: 'https://aclanthology.org/D15-1237/',
      },
    ],
  },
  example: {
    nodes: {
      data: {
        type: 'data/upload',
        params: {
          source: 'pasted',
          pasted: 'name,text\nn1,A whale dives deep. It breathes.\nn2,A ship sails.\nn3,The sea is wide.\n',
          columns: [
            { name: 'name', kind: 'text', role: 'id' },
            { name: 'text', kind: 'text', role: 'feature' },
          ],
        },
      },
      questions: {
        type: 'data/upload',
        params: {
          source: 'pasted',
          pasted: 'name,text\nn1,whale\nn2,wide sea\n',
          columns: [
            { name: 'name', kind: 'text', role: 'id' },
            { name: 'text', kind: 'text', role: 'feature' },
          ],
        },
      },
      index: { type: 'retrieval/bm25-index' },
      retrieve: { type: 'retrieval/retrieve', params: { k: 2 } },
      context: { type: 'retrieval/fuse-context' },
      evidence: { type: 'retrieval/evidence' },
    },
    edges: [
      ['data.dataset', 'index.dataset'],
      ['index.index', 'retrieve.index'],
      ['questions.dataset', 'retrieve.queries'],
      ['questions.dataset', 'context.queries'],
      ['retrieve.dataset', 'context.passages'],
      ['context.dataset', 'evidence.dataset'],
    ],
  },
});
