import { type Tensor, tensorOf } from '../../ir/tensor.ts';
import { type DType, elementCount } from '../../ir/types.ts';
import { fail } from '../../lib/problem.ts';

/** The safetensors format (Hugging Face): an 8-byte header size, a JSON header, the bytes of each tensor. */
const names: { readonly [T in DType]: string } = { float32: 'F32', int32: 'I32', uint32: 'U32', bool: 'BOOL' };
const bytesPer: { readonly [T in DType]: number } = { float32: 4, int32: 4, uint32: 4, bool: 1 };
const dtypes = new Map(Object.entries(names).map(([dtype, name]) => [name, dtype as DType]));

/** What a header may hold at most: a file that claims more is refused before anything is allocated. */
const limits = { headerBytes: 4_000_000, tensors: 20_000 } as const;

const refuse = (reason: string): never =>
  fail('file/safetensors', `This is not a safetensors file that can be read: ${reason}.`);

/** Tensors sorted by name, so that equal weights make equal files. */
export function encodeSafetensors(
  tensors: Readonly<Record<string, Tensor>>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  const entries = Object.entries(tensors).sort(([a], [b]) => (a < b ? -1 : 1));
  const header: Record<string, unknown> = metadata ? { __metadata__: metadata } : {};
  let at = 0;
  for (const [name, { dtype, shape, data }] of entries) {
    header[name] = { dtype: names[dtype], shape, data_offsets: [at, at + data.byteLength] };
    at += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(json.length / 8) * 8; // so that tensors are aligned
  const bytes = new Uint8Array(8 + padded + at);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.fill(0x20, 8, 8 + padded).set(json, 8);
  let offset = 8 + padded;
  for (const [, { data }] of entries) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return bytes;
}

export function decodeSafetensors(bytes: Uint8Array): Record<string, Tensor> {
  if (bytes.length < 8) return refuse('it is too short');
  const size = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (size > BigInt(limits.headerBytes) || Number(size) > bytes.length - 8)
    return refuse(`its header claims ${size} bytes`);
  const start = 8 + Number(size);
  let header: Record<string, unknown>;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, start)));
  } catch {
    return refuse('its header is not JSON');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    return refuse('its header is not an object');
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
  if (entries.length > limits.tensors) return refuse(`it has ${entries.length} tensors`);
  const tensors: Record<string, Tensor> = Object.create(null);
  for (const [name, entry] of entries) tensors[name] = readTensor(name, entry, bytes.subarray(start));
  const total = Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
  if (total !== bytes.length - start) return refuse('its tensors do not fill it');
  return { ...tensors };
}

function readTensor(name: string, entry: unknown, body: Uint8Array): Tensor {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  const known = dtypes.get(String(dtype));
  if (!known) return refuse(`${name} has the dtype ${String(dtype)}`);
  const whole = (value: unknown): value is number[] =>
    Array.isArray(value) && value.every((each) => Number.isSafeInteger(each) && each >= 0);
  if (!whole(shape) || !whole(offsets) || offsets.length !== 2) return refuse(`${name} has no shape or no place`);
  const [from, to] = offsets as [number, number];
  const count = elementCount(shape);
  if (!Number.isSafeInteger(count) || to < from || to > body.length || to - from !== count * bytesPer[known])
    return refuse(`${name} does not have the bytes that its shape needs`);
  // a copy of its own, also where the bytes are a Buffer, whose slice is none
  const copy = new Uint8Array(body.subarray(from, to));
  const empty = tensorOf(known, [0], []);
  const array = empty.data.constructor as new (buffer: ArrayBuffer) => Tensor['data'];
  return { dtype: known, shape, data: new array(copy.buffer) };
}
