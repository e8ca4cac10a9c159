import { describe, expect, test } from 'vitest';
import { Dataset } from '../../graph/dataset.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { problemOfStep, runStep } from '../../runtime/testing/check-step.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import sampleRows from './sample-rows.ts';

const folder = temporaryFolder();
const rows = new Dataset([
  { name: 'row', data: { kind: 'number', values: Float64Array.from({ length: 1000 }, (_, i) => i) } },
]);
async function sample(params: Record<string, unknown>, dataset = rows) {
  const run = await runStep(sampleRows, { params: { seed: 3, ...params }, inputs: { dataset }, folder });
  return Array.from(run.value('dataset', 'dataset').data('row', 'number').values);
}

test('without replacement each row comes once at most, in the old order', async () => {
  const drawn = await sample({ share: 0.3 });
  expect(drawn).toHaveLength(300);
  expect(new Set(drawn).size).toBe(300);
  expect(drawn).toEqual(drawn.toSorted((a, b) => a - b));
  expect(await sample({ rows: 17 })).toHaveLength(17);
  expect(await sample({})).toEqual(Array.from({ length: 1000 }, (_, i) => i));
});

test('the bootstrap leaves out 1/e of the rows, and another draw draws others', async () => {
  const drawn = await sample({ replacement: true });
  expect(drawn).toHaveLength(1000);
  expect(Math.abs(new Set(drawn).size / 1000 - (1 - 1 / Math.E))).toBeLessThan(0.04);
  expect(await sample({ replacement: true })).toEqual(drawn);
  expect(await sample({ replacement: true, draw: 2 })).not.toEqual(drawn);
  expect(await sample({ replacement: true, share: 2.5 })).toHaveLength(2500);
});

test('of no rows there are none to draw', async () => {
  expect(await sample({ replacement: true }, rows.take([]))).toEqual([]);
});

describe('wrong inputs', () => {
  checkProblems(sampleRows, [
    {
      name: 'a share above 1',
      params: { share: 2 },
      inputs: { dataset: rows.type },
      problem: {
        code: 'sample-rows/share',
        message: "Sample rows can't draw 2 times as many rows as there are.",
        hint: 'Draw with replacement, or a share of 1 at most.',
        at: { param: 'share' },
      },
    },
    {
      name: 'more rows than there are',
      params: { rows: 2000 },
      inputs: { dataset: rows.type },
      problem: {
        code: 'sample-rows/too-many',
        message: "Sample rows can't draw 2,000 of 1,000 rows without replacement.",
      },
    },
  ]);
  test('and where the count is known only when it runs', async () => {
    const problem = await problemOfStep(sampleRows, {
      params: { rows: 11 },
      inputs: { dataset: rows.take([1, 2]) },
      folder,
    });
    expect(problem.code).toBe('sample-rows/too-many');
  });
});
