import type { CheckResult } from '../../../compiler/check.ts';
import type { GraphDocument } from '../../../graph/document.ts';
import type { RunState } from './run-state.ts';

/**
 * Nodes whose shown results come from before a change: the plan of the document as it is now gives their step another
 * cache key than the run told.
 */
export async function staleNodes(document: GraphDocument, check: CheckResult, run: RunState): Promise<Set<string>> {
  const done = Object.entries(run.nodes).filter(([, { key }]) => key !== undefined);
  if (done.length === 0 || run.backend === undefined || run.threads === undefined) return new Set();
  const [{ makePlan }, { codeHash }, { loadChecker }] = await Promise.all([
    import('../../../compiler/plan.ts'),
    import('../../../nodes/catalogue.ts'),
    import('../../../compiler/compile.ts'),
  ]);
  const device = { backend: run.backend, threads: run.threads };
  const options = { device, codeHash, check: await loadChecker(document) };
  const whole = new Set(makePlan(document, check, options).plan?.steps.map(({ cacheKey }) => cacheKey));
  const isCurrent = (id: string, key: string): boolean => {
    if (whole.has(key)) return true;
    // a layer that was asked for by itself, or a part of a graph that is wrong elsewhere
    const needsOwnPlan =
      whole.size === 0 || !check.graph.nodes.get(id) || check.graph.nodes.get(id)?.definition.level !== 'step';
    const own = needsOwnPlan ? makePlan(document, check, { ...options, targets: [id] }).plan : undefined;
    return own?.steps.some(({ cacheKey }) => cacheKey === key) ?? false;
  };
  return new Set(done.flatMap(([id, { key }]) => (check.graph.places.has(id) && !isCurrent(id, key!) ? [id] : [])));
}
