import { describe, expect, test } from 'vitest';
import { runStep } from '../../runtime/testing/check-step.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import { builtinDatasets, builtinNames } from '../kit/datasets.ts';
import dataset from './dataset.ts';

const folder = temporaryFolder();

test('iris as its authors have it', async () => {
  const ran = await runStep(dataset, { params: { dataset: 'iris' }, folder });
  const rows = ran.value('dataset', 'dataset');
  expect(rows.rows).toBe(150);
  const mean = (name: string) => rows.data(name, 'number').values.reduce((a, b) => a + b) / 150;
  expect(mean('sepal length')).toBeCloseTo(5.8433, 4);
  expect(mean('petal width')).toBeCloseTo(1.1993, 4);
  const { codes } = rows.data('species', 'category');
  expect([0, 1, 2].map((code) => codes.filter((each) => each === code).length)).toEqual([50, 50, 50]);
});

test('while it loads it says what, under which licence', async () => {
  const ran = await runStep(dataset, { params: { dataset: 'sentiment' }, folder });
  const notes = ran.events.flatMap((event) => (event.kind === 'progress' ? [event.data.note] : []));
  expect(notes).toContain('reading Sentiment sentences; MIT (package); data set: CC BY 4.0');
});

describe('every card says what a person has to know', () => {
  test.each(builtinNames)('%s', (name) => {
    const { title, description, licence, source, url, rows, columns } = builtinDatasets[name];
    for (const text of [title, licence]) expect(text).toMatch(/\S/);
    expect(description).toMatch(/^\S.*\.$/s);
    expect(source, 'one pinned version').toMatch(/^(@[\w-]+\/)?[\w.-]+@\d+\.\d+\.\d+$/);
    expect(new URL(url).protocol).toBe('https:');
    expect(rows).toBeGreaterThan(0);
    expect(new Set(columns.map((column) => column.name)).size).toBe(columns.length);
    expect(dataset.docs.sources.some((each) => each.title.includes(licence))).toBe(true);
  });
});
