import { describe, expect, test } from 'vitest';
import { Dataset } from '../../../graph/dataset.ts';
import { cellText } from './cells.ts';
import { confusionOf } from './confusion.ts';
import { csvOf } from './csv.ts';
import { histogram, statsOf } from './dataset-stats.ts';
import { figureTable } from './figure-table.ts';
import { thinned } from './figures/thin.ts';
import { extent, linear, logarithmic, ticksOf } from './scale.ts';
import { visibleToken, vocabularyOf } from './vocabulary.ts';

const rows = new Dataset([
  { name: 'x', data: { kind: 'number', values: Float64Array.of(1, 2, Number.NaN, 5) } },
  { name: 'kind', data: { kind: 'category', codes: Int32Array.of(0, 1, 0, -1), categories: ['a', 'b', 'c'] } },
  { name: 'text', data: { kind: 'text', values: ['one, two', '', 'one, two', 'z'] } },
  { name: 'v', data: { kind: 'vector', size: 8, values: Float32Array.from({ length: 32 }, (_, i) => i) } },
]);

describe('statistics of a column', () => {
  test('numbers: missing ones are counted and left out', () => {
    const stats = statsOf(rows.column('x').data);
    expect(stats).toMatchObject({ missing: 1, min: 1, max: 5, mean: 8 / 3 });
    expect(stats.deviation).toBeCloseTo(Math.sqrt(26 / 9), 12);
    expect(stats.bars.reduce((a, b) => a + b)).toBe(3);
  });
  test('categories: how many rows each has', () =>
    expect(statsOf(rows.column('kind').data)).toMatchObject({ missing: 1, distinct: 2, bars: [2, 1, 0] }));
  test('texts: distinct ones and their lengths', () =>
    expect(statsOf(rows.column('text').data)).toMatchObject({ missing: 1, distinct: 3, max: 8 }));
  test('a histogram holds every finite number once', () =>
    expect(histogram([0, 1, 2, 3, Number.NaN], 2)).toEqual({ min: 0, max: 3, counts: [2, 2] }));
});

test('cells: vectors are cut short, nothing is an empty text', () => {
  expect(cellText(rows.column('v').data, 1)).toBe('8  9  10  11  12  13 … 8');
  expect(cellText(rows.column('x').data, 2)).toBe('');
  expect(cellText(rows.column('kind').data, 3)).toBe('');
});

test('a data set as CSV is whole', () =>
  expect(csvOf(rows.select(['x', 'text']))).toBe('x,text\r\n1,"one, two"\r\n2,\r\n,"one, two"\r\n5,z'));

test('metrics as CSV: numbers, tables, curves', () =>
  expect(
    csvOf({
      values: [{ name: 'accuracy', value: 0.5, better: 'higher' }],
      series: [{ name: 'loss', steps: [1], values: [2] }],
    }),
  ).toBe('name,value,unit,better\r\naccuracy,0.5,,higher\r\n\r\nstep,loss\r\n1,2'));

describe('axes', () => {
  test('ticks are round and within', () => expect(ticksOf([0.13, 0.97], 5)).toEqual([0.2, 0.4, 0.6, 0.8]));
  test('what is all one value has room around it', () => {
    expect(extent([3, 3])).toEqual([1.5, 4.5]);
    expect(extent([null, undefined])).toEqual([0, 1]);
  });
  test('linear and logarithmic places', () => {
    expect(linear([0, 10], [0, 100]).at(5)).toBe(50);
    expect(logarithmic([1, 100], [0, 100]).at(10)).toBeCloseTo(50);
    expect(logarithmic([0, 100], [0, 100]).at(0)).toBe(0);
  });
});

test('a long curve keeps its peaks', () => {
  const steps = Array.from({ length: 100_000 }, (_, i) => i);
  const values = steps.map((step) => (step === 54_321 ? 99 : 0));
  const thin = thinned({ steps, values }, 500);
  expect(thin.steps.length).toBeLessThan(2_001);
  expect(thin.values).toContain(99);
});

test('only a square table of confusions is drawn as one', () => {
  const table = (title: string) => ({
    title,
    columns: [
      { name: 'true', kind: 'text' as const },
      { name: 'a', kind: 'number' as const },
      { name: 'b', kind: 'number' as const },
    ],
    rows: [
      ['a', 4, 1],
      ['b', 2, 3],
    ],
  });
  expect(confusionOf(table('Confusion matrix'))).toMatchObject({
    kind: 'matrix',
    counts: [
      [4, 1],
      [2, 3],
    ],
  });
  expect(confusionOf(table('Scores'))).toBeUndefined();
});

test('a figure can be read as a table', () =>
  expect(
    figureTable({
      kind: 'line',
      title: 'Loss',
      x: { title: 'step' },
      y: { title: '' },
      series: [
        { name: 'a', steps: [1, 3], values: [1, null] },
        { name: 'b', steps: [2], values: [5] },
      ],
    }).rows,
  ).toEqual([
    [1, 1, null],
    [2, null, 5],
    [3, null, null],
  ]));

test('a vocabulary by id, of either form, and its white space visible', () => {
  const byToken = vocabularyOf({ vocabulary: 2, json: { model: { vocab: { b: 1, a: 0 } } } });
  expect(byToken.map(({ token }) => token)).toEqual(['a', 'b']);
  const pairs = vocabularyOf({
    vocabulary: 2,
    json: { model: { vocab: [['x', -1]] }, added_tokens: [{ id: 1, content: '<pad>' }] },
  });
  expect(pairs.map(({ token }) => token)).toEqual(['x', '<pad>']);
  expect(visibleToken('Ġthe\n')).toBe('·the⏎');
});
