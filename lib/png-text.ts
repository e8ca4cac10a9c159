import { utf8ToBytes } from '@noble/hashes/utils.js';
import { decodeText } from './decode-text.ts';

/** Text in a PNG picture: chunks `iTXt` (PNG specification, 11.3.3.4), which viewers leave alone. */

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];

export const isPng = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, i) => bytes[i] === byte);

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});
/** The checksum of PNG and zip. */
export function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = table[(c ^ byte) & 0xff]! ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

const LENGTH_AND_TYPE = 8;
const CRC = 4;
const typeAt = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at + 4, at + 8));

interface Chunk {
  readonly type: string;
  readonly at: number;
  readonly data: Uint8Array;
}

function* chunksOf(png: Uint8Array): Generator<Chunk> {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  for (let at = SIGNATURE.length; at + LENGTH_AND_TYPE + CRC <= png.length; ) {
    const length = view.getUint32(at);
    const end = at + LENGTH_AND_TYPE + length + CRC;
    if (end > png.length) return;
    yield { type: typeAt(png, at), at, data: png.subarray(at + LENGTH_AND_TYPE, end - CRC) };
    at = end;
  }
}

/** Keyword, then: not compressed, method 0, no language, no translated keyword. */
const header = (keyword: string): Uint8Array => utf8ToBytes(`${keyword}\0\0\0\0\0`);

/** The picture with a text in it, before its last chunk. */
export function withText(png: Uint8Array, keyword: string, text: string): Uint8Array<ArrayBuffer> {
  const end = [...chunksOf(png)].find(({ type }) => type === 'IEND')?.at ?? png.length;
  const [head, body] = [header(keyword), utf8ToBytes(text)];
  const length = head.length + body.length;
  const chunk = new Uint8Array(LENGTH_AND_TYPE + length + CRC);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, length);
  chunk.set(utf8ToBytes('iTXt'), 4);
  chunk.set(head, LENGTH_AND_TYPE);
  chunk.set(body, LENGTH_AND_TYPE + head.length);
  view.setUint32(LENGTH_AND_TYPE + length, crc32(chunk.subarray(4, LENGTH_AND_TYPE + length)));
  const out = new Uint8Array(png.length + chunk.length);
  out.set(png.subarray(0, end));
  out.set(chunk, end);
  out.set(png.subarray(end), end + chunk.length);
  return out;
}

/** The text under a keyword, where the picture has it as we write it. */
export function textIn(png: Uint8Array, keyword: string): string | undefined {
  if (!isPng(png)) return undefined;
  const head = header(keyword);
  for (const { type, data } of chunksOf(png))
    if (type === 'iTXt' && head.every((byte, i) => data[i] === byte)) return decodeText(data.subarray(head.length));
  return undefined;
}
