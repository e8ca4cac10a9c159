import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** An id that nobody guesses: 96 random bits. */
export const newId = (): string => randomBytes(12).toString('base64url');
/** The token of a share link: 128 random bits. */
export const newLinkToken = (): string => randomBytes(16).toString('base64url');
/** A secret or a runner's token: 256 random bits. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** How tokens are kept: they have so many random bits that a plain hash can't be turned back. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');

export const equalText = (a: string, b: string): boolean => timingSafeEqual(hash(a), hash(b));
const hash = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A secret that lies in a file only its owner may read; made at the first start. */
export function secretFile(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  try {
    const file = openSync(path, 'wx', 0o600);
    try {
      writeSync(file, `${newSecret()}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(path, 'utf8').trim();
}
