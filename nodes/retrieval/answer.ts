import { z } from 'zod';
import { Dataset, type DatasetColumn } from '../../graph/dataset.ts';
import type { Metrics, Model } from '../../graph/values.ts';
import { fail } from '../../lib/problem.ts';
import generate from '../generation/generate.ts';
import { type Answer, answerMetrics, citationsIn } from '../kit/answers.ts';
import type { RunContext } from '../kit/context.ts';
import {
  type Candidate,
  candidatesOf,
  EVIDENCE,
  contextColumns as names,
  rightSources,
  sourcesOf,
} from '../kit/contexts.ts';
import { dataset, defineStep, metrics, model, optional, tokenizer } from '../kit/define-node.ts';
import { describeColumns } from '../kit/indexes.ts';
import { choice, column, integer, line, real } from '../kit/params.ts';

const params = z.object({
  by: choice(['sentence', 'language-model', 'endpoint'], {
    title: 'Answer by',
    description:
      'The best sentence of the passages, as a reader (a model on Evidence) judges it; a language model of this graph; or a chat endpoint that the server knows.',
    default: 'sentence',
    labels: { sentence: 'The best sentence', 'language-model': 'A language model', endpoint: 'A chat endpoint' },
  }),
  threshold: real({
    title: 'Sure enough',
    description: 'Below this probability no sentence is quoted: the passages do not hold the answer.',
    default: 0.5,
    min: 0,
    max: 1,
    step: 0.05,
    when: { by: ['sentence'] },
  }),
  refusal: line({
    title: 'No answer',
    description: 'What is said where the passages do not hold the answer.',
    default: 'The passages do not say.',
  }),
  tokens: integer({
    title: 'Tokens',
    description: 'Of an answer at most.',
    default: 60,
    min: 1,
    max: 4096,
    when: { by: ['language-model', 'endpoint'] },
  }),
  chat: line({
    title: 'Model',
    description: 'What the endpoint calls the model. Its address and key are settings of the server.',
    default: '',
    max: 200,
    when: { by: ['endpoint'] },
  }),
  relevant: column({
    title: 'Right documents',
    description: 'The column with the names of the right documents, to measure by. Left empty, the one of role target.',
    port: 'dataset',
    kinds: ['text'],
    role: 'target',
    advanced: true,
  }),
});
type Params = z.infer<typeof params>;

export default defineStep({
  id: 'retrieval/answer',
  version: 1,
  title: 'Answer',
  keywords: ['rag', 'question answering', 'reader', 'citations', 'extractive', 'grounded', 'abstain'],
  inputs: {
    dataset: dataset('Questions with their contexts, as Fuse context makes them.'),
    model: optional(
      model('A reader: it judges the column evidence, as it learned from Evidence. Or a language model.'),
    ),
    tokenizer: optional(tokenizer('That of the language model.')),
  },
  outputs: {
    dataset: dataset('The same rows with answer, citations and confidence.'),
    metrics: metrics('How often it answers, and how often rightly, where the right documents are known.'),
  },
  params,
  computes: true,
  random: true,
  types({ dataset: type, model: reader, tokenizer: read }, { by }, check) {
    for (const name of [names.question, names.context, names.sources, names.scores, names.prompt])
      if (!type.columns.some((each) => each.name === name))
        return check.fail(
          'answer/context',
          `Answer needs a column ${name}, as Fuse context makes it; the data set has ${describeColumns(type)}.`,
          { port: 'dataset', hint: 'Wire what Fuse context gives.' },
        );
    if (by === 'sentence' && reader && !reader.capabilities.includes('probabilities'))
      check.fail('answer/reader', `Answer needs a reader that gives probabilities, got a model for ${reader.task}.`, {
        port: 'model',
        hint: 'Train one on the rows of Evidence, with the target answers.',
      });
    if (by === 'language-model' && (!reader?.capabilities.includes('generates') || !read))
      check.fail('answer/language-model', 'Answer needs a language model and its tokenizer.', {
        port: reader ? 'tokenizer' : 'model',
        hint: 'Wire both, or let it quote the best sentence.',
      });
    const made = ['answer', 'citations', 'confidence'];
    return {
      dataset: {
        ...type,
        columns: [
          ...type.columns.filter(({ name }) => !made.includes(name)),
          { name: 'answer', kind: 'text' },
          { name: 'citations', kind: 'text' },
          { name: 'confidence', kind: 'number' },
        ],
      },
      metrics: { kind: 'metrics' },
    };
  },
  async run({ dataset: rows, model: reader, tokenizer: read }, chosen, context) {
    const answers = await ways[chosen.by](rows, { reader, read, chosen, context });
    const text = (values: readonly string[]) => ({ kind: 'text', values }) as const;
    const made: DatasetColumn[] = [
      { name: 'answer', data: text(answers.map((each) => each.text)) },
      { name: 'citations', data: text(answers.map(({ citations }) => citations.join('\n'))) },
      {
        name: 'confidence',
        data: { kind: 'number', values: Float64Array.from(answers, ({ confidence }) => confidence) },
      },
    ];
    const measured: Metrics = answerMetrics(answers, sourcesOf(rows), rightSources(rows, chosen.relevant));
    return { dataset: rows.with(made), metrics: measured };
  },
  docs: {
    summary:
      'Answers questions from their passages alone, names the passages, and says so where they do not hold the answer.',
    notes:
      'By sentence: the reader gives each sentence the probability that it answers, the best is quoted with the number of its passage. Without a reader the share of the question’s words in the sentence takes its place. By a language model or an endpoint: what it writes after the prompt; only passages that it names by number are cited. The address of the endpoint and its key are the server’s PATCHBAY_CHAT_URL and PATCHBAY_CHAT_KEY; they are never part of a graph.',
    sources: [
      {
        title: 'Chen et al., Reading Wikipedia to Answer Open-Domain Questions (2017)',
        url: 'https://arxiv.org/abs/1704.00051',
      },
      {
        title: 'Rajpurkar, Jia and Liang, Know What You Don’t Know (2018)',
        url: 'https://arxiv.org/abs/1806.03822',
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
          pasted: 'name,text\nn1,whale\nn2,submarine\n',
          columns: [
            { name: 'name', kind: 'text', role: 'id' },
            { name: 'text', kind: 'text', role: 'feature' },
          ],
        },
      },
      index: { type: 'retrieval/bm25-index' },
      retrieve: { type: 'retrieval/retrieve', params: { k: 2 } },
      context: { type: 'retrieval/fuse-context' },
      answer: { type: 'retrieval/answer' },
    },
    edges: [
      ['data.dataset', 'index.dataset'],
      ['index.index', 'retrieve.index'],
      ['questions.dataset', 'retrieve.queries'],
      ['questions.dataset', 'context.queries'],
      ['retrieve.dataset', 'context.passages'],
      ['context.dataset', 'answer.dataset'],
    ],
  },
});

interface Given {
  readonly reader: Model | undefined;
  readonly read: Parameters<typeof generate.run>[0]['tokenizer'] | undefined;
  readonly chosen: Params;
  readonly context: RunContext;
}

const ways: { readonly [W in Params['by']]: (rows: Dataset, given: Given) => Promise<Answer[]> } = {
  async sentence(rows, { reader, chosen, context }) {
    const candidates = await candidatesOf(rows);
    const scores = reader ? await judged(candidates, reader, context) : candidates.map(({ evidence }) => evidence[4]!);
    const sources = sourcesOf(rows);
    const best: (number | undefined)[] = Array(rows.rows).fill(undefined);
    candidates.forEach(({ row }, i) => {
      const so = best[row];
      if (so === undefined || scores[i]! > scores[so]!) best[row] = i;
    });
    return best.map((at): Answer => {
      const confidence = at === undefined ? 0 : scores[at]!;
      if (at === undefined || confidence < chosen.threshold)
        return { text: chosen.refusal, citations: [], confidence, answered: false };
      const { row, passage, sentence } = candidates[at]!;
      return { text: `${sentence} [${passage + 1}]`, citations: [sources[row]![passage]!], confidence, answered: true };
    });
  },
  async 'language-model'(rows, { reader, read, chosen, context }) {
    const choices = { ...generate.params.parse({}), strategy: 'greedy', tokens: chosen.tokens, stop: '\n' } as const;
    return written(rows, chosen, context, async (prompt) => {
      const { text } = await generate.run({ model: reader!, tokenizer: read!, text: prompt }, choices, context);
      return text.slice(prompt.length);
    });
  },
  async endpoint(rows, { chosen, context }) {
    const { chat } = context;
    if ('missing' in chat) return fail('answer/endpoint', chat.missing, { hint: 'Let it quote the best sentence.' });
    return written(rows, chosen, context, (prompt) =>
      chat.complete({ model: chosen.chat, messages: [{ role: 'user', content: prompt }], tokens: chosen.tokens }),
    );
  },
};

/** How likely each sentence answers, as the reader sees it. */
async function judged(
  candidates: readonly Candidate[],
  reader: Model,
  context: RunContext,
): Promise<readonly number[]> {
  const rows = new Dataset([
    {
      name: 'evidence',
      role: 'feature',
      data: {
        kind: 'vector',
        size: EVIDENCE.length,
        values: Float32Array.from(candidates.flatMap(({ evidence }) => evidence)),
      },
    },
  ]);
  const said = await context.models.predict(reader, rows);
  const yes = said.kind === 'classes' ? said.categories.indexOf('yes') : -1;
  if (said.kind !== 'classes' || yes < 0)
    return fail('answer/reader', 'Answer needs a reader that says no or yes of each sentence.', {
      hint: 'Train one on the rows of Evidence, with the target answers.',
    });
  return candidates.map((_, i) => said.probabilities[i * said.categories.length + yes]!);
}

async function written(
  rows: Dataset,
  { refusal }: Params,
  context: RunContext,
  write: (prompt: string) => Promise<string>,
): Promise<Answer[]> {
  const sources = sourcesOf(rows);
  const answers: Answer[] = [];
  for (const [row, prompt] of rows.data(names.prompt, 'text').values.entries()) {
    const text = sources[row]!.length === 0 ? refusal : (await write(prompt)).trim() || refusal;
    const citations = citationsIn(text).flatMap((n) => sources[row]![n - 1] ?? []);
    answers.push({ text, citations, confidence: Number.NaN, answered: citations.length > 0 });
    context.progress((row + 1) / rows.rows, `${row + 1} of ${rows.rows} questions`);
    await context.breathe();
  }
  return answers;
}
