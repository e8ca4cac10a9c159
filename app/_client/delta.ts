/**
 * How one value differs from another that shares most of its parts with it: what changed is small where the whole is
 * large. Only plain data: objects, lists, and what is neither.
 */
export type Delta =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'fields'; readonly changed: Readonly<Record<string, Delta>>; readonly gone: readonly string[] }
  /** So many are left out in front, so many of the next stay, and these come after them. */
  | { readonly kind: 'list'; readonly skipped: number; readonly kept: number; readonly added: readonly unknown[] };

type Tree = Readonly<Record<string, unknown>>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Undefined where nothing differs. What is the same object on both sides is not looked into. */
export function differenceOf(before: unknown, after: unknown): Delta | undefined {
  if (Object.is(before, after)) return undefined;
  if (Array.isArray(before) && Array.isArray(after)) return differenceOfLists(before, after);
  return isTree(before) && isTree(after) ? differenceOfTrees(before, after) : { kind: 'value', value: after };
}

function differenceOfTrees(before: Tree, after: Tree): Delta | undefined {
  const gone: string[] = [];
  const changed: [string, Delta][] = [];
  const keys = Object.keys(after);
  let stay = 0;
  for (const key of Object.keys(before)) {
    if (keys[stay] === key) {
      stay++;
      const delta = differenceOf(before[key], after[key]);
      if (delta) changed.push([key, delta]);
    } else if (Object.hasOwn(after, key)) {
      // the order of nodes is theirs to keep: what is put in again comes last
      return { kind: 'value', value: after };
    } else gone.push(key);
  }
  for (const key of keys.slice(stay)) changed.push([key, { kind: 'value', value: after[key] }]);
  if (changed.length + gone.length === 0) return undefined;
  return { kind: 'fields', changed: Object.fromEntries(changed), gone };
}

function differenceOfLists(before: readonly unknown[], after: readonly unknown[]): Delta | undefined {
  const skipped = after.length > 0 ? Math.max(0, before.indexOf(after[0])) : 0;
  let kept = 0;
  while (skipped + kept < before.length && kept < after.length && Object.is(before[skipped + kept], after[kept]))
    kept++;
  if (skipped === 0 && kept === before.length && kept === after.length) return undefined;
  return { kind: 'list', skipped, kept, added: after.slice(kept) };
}

/** The value that a difference leads to. */
export function applyDifference(before: unknown, delta: Delta): unknown {
  if (delta.kind === 'value') return delta.value;
  if (delta.kind === 'list')
    return [...(before as unknown[]).slice(delta.skipped, delta.skipped + delta.kept), ...delta.added];
  const gone = new Set(delta.gone);
  const kept = Object.entries(before as Tree).filter(([key]) => !gone.has(key));
  const next = new Map(kept);
  for (const [key, each] of Object.entries(delta.changed)) next.set(key, applyDifference(next.get(key), each));
  return Object.fromEntries(next);
}
