/**
 * Which subgraph of a graph was open in this tab: a reload comes back to it. The tab alone keeps it, so that the same
 * graph in another tab opens as a whole.
 */
const keyOf = (graph: string): string => `patchbay:open:${graph}`;

export function rememberPlace(graph: string, scope: readonly string[]): void {
  try {
    if (scope.length === 0) sessionStorage.removeItem(keyOf(graph));
    else sessionStorage.setItem(keyOf(graph), JSON.stringify(scope));
  } catch {
    // a browser that keeps nothing opens the whole graph
  }
}

export function placeOf(graph: string): readonly string[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(keyOf(graph)) ?? '[]');
    return Array.isArray(kept) && kept.every((id) => typeof id === 'string') ? kept : [];
  } catch {
    return [];
  }
}
