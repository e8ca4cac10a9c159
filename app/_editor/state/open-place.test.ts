// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from 'vitest';
import { placeOf, rememberPlace } from './open-place.ts';

afterEach(() => {
  sessionStorage.clear();
  vi.restoreAllMocks();
});

test('a tab knows which subgraph of which graph was open', () => {
  rememberPlace('one', ['encoder', 'block/1']);
  expect(placeOf('one')).toEqual(['encoder', 'block/1']);
  expect(placeOf('two')).toEqual([]);
  rememberPlace('one', []);
  expect(placeOf('one')).toEqual([]);
});

test('what can not be read, or kept, is the whole graph', () => {
  sessionStorage.setItem('patchbay:open:one', '{"no":"list"}');
  expect(placeOf('one')).toEqual([]);
  sessionStorage.setItem('patchbay:open:one', 'no json');
  expect(placeOf('one')).toEqual([]);
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new Error('quota');
  });
  expect(() => rememberPlace('two', ['a'])).not.toThrow();
});
