import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { Dataset } from '../../graph/dataset.ts';
import { nodeChat } from '../../runtime/node/chat.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { problemOfStep, runStep } from '../../runtime/testing/check-step.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import { textColumnOf } from '../../runtime/testing/retrieval.ts';
import { citationsIn } from '../kit/answers.ts';
import { passagesIn } from '../kit/contexts.ts';
import answer from './answer.ts';
import evidence from './evidence.ts';
import fuseContext from './fuse-context.ts';

const folder = temporaryFolder();
const questions = new Dataset(
  [
    textColumnOf('id', ['q1', 'q2', 'q3'], 'id'),
    textColumnOf('text', ['How deep do whales dive?', 'Who sails?', 'What is a submarine?']),
    textColumnOf('right', ['whales', 'ships', 'submarines'], 'target'),
  ].map((column) => (column.name === 'text' ? { ...column, role: 'feature' as const } : column)),
);
const hit = (query: string, document: string, rank: number, score: number, passage: string) => ({
  query,
  document,
  rank,
  score,
  passage,
});
const hits = [
  hit('q1', 'whales', 1, 3, 'It is a mammal. Whales dive deep, a mile or more.'),
  hit('q1', 'sea', 2, 1, 'The sea is wide.'),
  hit('q2', 'sea', 1, 2, 'The sea is wide. A whale sails nowhere.'),
  hit('q2', 'ships', 2, 1.5, 'A captain sails.'),
  hit('q3', 'sea', 1, 0, 'The sea is wide.'),
];
const number = (name: string, values: number[]) =>
  ({ name, data: { kind: 'number', values: Float64Array.from(values) } }) as const;
const passages = new Dataset([
  textColumnOf(
    'query',
    hits.map(({ query }) => query),
    'id',
  ),
  textColumnOf(
    'document',
    hits.map(({ document }) => document),
  ),
  number(
    'rank',
    hits.map(({ rank }) => rank),
  ),
  number(
    'score',
    hits.map(({ score }) => score),
  ),
  textColumnOf(
    'passage',
    hits.map(({ passage }) => passage),
    'feature',
  ),
]);
const fuse = async (params = {}) =>
  (await runStep(fuseContext, { params, inputs: { queries: questions, passages }, folder })).value(
    'dataset',
    'dataset',
  );

describe('fuse-context', () => {
  test('numbers the passages, names their documents, and puts both into the prompt', async () => {
    const rows = await fuse({ template: '{context}\nQ: {question}' });
    const [first] = rows.data('context', 'text').values;
    expect(first).toBe('[1] It is a mammal. Whales dive deep, a mile or more.\n\n[2] The sea is wide.');
    expect(passagesIn(first!)).toEqual(['It is a mammal. Whales dive deep, a mile or more.', 'The sea is wide.']);
    expect(rows.data('sources', 'text').values).toEqual(['whales\nsea', 'sea\nships', 'sea']);
    expect(Array.from(rows.data('scores', 'vector').values.subarray(0, 5))).toEqual([3, 1, 0, 0, 0]);
    expect(rows.data('prompt', 'text').values[2]).toBe('[1] The sea is wide.\nQ: What is a submarine?');
  });

  test('keeps to the budget', async () => {
    const [first] = (await fuse({ budget: 12 })).data('context', 'text').values;
    expect(first).toBe('[1] It is a mammal. Whales dive deep, a mile or more.\n\n[2] The');
    const [characters] = (await fuse({ budget: 5, unit: 'characters' })).data('context', 'text').values;
    expect(characters).toBe('[1] It is');
  });
});

test('evidence: every sentence, with what speaks for it, and whether its document is right', async () => {
  const ran = await runStep(evidence, { inputs: { dataset: await fuse() }, folder });
  const rows = ran.value('dataset', 'dataset');
  expect(rows.data('sentence', 'text').values.slice(0, 3)).toEqual([
    'It is a mammal.',
    'Whales dive deep, a mile or more.',
    'The sea is wide.',
  ]);
  const { codes, categories } = rows.data('answers', 'category');
  expect(Array.from(codes.subarray(0, 3), (code) => categories[code])).toEqual(['yes', 'yes', 'no']);
  const { size, values } = rows.data('evidence', 'vector');
  const second = Array.from(values.subarray(size, 2 * size));
  // score over the best, log(1 + score), lead over the next, 1/rank, all of the words deep, whale, dive, …
  expect(second[0]).toBe(1);
  expect(second[1]).toBeCloseTo(Math.log(4), 6);
  expect(second[2]).toBeCloseTo(2 / 3, 6);
  expect(second.slice(3, 7)).toEqual([1, 1, 1, 1]);
  expect(second[8]).toBe(0.5);
});

describe('answer', () => {
  test('quotes the best sentence, cites its passage, and says where there is none', async () => {
    const ran = await runStep(answer, { inputs: { dataset: await fuse() }, folder });
    const rows = ran.value('dataset', 'dataset');
    expect(rows.data('answer', 'text').values).toEqual([
      'Whales dive deep, a mile or more. [1]',
      'A whale sails nowhere. [1]',
      'The passages do not say.',
    ]);
    expect(rows.data('citations', 'text').values).toEqual(['whales', 'sea', '']);
    const measured = Object.fromEntries(ran.value('metrics', 'metrics').values.map(({ name, value }) => [name, value]));
    expect(measured).toMatchObject({
      questions: 3,
      answered: 2 / 3,
      accuracy: 2 / 3,
      'citation.precision': 1 / 2,
      'citation.recall': 1 / 2,
      'refusal.recall': 1,
      'baseline.first-passage.accuracy': 1 / 3,
    });
  });

  test('citations are the numbers in brackets', () => {
    expect(citationsIn('So it is [2], and so [1, 3] and [2].')).toEqual([2, 1, 3]);
    expect(citationsIn('Nothing [x] [a1].')).toEqual([]);
  });

  test('problem: no endpoint is known here', async () => {
    const options = { params: { by: 'endpoint' }, inputs: { dataset: await fuse() }, folder };
    expect(await problemOfStep(answer, options)).toEqual({
      code: 'answer/endpoint',
      message: 'This machine knows no chat endpoint: PATCHBAY_CHAT_URL and PATCHBAY_CHAT_KEY are not set.',
      hint: 'Let it quote the best sentence.',
    });
  });
});

describe('a chat endpoint', () => {
  const asked: { url: string | undefined; key: string | undefined; body: unknown }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => {
      asked.push({ url: request.url, key: request.headers.authorization, body: JSON.parse(body) });
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ choices: [{ message: { content: 'A mile [1].' } }] }));
    });
  }).listen(0, '127.0.0.1');
  afterAll(() => {
    server.close();
  });

  test('gets the prompt as OpenAI’s API has it, with the key of the machine', async () => {
    await new Promise((resolve) => (server.listening ? resolve(0) : server.once('listening', resolve)));
    const { port } = server.address() as AddressInfo;
    const chat = nodeChat({ PATCHBAY_CHAT_URL: `http://127.0.0.1:${port}/v1/`, PATCHBAY_CHAT_KEY: 'secret' });
    if ('missing' in chat) return expect.fail(chat.missing);
    const messages = [{ role: 'user', content: 'How deep?' }] as const;
    expect(await chat.complete({ model: 'm', messages, tokens: 9 })).toBe('A mile [1].');
    expect(asked).toEqual([
      {
        url: '/v1/chat/completions',
        key: 'Bearer secret',
        body: { model: 'm', messages, max_tokens: 9, temperature: 0 },
      },
    ]);
  });
});

const texts = { kind: 'dataset', columns: [{ name: 'text', kind: 'text' }] } as const;
const missing = (title: string, name: string, where = '') =>
  `${title} needs a column ${name}, as ${where || 'Fuse context'} makes it; the data set${where && ' on passages'} has text (text).`;
checkProblems(answer, [
  {
    name: 'no context',
    inputs: { dataset: texts },
    problem: { code: 'answer/context', message: missing('Answer', 'question'), hint: 'Wire what Fuse context gives.' },
  },
]);
checkProblems(evidence, [
  {
    name: 'no context',
    inputs: { dataset: texts },
    problem: {
      code: 'answer/context',
      message: missing('Evidence', 'question'),
      hint: 'Wire what Fuse context gives.',
    },
  },
]);
checkProblems(fuseContext, [
  {
    name: 'no passages',
    inputs: { queries: texts, passages: texts },
    problem: {
      code: 'context/passages',
      message: missing('Fuse context', 'query', 'Retrieve'),
      hint: 'Wire what Retrieve gives.',
    },
  },
  {
    name: 'a prompt without the question',
    params: { template: '{context}' },
    inputs: { queries: texts, passages: texts },
    problem: {
      code: 'context/passages',
      message: missing('Fuse context', 'query', 'Retrieve'),
      hint: 'Wire what Retrieve gives.',
    },
  },
]);
