/**
 * Sizes are a small algebra: integers, symbols (`B`, `T`, `vocabulary`), sums, products and exact quotients of them, and
 * floor quotients `⌊e/k⌋`. A symbolic size is kept as a sum of monomials with rational coefficients, sorted, so that equal
 * sizes have the same `key`. A plain number stays a plain number.
 */
export type Size = number | SizeExpression;

export interface SizeExpression {
  /** The normal form as text; two sizes are equal exactly when their keys are. `parseSize` reads it back. */
  readonly key: string;
  readonly terms: readonly Term[];
}

/** coefficient (n/d, reduced, d > 0) × atoms to integer powers. */
interface Term {
  readonly n: number;
  readonly d: number;
  readonly factors: readonly Factor[];
}
interface Factor {
  readonly atom: Atom;
  readonly power: number;
}
/** A symbol, or a floor quotient that could not be carried out. */
type Atom = { readonly key: string } & (
  | { readonly symbol: string }
  | { readonly floorOf: SizeExpression; readonly by: number }
);

/** A symbol that starts with `?` is a hole: a blank that the checker may solve. */
export const isHole = (symbol: string): boolean => symbol.startsWith('?');

const SYMBOL = /^[?A-Za-z_]\w*(@\w+)?$/;

export function symbol(name: string): SizeExpression {
  if (!SYMBOL.test(name)) throw new TypeError(`not a symbol: ${name}`);
  return expression([{ n: 1, d: 1, factors: [{ atom: { key: name, symbol: name }, power: 1 }] }]) as SizeExpression;
}

/** A symbol that belongs to one node: `vocabulary@tokenizer`. Two nodes' vocabularies are different sizes. */
export const nodeSymbol = (name: string, node: string): SizeExpression =>
  symbol(`${name}@${node.replace(/\W/g, (char) => `_${char.charCodeAt(0).toString(16)}_`) || '_'}`);

const gcd = (a: number, b: number): number => {
  let x = Math.abs(a);
  let y = Math.abs(b);
  while (y) [x, y] = [y, x % y];
  return x || 1;
};

const termKey = (factors: readonly Factor[]): string =>
  factors.map(({ atom, power }) => (power === 1 ? atom.key : `${atom.key}^${power}`)).join('*');

/** Collects like terms, sorts, and gives back a number where nothing symbolic is left. */
function expression(terms: readonly Term[]): Size | Fraction {
  const byKey = new Map<string, Term>();
  for (const term of terms) {
    const key = termKey(term.factors);
    const old = byKey.get(key);
    const n = old ? old.n * term.d + term.n * old.d : term.n;
    const d = old ? old.d * term.d : term.d;
    const g = gcd(n, d);
    byKey.set(key, { n: n / g, d: d / g, factors: term.factors });
  }
  const entries = [...byKey].filter(([, term]) => term.n !== 0).sort(([a], [b]) => (a < b ? 1 : -1));
  if (entries.length === 0) return 0;
  const only = entries[0]![1];
  if (entries.length === 1 && only.factors.length === 0) return only.d === 1 ? only.n : new Fraction(only.n, only.d);
  const key = entries
    .map(([factors, { n, d }], i) => {
      const sign = n < 0 ? '-' : i ? '+' : '';
      const size = Math.abs(n);
      const head = factors === '' ? `${size}` : size === 1 ? factors : `${size}*${factors}`;
      return `${sign}${head}${d === 1 ? '' : `/${d}`}`;
    })
    .join('');
  return { key, terms: entries.map(([, term]) => term) };
}

/** A number that is no size: an exact quotient without a whole result. */
class Fraction {
  readonly n: number;
  readonly d: number;
  constructor(n: number, d: number) {
    this.n = n;
    this.d = d;
  }
}

const termsOf = (size: Size): readonly Term[] =>
  typeof size === 'number' ? (size === 0 ? [] : [{ n: size, d: 1, factors: [] }]) : size.terms;

function whole(size: Size | Fraction): Size {
  if (size instanceof Fraction) throw new RangeError(`${size.n}/${size.d} is not a whole size`);
  return size;
}

export function addSizes(...sizes: readonly Size[]): Size {
  if (sizes.every((size) => typeof size === 'number')) return sizes.reduce<number>((a, b) => a + (b as number), 0);
  return whole(expression(sizes.flatMap(termsOf)));
}

const negated = (size: Size): Size =>
  typeof size === 'number' ? -size : whole(expression(size.terms.map((term) => ({ ...term, n: -term.n }))));

export const subtractSizes = (a: Size, b: Size): Size => addSizes(a, negated(b));

function multiplyTerms(a: Term, b: Term): Term {
  const powers = new Map<string, Factor>();
  for (const factor of [...a.factors, ...b.factors]) {
    const old = powers.get(factor.atom.key);
    powers.set(factor.atom.key, { atom: factor.atom, power: factor.power + (old?.power ?? 0) });
  }
  const factors = [...powers.values()].filter(({ power }) => power !== 0);
  factors.sort((x, y) => (x.atom.key < y.atom.key ? -1 : 1));
  const g = gcd(a.n * b.n, a.d * b.d);
  return { n: (a.n * b.n) / g, d: (a.d * b.d) / g, factors };
}

export function multiplySizes(...sizes: readonly Size[]): Size {
  if (sizes.every((size) => typeof size === 'number')) return sizes.reduce<number>((a, b) => a * (b as number), 1);
  let terms: readonly Term[] = [{ n: 1, d: 1, factors: [] }];
  for (const size of sizes) terms = terms.flatMap((a) => termsOf(size).map((b) => multiplyTerms(a, b)));
  return whole(expression(terms));
}

/**
 * a / b where the quotient must be a size: undefined when two numbers do not divide, or when b is a sum that a is not a
 * numeric multiple of. A symbol is taken to divide (`D/8` keeps its exact quotient until D is known).
 */
export function divideSizes(a: Size, b: Size): Size | undefined {
  if (typeof b === 'number' && typeof a === 'number') return b !== 0 && a % b === 0 ? a / b : undefined;
  if (sameSize(b, 0)) return undefined;
  const divisor = termsOf(b);
  if (divisor.length > 1) {
    const lead = divisor[0]!;
    const match = termsOf(a).find((term) => termKey(term.factors) === termKey(lead.factors));
    if (!match) return undefined;
    const quotient = expression([multiplyTerms(match, { n: lead.d, d: lead.n, factors: invert(lead.factors) })]);
    if (quotient instanceof Fraction) return undefined;
    return sameSize(multiplySizes(quotient, b), a) ? quotient : undefined;
  }
  const [by] = divisor as [Term];
  const inverse: Term = { n: by.d * Math.sign(by.n), d: Math.abs(by.n), factors: invert(by.factors) };
  const quotient = expression(termsOf(a).map((term) => multiplyTerms(term, inverse)));
  return quotient instanceof Fraction ? undefined : quotient;
}
const invert = (factors: readonly Factor[]): Factor[] => factors.map(({ atom, power }) => ({ atom, power: -power }));

/** ⌊a / k⌋ for a whole k ≥ 1; carried out where k divides every coefficient. */
export function floorDivide(a: Size, k: number): Size {
  if (typeof a === 'number') return Math.floor(a / k);
  if (k === 1) return a;
  const divides = a.terms.every((term) => term.d === 1 && term.n % k === 0);
  if (divides) return whole(expression(a.terms.map((term) => ({ ...term, n: term.n / k }))));
  const key = `floor(${a.key},${k})`;
  return whole(expression([{ n: 1, d: 1, factors: [{ atom: { key, floorOf: a, by: k }, power: 1 }] }]));
}

export const sizeKey = (size: Size): string => (typeof size === 'number' ? String(size) : size.key);
export const sameSize = (a: Size, b: Size): boolean => a === b || sizeKey(a) === sizeKey(b);

/** The symbols in a size, each once. */
export function symbolsOf(size: Size): string[] {
  if (typeof size === 'number') return [];
  const names = size.terms.flatMap((term) =>
    term.factors.flatMap(({ atom }) => ('symbol' in atom ? [atom.symbol] : symbolsOf(atom.floorOf))),
  );
  return [...new Set(names)];
}

/** Puts values in the place of symbols. Throws a RangeError where an exact quotient turns out not to be whole. */
export function substitute(size: Size, values: (symbol: string) => Size | undefined): Size {
  if (typeof size === 'number') return size;
  if (!symbolsOf(size).some((name) => values(name) !== undefined)) return size;
  let total: Term[] = [];
  for (const term of size.terms) {
    let product: readonly Term[] = [{ n: term.n, d: term.d, factors: [] }];
    for (const { atom, power } of term.factors) {
      const value =
        'symbol' in atom
          ? (values(atom.symbol) ?? asSize(atom))
          : floorDivide(substitute(atom.floorOf, values), atom.by);
      for (let i = 0; i < Math.abs(power); i++) product = multiplyOrDivide(product, value, power > 0);
    }
    total = [...total, ...product];
  }
  return whole(expression(total));
}

function multiplyOrDivide(terms: readonly Term[], value: Size, multiply: boolean): readonly Term[] {
  const factors = termsOf(value);
  if (multiply) return terms.flatMap((a) => factors.map((b) => multiplyTerms(a, b)));
  if (factors.length !== 1) throw new RangeError(`cannot divide by ${sizeKey(value)}`);
  const [by] = factors as [Term];
  return terms.map((a) => multiplyTerms(a, { n: by.d, d: by.n, factors: invert(by.factors) }));
}

const asSize = (atom: Atom): Size => whole(expression([{ n: 1, d: 1, factors: [{ atom, power: 1 }] }]));

/** The number that a size is, or undefined while a symbol is in it. */
export const sizeNumber = (size: Size): number | undefined => (typeof size === 'number' ? size : undefined);

/** For people: `B·T`, `⌊H/2⌋`. `@node` marks that keep symbols of two nodes apart are not shown. */
export const showSize = (size: Size): string =>
  sizeKey(size)
    .replace(/floor\(([^(),]*),(\d+)\)/g, '⌊$1/$2⌋')
    .replace(/\?\w+(@\w+)?/g, '?')
    .replace(/@\w+/g, '')
    .replaceAll('*', '·');

/** Reads `sizeKey`'s text, and what a person types: `2*B*T+1`, `floor(H,2)`, `D/8`. */
export function parseSize(text: string): Size | undefined {
  let at = 0;
  const peek = () => text[at];
  const skip = () => {
    while (peek() === ' ') at++;
  };
  const sum = (): Size | undefined => {
    skip();
    let sign = 1;
    if (peek() === '-') {
      sign = -1;
      at++;
    }
    let total = product();
    if (total !== undefined && sign < 0) total = negated(total);
    for (;;) {
      skip();
      const operator = peek();
      if (total === undefined || (operator !== '+' && operator !== '-')) return total;
      at++;
      const right = product();
      if (right === undefined) return undefined;
      total = addSizes(total, operator === '+' ? right : negated(right));
    }
  };
  const product = (): Size | undefined => {
    let total = power();
    for (;;) {
      skip();
      const operator = peek();
      if (total === undefined || (operator !== '*' && operator !== '/')) return total;
      at++;
      const right = power();
      if (right === undefined) return undefined;
      total = operator === '*' ? multiplySizes(total, right) : divideSizes(total, right);
    }
  };
  const power = (): Size | undefined => {
    const base = atom();
    skip();
    if (base === undefined || peek() !== '^') return base;
    at++;
    const digits = /^-?\d+/.exec(text.slice(at))?.[0];
    if (!digits) return undefined;
    at += digits.length;
    let total: Size | undefined = 1;
    for (let i = 0; i < Math.abs(Number(digits)) && total !== undefined; i++)
      total = Number(digits) > 0 ? multiplySizes(total, base) : divideSizes(total, base);
    return total;
  };
  const atom = (): Size | undefined => {
    skip();
    if (peek() === '(') {
      at++;
      const inner = sum();
      if (text[at++] !== ')') return undefined;
      return inner;
    }
    const token = /^(\d+|[?A-Za-z_]\w*(?:@\w+)?)/.exec(text.slice(at))?.[0];
    if (!token) return undefined;
    at += token.length;
    if (/^\d/.test(token)) return Number.isSafeInteger(Number(token)) ? Number(token) : undefined;
    if (token !== 'floor' || peek() !== '(') return symbol(token);
    at++;
    const of = sum();
    if (of === undefined || text[at++] !== ',') return undefined;
    const by = /^\d+/.exec(text.slice(at))?.[0];
    if (!by || Number(by) < 1) return undefined;
    at += by.length;
    return text[at++] === ')' ? floorDivide(of, Number(by)) : undefined;
  };
  const result = sum();
  skip();
  return at === text.length ? result : undefined;
}

/** Sizes travel in JSON as a number or as the text of their normal form. */
export type SizeJson = number | string;
export const sizeToJson = (size: Size): SizeJson => (typeof size === 'number' ? size : size.key);
export function sizeFromJson(json: SizeJson): Size {
  if (typeof json === 'number') return json;
  const size = parseSize(json);
  if (size === undefined) throw new TypeError(`not a size: ${json}`);
  return size;
}

/**
 * Knows what the blanks are. `equal` decides equality on the normal form and, where the difference of the two sides is
 * linear in a blank with a whole positive solution, solves the blank.
 */
export class SizeSolver {
  readonly solved = new Map<string, Size>();

  resolve(size: Size): Size {
    if (typeof size === 'number' || this.solved.size === 0) return size;
    return substitute(size, (name) => this.solved.get(name));
  }

  equal(a: Size, b: Size): boolean {
    const left = this.resolve(a);
    const right = this.resolve(b);
    if (sameSize(left, right)) return true;
    const difference = subtractSizes(left, right);
    if (typeof difference === 'number') return false;
    for (const hole of symbolsOf(difference).filter(isHole)) {
      const value = solveLinear(difference, hole);
      if (value === undefined || (typeof value === 'number' && value < 1)) continue;
      this.#bind(hole, value);
      return true;
    }
    return false;
  }

  #bind(hole: string, value: Size): void {
    for (const [name, old] of this.solved)
      this.solved.set(
        name,
        substitute(old, (each) => (each === hole ? value : undefined)),
      );
    this.solved.set(hole, value);
  }
}

/** The value of `hole` where `expression` = 0, if the expression is linear in it and the value is a size. */
function solveLinear(of: SizeExpression, hole: string): Size | undefined {
  const rest: Size[] = [];
  let slope: Size | undefined;
  for (const term of of.terms) {
    const factor = term.factors.find(({ atom }) => 'symbol' in atom && atom.symbol === hole);
    const piece = expression([term]);
    if (piece instanceof Fraction) return undefined;
    if (!factor) {
      if (symbolsOf(piece).includes(hole)) return undefined;
      rest.push(piece);
      continue;
    }
    if (factor.power !== 1) return undefined;
    const others = term.factors.filter((each) => each !== factor);
    const part = expression([{ ...term, factors: others }]);
    if (part instanceof Fraction) {
      // hole·n/d: multiply through
      return slope === undefined && of.terms.length === 2 ? solveFraction(of, hole, part) : undefined;
    }
    slope = slope === undefined ? part : addSizes(slope, part);
  }
  if (slope === undefined) return undefined;
  return divideSizes(negated(addSizes(...rest)), slope);
}

function solveFraction(of: SizeExpression, hole: string, slope: Fraction): Size | undefined {
  const rest = of.terms.filter((term) => !term.factors.some(({ atom }) => atom.key === hole));
  const size = expression(rest.map((term) => ({ ...term, n: -term.n * slope.d, d: term.d })));
  return size instanceof Fraction ? undefined : divideSizes(size, slope.n);
}
