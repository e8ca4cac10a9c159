import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Index, index, join, reindex, split } from './indices.ts';

const count = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);
test('an axis that is joined and split again is what it was', () => {
  const [b, t] = [index('b', 16), index('t', 64)];
  const row = join([b, t]);
  expect(row.text).toBe('(b * 64 + t)');
  expect(split(row, [16, 64])).toEqual([b, t]);
  const [first, second] = split(index('row', 1024), [16, 64]) as [Index, Index];
  expect([first.text, second.text]).toEqual(['(row / 64)', '(row % 64)']);
  expect(join([first, second]).text).toBe('row');
  // heads: [rows, 4·32] seen as [16, 64, 4, 32] and back
  const heads = reindex([index('row', 1024), index('column', 128)], [16, 64, 4, 32]);
  expect(reindex(heads, [1024, 128]).map(({ text }) => text)).toEqual(['row', 'column']);
});

test('property: reindexing names the same element, for every element', () => {
  const factors = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(factors, fc.array(fc.nat(), { minLength: 3, maxLength: 3 }), (from, cuts) => {
      const size = count(from);
      // some other shape of as many elements, twice
      const shapes = cuts.map((cut) => {
        const divisors = Array.from({ length: size }, (_, i) => i + 1).filter((d) => size % d === 0);
        const d = divisors[cut % divisors.length]!;
        return [d, 1, size / d];
      });
      const names = from.map((each, i) => index(`x${i}`, each));
      const through = shapes.reduce((at, shape) => reindex(at, shape), names as Index[]);
      for (let flat = 0; flat < size; flat++) {
        const variables: Record<string, number> = {};
        let rest = flat;
        for (let axis = from.length - 1; axis >= 0; axis--) {
          variables[`x${axis}`] = rest % from[axis]!;
          rest = Math.floor(rest / from[axis]!);
        }
        const shape = shapes.at(-1)!;
        const place = through.reduce((sum, each, axis) => sum * shape[axis]! + whole(each, variables), 0);
        expect(place).toBe(flat);
      }
    }),
    { numRuns: 200, seed: 1 },
  );
});

/** Reads an index expression with integer division. */
function whole(each: Index, variables: Readonly<Record<string, number>>): number {
  const tokens = each.text.match(/[a-z]\w*|\d+|[()+*/%-]/g)!;
  let at = 0;
  const operand = (): number => {
    const token = tokens[at++]!;
    if (token !== '(') return /\d/.test(token[0]!) ? Number(token) : variables[token]!;
    const value = chain();
    at++;
    return value;
  };
  const chain = (): number => {
    let value = operand();
    let held = 0;
    while (tokens[at] && tokens[at] !== ')') {
      const operator = tokens[at++]!;
      const next = operand();
      if (operator === '*') value *= next;
      else if (operator === '/') value = Math.trunc(value / next);
      else if (operator === '%') value %= next;
      else {
        held += value;
        value = operator === '+' ? next : -next;
      }
    }
    return held + value;
  };
  return chain();
}
