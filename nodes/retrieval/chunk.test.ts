import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Dataset } from '../../graph/dataset.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { runStep } from '../../runtime/testing/check-step.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import { textColumnOf } from '../../runtime/testing/retrieval.ts';
import { chunksOf, sectionsOf, sentencesOf } from '../kit/chunks.ts';
import chunk from './chunk.ts';

const folder = temporaryFolder();
const count = (text: string) => text.split(/\s+/).filter(Boolean).length;

describe('sentences', () => {
  test('end at points, question and exclamation marks that a capital follows; abbreviations go on', () => {
    expect(
      sentencesOf(
        'Mr. Ahab stood. Did he speak? "No!" J. Starbuck left at 5 p.m. from Nantucket.\n\nA title\n\nThe end',
      ),
    ).toEqual([
      'Mr. Ahab stood.',
      'Did he speak?',
      '"No!"',
      'J. Starbuck left at 5 p.m. from Nantucket.',
      'A title',
      'The end',
    ]);
  });
});

describe('sections', () => {
  test('stand under the headings above them; what looks like one in code is none', () => {
    const text = 'intro\n# A\nfirst\n## B\nsecond\n```\n# code\n```\n# C\nthird\n\nD\n---\nfourth';
    expect(sectionsOf(text)).toEqual([
      { heading: '', text: 'intro' },
      { heading: 'A', text: 'first' },
      { heading: 'A > B', text: 'second\n```\n# code\n```' },
      { heading: 'C', text: 'third' },
      { heading: 'C > D', text: 'fourth' },
    ]);
  });
});

describe('chunks', () => {
  test('hold whole sentences and repeat those that fit into the overlap', () => {
    const text = 'One two three. Four five. Six seven eight. Nine.';
    const options = { unit: 'sentences', size: 5, overlap: 2, count } as const;
    expect(chunksOf(text, options).map((each) => each.text)).toEqual([
      'One two three. Four five.',
      'Four five. Six seven eight.',
      'Nine.',
    ]);
  });

  test('property: none is too large, all words are there in order, and neighbours share no more than the overlap', () => {
    const word = fc.stringMatching(/^[A-Za-z]{1,4}[.!]?$/);
    const options = fc.record({
      unit: fc.constantFrom('words' as const, 'sentences' as const),
      size: fc.integer({ min: 1, max: 9 }),
      overlap: fc.integer({ min: 0, max: 8 }),
    });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 40 }), options, (words, { unit, size, overlap }) => {
        fc.pre(overlap < size);
        const chunks = chunksOf(words.join(' '), { unit, size, overlap, count }).map((each) => each.text.split(' '));
        let at = 0;
        for (const [i, each] of chunks.entries()) {
          expect(each.length).toBeLessThanOrEqual(size);
          let shared = i === 0 ? 0 : Math.min(overlap, each.length);
          // the shared part is what makes the chunk go on where the last one ended
          while (shared > 0 && words.slice(at - shared, at - shared + each.length).join(' ') !== each.join(' '))
            shared--;
          expect(words.slice(at - shared, at - shared + each.length)).toEqual(each);
          at += each.length - shared;
        }
        expect(at).toBe(words.length);
      }),
      { numRuns: 500 },
    );
  });
});

test('chunks keep the name of their document and what else is known of it', async () => {
  const dataset = new Dataset([
    textColumnOf('page', ['p', 'q'], 'id'),
    textColumnOf('text', ['# Top\nOne. Two.\n## Low\nThree.', 'Four.'], 'feature'),
    textColumnOf('author', ['x', 'y']),
  ]);
  const made = (await runStep(chunk, { params: { by: 'headings' }, inputs: { dataset }, folder })).value(
    'dataset',
    'dataset',
  );
  const column = (name: string) => made.data(name, 'text').values;
  expect(column('id')).toEqual(['p#1', 'p#2', 'q#1']);
  expect(column('document')).toEqual(['p', 'p', 'q']);
  expect(column('text')).toEqual(['Top\nOne. Two.', 'Top > Low\nThree.', 'Four.']);
  expect(column('heading')).toEqual(['Top', 'Top > Low', '']);
  expect(column('author')).toEqual(['x', 'x', 'y']);
});

checkProblems(chunk, [
  {
    name: 'an overlap as large as the size',
    params: { size: 10, overlap: 10 },
    inputs: { dataset: { kind: 'dataset', columns: [{ name: 'text', kind: 'text' }] } },
    problem: {
      code: 'chunk/overlap',
      message: 'The overlap has to be smaller than the size, 10; it is 10.',
      hint: 'Set it to 2 or so.',
      at: { param: 'overlap' },
    },
  },
  {
    name: 'no text',
    inputs: { dataset: { kind: 'dataset', columns: [{ name: 'n', kind: 'number' }] } },
    problem: {
      code: 'text/column',
      message: 'Chunk needs a column of text, the data set on dataset has n (number).',
      hint: 'Choose a column of text.',
    },
  },
]);
