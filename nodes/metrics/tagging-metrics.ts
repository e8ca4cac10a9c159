import { z } from 'zod';
import { chooseColumn, type Dataset } from '../../graph/dataset.ts';
import type { DatasetType } from '../../graph/types.ts';
import type { Metric, Table } from '../../graph/values.ts';
import { fail } from '../../lib/problem.ts';
import { type Answers, classificationMetrics, confusion, perClass } from '../kit/classification-scores.ts';
import { dataset, defineStep, figure, metrics, optional } from '../kit/define-node.ts';
import { column } from '../kit/params.ts';
import { type Complain, complain, listColumns, predictionPrefix } from '../kit/scored-columns.ts';
import { MostFrequentTags } from '../kit/tag-counts.ts';
import { wordCuts } from '../kit/tokenizers.ts';

const TITLE = 'Tagging metrics';

const params = z.object({
  prefix: predictionPrefix,
  target: column({
    title: 'Target',
    description: 'The right tags. Left empty, the column whose role is target.',
    port: 'dataset',
    kinds: ['tags'],
    role: 'target',
  }),
  words: column({
    title: 'Words',
    description: 'The text whose words, with spaces between them, have the tags. Left empty, the only column of text.',
    port: 'dataset',
    kinds: ['text'],
    role: 'feature',
  }),
});

export default defineStep({
  id: 'metrics/tagging-metrics',
  version: 1,
  title: TITLE,
  keywords: ['part of speech', 'pos', 'token classification', 'sequence labelling', 'accuracy', 'f1', 'evaluate'],
  inputs: {
    dataset: dataset('Rows with the right tags and what a model said: from Predict.'),
    baseline: optional(
      dataset('The rows that were learned from: the most frequent tag of each word is counted on them.'),
    ),
  },
  outputs: {
    metrics: metrics(
      'accuracy, f1.macro and the rest over all words, and those of the most frequent tag of each word.',
    ),
    figure: figure('The confusion matrix.'),
  },
  params,
  types({ dataset: type, baseline }, chosen, check) {
    const { target } = columnsOf(type, chosen, check.fail);
    if (!baseline) return { metrics: { kind: 'metrics' }, figure: { kind: 'figure' } };
    wordsOf(type, chosen, 'dataset', check.fail);
    wordsOf(baseline, chosen, 'baseline', check.fail);
    if (baseline.columns.find(({ name }) => name === target)?.kind !== 'tags')
      check.fail('metrics/baseline', `${TITLE} counts tags in ${target}, which the rows on baseline do not have.`, {
        port: 'baseline',
        hint: 'Wire the rows that the model was trained on.',
      });
    return { metrics: { kind: 'metrics' }, figure: { kind: 'figure' } };
  },
  async run({ dataset: rows, baseline }, chosen, context) {
    const { target } = columnsOf(rows.type, chosen, complain);
    const answers = answersOf(rows, target, chosen.prefix);
    const values = classificationMetrics(answers).filter(({ value }) => value !== null);
    const counts = confusion(answers);
    const title = 'Confusion matrix, true by predicted';
    if (baseline) {
      const frequent = new MostFrequentTags();
      const learned = baseline.data(target, 'tags');
      const texts = baseline.data(wordsOf(baseline.type, chosen, 'baseline', complain), 'text').values;
      for (const [row, text] of texts.entries()) {
        wordCuts
          .spaces(text)
          .slice(0, learned.length)
          .forEach((word, i) => {
            const code = learned.codes[row * learned.length + i]!;
            if (code >= 0) frequent.count(word, learned.categories[code]!);
          });
        if (row % 256 === 0) await context.breathe();
      }
      values.push(
        ...besideFrequent(rows, answers, frequent, { target, words: wordsOf(rows.type, chosen, 'dataset', complain) }),
      );
    }
    const table: Table = {
      title: 'Per tag',
      columns: [
        { name: 'tag', kind: 'text' },
        ...['precision', 'recall', 'f1', 'support'].map((name) => ({ name, kind: 'number' as const })),
      ],
      rows: perClass(counts).map(({ precision, recall, f1, support }, i) => [
        answers.classes[i]!,
        precision,
        recall,
        f1,
        support,
      ]),
    };
    return {
      metrics: { values, tables: [table] },
      figure: { kind: 'matrix', title, columns: [...answers.classes], rows: [...answers.classes], counts },
    };
  },
  docs: {
    summary: 'How well a model tags words, beside giving each word the tag that it has most often.',
    equation: String.raw`\frac{1}{N}\sum_i [\hat t_i = t_i]`,
    notes:
      'Padding does not count. A word that was not learned from gets the most frequent tag of all in the baseline; accuracy.unseen looks at those words alone.',
    sources: [
      {
        title: 'Jurafsky and Martin, Speech and Language Processing: Sequence Labeling, most frequent class baseline',
        url: 'https://web.stanford.edu/~jurafsky/slp3/17.pdf',
      },
      {
        title: 'scikit-learn, classification metrics',
        url: 'https://scikit-learn.org/stable/modules/model_evaluation.html#classification-metrics',
      },
    ],
  },
  example: {
    nodes: {
      data: { type: 'data/dataset', params: { dataset: 'brown' } },
      some: { type: 'data/sample-rows', params: { rows: 60 } },
      split: { type: 'data/split', params: { train: 0.8, validation: 0, test: 0.2 } },
      tokenizer: { type: 'text/tokenizer', params: { algorithm: 'word', split: 'spaces', size: 200 } },
      tokens: { type: 'text/tokenize' },
      'test-tokens': { type: 'text/tokenize' },
      input: { type: 'network/input', params: { column: 'tokens' } },
      embedding: { type: 'network/embedding', params: { width: 8 } },
      head: { type: 'network/linear' },
      network: { type: 'network/network', params: { task: 'token-classification' } },
      objective: { type: 'training/objective' },
      optimizer: { type: 'training/optimizer', params: { learningRate: 0.05 } },
      train: { type: 'training/train', params: { steps: 20 } },
      predict: { type: 'models/predict' },
      scores: { type: 'metrics/tagging-metrics' },
    },
    edges: [
      ['data.dataset', 'some.dataset'],
      ['some.dataset', 'split.dataset'],
      ['split.train', 'tokenizer.dataset'],
      ['split.train', 'tokens.dataset'],
      ['split.test', 'test-tokens.dataset'],
      ['tokenizer.tokenizer', 'tokens.tokenizer'],
      ['tokenizer.tokenizer', 'test-tokens.tokenizer'],
      ['tokens.dataset', 'input.dataset'],
      ['input.y', 'embedding.x'],
      ['embedding.y', 'head.x'],
      ['head.y', 'network.x'],
      ['network.model', 'train.model'],
      ['tokens.dataset', 'train.dataset'],
      ['objective.objective', 'train.objective'],
      ['optimizer.optimizer', 'train.optimizer'],
      ['train.model', 'predict.model'],
      ['test-tokens.dataset', 'predict.dataset'],
      ['predict.dataset', 'scores.dataset'],
      ['split.train', 'scores.baseline'],
    ],
  },
});

type Chosen = z.infer<typeof params>;

function columnsOf(type: DatasetType, { prefix, target }: Chosen, say: Complain): { target: string } {
  const name = `${prefix}prediction`;
  if (type.columns.find((each) => each.name === name)?.kind !== 'tags')
    return say(
      'metrics/no-prediction',
      `${TITLE} needs a column ${name} with the tags that a model gave, the data set has ${listColumns(type)}.`,
      { port: 'dataset', hint: 'Put Predict in between, with a network for Class of each token.' },
    );
  const columns = type.columns.filter((each) => each.name !== name);
  const right = chooseColumn({ ...type, columns }, { name: target, role: 'target', kinds: ['tags'] });
  return right?.kind === 'tags'
    ? { target: right.name }
    : say(
        'metrics/no-target',
        `${TITLE} needs a column with the right tags${target ? ` named ${target}` : ''}, the data set has ${listColumns(type)}.`,
        { param: 'target', hint: 'Choose the column with the right tags.' },
      );
}

function wordsOf(type: DatasetType, { words }: Chosen, port: string, say: Complain): string {
  const found = chooseColumn(type, { name: words, role: 'feature', kinds: ['text'] });
  return found
    ? found.name
    : say(
        'metrics/no-words',
        `${TITLE} needs the words that the tags belong to${words ? `, in a column ${words}` : ''}; the data set has ${listColumns(type)}.`,
        { port, hint: 'Choose the column of text.' },
      );
}

/** Every position that has a right tag, row after row. */
function answersOf(rows: Dataset, target: string, prefix: string): Answers {
  const truth = rows.data(target, 'tags');
  const said = rows.data(`${prefix}prediction`, 'tags');
  if (truth.length !== said.length)
    fail(
      'metrics/length',
      `${TITLE} compares tags for ${truth.length} positions with ${said.length} that a model gave.`,
      {
        hint: 'Tokenize as many words as there are tags.',
      },
    );
  const classes = [...truth.categories, ...said.categories.filter((name) => !truth.categories.includes(name))];
  const place = said.categories.map((name) => classes.indexOf(name));
  const kept = Array.from(truth.codes.keys()).filter((i) => truth.codes[i]! >= 0);
  if (kept.length === 0)
    fail('metrics/no-answers', `${TITLE} needs at least one right tag, ${target} has none.`, {
      hint: 'Wire rows whose tags are known.',
    });
  return {
    classes,
    truth: Int32Array.from(kept, (i) => truth.codes[i]!),
    predicted: Int32Array.from(kept, (i) => place[said.codes[i]!] ?? -1),
    positive: classes.length - 1,
  };
}

/** What the most frequent tag of each word gives, and how both do on words that were not learned from. */
function besideFrequent(
  rows: Dataset,
  answers: Answers,
  frequent: MostFrequentTags,
  { target, words }: { readonly target: string; readonly words: string },
): Metric[] {
  const { codes, length } = rows.data(target, 'tags');
  const guessed = new Int32Array(answers.truth.length);
  const unseen: number[] = [];
  let at = 0;
  for (const [row, text] of rows.data(words, 'text').values.entries()) {
    const cut = wordCuts.spaces(text);
    for (let i = 0; i < length; i++) {
      if (codes[row * length + i]! < 0) continue;
      const tag = frequent.of(cut[i] ?? '');
      guessed[at] = answers.classes.indexOf(tag.name);
      if (!tag.seen) unseen.push(at);
      at++;
    }
  }
  const right = (said: Int32Array, places: readonly number[]) =>
    places.length === 0 ? null : places.filter((i) => said[i] === answers.truth[i]).length / places.length;
  const all = Array.from(answers.truth.keys());
  const higher = (name: string, value: number | null): Metric => ({ name, value, better: 'higher' });
  return [
    higher('accuracy.unseen', right(answers.predicted, unseen)),
    { name: 'unseen', value: unseen.length / all.length, better: 'lower' },
    higher('baseline.most-frequent-tag.accuracy', right(guessed, all)),
    higher('baseline.most-frequent-tag.accuracy.unseen', right(guessed, unseen)),
  ];
}
