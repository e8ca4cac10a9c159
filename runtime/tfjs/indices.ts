/**
 * Where an element lies, as WGSL text that is known well enough to undo what was done to it: a reshape that splits an
 * axis which an earlier one joined gives the old indices back, without a division.
 */
export interface Index {
  /** A WGSL expression of type i32. */
  readonly text: string;
  /** It is in [0, range). */
  readonly range: number;
  /** It is ⌊base / by⌋ mod range. */
  readonly from?: { readonly base: string; readonly baseRange: number; readonly by: number };
  /** It was joined from these, the last one counting fastest. */
  readonly parts?: readonly Index[];
}

export const zero: Index = { text: '0', range: 1 };
export const index = (text: string, range: number): Index => (range === 1 ? zero : { text, range });

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);
export const sizesOf = (indices: readonly Index[]): number => product(indices.map(({ range }) => range));

/** ⌊base / by⌋ mod range as text: without the parts that change nothing. */
function piece(base: string, baseRange: number, by: number, range: number): Index {
  if (range === 1) return zero;
  const divided = by === 1 ? base : `(${base} / ${by})`;
  const text = by * range >= baseRange ? divided : `(${divided} % ${range})`;
  return { text, range, from: { base, baseRange, by } };
}

/** Two neighbours that were cut from one index, as that index again. */
function mended(slow: Index, fast: Index): Index | undefined {
  const [a, b] = [slow.from, fast.from];
  if (!a || !b || a.base !== b.base || a.by !== b.by * fast.range) return undefined;
  return piece(b.base, b.baseRange, b.by, slow.range * fast.range);
}

/** Several axes as one, in row-major order. */
export function join(indices: readonly Index[]): Index {
  const parts: Index[] = [];
  for (const each of indices.flatMap((one) => one.parts ?? [one])) {
    if (each.range === 1) continue;
    const last = parts.at(-1);
    const whole = last && mended(last, each);
    if (whole) parts[parts.length - 1] = whole;
    else parts.push(each);
  }
  if (parts.length === 0) return zero;
  if (parts.length === 1) return parts[0]!;
  const text = parts.slice(1).reduce((sum, { text: next, range }) => `(${sum} * ${range} + ${next})`, parts[0]!.text);
  return { text, range: sizesOf(parts), parts };
}

/** One axis as several of these sizes, in row-major order. */
export function split(whole: Index, sizes: readonly number[]): Index[] {
  if (whole.range === 1) return sizes.map(() => zero);
  const result: Index[] = [];
  let rest: Index = whole;
  for (const size of [...sizes].reverse()) {
    const [slow, fast] = cut(rest, size);
    result.unshift(fast);
    rest = slow;
  }
  return result;
}

/** The quotient and the remainder of a division by `size`. */
function cut(whole: Index, size: number): [Index, Index] {
  if (size === 1) return [whole, zero];
  if (whole.range === size) return [zero, whole];
  const { parts, text, range } = whole;
  if (parts) {
    const fast: Index[] = [];
    let slow = [...parts];
    while (sizesOf(fast) < size && slow.length > 0) fast.unshift(slow.pop()!);
    const over = sizesOf(fast) / size;
    if (Number.isInteger(over)) {
      const first = fast[0]!;
      if (over === 1) return [join(slow), join(fast)];
      if (first.range % over === 0) {
        const [upper, lower] = cut(first, first.range / over);
        slow = [...slow, upper];
        return [join(slow), join([lower, ...fast.slice(1)])];
      }
    }
  }
  const { base, baseRange, by } = whole.from ?? { base: text, baseRange: range, by: 1 };
  return [piece(base, baseRange, by * size, range / size), piece(base, baseRange, by, size)];
}

/** The indices of a reshaped tensor from those of the result. */
export function reindex(indices: readonly Index[], shape: readonly number[]): Index[] {
  return split(join(indices), shape);
}
