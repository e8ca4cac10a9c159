import type { ValueReference } from '../graph/values.ts';
import type { Checkpoint } from '../nodes/kit/context.ts';
import type { Blobs } from './values/codec.ts';

export type Outputs = Readonly<Record<string, ValueReference>>;

/**
 * Where a run's values lie: blobs by content, outputs by cache key, checkpoints by cache key. Keys are one owner's: a
 * value that another account made is never found.
 */
export interface ValueStore extends Blobs {
  lookup(cacheKey: string): Promise<Outputs | undefined>;
  remember(cacheKey: string, outputs: Outputs): Promise<void>;
  loadCheckpoint(cacheKey: string): Promise<Checkpoint | undefined>;
  saveCheckpoint(cacheKey: string, checkpoint: Checkpoint): Promise<void>;
  dropCheckpoints(cacheKey: string): Promise<void>;
}
