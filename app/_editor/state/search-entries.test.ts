import { beforeAll, describe, expect, test } from 'vitest';
import { loadWords } from '../../../nodes/catalogue.ts';
import { searchEntries } from './search-entries.ts';

const ids = (query: string, ...rest: [Parameters<typeof searchEntries>[1]?]) =>
  searchEntries(query, ...rest).map(({ id }) => id);

beforeAll(loadWords);

describe('search', () => {
  test('a title that begins with what was typed comes first', () => {
    expect(ids('tok')[0]).toMatch(/^text\/tokeniz/);
    expect(ids('linear')[0]).toBe('network/linear');
  });
  test('keywords and ids find too', () => {
    expect(ids('moby dick')).toContain('data/dataset');
    expect(ids('network/lin')).toEqual(['network/linear']);
  });
  test('every word has to be found', () => {
    expect(ids('train zebra')).toEqual([]);
  });
  test('a loose wire offers only what fits', () => {
    const found = ids('', { kinds: ['model'], seeks: 'inputs' });
    expect(found).toContain('training/train');
    expect(found).not.toContain('network/linear');
  });
});
