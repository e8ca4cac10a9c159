import { z } from 'zod';
import { chooseColumn, Dataset, type Transform } from '../../graph/dataset.ts';
import type { Column } from '../../graph/types.ts';
import type { Tokenizer } from '../../graph/values.ts';
import { hashJson } from '../../lib/hash.ts';
import { fail } from '../../lib/problem.ts';
import type { RunContext } from '../kit/context.ts';
import { dataset, defineStep, tokenizer } from '../kit/define-node.ts';
import { choice, column, integer } from '../kit/params.ts';
import { openTokenizer } from '../kit/tokenizers.ts';

export default defineStep({
  id: 'text/tokenize',
  version: 1,
  title: 'Tokenize',
  keywords: ['encode', 'ids', 'padding', 'truncation', 'mask'],
  inputs: { dataset: dataset('Rows with a text.'), tokenizer: tokenizer('How to write text as ids.') },
  outputs: { dataset: dataset('The same rows with columns tokens and mask.') },
  params: z.object({
    length: integer({
      title: 'Length',
      description: 'Tokens in each row: longer texts are cut, shorter ones filled up.',
      default: 64,
      min: 1,
      max: 65_536,
    }),
    keep: choice(['start', 'end'], {
      title: 'Keep',
      description: 'Which end of a text that is too long.',
      default: 'start',
      labels: { start: 'Its start', end: 'Its end' },
      advanced: true,
    }),
    column: column({
      title: 'Text',
      description: 'The column to read. Left empty, the only one of text, or the one whose role is feature.',
      port: 'dataset',
      kinds: ['text'],
      role: 'feature',
    }),
  }),
  types({ dataset: type, tokenizer: { vocabulary } }, params, check) {
    const found = chooseColumn(type, { name: params.column, role: 'feature', kinds: ['text'] });
    if (!found)
      return check.fail(
        'text/column',
        `Tokenize needs a column of text${params.column ? ` named ${params.column}` : ''}, the data set has ${type.columns.map((each) => `${each.name} (${each.kind})`).join(', ') || 'no columns'}.`,
        { param: 'column', hint: 'Choose a column of text.' },
      );
    const origin = { column: found.name };
    return {
      dataset: {
        ...type,
        columns: [
          ...type.columns.filter(({ name }) => !made.has(name)).map((each) => asSource(each, found.name)),
          { name: 'tokens', kind: 'tokens', length: params.length, vocabulary, role: 'feature', origin },
          { name: 'mask', kind: 'vector', size: params.length, origin },
        ],
      },
    };
  },
  async run({ dataset: data, tokenizer: read }, { column: named, length, keep }, context) {
    const found = chooseColumn(data.type, { name: named, role: 'feature', kinds: ['text'] });
    if (!found) return fail('text/column', 'Tokenize needs a column of text.');
    const transform: Transform = {
      implementation: 'text/tokenize',
      column: found.name,
      params: { length, keep },
      data: { json: read.json, vocabulary: read.vocabulary },
    };
    return { dataset: await tokenize(transform, data, context) };
  },
  apply: (transform, data, context) => tokenize(transform, data, context),
  docs: {
    summary: 'Writes each text as a row of token ids of one length, with a mask of those that count.',
    notes:
      'Wire a second Input that reads the column mask to the mask port of Pool sequence or Attention, so that padding does not count.',
    sources: [
      { title: 'Hugging Face, padding and truncation', url: 'https://huggingface.co/docs/transformers/pad_truncation' },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'sentiment' } },
      tokenizer: { type: 'text/tokenizer', params: { algorithm: 'word', size: 200, lowercase: true } },
      tokenize: { type: 'text/tokenize', params: { length: 16 } },
    },
    edges: [
      ['data.dataset', 'tokenizer.dataset'],
      ['data.dataset', 'tokenize.dataset'],
      ['tokenizer.tokenizer', 'tokenize.tokenizer'],
    ],
  },
});

/** What this node makes. */
const made = new Set(['tokens', 'mask']);

/** The column that was read is no feature any more: its tokens are. */
function asSource<C extends Pick<Column, 'name' | 'role'>>(column: C, name: string): C {
  if (column.name !== name || column.role !== 'feature') return column;
  const { role: _, ...rest } = column;
  return rest as C;
}

async function tokenize(transform: Transform, data: Dataset, context: RunContext): Promise<Dataset> {
  const { length, keep } = transform.params as { length: number; keep: 'start' | 'end' };
  const texts = data.data(transform.column, 'text').values;
  const open = await openTokenizer(transform.data as Tokenizer);
  const tokens = new Int32Array(texts.length * length);
  const mask = new Float32Array(texts.length * length);
  for (const [row, text] of texts.entries()) {
    const ids = open.encode(text);
    const kept = keep === 'start' ? ids.slice(0, length) : ids.slice(-length);
    tokens.set(kept, row * length);
    mask.fill(1, row * length, row * length + kept.length);
    if (row % 256 === 0) {
      context.progress(row / texts.length, `${row} of ${texts.length} texts`);
      await context.breathe();
    }
  }
  const hash = hashJson(transform);
  const origin = { column: transform.column, transform: hash };
  const columns = data.columns.filter(({ name }) => !made.has(name)).map((each) => asSource(each, transform.column));
  return new Dataset(
    [
      ...columns,
      {
        name: 'tokens',
        role: 'feature',
        origin,
        data: { kind: 'tokens', length, vocabulary: open.vocabulary, values: tokens },
      },
      { name: 'mask', origin, data: { kind: 'vector', size: length, values: mask } },
    ],
    data.rows,
    { ...data.transforms, [hash]: transform },
  );
}
