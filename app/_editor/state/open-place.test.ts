// @vitest-environment happy-dom
import { afterEach, expect, test } from 'vitest';
import { placeOf, rememberPlace } from './open-place.ts';

afterEach(() => sessionStorage.clear());

test('a tab knows which subgraph of which graph was open', () => {
  rememberPlace('one', ['encoder', 'block/1']);
  expect(placeOf('one')).toEqual(['encoder', 'block/1']);
  expect(placeOf('two')).toEqual([]);
  rememberPlace('one', []);
  expect(placeOf('one')).toEqual([]);
});

test('what can not be read is the whole graph', () => {
  sessionStorage.setItem('patchbay:open:one', '{"no":"list"}');
  expect(placeOf('one')).toEqual([]);
  sessionStorage.setItem('patchbay:open:one', 'no json');
  expect(placeOf('one')).toEqual([]);
});

test('a browser that lets a page keep nothing opens the whole graph', () => {
  rememberPlace('one', ['encoder']);
  const own = Object.getOwnPropertyDescriptor(globalThis, 'sessionStorage')!;
  let refused = 0;
  Object.defineProperty(globalThis, 'sessionStorage', {
    configurable: true,
    get() {
      refused++;
      throw new DOMException('The operation is insecure.', 'SecurityError');
    },
  });
  try {
    rememberPlace('one', ['decoder']);
    expect(placeOf('one')).toEqual([]);
    expect(refused).toBe(2);
  } finally {
    Object.defineProperty(globalThis, 'sessionStorage', own);
  }
  expect(placeOf('one')).toEqual(['encoder']);
});
