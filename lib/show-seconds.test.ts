import { expect, test } from 'vitest';
import { showSeconds } from './show-seconds.ts';

test.each([
  [0.0032, '3.2 ms'],
  [0.9996, '1 s'],
  [40.4, '40 s'],
  [59.7, '1 min'],
  [144, '2 min 24 s'],
  [3600, '1 h'],
  [3900, '1 h 5 min'],
  [86_399, '24 h'],
])('%s s is %s', (seconds, text) => expect(showSeconds(seconds)).toBe(text));
