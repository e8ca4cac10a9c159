import type { Manifest, PortValue, ValueReference } from '../../graph/values.ts';
import { ProblemError } from '../../lib/problem.ts';
import type { Blobs } from '../../runtime/values/codec.ts';
import { problemOfResponse } from './api.ts';

/** Where a run's values are read: this device first, then the server, as owner or through a share link. */
export interface ValueSource {
  /** Keeps accounts on one device apart. */
  readonly scope: string;
  readonly link?: string;
}

const cache = new Map<string, Promise<PortValue>>();
const MOST = 24;

/** A value whole. Values never change, so those read last are kept. Throws a ProblemError. */
export function readValue({ sha256 }: ValueReference, source: ValueSource): Promise<PortValue> {
  const known = cache.get(sha256);
  if (known) return known;
  const reading = read(sha256, source);
  cache.set(sha256, reading);
  reading.catch(() => cache.delete(sha256));
  if (cache.size > MOST) cache.delete(cache.keys().next().value!);
  return reading;
}

async function read(sha256: string, source: ValueSource): Promise<PortValue> {
  const { loadValue } = await import('../../runtime/values/codec.ts');
  return loadValue({ sha256 }, await blobsOf(source));
}

/** What a value says of itself, without its blobs. Throws a ProblemError. */
export async function readManifest({ sha256 }: ValueReference, source: ValueSource): Promise<Manifest> {
  const { loadManifest } = await import('../../runtime/values/codec.ts');
  return loadManifest(sha256, await blobsOf(source));
}

async function blobsOf({ scope, link }: ValueSource): Promise<Blobs> {
  const { PageStore } = await import('../../runtime/browser/page-store.ts');
  const store = await PageStore.open(scope);
  return {
    put: (bytes, hash) => store.put(bytes, hash),
    async get(hash) {
      const here = await store.get(hash);
      if (here) return here;
      const query = link === undefined ? '' : `?link=${encodeURIComponent(link)}`;
      const response = await fetch(`/api/values/${hash}${query}`);
      if (!response.ok) throw new ProblemError(await problemOfResponse(response));
      return new Uint8Array(await response.arrayBuffer());
    },
  };
}

/** Sends a value that a page run made, blobs first, so that it is there on every device and behind links. */
export async function sendValue(reference: ValueReference, scope: string): Promise<void> {
  const { pageValueBytes } = await import('../../runtime/browser/client.ts');
  for (const each of await pageValueBytes(reference, scope)) await sendBytes(each);
}

export async function sendBytes({ sha256, bytes }: { sha256: string; bytes: Uint8Array }): Promise<void> {
  const response = await fetch(`/api/values/${sha256}`, { method: 'PUT', body: bytes as Uint8Array<ArrayBuffer> });
  if (!response.ok) throw new ProblemError(await problemOfResponse(response));
}
