import type { GraphDocument } from '../graph/document.ts';
import digits from './digits.json' with { type: 'json' };
import distill from './distill.json' with { type: 'json' };
import loraFineTune from './lora-fine-tune.json' with { type: 'json' };
import peftCompare from './peft-compare.json' with { type: 'json' };
import rag from './rag.json' with { type: 'json' };
import search from './search.json' with { type: 'json' };
import sentiment from './sentiment.json' with { type: 'json' };
import sentimentEnsemble from './sentiment-ensemble.json' with { type: 'json' };
import smallGpt from './small-gpt.json' with { type: 'json' };
import spamForest from './spam-forest.json' with { type: 'json' };
import tagger from './tagger.json' with { type: 'json' };

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
  {
    id: 'digits',
    title: 'Read handwritten digits',
    summary: 'Two convolutions learn what digit stands in a picture, beside one linear layer over the pixels alone.',
    teaches: ['Convolution and pooling', 'Pictures as tensors', 'A simpler model beside it', 'Confusion matrix'],
    minutes: 1,
    document: digits as unknown as GraphDocument,
  },
  {
    id: 'tagger',
    title: 'Tag words with parts of speech',
    summary:
      'A bidirectional LSTM tags the words of the Brown corpus, beside giving each word the tag that it has most often.',
    teaches: [
      'Recurrent layers in both directions',
      'A class for each token',
      'A baseline that is hard to beat',
      'Words that are new',
    ],
    minutes: 2,
    document: tagger as unknown as GraphDocument,
  },
  {
    id: 'lora-fine-tune',
    title: 'LoRA: from Moby-Dick to the State of the Union',
    summary: 'A small GPT moves to the speeches of presidents while its own weights stay as they are.',
    teaches: ['Frozen base, low-rank parts', 'Counting what is trained', 'Merging an adapter'],
    minutes: 3,
    document: loraFineTune as unknown as GraphDocument,
  },
  {
    id: 'peft-compare',
    title: 'Four ways to fine-tune, side by side',
    summary: 'Everything, LoRA, prefix tuning and adapters: trained share, memory, time and perplexity in one table.',
    teaches: ['What each way trains', 'Memory of gradients and optimizer', 'Learning rates of small parts'],
    minutes: 3,
    document: peftCompare as unknown as GraphDocument,
  },
  {
    id: 'distill',
    title: 'Distil a small GPT into a sixth of its size',
    summary: 'The same student learns with a teacher and without, from three seeds each.',
    teaches: ['Soft targets and temperature', 'A fair comparison', 'Mean and spread over seeds'],
    minutes: 4,
    document: distill as unknown as GraphDocument,
  },
  {
    id: 'search',
    title: 'Search by words, by meaning, and by both',
    summary: 'Finds which of 554 features of browsers a title belongs to: by BM25, by sentence vectors, by both fused.',
    teaches: ['BM25', 'Sentence vectors', 'Reciprocal rank fusion', 'Recall, MRR and nDCG beside chance'],
    minutes: 1,
    document: search as unknown as GraphDocument,
  },
  {
    id: 'rag',
    title: 'Answer questions from documents, with citations',
    summary:
      'Finds passages for each question, puts them into one context, and lets a small reader quote the answer or refuse.',
    teaches: ['Retrieval before answering', 'A reader that is trained', 'Citations', 'Saying that it is not there'],
    minutes: 1,
    document: rag as unknown as GraphDocument,
  },
  {
    id: 'sentiment-ensemble',
    title: 'Let three models vote on reviews',
    summary: 'A network, a naive Bayes and a logistic regression judge the same sentences alone, by vote and by stack.',
    teaches: ['Models of different kinds on the same rows', 'Soft votes', 'Stacking without leaks', 'TF-IDF'],
    minutes: 1,
    document: sentimentEnsemble as unknown as GraphDocument,
  },
  {
    id: 'spam-forest',
    title: 'Tell spam from ham with trees',
    summary: 'One tree, bags of trees, a random forest and gradient boosting on counts of e-mails, with three folds.',
    teaches: ['Bootstrap and bagging', 'Random forests', 'Boosting', 'Cross-validation: mean and spread'],
    minutes: 2,
    document: spamForest as unknown as GraphDocument,
  },
];

export const templateNamed = (id: string): Template | undefined => templates.find((template) => template.id === id);
