import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { refuse } from './problems.ts';

/** Bytes that arrived: in a file that we named, not yet where they belong. */
export interface Received {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

/** Streams a request's body to a file, hashing it on the way. Nothing of it stays where it is too long or breaks off. */
export async function receive(
  { body, headers }: Pick<Request, 'body' | 'headers'>,
  { folder, limit }: { folder: string; limit: number },
): Promise<Received> {
  const tooLarge = (bytes: number): never =>
    refuse(
      'request/too-large',
      `A file may have ${megabytes(limit)}, this one has ${megabytes(bytes)}${bytes > limit * 2 ? '' : ' or more'}.`,
    );
  const announced = Number(headers.get('content-length') ?? 0);
  if (announced > limit) tooLarge(announced);
  const path = join(folder, randomBytes(16).toString('hex'));
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > limit) tooLarge(bytes);
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    await file.sync();
  } catch (error) {
    await file.close();
    await rm(path, { force: true });
    throw error;
  }
  await file.close();
  return { path, sha256: hash.digest('hex'), bytes };
}

/** Moves received bytes to their place: whole or not at all, and on the disk before anything names them. */
export async function keep({ path }: Received, place: string): Promise<void> {
  await mkdir(dirname(place), { recursive: true });
  await rename(path, place);
  const folder = await open(dirname(place), 'r');
  await folder.sync();
  await folder.close();
}

export const discard = ({ path }: Received): Promise<void> => rm(path, { force: true });

/** A file as a response body, read as fast as the reader takes it; undefined where there is no such file. */
export async function fileBody(path: string): Promise<{ body: ReadableStream<Uint8Array>; bytes: number } | undefined> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!file) return undefined;
  const { size } = await file.stat();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = new Uint8Array(64 * 1024);
      const { bytesRead } = await file.read(chunk);
      if (bytesRead > 0) return controller.enqueue(chunk.subarray(0, bytesRead));
      await file.close();
      controller.close();
    },
    cancel: () => file.close(),
  });
  return { body, bytes: size };
}
