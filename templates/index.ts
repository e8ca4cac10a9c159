import type { GraphDocument } from '../graph/document.ts';
import sentiment from './sentiment.json' with { type: 'json' };
import smallGpt from './small-gpt.json' with { type: 'json' };

/** A graph to start from: a copy of it is opened, the template itself never changes. */
export interface Template {
  /** Stays as it is: links and tests name it. */
  readonly id: string;
  readonly title: string;
  /** One sentence: what runs. */
  readonly summary: string;
  /** What a person knows afterwards. */
  readonly teaches: readonly string[];
  /** How long a first run takes on an ordinary laptop. */
  readonly minutes: number;
  readonly document: GraphDocument;
}

export const templates: readonly Template[] = [
  {
    id: 'small-gpt',
    title: 'Train a small GPT on Moby-Dick',
    summary:
      'A language model of four decoder blocks learns the book token by token, and then writes on from a prompt.',
    teaches: ['Byte-pair tokens', 'Attention and causal masks', 'Loss against perplexity', 'Sampling text'],
    minutes: 3,
    document: smallGpt as unknown as GraphDocument,
  },
  {
    id: 'sentiment',
    title: 'Tell good reviews from bad ones',
    summary: 'Word vectors, their mean and one linear layer learn to judge sentences, beside always saying one class.',
    teaches: [
      'Splitting before anything is fitted',
      'Padding and masks',
      'Early stopping',
      'Accuracy and its baseline',
    ],
    minutes: 1,
    document: sentiment as unknown as GraphDocument,
  },
];

export const templateNamed = (id: string): Template | undefined => templates.find((template) => template.id === id);
