import { describe, expect, test } from 'vitest';
import { crc32, isPng, textIn, withText } from './png-text.ts';

/** One transparent dot, as a program that is not ours wrote it. */
const dot = (): Uint8Array =>
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
    'base64',
  );

describe('text in a PNG', () => {
  test('comes back as it was', () => {
    const text = '{"name":"Wal 🐋"}';
    const png = withText(dot(), 'patchbay', text);
    expect(isPng(png)).toBe(true);
    expect(textIn(png, 'patchbay')).toBe(text);
    expect(textIn(png, 'other')).toBeUndefined();
  });

  test('lies before the last chunk, with a sum that other programs accept', () => {
    // the sum that every PNG ends with
    expect(crc32(Buffer.from('IEND'))).toBe(0xae426082);
    const png = Buffer.from(withText(dot(), 'patchbay', 'abc'));
    const at = png.indexOf('iTXt');
    const length = png.readUInt32BE(at - 4);
    expect(png.readUInt32BE(at + 4 + length)).toBe(crc32(png.subarray(at, at + 4 + length)));
    expect(png.subarray(-12, -4).toString('latin1')).toBe('\0\0\0\0IEND');
  });

  test('of a picture that has none, is cut off, or is no picture, nothing is read', () => {
    const png = withText(dot(), 'patchbay', 'abc');
    expect(textIn(dot(), 'patchbay')).toBeUndefined();
    expect(textIn(png.subarray(0, -20), 'patchbay')).toBeUndefined();
    expect(textIn(new Uint8Array([1, 2, 3]), 'patchbay')).toBeUndefined();
  });
});
