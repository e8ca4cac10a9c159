import { z } from 'zod';
import { Dataset, type DatasetColumn } from '../../graph/dataset.ts';
import type { Column } from '../../graph/types.ts';
import { fail } from '../../lib/problem.ts';
import { chunksOf, type Unit } from '../kit/chunks.ts';
import { dataset, defineStep, optional, tokenizer } from '../kit/define-node.ts';
import { idColumn, rowNames, textColumn } from '../kit/indexes.ts';
import { choice, column, flag, integer } from '../kit/params.ts';
import { openTokenizer } from '../kit/tokenizers.ts';

/** The columns that a chunk gets; others are taken over from its document. */
const made: readonly Column[] = [
  { name: 'id', kind: 'text', role: 'id' },
  { name: 'document', kind: 'text', role: 'group' },
  { name: 'text', kind: 'text', role: 'feature' },
  { name: 'heading', kind: 'text' },
];
const names = new Set(made.map(({ name }) => name));

export default defineStep({
  id: 'retrieval/chunk',
  version: 1,
  title: 'Chunk',
  keywords: ['split', 'passages', 'paragraphs', 'window', 'overlap', 'sentences', 'headings', 'segment'],
  inputs: {
    dataset: dataset('Documents: a row each, with a text.'),
    tokenizer: optional(tokenizer('Counts tokens instead of words.')),
  },
  outputs: { dataset: dataset('A row for each chunk: id, document, text, heading.') },
  params: z.object({
    by: choice(['words', 'sentences', 'headings'], {
      title: 'Cut',
      description:
        'Where a chunk may end. By headings every section is a chunk of its own; sections that are too long are cut between sentences.',
      default: 'sentences',
      labels: { words: 'After any word', sentences: 'Between sentences', headings: 'At headings' },
    }),
    size: integer({
      title: 'Size',
      description: 'Words in a chunk at most; tokens, where a tokenizer is wired.',
      default: 120,
      min: 1,
      max: 100_000,
    }),
    overlap: integer({
      title: 'Overlap',
      description: 'Words or tokens at the end of a chunk that the next one repeats, in whole sentences.',
      default: 20,
      min: 0,
      max: 50_000,
    }),
    titles: flag({
      title: 'Headings in the text',
      description: 'Puts the headings that a section stands under in front of its text, so that they are found too.',
      default: true,
      when: { by: ['headings'] },
    }),
    column: column({
      title: 'Text',
      description: 'The column to cut. Left empty, the only one of text, or the one whose role is feature.',
      port: 'dataset',
      kinds: ['text'],
      role: 'feature',
    }),
  }),
  types({ dataset: type }, { size, overlap, column: name }, check) {
    if (overlap >= size)
      return check.fail('chunk/overlap', `The overlap has to be smaller than the size, ${size}; it is ${overlap}.`, {
        param: 'overlap',
        hint: `Set it to ${Math.floor(size / 4)} or so.`,
      });
    const text = textColumn(check, 'Chunk', type, { name, param: 'column', port: 'dataset' });
    const id = idColumn(type);
    const rest = type.columns.filter(
      (each) => each.name !== text.name && each.name !== id?.name && !names.has(each.name),
    );
    return { dataset: { kind: 'dataset', columns: [...made, ...rest] } };
  },
  async run({ dataset: data, tokenizer: given }, { by, size, overlap, titles, column: name }, context) {
    const refuse = { fail: (code: string, message: string) => fail(code, message) };
    const text = textColumn(refuse, 'Chunk', data.type, { name, param: '', port: 'dataset' }).name;
    const id = idColumn(data.type)?.name;
    const open = given && (await openTokenizer(given));
    const count = open ? (part: string) => open.encode(part).length : (part: string) => part.match(/\S+/g)?.length ?? 0;
    const unit: Unit = by;
    const documents = rowNames(data);
    const found: { row: number; id: string; text: string; heading: string }[] = [];
    for (const [row, body] of data.data(text, 'text').values.entries()) {
      const chunks = chunksOf(body, { unit, size, overlap, count });
      chunks.forEach((chunk, i) => {
        const above = by === 'headings' && titles && chunk.heading !== '' ? `${chunk.heading}\n` : '';
        found.push({ row, id: `${documents[row]}#${i + 1}`, text: above + chunk.text, heading: chunk.heading });
      });
      if (row % 64 === 0) {
        context.progress(row / data.rows, `${row} of ${data.rows} documents`);
        await context.breathe();
      }
    }
    const column = (at: Column, values: readonly string[]): DatasetColumn => ({
      name: at.name,
      ...(at.role && { role: at.role }),
      data: { kind: 'text', values },
    });
    const rows = found.map(({ row }) => row);
    const rest = data.columns.filter((each) => each.name !== text && each.name !== id && !names.has(each.name));
    const values = [found.map((each) => each.id), rows.map((row) => documents[row]!), found.map((each) => each.text)];
    return {
      dataset: new Dataset(
        [
          ...[...values, found.map((each) => each.heading)].map((each, i) => column(made[i]!, each)),
          ...data.select(rest.map((each) => each.name)).take(rows).columns,
        ],
        found.length,
      ),
    };
  },
  docs: {
    summary: 'Cuts documents into passages of a size that can be searched and quoted.',
    notes:
      'Each chunk keeps the name of its document in the column document; in Retrieve, the param Document set to document counts the chunks of one document once. Headings are lines of Markdown that begin with # or are underlined.',
    sources: [
      {
        title: 'Callan, Passage-Level Evidence in Document Retrieval (1994)',
        url: 'https://dl.acm.org/doi/10.5555/188490.188589',
      },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'moby-dick' } },
      chunk: { type: 'retrieval/chunk', params: { size: 40, overlap: 10 } },
    },
    edges: [['data.dataset', 'chunk.dataset']],
  },
});
