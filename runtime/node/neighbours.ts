import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NeighbourOptions, Neighbours } from '../../nodes/kit/context.ts';

/** usearch reads and writes files only. */
function withFile<T>(use: (path: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-graph-'));
  try {
    return use(join(folder, 'graph'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function emptyGraph({ size, metric }: NeighbourOptions) {
  const { Index, MetricKind, ScalarKind } = await import('usearch');
  const kinds = { cosine: MetricKind.Cos, dot: MetricKind.IP, euclidean: MetricKind.L2sq } as const;
  return new Index(size, kinds[metric], ScalarKind.F32);
}

/** HNSW graphs (Malkov and Yashunin, 2016) by usearch. One thread, so that equal vectors make equal graphs. */
export const nodeNeighbours: Neighbours = {
  async build(vectors, options) {
    const graph = await emptyGraph(options);
    graph.add(
      BigUint64Array.from({ length: vectors.length / options.size }, (_, i) => BigInt(i)),
      vectors,
      1,
    );
    return withFile((path) => {
      graph.save(path);
      return new Uint8Array(readFileSync(path));
    });
  },
  async open(bytes, options) {
    const graph = await emptyGraph(options);
    withFile((path) => {
      writeFileSync(path, bytes);
      graph.load(path);
    });
    return { nearest: (vector, count) => Array.from(graph.search(vector, count, 1).keys, Number) };
  },
};
