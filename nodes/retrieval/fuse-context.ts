import { z } from 'zod';
import type { DatasetColumn } from '../../graph/dataset.ts';
import type { Column } from '../../graph/types.ts';
import { fail } from '../../lib/problem.ts';
import { contextColumns as names, numbered } from '../kit/contexts.ts';
import { dataset, defineStep } from '../kit/define-node.ts';
import { describeColumns, rowNames, textColumn } from '../kit/indexes.ts';
import { choice, column, integer, lines } from '../kit/params.ts';

const TITLE = 'Fuse context';
const TEMPLATE =
  'Answer the question from the numbered passages alone, and name those that you use, such as [1]. If they do not hold the answer, say so.\n\n{context}\n\nQuestion: {question}\nAnswer:';

const made = (most: number): readonly Column[] => [
  { name: names.question, kind: 'text', role: 'feature' },
  { name: names.context, kind: 'text' },
  { name: names.sources, kind: 'text' },
  { name: names.scores, kind: 'vector', size: most },
  { name: names.prompt, kind: 'text' },
];
const added: ReadonlySet<string> = new Set(made(0).map(({ name }) => name));

export default defineStep({
  id: 'retrieval/fuse-context',
  version: 1,
  title: TITLE,
  keywords: ['rag', 'prompt', 'augment', 'citations', 'context window', 'budget', 'ground'],
  inputs: {
    queries: dataset('The questions, as they were given to Retrieve.'),
    passages: dataset('What Retrieve found for them.'),
  },
  outputs: { dataset: dataset('A row for each question: question, context, sources, scores, prompt.') },
  params: z.object({
    column: column({
      title: 'Question',
      description: 'The text of the questions. Left empty, the only column of text, or the one whose role is feature.',
      port: 'queries',
      kinds: ['text'],
      role: 'feature',
    }),
    most: integer({ title: 'Passages', description: 'For each question at most.', default: 5, min: 1, max: 1000 }),
    budget: integer({
      title: 'Budget',
      description: 'What the passages of a question may have together. One that does not fit any more is cut off.',
      default: 500,
      min: 1,
      max: 10_000_000,
    }),
    unit: choice(['words', 'characters'], {
      title: 'Counted in',
      description: 'What the budget counts.',
      default: 'words',
      labels: { words: 'Words', characters: 'Characters' },
    }),
    template: lines({
      title: 'Prompt',
      description: 'How question and passages become a prompt: {question} and {context} stand for them.',
      default: TEMPLATE,
      max: 10_000,
      advanced: true,
    }),
  }),
  types({ queries, passages }, { column: name, most, template }, check) {
    textColumn(check, TITLE, queries, { name, param: 'column', port: 'queries' });
    for (const needed of ['query', 'document', 'rank', 'score', 'passage'])
      if (!passages.columns.some((each) => each.name === needed))
        return check.fail(
          'context/passages',
          `${TITLE} needs a column ${needed}, as Retrieve makes it; the data set on passages has ${describeColumns(passages)}.`,
          { port: 'passages', hint: 'Wire what Retrieve gives.' },
        );
    if (!template.includes('{context}') || !template.includes('{question}'))
      return check.fail('context/template', 'The prompt has to say where {context} and {question} stand.', {
        param: 'template',
        hint: 'Put both into it.',
      });
    return {
      dataset: {
        ...queries,
        columns: [...queries.columns.filter((each) => !added.has(each.name)).map(noFeature), ...made(most)],
      },
    };
  },
  async run({ queries, passages }, { column: name, most, budget, unit, template }) {
    const refuse = { fail: (code: string, message: string) => fail(code, message) };
    const questions = queries.data(
      textColumn(refuse, TITLE, queries.type, { name, param: '', port: '' }).name,
      'text',
    ).values;
    const found = byQuery(passages);
    const values = new Float32Array(queries.rows * most);
    const rows = rowNames(queries).map((query, row) => {
      const kept: { document: string; text: string }[] = [];
      let left = budget;
      for (const { document, text, score } of (found.get(query) ?? []).slice(0, most)) {
        const part = cut(text, left, unit);
        if (part === '') break;
        values[row * most + kept.length] = score;
        kept.push({ document, text: part });
        left -= measure(part, unit);
      }
      const context = numbered(kept.map(({ text }) => text));
      const prompt = template.replaceAll(/\{(context|question)\}/g, (_, which) =>
        which === 'context' ? context : questions[row]!,
      );
      return { context, prompt, sources: kept.map(({ document }) => document).join('\n') };
    });
    const column = (at: number, list: readonly string[]): DatasetColumn => {
      const { name: called, role } = made(most)[at]!;
      return { name: called, ...(role && { role }), data: { kind: 'text', values: list } };
    };
    const rest = queries.select(queries.columns.filter((each) => !added.has(each.name)).map((each) => each.name));
    return {
      dataset: rest
        .with(rest.columns.filter(({ role }) => role === 'feature').map(noFeature))
        .select(rest.columns.map((each) => each.name))
        .with([
          column(0, questions),
          column(
            1,
            rows.map(({ context }) => context),
          ),
          column(
            2,
            rows.map(({ sources }) => sources),
          ),
          { name: names.scores, data: { kind: 'vector', size: most, values } },
          column(
            4,
            rows.map(({ prompt }) => prompt),
          ),
        ]),
    };
  },
  docs: {
    summary: 'Puts what was found for each question into one numbered context and a prompt that asks for citations.',
    notes: 'The column sources names the documents of the passages, one a line: [1] is the first.',
    sources: [
      {
        title: 'Lewis et al., Retrieval-Augmented Generation (2020)',
        url: 'https://arxiv.org/abs/2005.11401',
      },
    ],
  },
  example: {
    nodes: {
      data: {
        type: 'data/upload',
        params: {
          source: 'pasted',
          pasted: 'name,text\nn1,A whale dives deep.\nn2,A ship sails.\nn3,The sea is wide.\n',
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
    },
    edges: [
      ['data.dataset', 'index.dataset'],
      ['index.index', 'retrieve.index'],
      ['questions.dataset', 'retrieve.queries'],
      ['questions.dataset', 'context.queries'],
      ['retrieve.dataset', 'context.passages'],
    ],
  },
});

/** What was read before is no feature any more: the question is. */
function noFeature<C extends { readonly role?: Column['role'] }>(column: C): C {
  if (column.role !== 'feature') return column;
  const { role: _, ...rest } = column;
  return rest as C;
}

interface Found {
  readonly document: string;
  readonly text: string;
  readonly score: number;
  readonly rank: number;
}

function byQuery(passages: Parameters<typeof rowNames>[0]): Map<string, Found[]> {
  const [queries, documents, texts] = ['query', 'document', 'passage'].map(
    (name) => passages.data(name, 'text').values,
  );
  const scores = passages.data('score', 'number').values;
  const ranks = passages.data('rank', 'number').values;
  const found = new Map<string, Found[]>();
  queries!.forEach((query, row) => {
    const list = found.get(query) ?? [];
    list.push({ document: documents![row]!, text: texts![row]!, score: scores[row]!, rank: ranks[row]! });
    found.set(query, list);
  });
  for (const list of found.values()) list.sort((a, b) => a.rank - b.rank);
  return found;
}

type Unit = 'words' | 'characters';
const measure = (text: string, unit: Unit): number =>
  unit === 'characters' ? text.length : (text.match(/\S+/g)?.length ?? 0);

function cut(text: string, most: number, unit: Unit): string {
  if (most <= 0) return '';
  if (unit === 'characters') return text.slice(0, most);
  const words = [...text.matchAll(/\S+/g)];
  const last = words[most - 1];
  return words.length <= most || !last ? text : text.slice(0, last.index + last[0].length);
}
