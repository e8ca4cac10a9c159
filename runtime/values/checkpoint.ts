import { sha256Hex } from '../../lib/hash.ts';
import type { Checkpoint } from '../../nodes/kit/context.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const FORMAT = encoder.encode('PATCHBAY-TRAIN/2');
const HASH = 64;
const HEAD = FORMAT.length + HASH;

/**
 * A checkpoint as bytes: the format's name, the SHA-256 of the rest (64 hex digits), the length of the state (8 bytes), a
 * safetensors file, the state as JSON. The state holds the curves so far and has no limit, unlike a safetensors header.
 */
export function encodeCheckpoint({ tensors, state }: Checkpoint): Uint8Array {
  const file = encodeSafetensors(tensors);
  const json = encoder.encode(JSON.stringify(state));
  const bytes = new Uint8Array(HEAD + 8 + file.length + json.length);
  const body = bytes.subarray(HEAD);
  new DataView(bytes.buffer).setBigUint64(HEAD, BigInt(json.length), true);
  body.set(file, 8);
  body.set(json, 8 + file.length);
  bytes.set(FORMAT);
  bytes.set(encoder.encode(sha256Hex(body)), FORMAT.length);
  return bytes;
}

/** Undefined where the bytes are not whole: the caller falls back to the checkpoint before. */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint | undefined {
  if (bytes.length < HEAD + 8 || FORMAT.some((byte, i) => bytes[i] !== byte)) return undefined;
  const body = bytes.subarray(HEAD);
  if (decoder.decode(bytes.subarray(FORMAT.length, HEAD)) !== sha256Hex(body)) return undefined;
  const size = Number(new DataView(body.buffer, body.byteOffset).getBigUint64(0, true));
  const end = body.length - size;
  return {
    tensors: decodeSafetensors(body.subarray(8, end)),
    state: JSON.parse(decoder.decode(body.subarray(end))),
  };
}
