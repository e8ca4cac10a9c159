import type { CheckResult } from '../../../compiler/check.ts';

/**
 * Whether a node, by its path, compiles tensor programs that can be looked at. Apart from what compiles them: commands are
 * there before a wire can be dragged, and that is large.
 */
export function hasPrograms(check: CheckResult | undefined, path: string): boolean {
  const node = check?.graph.nodes.get(path);
  const types = check?.flat.get(path);
  return (
    node?.definition.level === 'step' &&
    node.definition.programs !== undefined &&
    types !== undefined &&
    Object.keys(types.outputs).length > 0
  );
}

export const anyPrograms = (check: CheckResult | undefined): boolean =>
  check !== undefined && [...check.graph.nodes.keys()].some((path) => hasPrograms(check, path));
