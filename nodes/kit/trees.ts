import type { Random } from '../../lib/random.ts';

/**
 * Decision trees in the way of CART: each node takes the split of one feature that makes its two sides purest. Splits are
 * exact. Every feature's values are replaced by their ranks once; a node then counts how its rows fall on the ranks, or
 * sorts them where it has few, so no tree sorts the same column twice.
 */
export interface RankedFeatures {
  readonly rows: number;
  /** For each feature: the rank of each row's value … */
  readonly ranks: readonly Uint32Array[];
  /** … and the distinct values in order. */
  readonly values: readonly Float32Array[];
}

export function rankFeatures(columns: readonly Float32Array[], rows: number): RankedFeatures {
  const values = columns.map((column) => {
    const sorted = column.slice().sort();
    let count = 0;
    for (let i = 0; i < sorted.length; i++)
      if (i === 0 || sorted[i] !== sorted[count - 1]) sorted[count++] = sorted[i]!;
    return sorted.slice(0, count);
  });
  const ranks = columns.map((column, f) => {
    const distinct = values[f]!;
    return Uint32Array.from(column, (value) => {
      let low = 0;
      let high = distinct.length - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (distinct[middle]! < value) low = middle + 1;
        else high = middle;
      }
      return low;
    });
  });
  return { rows, ranks, values };
}

export type Criterion = 'gini' | 'entropy' | 'squared';

export interface TreeOptions {
  readonly criterion: Criterion;
  /** Of classifications. */
  readonly classes: number;
  /** 0 has no limit. */
  readonly depth: number;
  readonly split: number;
  readonly leaf: number;
  /** Features looked at for each split, drawn at random where it is fewer than all. */
  readonly tried: number;
}

/** Nodes of one tree, the root first. */
export interface Tree {
  /** −1 in leaves. */
  readonly feature: Int32Array;
  /** Rows whose feature is at most this go left. */
  readonly threshold: Float32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** For each node: the share of each class, or the mean. */
  readonly value: Float64Array;
  readonly impurity: Float64Array;
  readonly weight: Float64Array;
}

/** The part of `samples` that ended in each leaf: samples[start … end). */
export interface Grown {
  readonly tree: Tree;
  readonly samples: Int32Array;
  readonly leaves: readonly { readonly node: number; readonly start: number; readonly end: number }[];
}

/** Two values nearer than this are one. */
const APART = 1e-7;
const PURE = 2.220446049250313e-16;

/** Room that all trees of a forest share. */
export class TreeGrower {
  readonly #features: RankedFeatures;
  readonly #options: TreeOptions;
  readonly #answers: Float64Array;
  /** Classes as whole numbers. */
  readonly #codes: Int32Array;
  /** Per rank: for classes their weights, else the sum; the weight; and how many rows. */
  readonly #sums: Float64Array;
  readonly #weights: Float64Array;
  readonly #counts: Int32Array;
  readonly #sorter: Sorter;
  readonly #side: Side;
  readonly #order: Int32Array;

  /** `answers`: a class or a number for each row of the features. It may be changed between two trees. */
  constructor(features: RankedFeatures, answers: Float64Array, options: TreeOptions) {
    this.#features = features;
    this.#answers = answers;
    this.#options = options;
    const most = features.values.reduce((size, { length }) => Math.max(size, length), 1);
    const each = Math.max(1, options.classes);
    this.#sums = new Float64Array(most * each);
    this.#weights = new Float64Array(most);
    this.#counts = new Int32Array(most);
    this.#codes = options.classes > 0 ? Int32Array.from(answers) : new Int32Array(0);
    this.#sorter = new Sorter(features.rows);
    this.#side = new Side(options);
    this.#order = Int32Array.from(features.values, (_, i) => i);
  }

  /** `weights`: how often each row is there; a row of weight 0 is not. Without them, each row once. */
  grow(weights: Float64Array | undefined, random: Random | undefined): Grown {
    const { rows } = this.#features;
    const { classes, depth, split, leaf } = this.#options;
    const samples = weights
      ? Int32Array.from({ length: rows }, (_, i) => i).filter((i) => weights[i]! > 0)
      : Int32Array.from({ length: rows }, (_, i) => i);
    const nodes = new Nodes(Math.max(1, classes));
    const leaves: Grown['leaves'][number][] = [];
    const open = [{ start: 0, end: samples.length, depth: 0, parent: -1, isLeft: false }];
    const totals = new Float64Array(Math.max(1, classes));
    for (let next = open.pop(); next; next = open.pop()) {
      const { start, end } = next;
      const weight = this.#total(samples, start, end, weights, totals);
      const impurity = this.#impurity(samples, start, end, weights, totals, weight);
      const node = nodes.add(next.parent, next.isLeft, totals, weight, impurity, classes > 0);
      const size = end - start;
      const ends = (depth > 0 && next.depth >= depth) || size < split || size < 2 * leaf || impurity <= PURE;
      const best = ends ? undefined : this.#best(samples, start, end, weights, totals, weight, random);
      if (!best) {
        leaves.push({ node, start, end });
        continue;
      }
      const middle = this.#partition(samples, start, end, best.feature, best.rank);
      const values = this.#features.values[best.feature]!;
      nodes.splitAt(node, best.feature, between(values[best.rank]!, values[best.next]!));
      open.push({ start: middle, end, depth: next.depth + 1, parent: node, isLeft: false });
      open.push({ start, end: middle, depth: next.depth + 1, parent: node, isLeft: true });
    }
    return { tree: nodes.finish(), samples, leaves };
  }

  #total(s: Int32Array, start: number, end: number, w: Float64Array | undefined, into: Float64Array): number {
    into.fill(0);
    const answers = this.#answers;
    let weight = 0;
    for (let i = start; i < end; i++) {
      const row = s[i]!;
      const each = w ? w[row]! : 1;
      weight += each;
      if (this.#options.classes > 0) into[answers[row]!]! += each;
      else into[0]! += each * answers[row]!;
    }
    return weight;
  }

  #impurity(
    s: Int32Array,
    start: number,
    end: number,
    w: Float64Array | undefined,
    totals: Float64Array,
    weight: number,
  ): number {
    if (this.#options.criterion !== 'squared') return impurityOf(totals, weight, this.#options.criterion);
    const mean = totals[0]! / weight;
    let sum = 0;
    for (let i = start; i < end; i++) sum += (w ? w[s[i]!]! : 1) * (this.#answers[s[i]!]! - mean) ** 2;
    return sum / weight;
  }

  /** The best split of the features that are tried: more of them only where all of those have one value. */
  #best(
    s: Int32Array,
    start: number,
    end: number,
    w: Float64Array | undefined,
    totals: Float64Array,
    weight: number,
    random: Random | undefined,
  ): Split | undefined {
    const order = this.#order;
    const { tried } = this.#options;
    const draws = tried < order.length && random;
    let best: Split | undefined;
    let varies = false;
    for (let i = 0; i < order.length && (i < tried || !varies); i++) {
      if (draws) {
        const j = i + random.integer(order.length - i);
        const swap = order[i]!;
        order[i] = order[j]!;
        order[j] = swap;
      }
      const feature = order[i]!;
      const found = this.#scan(feature, s, start, end, w, totals, weight);
      if (!found) continue;
      varies = true;
      if (found.score > (best?.score ?? Number.NEGATIVE_INFINITY)) best = found;
    }
    return best && best.score > Number.NEGATIVE_INFINITY ? best : undefined;
  }

  /** The best split of one feature; undefined where all rows have one value. */
  #scan(
    feature: number,
    s: Int32Array,
    start: number,
    end: number,
    w: Float64Array | undefined,
    totals: Float64Array,
    weight: number,
  ): Split | undefined {
    const ranks = this.#features.ranks[feature]!;
    const values = this.#features.values[feature]!;
    const distinct = values.length;
    if (distinct < 2) return undefined;
    const size = end - start;
    const side = this.#side.begin(totals, weight, size, values);
    const { classes } = this.#options;
    const answers = this.#answers;
    const codes = this.#codes;
    if (distinct > FEW * size) {
      const sorted = this.#sorter.sort(ranks, s, start, end);
      for (let i = 0; i < size; i++) {
        const row = sorted[i]!;
        side.before(ranks[row]!);
        const each = w ? w[row]! : 1;
        if (classes > 0) side.addClass(codes[row]!, each, 1);
        else side.addNumber(each * answers[row]!, each, 1);
      }
      return side.found(feature);
    }
    const sums = this.#sums;
    const weights = this.#weights;
    const counts = this.#counts;
    for (let i = start; i < end; i++) {
      const row = s[i]!;
      const rank = ranks[row]!;
      const each = w ? w[row]! : 1;
      counts[rank]!++;
      if (classes > 0) sums[rank * classes + codes[row]!]! += each;
      else {
        weights[rank]! += each;
        sums[rank]! += each * answers[row]!;
      }
    }
    for (let rank = 0; rank < distinct; rank++) {
      const count = counts[rank]!;
      if (count === 0) continue;
      side.before(rank);
      counts[rank] = 0;
      if (classes > 0) {
        const at = rank * classes;
        for (let k = 0; k < classes; k++) {
          if (sums[at + k] === 0) continue;
          side.addClass(k, sums[at + k]!, 0);
          sums[at + k] = 0;
        }
        side.addClass(0, 0, count);
      } else {
        side.addNumber(sums[rank]!, weights[rank]!, count);
        sums[rank] = 0;
        weights[rank] = 0;
      }
    }
    return side.found(feature);
  }

  /** Rows that go left to the front; where they end. */
  #partition(s: Int32Array, start: number, end: number, feature: number, rank: number): number {
    const ranks = this.#features.ranks[feature]!;
    let low = start;
    let high = end;
    while (low < high) {
      const row = s[low]!;
      if (ranks[row]! <= rank) low++;
      else {
        s[low] = s[--high]!;
        s[high] = row;
      }
    }
    return low;
  }
}

interface Split {
  readonly feature: number;
  /** The last rank that goes left, and the first that goes right. */
  readonly rank: number;
  readonly next: number;
  readonly score: number;
}

/** What lies left of a split that moves to the right, and the best place for it so far. */
class Side {
  readonly #criterion: Criterion;
  readonly #leaf: number;
  readonly #left: Float64Array;
  #totals = new Float64Array(0);
  #values = new Float32Array(0);
  #all = 0;
  #size = 0;
  /** Left of the split: weight, rows, and the sum of numbers; of classes the sums of squares of both sides. */
  #weight = 0;
  #count = 0;
  #sum = 0;
  #squaresLeft = 0;
  #squaresRight = 0;
  #last = -1;
  #score = Number.NEGATIVE_INFINITY;
  #rank = -1;
  #next = -1;
  #varies = false;

  constructor({ criterion, leaf, classes }: TreeOptions) {
    this.#criterion = criterion;
    this.#leaf = leaf;
    this.#left = new Float64Array(Math.max(1, classes));
  }

  begin(totals: Float64Array, weight: number, size: number, values: Float32Array): this {
    this.#totals = totals as Float64Array<ArrayBuffer>;
    this.#values = values as Float32Array<ArrayBuffer>;
    this.#all = weight;
    this.#size = size;
    this.#weight = 0;
    this.#count = 0;
    this.#sum = 0;
    this.#squaresLeft = 0;
    this.#squaresRight = 0;
    if (this.#criterion !== 'squared') {
      this.#left.fill(0);
      for (let k = 0; k < totals.length; k++) this.#squaresRight += totals[k]! * totals[k]!;
    }
    this.#last = -1;
    this.#score = Number.NEGATIVE_INFINITY;
    this.#varies = false;
    return this;
  }

  /** A split may go between what was added and this rank. */
  before(rank: number): void {
    const last = this.#last;
    if (rank === last) return;
    this.#last = rank;
    if (last < 0 || this.#values[rank]! <= this.#values[last]! + APART) return;
    this.#varies = true;
    if (this.#count < this.#leaf || this.#size - this.#count < this.#leaf) return;
    const score = this.#purity();
    if (score > this.#score) {
      this.#score = score;
      this.#rank = last;
      this.#next = rank;
    }
  }
  addClass(k: number, weight: number, count: number): void {
    const left = this.#left[k]!;
    const right = this.#totals[k]! - left;
    this.#squaresLeft += weight * (2 * left + weight);
    this.#squaresRight += weight * (weight - 2 * right);
    this.#left[k] = left + weight;
    this.#weight += weight;
    this.#count += count;
  }
  addNumber(sum: number, weight: number, count: number): void {
    this.#sum += sum;
    this.#weight += weight;
    this.#count += count;
  }
  found(feature: number): Split | undefined {
    if (!this.#varies) return undefined;
    return { feature, rank: this.#rank, next: this.#next, score: this.#score };
  }

  /** Larger where the two sides are purer; the same order as the decrease of impurity. */
  #purity(): number {
    const wl = this.#weight;
    const wr = this.#all - wl;
    if (this.#criterion === 'gini') return this.#squaresLeft / wl + this.#squaresRight / wr;
    if (this.#criterion === 'squared') {
      const r = this.#totals[0]! - this.#sum;
      return (this.#sum * this.#sum) / wl + (r * r) / wr;
    }
    let score = 0;
    for (let k = 0; k < this.#left.length; k++) {
      const l = this.#left[k]!;
      const r = this.#totals[k]! - l;
      if (l > 0) score += l * Math.log2(l / wl);
      if (r > 0) score += r * Math.log2(r / wr);
    }
    return score;
  }
}

/** A node whose rows are fewer than the distinct values by this factor sorts them instead of counting on all ranks. */
const FEW = 12;
/** Up to so many rows are sorted by inserting. */
const INSERTED = 40;

/** Sorts rows by the ranks of one feature: by inserting where they are few, else digit by digit. */
class Sorter {
  readonly #a: Int32Array;
  readonly #b: Int32Array;
  readonly #counts = new Int32Array(256);

  constructor(rows: number) {
    this.#a = new Int32Array(rows);
    this.#b = new Int32Array(rows);
  }

  /** The rows s[start … end) in order; valid until the next call. */
  sort(ranks: Uint32Array, s: Int32Array, start: number, end: number): Int32Array {
    const size = end - start;
    const a = this.#a;
    if (size <= INSERTED) {
      for (let i = 0; i < size; i++) {
        const row = s[start + i]!;
        const rank = ranks[row]!;
        let j = i - 1;
        for (; j >= 0 && ranks[a[j]!]! > rank; j--) a[j + 1] = a[j]!;
        a[j + 1] = row;
      }
      return a;
    }
    let largest = 0;
    for (let i = 0; i < size; i++) {
      const row = s[start + i]!;
      a[i] = row;
      if (ranks[row]! > largest) largest = ranks[row]!;
    }
    let [from, to] = [a, this.#b];
    for (let shift = 0; shift < 32 && largest >>> shift > 0; shift += 8) {
      const counts = this.#counts.fill(0);
      for (let i = 0; i < size; i++) counts[(ranks[from[i]!]! >>> shift) & 255]!++;
      for (let digit = 0, before = 0; digit < 256; digit++) {
        const count = counts[digit]!;
        counts[digit] = before;
        before += count;
      }
      for (let i = 0; i < size; i++) {
        const row = from[i]!;
        to[counts[(ranks[row]! >>> shift) & 255]!++] = row;
      }
      [from, to] = [to, from];
    }
    return from;
  }
}

function impurityOf(totals: Float64Array, weight: number, criterion: 'gini' | 'entropy'): number {
  let sum = 0;
  for (const total of totals) {
    const p = total / weight;
    if (criterion === 'gini') sum += p * p;
    else if (p > 0) sum -= p * Math.log2(p);
  }
  return criterion === 'gini' ? 1 - sum : sum;
}

const float = new Float32Array(1);
/** The middle of two values; rounded to float32 it never reaches the upper one. */
function between(low: number, high: number): number {
  float[0] = low / 2 + high / 2;
  return float[0]! >= high ? low : float[0]!;
}

/** Grows as nodes are added. */
class Nodes {
  readonly #width: number;
  readonly #feature: number[] = [];
  readonly #threshold: number[] = [];
  readonly #left: number[] = [];
  readonly #right: number[] = [];
  readonly #value: number[] = [];
  readonly #impurity: number[] = [];
  readonly #weight: number[] = [];

  constructor(width: number) {
    this.#width = width;
  }
  add(
    parent: number,
    isLeft: boolean,
    totals: Float64Array,
    weight: number,
    impurity: number,
    shares: boolean,
  ): number {
    const node = this.#feature.length;
    if (parent >= 0) (isLeft ? this.#left : this.#right)[parent] = node;
    this.#feature.push(-1);
    this.#threshold.push(0);
    this.#left.push(-1);
    this.#right.push(-1);
    for (let k = 0; k < this.#width; k++) this.#value.push(shares || weight > 0 ? totals[k]! / weight : 0);
    this.#impurity.push(impurity);
    this.#weight.push(weight);
    return node;
  }
  splitAt(node: number, feature: number, threshold: number): void {
    this.#feature[node] = feature;
    this.#threshold[node] = threshold;
  }
  finish(): Tree {
    return {
      feature: Int32Array.from(this.#feature),
      threshold: Float32Array.from(this.#threshold),
      left: Int32Array.from(this.#left),
      right: Int32Array.from(this.#right),
      value: Float64Array.from(this.#value),
      impurity: Float64Array.from(this.#impurity),
      weight: Float64Array.from(this.#weight),
    };
  }
}

/** Adds how much each feature made the nodes purer, weighted by their rows. */
export function importanceSums({ feature, left, right, impurity, weight }: Tree, sums: Float64Array): void {
  for (let node = 0; node < feature.length; node++) {
    const f = feature[node]!;
    if (f < 0) continue;
    const [l, r] = [left[node]!, right[node]!];
    sums[f]! += weight[node]! * impurity[node]! - weight[l]! * impurity[l]! - weight[r]! * impurity[r]!;
  }
}

/** The same as shares of all. */
export function importances(tree: Tree, features: number): Float64Array {
  const sums = new Float64Array(features);
  importanceSums(tree, sums);
  const total = sums.reduce((a, b) => a + b, 0);
  return total > 0 ? sums.map((each) => each / total) : sums;
}

/** Questions on the longest way from the root. */
export function depthOf({ feature, left, right }: Tree): number {
  const depth = new Int32Array(feature.length);
  let most = 0;
  for (let node = 0; node < feature.length; node++) {
    most = Math.max(most, depth[node]!);
    if (feature[node]! >= 0) depth[left[node]!] = depth[right[node]!] = depth[node]! + 1;
  }
  return most;
}
