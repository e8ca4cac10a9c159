import { describe, expect, test } from 'vitest';
import { Dataset } from '../../graph/dataset.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { problemOfStep, runStep } from '../../runtime/testing/check-step.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import split from './split.ts';

const folder = temporaryFolder();

/** 100 rows: 60, 30 and 10 of three classes. */
const rows = new Dataset([
  { name: 'row', data: { kind: 'number', values: Float64Array.from({ length: 100 }, (_, i) => i) } },
  { name: 'text', data: { kind: 'text', values: Array.from({ length: 100 }, (_, i) => 'x'.repeat(1 + (i % 7))) } },
  {
    name: 'class',
    role: 'target',
    data: {
      kind: 'category',
      codes: Int32Array.from({ length: 100 }, (_, i) => (i % 10 < 6 ? 0 : i % 10 < 9 ? 1 : 2)),
      categories: ['a', 'b', 'c'],
    },
  },
]);

async function parts(params: Record<string, unknown>) {
  const run = await runStep(split, { params: { seed: 7, ...params }, inputs: { dataset: rows }, folder });
  const [train, validation, test] = ['train', 'validation', 'test'].map((port) =>
    Array.from(run.value(port, 'dataset').data('row', 'number').values),
  ) as [number[], number[], number[]];
  return { train, validation, test };
}
const counts = (part: readonly number[]) => {
  const { codes } = rows.data('class', 'category');
  return [0, 1, 2].map((code) => part.filter((row) => codes[row] === code).length);
};
const all = Array.from({ length: 100 }, (_, i) => i);
const ascending = (a: number, b: number) => a - b;

test('every row is in one part, in its old order, and a seed gives the same parts again', async () => {
  for (const method of ['random', 'stratified', 'ordered']) {
    const { train, validation, test: last } = await parts({ method });
    expect([train.length, validation.length, last.length]).toEqual([80, 10, 10]);
    expect([...train, ...validation, ...last].sort(ascending)).toEqual(all);
    for (const part of [train, validation, last]) expect(part).toEqual(part.toSorted(ascending));
    expect(await parts({ method })).toEqual({ train, validation, test: last });
  }
  expect((await parts({ method: 'random' })).train).not.toEqual((await parts({ method: 'random', seed: 8 })).train);
});

test('stratified parts have the shares of the whole', async () => {
  const { train, validation } = await parts({ method: 'stratified' });
  expect(counts(train)).toEqual([48, 24, 8]);
  expect(counts(validation)).toEqual([6, 3, 1]);
});

test('in order by characters: each part has its share of the text', async () => {
  const { train } = await parts({ method: 'ordered', measure: 'characters', train: 0.5, validation: 0.25, test: 0.25 });
  const { values } = rows.data('text', 'text');
  const characters = (part: readonly number[]) => part.reduce((sum, row) => sum + values[row]!.length, 0);
  expect(characters(train) / characters(all)).toBeCloseTo(0.5, 1);
});

describe.each(['random', 'stratified'])('folds, %s', (method) => {
  test('each row that is not for the test is the validation once; the test is that of the shares', async () => {
    const shares = await parts({ method, train: 0.7, validation: 0, test: 0.3 });
    const seen: number[] = [];
    for (let fold = 1; fold <= 4; fold++) {
      const found = await parts({ method, train: 0.7, validation: 0, test: 0.3, folds: 4, fold });
      expect(found.test).toEqual(shares.test);
      expect([...found.train, ...found.validation].sort(ascending)).toEqual(shares.train);
      expect(Math.abs(found.validation.length - 17.5)).toBeLessThan(1);
      if (method === 'stratified')
        counts(found.validation).forEach((count, code) => {
          expect(Math.abs(count - counts(shares.train)[code]! / 4)).toBeLessThan(1);
        });
      seen.push(...found.validation);
    }
    expect(seen.sort(ascending)).toEqual(shares.train);
  });
});

describe('wrong inputs', () => {
  checkProblems(split, [
    {
      name: 'a fold that there is not',
      params: { folds: 3, fold: 4 },
      inputs: { dataset: rows.type },
      problem: {
        code: 'split/fold',
        message: 'Split has 3 folds, and fold 4 is none of them.',
        hint: 'Choose a number from 1 to 3.',
        at: { param: 'fold' },
      },
    },
    {
      name: 'one fold',
      params: { folds: 1 },
      inputs: { dataset: rows.type },
      problem: {
        code: 'split/folds',
        message: 'Split needs at least 2 folds, got 1.',
        hint: 'Choose 5, or 0 to divide by shares.',
        at: { param: 'folds' },
      },
    },
    {
      name: 'nothing to stratify by',
      params: { method: 'stratified', by: 'row' },
      inputs: { dataset: rows.type },
      problem: {
        code: 'split/classes',
        message: 'Stratified needs a category named row, the data set has row (number), text (text), class (category).',
        hint: 'Choose a column of categories, or another method.',
        at: { param: 'by' },
      },
    },
    {
      name: 'no share',
      params: { train: 0, validation: 0, test: 0 },
      inputs: { dataset: rows.type },
      problem: {
        code: 'split/empty',
        message: 'Split needs at least one share above 0.',
        at: { param: 'train' },
      },
    },
  ]);

  test('more folds than rows', async () => {
    const few = rows.take([0, 1, 2]);
    const problem = await problemOfStep(split, {
      params: { train: 1, validation: 0, test: 0, folds: 5, fold: 5 },
      inputs: { dataset: few },
      folder,
    });
    expect(problem.message).toBe('5 folds need as many rows, 3 are too few for them.');
  });
});
