import { z } from 'zod';
import { chooseColumn, Dataset } from '../../graph/dataset.ts';
import { fail } from '../../lib/problem.ts';
import { dataset, defineStep, tokenizer } from '../kit/define-node.ts';
import { column, integer, line } from '../kit/params.ts';
import { openTokenizer } from '../kit/tokenizers.ts';

export default defineStep({
  id: 'text/language-model-windows',
  version: 1,
  title: 'Language-model windows',
  keywords: ['pack', 'chunk', 'context', 'next token', 'causal', 'blocks'],
  inputs: { dataset: dataset('Texts, in order.'), tokenizer: tokenizer('How to write text as ids.') },
  outputs: { dataset: dataset('A row for each window: tokens, and targets, which are the tokens one further on.') },
  params: z.object({
    length: integer({ title: 'Length', description: 'Tokens in a window.', default: 64, min: 1, max: 65_536 }),
    stride: integer({
      title: 'Stride',
      description:
        'Tokens from the start of one window to the start of the next; 0 takes the length, so that windows lie side by side.',
      default: 0,
      min: 0,
      max: 65_536,
      advanced: true,
    }),
    separator: line({
      title: 'Separator',
      description: 'What stands between two texts; \\n is a line break.',
      default: '\\n\\n',
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
    if (!chooseColumn(type, { name: params.column, role: 'feature', kinds: ['text'] }))
      return check.fail(
        'text/column',
        `Language-model windows needs a column of text${params.column ? ` named ${params.column}` : ''}, the data set has ${type.columns.map((each) => `${each.name} (${each.kind})`).join(', ') || 'no columns'}.`,
        { param: 'column', hint: 'Choose a column of text.' },
      );
    return {
      dataset: {
        kind: 'dataset',
        columns: [
          { name: 'tokens', kind: 'tokens', length: params.length, vocabulary, role: 'feature' },
          { name: 'targets', kind: 'tokens', length: params.length, vocabulary, role: 'target' },
        ],
      },
    };
  },
  async run({ dataset: data, tokenizer: made }, params, context) {
    const found = chooseColumn(data.type, { name: params.column, role: 'feature', kinds: ['text'] });
    if (!found) return fail('text/column', 'Language-model windows needs a column of text.');
    const open = await openTokenizer(made);
    const between = params.separator.replaceAll('\\n', '\n').replaceAll('\\t', '\t');
    const texts = data.data(found.name, 'text').values;
    const ids: number[] = [];
    for (const [row, text] of texts.entries()) {
      for (const id of open.encode(row + 1 < texts.length ? text + between : text)) ids.push(id);
      if (row % 64 === 0) {
        context.progress(row / texts.length, `${row} of ${texts.length} texts`);
        await context.breathe();
      }
    }
    const { length } = params;
    if (ids.length < length + 1)
      fail(
        'text/too-short',
        `A window of ${length} needs at least ${length + 1} tokens, the texts have ${ids.length}.`,
        {
          hint: 'Make the window shorter, or take more text.',
        },
      );
    const stride = params.stride || length;
    const rows = Math.floor((ids.length - 1 - length) / stride) + 1;
    const tokens = new Int32Array(rows * length);
    const targets = new Int32Array(rows * length);
    for (let row = 0; row < rows; row++)
      for (let i = 0; i < length; i++) {
        tokens[row * length + i] = ids[row * stride + i]!;
        targets[row * length + i] = ids[row * stride + i + 1]!;
      }
    const kind = { kind: 'tokens', length, vocabulary: open.vocabulary } as const;
    return {
      dataset: new Dataset([
        { name: 'tokens', role: 'feature', data: { ...kind, values: tokens } },
        { name: 'targets', role: 'target', data: { ...kind, values: targets } },
      ]),
    };
  },
  docs: {
    summary: 'Writes all texts as one stream of tokens and cuts it into windows, each with the tokens that follow.',
    notes: 'What is left over at the end, shorter than a window, is left out.',
    sources: [
      {
        title: 'Radford et al., Improving Language Understanding by Generative Pre-Training (2018)',
        url: 'https://cdn.openai.com/research-covers/language-unsupervised/language_understanding_paper.pdf',
      },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'sentiment' } },
      tokenizer: { type: 'text/tokenizer', params: { algorithm: 'character' } },
      windows: { type: 'text/language-model-windows', params: { length: 16 } },
    },
    edges: [
      ['data.dataset', 'tokenizer.dataset'],
      ['data.dataset', 'windows.dataset'],
      ['tokenizer.tokenizer', 'windows.tokenizer'],
    ],
  },
});
