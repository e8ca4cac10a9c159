import { join } from 'node:path';
import { fail } from '../../lib/problem.ts';
import type { Compute } from '../../nodes/kit/compute.ts';
import type { Files } from '../../nodes/kit/context.ts';
import type { Platform } from '../execute.ts';
import type { ValueStore } from '../store.ts';
import { nodeChat } from './chat.ts';
import { PackageDatasets } from './datasets.ts';
import { nodeNeighbours } from './neighbours.ts';

/** Patchbay's own folder, where its packages are installed. */
export const rootFolder = join(import.meta.dirname, '..', '..');

/** Where everything that is kept lies, unless PATCHBAY_DATA says otherwise. */
export const dataFolder = (): string => process.env.PATCHBAY_DATA || join(process.cwd(), '.patchbay');

/** Uploaded files are blobs of the store. */
export const storedFiles = (store: ValueStore): Files => ({
  async read({ name, sha256 }) {
    return (
      (await store.get(sha256)) ??
      fail('file/missing', `The file ${name} is not stored here.`, { hint: 'Choose the file again in its node.' })
    );
  },
});

export const nodePlatform = (store: ValueStore, compute: Compute, folder = dataFolder()): Platform => ({
  store,
  compute,
  files: storedFiles(store),
  datasets: new PackageDatasets(rootFolder, join(folder, 'datasets')),
  neighbours: nodeNeighbours,
  chat: nodeChat(process.env),
  breathe: () => new Promise((resolve) => setImmediate(resolve)),
  checkpointSeconds: Number(process.env.PATCHBAY_CHECKPOINT_SECONDS) || 10,
});
