import type { GraphDocument, OpenedDocument } from '../../graph/document.ts';
import { limits } from '../../graph/plain-document.ts';
import { fail } from '../../lib/problem.ts';

/** Addresses longer than this are cut by programs that people send them with. */
export const MOST_CHARACTERS = 8_000;

const PREFIX = '#g=';

/** A graph as the end of an address: its JSON, deflated, in base64url. It never reaches a server by itself. */
export async function toFragment(document: GraphDocument): Promise<string> {
  const packed = await through(new Blob([JSON.stringify(document)]).stream(), new CompressionStream('deflate-raw'));
  return `${PREFIX}${base64url(packed)}`;
}

export const isGraphFragment = (hash: string): boolean => hash.startsWith(PREFIX);

/** The graph in an address. Throws a ProblemError where there is none that opens. */
export async function fromFragment(hash: string): Promise<OpenedDocument> {
  const damaged = (): never =>
    fail('fragment/damaged', 'The graph in this address can not be read.', {
      hint: 'The address may have been cut off on its way: ask for it again.',
    });
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = Uint8Array.from(atob(hash.slice(PREFIX.length).replaceAll('-', '+').replaceAll('_', '/')), (char) =>
      char.charCodeAt(0),
    );
  } catch {
    return damaged();
  }
  const text = await through(new Blob([bytes]).stream(), new DecompressionStream('deflate-raw'), limits.bytes + 1)
    .then((unpacked) => new TextDecoder('utf-8', { fatal: true }).decode(unpacked))
    .catch(damaged);
  const { parseDocument } = await import('../../graph/document.ts');
  return parseDocument(text);
}

/** All bytes of a stream; of what would never end, a little more than may be opened. */
async function through(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  transform: CompressionStream | DecompressionStream,
  most = Number.POSITIVE_INFINITY,
): Promise<Uint8Array> {
  const reader = stream.pipeThrough(transform).getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    size += value.length;
    if (size > most) {
      await reader.cancel();
      fail('document/too-large', `A graph may have ${limits.bytes / 1e6} MB, the one in this address has more.`);
    }
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function base64url(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
