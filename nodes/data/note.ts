import { z } from 'zod';
import { defineComposite } from '../kit/define-node.ts';
import { integer, lines } from '../kit/params.ts';

export default defineComposite({
  id: 'data/note',
  version: 1,
  title: 'Note',
  keywords: ['comment', 'markdown', 'text', 'sticky', 'equation', 'documentation'],
  canvas: 'note',
  inputs: {},
  outputs: {},
  params: z.object({
    text: lines({
      title: 'Text',
      description: 'Markdown: headings, lists, emphasis, code, links, and formulas between dollar signs.',
      default: '',
      max: 20_000,
    }),
    width: integer({
      title: 'Width',
      description: 'How wide the note is, in pixels of the canvas.',
      default: 280,
      min: 120,
      max: 2_000,
      advanced: true,
    }),
    height: integer({
      title: 'Height',
      description: 'How high the note is, in pixels of the canvas.',
      default: 160,
      min: 48,
      max: 4_000,
      advanced: true,
    }),
  }),
  uses: [],
  expand: () => ({ nodes: {}, edges: [], inputs: {}, outputs: {} }),
  docs: {
    summary: 'A note on the canvas, in Markdown with formulas.',
    notes: 'It computes nothing. Raw HTML is shown as text.',
    sources: [
      { title: 'CommonMark', url: 'https://commonmark.org/help/' },
      { title: 'KaTeX, supported functions', url: 'https://katex.org/docs/supported.html' },
    ],
  },
  example: {
    nodes: {
      note: {
        type: 'data/note',
        params: { text: '## Iris\n150 flowers, *three* kinds. $\\bar{x} = \\frac{1}{n} \\sum x_i$' },
      },
      data: { type: 'data/dataset', params: { dataset: 'iris' } },
      table: { type: 'data/view-table' },
    },
    edges: [['data.dataset', 'table.value']],
  },
});
