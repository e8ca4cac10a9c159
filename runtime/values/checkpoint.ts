import { sha256Hex } from '../../lib/hash.ts';
import type { Checkpoint } from '../../nodes/kit/context.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

/** A checkpoint as bytes: SHA-256 of the rest (64 hex digits), then a safetensors file whose metadata holds the state. */
export function encodeCheckpoint({ tensors, state }: Checkpoint): Uint8Array {
  const body = encodeSafetensors(tensors, { state: JSON.stringify(state) });
  const bytes = new Uint8Array(64 + body.length);
  bytes.set(new TextEncoder().encode(sha256Hex(body)));
  bytes.set(body, 64);
  return bytes;
}

/** Undefined where the bytes are not whole: the caller falls back to the checkpoint before. */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint | undefined {
  if (bytes.length < 72) return undefined;
  const body = bytes.subarray(64);
  if (new TextDecoder().decode(bytes.subarray(0, 64)) !== sha256Hex(body)) return undefined;
  const size = Number(new DataView(body.buffer, body.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(body.subarray(8, 8 + size))) as {
    __metadata__: { state: string };
  };
  return { tensors: decodeSafetensors(body), state: JSON.parse(header.__metadata__.state) };
}
