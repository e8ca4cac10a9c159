import { describe, expect, test } from 'vitest';
import { Dataset, type DatasetColumn } from '../../graph/dataset.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { problemOfStep, runStep } from '../../runtime/testing/check-step.ts';
import { readFixture } from '../../runtime/testing/fixtures.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import taggingMetrics from './tagging-metrics.ts';

interface Fixture {
  readonly categories: readonly string[];
  readonly learned: readonly { readonly words: readonly string[]; readonly tags: readonly string[] }[];
  readonly asked: readonly {
    readonly words: readonly string[];
    readonly tags: readonly string[];
    readonly said: readonly string[];
  }[];
  readonly values: Readonly<Record<string, number>>;
  readonly confusion: readonly (readonly number[])[];
}
const fixture = readFixture<Fixture>('tagging');
const folder = temporaryFolder();
const LENGTH = 6;

const tagColumn = (name: string, rows: readonly (readonly string[])[], role?: 'target'): DatasetColumn => ({
  name,
  ...(role && { role }),
  data: {
    kind: 'tags',
    length: LENGTH,
    categories: fixture.categories,
    codes: Int32Array.from(
      rows.flatMap((row) =>
        Array.from({ length: LENGTH }, (_, i) => (i < row.length ? fixture.categories.indexOf(row[i]!) : -1)),
      ),
    ),
  },
});
const textColumn = (rows: readonly (readonly string[])[]): DatasetColumn => ({
  name: 'text',
  data: { kind: 'text', values: rows.map((words) => words.join(' ')) },
});
const learned = new Dataset([
  textColumn(fixture.learned.map(({ words }) => words)),
  tagColumn(
    'tags',
    fixture.learned.map(({ tags }) => tags),
    'target',
  ),
]);
const asked = new Dataset([
  textColumn(fixture.asked.map(({ words }) => words)),
  tagColumn(
    'tags',
    fixture.asked.map(({ tags }) => tags),
    'target',
  ),
  tagColumn(
    'prediction',
    fixture.asked.map(({ said }) => said),
  ),
]);

describe('as scikit-learn and nltk’s unigram tagger', () => {
  test('values, confusions', async () => {
    const run = await runStep(taggingMetrics, { inputs: { dataset: asked, baseline: learned }, folder });
    const { values } = run.value('metrics', 'metrics');
    for (const [name, want] of Object.entries(fixture.values))
      expect(values.find((each) => each.name === name)?.value, name).toBeCloseTo(want, 10);
    expect(run.value('figure', 'figure')).toMatchObject({ kind: 'matrix', counts: fixture.confusion });
  });

  test('without what was learned from there is no baseline', async () => {
    const run = await runStep(taggingMetrics, { inputs: { dataset: asked }, folder });
    const names = run.value('metrics', 'metrics').values.map(({ name }) => name);
    expect(names.filter((name) => name.includes('baseline') || name.includes('unseen'))).toEqual([]);
  });
});

test('rows without a right tag are refused', async () => {
  const none = asked.with([
    tagColumn(
      'tags',
      fixture.asked.map(() => []),
      'target',
    ),
  ]);
  expect(await problemOfStep(taggingMetrics, { inputs: { dataset: none }, folder })).toMatchObject({
    code: 'metrics/no-answers',
    message: 'Tagging metrics needs at least one right tag, tags has none.',
  });
});

checkProblems(taggingMetrics, [
  {
    name: 'rows that no model has answered for',
    inputs: { dataset: { kind: 'dataset', columns: learned.type.columns } },
    problem: {
      code: 'metrics/no-prediction',
      message:
        'Tagging metrics needs a column prediction with the tags that a model gave, the data set has text (text), tags (tags).',
      hint: 'Put Predict in between, with a network for Class of each token.',
      at: { port: 'dataset' },
    },
  },
]);
