import type { Figure, Model, Prediction } from '../../graph/values.ts';
import { float32, int32, type Tensor } from '../../ir/tensor.ts';
import { classAnswer } from './estimators.ts';
import { choice, integer } from './params.ts';
import { denseColumns, type SparseRows } from './sparse.ts';
import type { Tree } from './trees.ts';

/** The params of every kind of tree. */
export const treeParams = ({ depth, tried }: { depth: number; tried: Tried }) => ({
  depth: integer({
    title: 'Depth',
    description: 'Most questions in a row; 0 has no limit.',
    default: depth,
    min: 0,
    max: 1000,
  }),
  split: integer({
    title: 'Least rows to split',
    description: 'A node with fewer rows is a leaf.',
    default: 2,
    min: 2,
    max: 1_000_000,
    advanced: true,
  }),
  leaf: integer({
    title: 'Least rows in a leaf',
    description: 'A split that leaves fewer rows on a side is not made.',
    default: 1,
    min: 1,
    max: 1_000_000,
    advanced: true,
  }),
  tried: choice(['all', 'root', 'log', 'third'], {
    title: 'Features tried',
    description: 'How many features each split looks at, drawn at random: fewer make trees differ more.',
    default: tried,
    labels: { all: 'All', root: 'The square root', log: 'The logarithm (base 2)', third: 'A third' },
    advanced: true,
  }),
});
export type Tried = 'all' | 'root' | 'log' | 'third';

export const triedOf = (tried: Tried, features: number): number =>
  Math.max(
    1,
    Math.floor(
      { all: features, root: Math.sqrt(features), log: Math.log2(features), third: features / 3 }[tried] + 1e-9,
    ),
  );

/** Trees one after another; `root` is where each starts. `value` is [nodes, width]. */
export function packTrees(trees: readonly Tree[], width: number): Record<string, Tensor> {
  const roots: number[] = [];
  let count = 0;
  for (const { feature } of trees) {
    roots.push(count);
    count += feature.length;
  }
  const joined = (part: (tree: Tree) => ArrayLike<number>, each: number, shift = false) => {
    const all = new Float64Array(count * each);
    trees.forEach((tree, i) => {
      const from = part(tree);
      for (let j = 0; j < from.length; j++)
        all[roots[i]! * each + j] = shift && from[j]! >= 0 ? from[j]! + roots[i]! : from[j]!;
    });
    return all;
  };
  return {
    root: int32([trees.length], roots),
    feature: int32(
      [count],
      joined(({ feature }) => feature, 1),
    ),
    threshold: float32(
      [count],
      joined(({ threshold }) => threshold, 1),
    ),
    left: int32(
      [count],
      joined(({ left }) => left, 1, true),
    ),
    right: int32(
      [count],
      joined(({ right }) => right, 1, true),
    ),
    value: float32(
      [count, width],
      joined(({ value }) => value, width),
    ),
  };
}

/** Sums what each tree says of each row: calls `add` with the row, the tree, and where its leaf's values start. */
export function walkTrees(
  { tensors }: Model,
  x: SparseRows,
  add: (row: number, tree: number, value: ArrayLike<number>, at: number) => void,
): void {
  const columns = denseColumns(x);
  const [feature, threshold] = [tensors.feature!.data, tensors.threshold!.data];
  const [left, right, value, root] = [tensors.left!.data, tensors.right!.data, tensors.value!.data, tensors.root!.data];
  const width = tensors.value!.shape[1]!;
  for (let tree = 0; tree < root.length; tree++)
    for (let row = 0; row < x.rows; row++) {
      let node = root[tree]!;
      while (feature[node]! >= 0)
        node = columns[feature[node]!]![row]! <= threshold[node]! ? left[node]! : right[node]!;
      add(row, tree, value, node * width);
    }
}

/** The mean of what the trees say: shares of classes, or numbers. */
export function forestAnswer(trained: Model, x: SparseRows): Prediction {
  const width = trained.tensors.value!.shape[1]!;
  const trees = trained.tensors.root!.data.length;
  const sums = new Float64Array(x.rows * width);
  walkTrees(trained, x, (row, _, value, at) => {
    for (let k = 0; k < width; k++) sums[row * width + k]! += value[at + k]!;
  });
  const means = sums.map((sum) => sum / trees);
  return trained.card.task === 'regression' ? { kind: 'numbers', values: means } : classAnswer(trained, means);
}

/** The leaf that each of these rows ends in. */
export function leavesOf(
  { feature, threshold, left, right }: Tree,
  columns: readonly Float32Array[],
  rows: Int32Array,
): Int32Array {
  return rows.map((row) => {
    let node = 0;
    while (feature[node]! >= 0) node = columns[feature[node]!]![row]! <= threshold[node]! ? left[node]! : right[node]!;
    return node;
  });
}

const SHOWN = 20;

/** The features that made nodes purest. */
export function importanceFigure(names: readonly string[], importances: ArrayLike<number>): Figure {
  const bars = names
    .map((label, i) => ({ label, value: importances[i]! }))
    .filter(({ value }) => value > 0)
    .sort((a, b) => b.value - a.value)
    .slice(0, SHOWN);
  return { kind: 'bar', title: 'Importance of features', y: { title: 'share of the gain in purity' }, bars };
}

/**
 * Minimal cost-complexity pruning: takes away the branch that helps least for each of its leaves, again and again, as
 * long as it helps less than `alpha`.
 */
export function prune(tree: Tree, alpha: number, width: number): Tree {
  if (alpha <= 0) return tree;
  const { feature, left, right, impurity, weight } = tree;
  const all = weight[0]!;
  const isLeaf = Array.from(feature, (f) => f < 0);
  const alive = Array.from(feature, () => true);
  for (;;) {
    // children come after their parents, so from the end every branch is known before its node
    const cost = new Float64Array(feature.length);
    const leaves = new Int32Array(feature.length);
    let weakest = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let node = feature.length - 1; node >= 0; node--) {
      if (!alive[node]) continue;
      const own = (weight[node]! * impurity[node]!) / all;
      if (isLeaf[node]) {
        cost[node] = own;
        leaves[node] = 1;
        continue;
      }
      cost[node] = cost[left[node]!]! + cost[right[node]!]!;
      leaves[node] = leaves[left[node]!]! + leaves[right[node]!]!;
      const gain = (own - cost[node]!) / (leaves[node]! - 1);
      if (gain <= least) {
        least = gain;
        weakest = node;
      }
    }
    if (weakest < 0 || least > alpha) break;
    isLeaf[weakest] = true;
    const drop = (node: number): void => {
      for (const child of [left[node]!, right[node]!])
        if (child >= 0 && alive[child]) {
          alive[child] = false;
          drop(child);
        }
    };
    drop(weakest);
  }
  const kept = alive.flatMap((is, node) => (is ? [node] : []));
  const place = new Map(kept.map((node, i) => [node, i]));
  const child = (of: Int32Array) => Int32Array.from(kept, (node) => (isLeaf[node] ? -1 : place.get(of[node]!)!));
  return {
    feature: Int32Array.from(kept, (node) => (isLeaf[node] ? -1 : feature[node]!)),
    threshold: Float32Array.from(kept, (node) => tree.threshold[node]!),
    left: child(left),
    right: child(right),
    value: Float64Array.from(kept.flatMap((node) => Array.from(tree.value.subarray(node * width, (node + 1) * width)))),
    impurity: Float64Array.from(kept, (node) => impurity[node]!),
    weight: Float64Array.from(kept, (node) => weight[node]!),
  };
}
