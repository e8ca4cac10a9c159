import { mapSizes, type WireType } from '../graph/types.ts';
import { isHole, nodeSymbol, type Size, type SizeSolver, symbolsOf } from '../ir/size.ts';
import { isBlank } from '../nodes/kit/params.ts';
import type { FlatNode } from './flatten.ts';

const holes = new WeakMap<WireType, boolean>();
export function hasHole(type: WireType): boolean {
  let known = holes.get(type);
  if (known === undefined) {
    known = false;
    mapSizes(type, (size) => {
      if (symbolsOf(size).some(isHole)) known = true;
      return size;
    });
    holes.set(type, known);
  }
  return known;
}

const holeOf = (node: FlatNode, param: string): Size => nodeSymbol(`?${param}`, node.id);

/** Params with a hole in the place of every blank. */
export function withHoles(node: FlatNode): Record<string, unknown> {
  const { shape } = node.definition.params;
  return Object.fromEntries(
    Object.entries(node.params).map(([name, value]) => {
      const schema = shape[name];
      return [name, value === null && schema && isBlank(schema as never) ? holeOf(node, name) : value];
    }),
  );
}

export function solvedBlanks(node: FlatNode, solver: SizeSolver): Record<string, Size> {
  const { shape } = node.definition.params;
  const solved: Record<string, Size> = {};
  for (const [name, value] of Object.entries(node.params)) {
    if (value !== null) continue;
    const schema = shape[name];
    if (!schema || !isBlank(schema as never)) continue;
    const size = solver.resolve(holeOf(node, name));
    if (!symbolsOf(size).some(isHole)) solved[name] = size;
  }
  return solved;
}
