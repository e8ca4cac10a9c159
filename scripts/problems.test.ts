import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rules } from '../compiler/lint/index.ts';
import { kinds } from './problems.ts';

const page = readFileSync(join(import.meta.dirname, '../docs/problems.md'), 'utf8');

test('docs/problems.md lists what the checker and lint can say: run npx tsx scripts/problems.ts', () => {
  const own = kinds().filter(({ file }) => /^(compiler|graph)\//.test(file));
  const codes = [...own.map(({ code }) => code), ...rules.map(({ code }) => code)];
  expect(codes.filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
  expect(codes.length).toBeGreaterThan(30);
});

test('every problem is a sentence', () => {
  expect(
    kinds()
      .filter(({ message }) => !/[.…!?]$/.test(message))
      .map(({ code, message }) => `${code}: ${message}`),
  ).toEqual([]);
});
