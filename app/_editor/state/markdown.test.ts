import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseInline, parseMarkdown } from './markdown.ts';

test('blocks', () => {
  const text = [
    '## Loss',
    'falls',
    'slowly',
    '- one',
    '- *two*',
    '> said',
    '```',
    'a < b',
    '```',
    '$$x^2$$',
    '1. first',
  ];
  expect(parseMarkdown(text.join('\n')).map(({ kind }) => kind)).toEqual([
    'heading',
    'paragraph',
    'list',
    'quote',
    'code',
    'formula',
    'list',
  ]);
  expect(parseMarkdown('$$\nx\n$$\nafter')).toMatchObject([{ kind: 'formula', text: 'x' }, { kind: 'paragraph' }]);
});

test('marks inside a line', () => {
  expect(parseInline('**a *b*** `c` $d_1$')).toMatchObject([
    { kind: 'strong' },
    { kind: 'text' },
    { kind: 'code', text: 'c' },
    { kind: 'text' },
    { kind: 'formula', text: 'd_1' },
  ]);
  expect(parseInline('[here](https://example.org/a)')).toMatchObject([{ kind: 'link', url: 'https://example.org/a' }]);
});

test('what is no mark stays text: HTML, scripts, prices, names', () => {
  for (const text of [
    '<b onclick="x()">',
    '[a](javascript:alert(1))',
    'from $5 to $10',
    'snake_case_name',
    '2 * 3 * 4',
  ])
    expect(parseInline(text)).toEqual([{ kind: 'text', text }]);
});

test('any text is read to its end', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('`', '$', '$$', '*', '_', '[', '](', '>', '#', '- ', '\n', 'a', ' ')),
      (parts) => {
        parseMarkdown(parts.join(''));
      },
    ),
    { numRuns: 300 },
  );
});
