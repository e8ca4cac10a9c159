/** A number's place on an axis, and the ticks that stand on it. */
export interface Scale {
  at(value: number): number;
  readonly ticks: readonly number[];
}

/** From the smallest to the largest, widened where they are one. Nothing finite gives 0 to 1. */
export function extent(values: Iterable<number | null | undefined>): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value === null || value === undefined || !Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return [0, 1];
  if (low === high) return low === 0 ? [-1, 1] : [low - Math.abs(low) / 2, high + Math.abs(high) / 2];
  return [low, high];
}

/** Round numbers, one, two or five times a power of ten apart, about `count` of them. */
export function ticksOf([low, high]: readonly [number, number], count: number): number[] {
  const rough = (high - low) / Math.max(1, count);
  if (!(rough > 0) || !Number.isFinite(rough)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((each) => each * power >= rough * 0.999) ?? 10) * power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

export function linear(domain: readonly [number, number], [from, to]: readonly [number, number], count = 5): Scale {
  const [low, high] = domain;
  const factor = (to - from) / (high - low || 1);
  return { at: (value) => from + (value - low) * factor, ticks: ticksOf(domain, count) };
}

/** Powers of ten; a domain that reaches zero is cut to what lies above it. */
export function logarithmic(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const high = Math.max(domain[1], Number.MIN_VALUE);
  const low = domain[0] > 0 ? domain[0] : high / 1e6;
  const inner = linear([Math.log10(low), Math.log10(high)], range);
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const every = Math.max(1, Math.ceil((last - first + 1) / 6));
  const ticks = [];
  for (let power = first; power <= last; power += every) ticks.push(10 ** power);
  return { at: (value) => inner.at(Math.log10(Math.max(value, low))), ticks: ticks.length > 1 ? ticks : [low, high] };
}

export function tickText(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-3) return value.toExponential().replace('e+', 'e');
  return new Intl.NumberFormat('en', { maximumSignificantDigits: 5 }).format(value);
}
