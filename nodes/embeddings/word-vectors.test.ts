import { expect, test } from 'vitest';
import { sha256Hex } from '../../lib/hash.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { problemOfStep, runStep } from '../../runtime/testing/check-step.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import wordVectors from './word-vectors.ts';

const folder = temporaryFolder();

test('a file in the format of GloVe or word2vec, the most frequent words of it', async () => {
  const bytes = new TextEncoder().encode('3 2\nsea 1 0.5\nhill -1 0\nmoor 0 0\n');
  const ran = await runStep(wordVectors, {
    params: { source: 'file', file: { sha256: sha256Hex(bytes), name: 'v.txt', size: bytes.length }, most: 2 },
    folder,
    files: [bytes],
  });
  const vectors = ran.value('vectors', 'dataset');
  expect(vectors.data('word', 'text').values).toEqual(['sea', 'hill']);
  expect(Array.from(vectors.data('vector', 'vector').values)).toEqual([1, 0.5, -1, 0]);
});

checkProblems(wordVectors, [
  {
    name: 'no file yet',
    params: { source: 'file' },
    inputs: {},
    problem: { code: 'vectors/file', message: 'Word vectors needs a file.', hint: 'Choose one.' },
  },
  {
    name: 'a line that is too short',
    params: { source: 'pasted', pasted: 'sea 1 2\nhill 1\n' },
    inputs: {},
    problem: {
      code: 'vectors/line',
      message: 'Word vectors needs a word and 2 numbers in each line, line 2 is another.',
      hint: 'Mend that line.',
    },
  },
]);

test('problem: a file that is no text', async () => {
  const bytes = Uint8Array.of(0xff, 0xfe, 0xff, 0x00);
  const file = { sha256: sha256Hex(bytes), name: 'v.bin', size: bytes.length };
  expect(await problemOfStep(wordVectors, { params: { source: 'file', file }, folder, files: [bytes] })).toMatchObject({
    code: expect.stringMatching(/^vectors\//),
  });
});
