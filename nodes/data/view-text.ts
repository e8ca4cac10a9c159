import { z } from 'zod';
import { anyOf, defineStep, figure } from '../kit/define-node.ts';
import { textFor } from '../kit/figures.ts';
import { integer } from '../kit/params.ts';
import { kinded, viewable } from '../kit/values.ts';

export default defineStep({
  id: 'data/view-text',
  version: 1,
  title: 'View text',
  keywords: ['read', 'show', 'print', 'inspect', 'json', 'generated text', 'look'],
  inputs: { value: anyOf(viewable, 'Any value.') },
  outputs: { figure: figure('The text of it.') },
  params: z.object({
    characters: integer({
      title: 'Characters',
      description: 'How much is shown at most.',
      default: 10_000,
      min: 1,
      max: 1_000_000,
    }),
  }),
  types: () => ({ figure: { kind: 'figure' } }),
  async run({ value }, { characters }) {
    const whole = textFor(kinded(value), characters);
    const text = whole.length > characters ? `${whole.slice(0, characters)}…` : whole;
    return { figure: { kind: 'text', title: 'Text', text } };
  },
  docs: {
    summary: 'Shows any value as text: what a model wrote, rows as JSON, a model’s card.',
    sources: [
      { title: 'RFC 8259, The JavaScript Object Notation (2017)', url: 'https://www.rfc-editor.org/rfc/rfc8259' },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'sentiment' } },
      view: { type: 'data/view-text', params: { characters: 500 } },
    },
    edges: [['data.dataset', 'view.value']],
  },
});
