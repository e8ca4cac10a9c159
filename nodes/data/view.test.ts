import { describe, expect, test } from 'vitest';
import { Dataset } from '../../graph/dataset.ts';
import type { Figure, Metrics, PortValue } from '../../graph/values.ts';
import { float32 } from '../../ir/tensor.ts';
import { checkProblems } from '../../runtime/testing/check-problems.ts';
import { runStep } from '../../runtime/testing/check-step.ts';
import { temporaryFolder } from '../../runtime/testing/graphs.ts';
import viewFigure from './view-figure.ts';
import viewTable from './view-table.ts';
import viewText from './view-text.ts';

const folder = temporaryFolder();
const look = async (node: typeof viewTable | typeof viewFigure | typeof viewText, value: PortValue, params = {}) =>
  (await runStep(node, { inputs: { value }, params, folder })).value('figure', 'figure');

const flowers = new Dataset([
  { name: 'width', data: { kind: 'number', values: Float64Array.of(1, 2, Number.NaN, 4) } },
  { name: 'height', data: { kind: 'number', values: Float64Array.of(4, 3, 2, 1) } },
  {
    name: 'species',
    role: 'target',
    data: { kind: 'category', codes: Int32Array.of(0, 1, -1, 1), categories: ['rose', 'lily'] },
  },
  { name: 'note', data: { kind: 'text', values: ['a', 'b', 'c', 'x'.repeat(400)] } },
  { name: 'tokens', data: { kind: 'tokens', length: 2, vocabulary: 9, values: Int32Array.of(1, 2, 3, 4, 5, 6, 7, 8) } },
]);
const metrics: Metrics = {
  values: [
    { name: 'accuracy', value: 0.5, better: 'higher' },
    { name: 'roc-auc', value: null, better: 'higher' },
  ],
};
const confusion: Metrics = {
  ...metrics,
  tables: [
    {
      title: 'Confusion matrix',
      columns: [
        { name: 'true', kind: 'text' },
        { name: 'no', kind: 'number' },
        { name: 'yes', kind: 'number' },
      ],
      rows: [
        ['no', 3, 1],
        ['yes', 0, 2],
      ],
    },
  ],
};
const model: PortValue = {
  card: {
    task: 'none',
    signature: { inputs: [] },
    capabilities: [],
    implementation: 'network/network',
    version: 1,
    transforms: {},
    parameters: [{ name: 'linear.weight', shape: [2, 3], trainable: true }],
  },
  tensors: { 'linear.weight': float32([2, 3], [1, 2, 3, 4, 5, 6]) },
};
const tokenizer = { json: { model: { vocab: { b: 1, a: 0 } } }, vocabulary: 2 };

describe('view-table', () => {
  test('rows of a data set from a row on, with their kinds, and how many there are', async () => {
    expect(await look(viewTable, flowers, { start: 2, count: 2 })).toEqual({
      kind: 'table',
      title: 'Rows',
      total: 4,
      table: {
        title: 'Rows',
        columns: [
          { name: 'width: number', kind: 'number' },
          { name: 'height: number', kind: 'number' },
          { name: 'species: category(2)', kind: 'text' },
          { name: 'note: text', kind: 'text' },
          { name: 'tokens: tokens[2]', kind: 'text' },
        ],
        rows: [
          [null, 2, null, 'c', '5 6'],
          [4, 1, 'lily', `${'x'.repeat(299)}…`, '7 8'],
        ],
      },
    });
  });
  const rowsOf = async (value: PortValue) => {
    const figure = await look(viewTable, value);
    return figure.kind === 'table' ? figure.table.rows : undefined;
  };
  test('every other kind of value', async () => {
    expect(await rowsOf(metrics)).toEqual([
      ['accuracy', 0.5, '', 'higher'],
      ['roc-auc', null, '', 'higher'],
    ]);
    expect(await rowsOf(model)).toEqual([['linear.weight', '2 × 3', 6, 'yes']]);
    expect(await rowsOf(tokenizer)).toEqual([
      [0, 'a'],
      [1, 'b'],
    ]);
    expect(await rowsOf('Call me\nIshmael.')).toEqual([
      [1, 'Call me'],
      [2, 'Ishmael.'],
    ]);
    expect(await rowsOf(7)).toEqual([[7]]);
    expect(await rowsOf({ type: 'training/optimizer', params: { method: 'sgd', momentum: 0.9 } })).toEqual([
      ['method', 'sgd'],
      ['momentum', '0.9'],
    ]);
  });
});

describe('view-figure', () => {
  test('two columns of numbers are points, coloured by the target; rows without both are left out', async () => {
    expect(await look(viewFigure, flowers)).toEqual({
      kind: 'scatter',
      title: 'height against width',
      x: { title: 'width' },
      y: { title: 'height' },
      points: [
        { x: 1, y: 4, group: 'rose' },
        { x: 2, y: 3, group: 'lily' },
        { x: 4, y: 1, group: 'lily' },
      ],
    });
  });
  test('lines are sorted along x', async () => {
    expect(await look(viewFigure, flowers, { draw: 'line', x: 'height', y: 'width' })).toMatchObject({
      kind: 'line',
      series: [
        { name: 'rose', steps: [4], values: [1] },
        { name: 'lily', steps: [1, 3], values: [4, 2] },
      ],
    });
  });
  test('a histogram has Sturges’ number of bins and counts every row once', async () => {
    const values = Float64Array.from({ length: 100 }, (_, i) => i);
    const figure = await look(viewFigure, new Dataset([{ name: 'n', data: { kind: 'number', values } }]));
    if (figure.kind !== 'bar') return expect.fail('bars');
    expect(figure.bars).toHaveLength(8);
    // numpy.histogram(numpy.arange(100), bins=8)
    expect(figure.bars.map(({ value }) => value)).toEqual([13, 12, 13, 12, 12, 13, 12, 13]);
    expect(figure.bars[0]!.label).toBe('0 … 12.38');
  });
  test('categories are bars', async () => {
    expect(await look(viewFigure, flowers, { draw: 'bars' })).toMatchObject({
      kind: 'bar',
      bars: [
        { label: 'rose', value: 1 },
        { label: 'lily', value: 2 },
      ],
    });
  });
  test('many points are thinned evenly, and the title says so', async () => {
    const values = Float64Array.from({ length: 5000 }, (_, i) => i);
    const many = new Dataset(['a', 'b'].map((name) => ({ name, data: { kind: 'number', values } as const })));
    const figure = await look(viewFigure, many);
    expect(figure.title).toBe('b against a, one row in 3');
    expect(figure.kind === 'scatter' && figure.points.length).toBe(1667);
  });
  test('metrics: curves, else a matrix, else bars', async () => {
    const curve = { name: 'loss', steps: [1, 2], values: [3, null] };
    expect(await look(viewFigure, { ...metrics, series: [curve] })).toMatchObject({ kind: 'line', series: [curve] });
    expect(await look(viewFigure, confusion)).toEqual({
      kind: 'matrix',
      title: 'Confusion matrix',
      rows: ['no', 'yes'],
      columns: ['no', 'yes'],
      counts: [
        [3, 1],
        [0, 2],
      ],
    });
    expect(await look(viewFigure, metrics)).toMatchObject({ kind: 'bar', bars: [{ label: 'accuracy', value: 0.5 }] });
  });
  test('a figure stays as it is; a model shows its sizes; a tokenizer becomes a table', async () => {
    const figure: Figure = { kind: 'text', title: 'Said', text: 'so' };
    expect(await look(viewFigure, figure)).toEqual(figure);
    expect(await look(viewFigure, model)).toMatchObject({ kind: 'bar', bars: [{ label: 'linear.weight', value: 6 }] });
    expect(await look(viewFigure, tokenizer)).toMatchObject({ kind: 'table', total: 2 });
  });
});

describe('view-text', () => {
  const textOf = async (value: PortValue, params = {}) => {
    const figure = await look(viewText, value, params);
    return figure.kind === 'text' ? figure.text : undefined;
  };
  test('texts are shown whole, or cut with a mark', async () => {
    expect(await textOf('Call me Ishmael.')).toBe('Call me Ishmael.');
    expect(await textOf('Call me Ishmael.', { characters: 7 })).toBe('Call me…');
  });
  test('rows are JSON lines, metrics a list, the rest JSON', async () => {
    const lines = (await textOf(flowers))!.split('\n');
    expect(JSON.parse(lines[0]!)).toEqual({ width: 1, height: 4, species: 'rose', note: 'a', tokens: '1 2' });
    expect(lines).toHaveLength(4);
    expect(await textOf(metrics)).toBe('accuracy 0.5\nroc-auc unknown');
    expect(JSON.parse((await textOf(model))!)).toMatchObject({ implementation: 'network/network' });
  });
});

checkProblems(viewFigure, [
  {
    name: 'nothing to draw',
    inputs: { value: { kind: 'dataset', columns: [{ name: 'a', kind: 'text' }] } },
    problem: {
      code: 'view/columns',
      message: 'View figure needs a column of numbers or categories, the data set has a (text).',
      hint: 'Choose another drawing, or look at it with View table.',
      at: { param: 'draw' },
    },
  },
  {
    name: 'points over one column',
    params: { draw: 'scatter' },
    inputs: { value: { kind: 'dataset', columns: [{ name: 'a', kind: 'number' }] } },
    problem: {
      code: 'view/columns',
      message: 'View figure needs two columns of numbers, the data set has a (number).',
      hint: 'Choose another drawing, or look at it with View table.',
      at: { param: 'draw' },
    },
  },
  {
    name: 'a column that is not there',
    params: { x: 'b' },
    inputs: { value: { kind: 'dataset', columns: [{ name: 'a', kind: 'number' }] } },
    problem: {
      code: 'dataset/no-column',
      message: 'View figure needs a column b, the data set has a.',
      hint: 'Choose a column that is there.',
      at: { param: 'x' },
    },
  },
]);
