import { expect, test, vi } from 'vitest';
import { insist } from './insist.ts';

test('a part is asked for until it comes; what it throws itself is thrown', async () => {
  vi.useFakeTimers();
  const away = Object.assign(new Error('Failed to load chunk'), { name: 'ChunkLoadError' });
  let tries = 0;
  const loading = insist(async () => {
    if (++tries < 3) throw away;
    return 'part';
  });
  await vi.advanceTimersByTimeAsync(2_000);
  expect([await loading, tries]).toEqual(['part', 3]);
  vi.useRealTimers();
  await expect(insist(async () => Promise.reject(new Error('its own')))).rejects.toThrow('its own');
});
