import { describe, expect, test } from 'vitest';
import { aligned, curvesCsv, toCsv, unitOf } from './curves.ts';

describe('curves on one axis', () => {
  test('steps are merged, and what was not measured is left out', () => {
    const often = { steps: [1, 2, 3, 4], values: [9, 8, 7, 6] };
    const seldom = { steps: [2, 5], values: [8.5, null] };
    expect(aligned([often, seldom])).toEqual([
      [1, 2, 3, 4, 5],
      [9, 8, 7, 6, undefined],
      [undefined, 8.5, undefined, undefined, null],
    ]);
  });

  test('a hundred thousand points take less than a second', () => {
    const steps = Array.from({ length: 100_000 }, (_, i) => i + 1);
    const few = steps.filter((step) => step % 500 === 0);
    const begun = performance.now();
    const [all] = aligned([
      { steps, values: steps },
      { steps: few, values: few },
    ]);
    expect(all.length).toBe(100_000);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  test('losses share an axis, rates have their own', () => {
    expect(unitOf('validation loss')).toBe(unitOf('loss'));
    expect(unitOf('validation accuracy')).toBe('accuracy');
    expect(unitOf('learning rate')).toBe('learning rate');
  });
});

test('CSV quotes what has to be quoted', () => {
  expect(toCsv([['a,b', 'say "x"', 1, null]])).toBe('"a,b","say ""x""",1,');
  expect(
    curvesCsv([{ name: 'Train: loss', node: 'train', series: 'loss', curve: { steps: [1, 2], values: [0.5, null] } }]),
  ).toBe('step,Train: loss\r\n1,0.5\r\n2,');
});
