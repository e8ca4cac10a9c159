import type { FlatGraph } from './flatten.ts';

export interface Sorted {
  readonly order: readonly string[];
  readonly cyclic: readonly (readonly string[])[];
  /** The nodes that each one reads. */
  readonly waits: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Inputs first; nodes that wait for themselves are given back as cycles. Deterministic: by document order. */
export function sort(graph: FlatGraph): Sorted {
  const waits = new Map<string, Set<string>>();
  const next = new Map<string, string[]>();
  for (const id of graph.nodes.keys()) waits.set(id, new Set());
  for (const wires of graph.wires.values())
    for (const { from, to } of wires) {
      if (!graph.nodes.has(from[0]) || !graph.nodes.has(to[0])) continue;
      const set = waits.get(to[0])!;
      if (set.has(from[0])) continue;
      set.add(from[0]);
      next.set(from[0], [...(next.get(from[0]) ?? []), to[0]]);
    }
  const left = new Map([...waits].map(([id, set]) => [id, set.size]));
  const order = [...left].filter(([, count]) => count === 0).map(([id]) => id);
  for (let i = 0; i < order.length; i++)
    for (const id of next.get(order[i]!) ?? []) {
      left.set(id, left.get(id)! - 1);
      if (left.get(id) === 0) order.push(id);
    }
  const stuck = new Set([...left].filter(([, count]) => count > 0).map(([id]) => id));
  return { order, cyclic: cyclesAmong(stuck, waits), waits };
}

/** One cycle for each group of nodes that wait for each other. */
function cyclesAmong(stuck: Set<string>, waits: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const cycles: string[][] = [];
  const seen = new Set<string>();
  for (const start of stuck) {
    const path: string[] = [];
    let at: string | undefined = start;
    while (at !== undefined && !seen.has(at)) {
      seen.add(at);
      path.push(at);
      at = [...waits.get(at)!].find((id) => stuck.has(id));
    }
    const from = at === undefined ? -1 : path.indexOf(at);
    if (from >= 0) cycles.push(path.slice(from).reverse());
  }
  return cycles;
}
