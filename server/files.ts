import { open } from 'node:fs/promises';
import type { FileReference } from '../graph/document.ts';
import { discard, type Received } from './bytes.ts';
import { refuse } from './problems.ts';

const startsWith = (head: Buffer, ...bytes: number[]): boolean => bytes.every((byte, i) => head[i] === byte);

/** Formats that run code when they are loaded, by what they begin with: a name says nothing. */
const unsafe: readonly { readonly what: string; is(head: Buffer): boolean }[] = [
  // protocol 2 to 5, then its first opcode: a frame, an empty container, a global, or a put
  {
    what: 'a Python pickle',
    is: (head) =>
      head[0] === 0x80 && head[1]! >= 2 && head[1]! <= 5 && /[\x95}\](cK(XUG]/.test(String.fromCharCode(head[2] ?? 0)),
  },
  {
    what: 'a PyTorch archive, which holds a pickle',
    is: (head) => startsWith(head, 0x50, 0x4b, 3, 4) && /\.pkl|\.pickle|\/data\.pkl/.test(head.toString('latin1')),
  },
  {
    what: 'a Keras archive, which may hold code',
    is: (head) =>
      startsWith(head, 0x50, 0x4b, 3, 4) && /metadata\.json|config\.json/.test(head.subarray(0, 64).toString('latin1')),
  },
  { what: 'an HDF5 file, which may hold code', is: (head) => startsWith(head, 0x89, 0x48, 0x44, 0x46) },
  {
    what: 'an array of Python objects, which are pickles',
    is: (head) => startsWith(head, 0x93, 0x4e, 0x55, 0x4d) && /'\|?O\d?'/.test(head.toString('latin1')),
  },
];

/** Refuses files that no node may ever read. */
export async function refuseUnsafe(received: Received, name: string): Promise<void> {
  const file = await open(received.path, 'r');
  const head = Buffer.alloc(Math.min(1024, received.bytes));
  try {
    await file.read(head, 0, head.length, 0);
  } finally {
    await file.close();
  }
  const kind = unsafe.find((each) => each.is(head));
  if (!kind) return;
  await discard(received);
  refuse(
    'file/unsafe',
    `The file ${name} is ${kind.what}: loading it could run a program.`,
    'Save it as CSV, JSON, Parquet, safetensors or ONNX.',
  );
}

/** A file's name as it came: for showing only, no path is ever made of it. */
export function fileNameOf(headers: Headers): string {
  const text = headers.get('x-file-name') ?? '';
  let name: string;
  try {
    name = decodeURIComponent(text);
  } catch {
    return refuse('request/invalid', 'The header x-file-name is not URL-encoded.');
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const clean = name.replace(/[\u0000-\u001f\u007f]/g, '').trim();
  if (clean === '') return refuse('request/invalid', 'An upload needs its name in the header x-file-name.');
  return clean.slice(0, 255);
}

export const referenceOf = ({ sha256, bytes }: Received, name: string): FileReference => ({
  sha256,
  name,
  size: bytes,
});
