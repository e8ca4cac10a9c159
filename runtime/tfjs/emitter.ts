import type { Value } from '../../ir/operation.ts';
import type { DType } from '../../ir/types.ts';
import { elementCount, staticShape } from '../../ir/types.ts';
import { type Index, join } from './indices.ts';

export const wgslTypes: { readonly [T in DType]: string } = {
  float32: 'f32',
  int32: 'i32',
  uint32: 'u32',
  bool: 'bool',
};
export const zeros: { readonly [T in DType]: string } = { float32: '0f', int32: '0i', uint32: '0u', bool: 'false' };

/** A value was asked for at a place where its own kernel has not got it: it can't be fused there. */
export class Unfusable extends Error {}

/** What a kernel sees of the rest of the program. */
export interface Surroundings {
  /** Lies in memory: an input, or what some kernel wrote. */
  isStored(value: Value): boolean;
  /** This kernel makes it. */
  isOwn(value: Value): boolean;
  /** The WGSL name of the buffer in which a value lies. */
  bufferOf(value: Value): string;
  /** How an operation's element is computed from its operands; undefined where only a kernel of its own can. */
  element(e: Emitter, value: Value, at: readonly Index[]): string | undefined;
}

/** Offsets and constants that a kernel gets at each dispatch, so that equal kernels of other layers share one text. */
export type Uniform = { readonly offsetOf: Value } | { readonly number: number };

/** Characters of an index expression that is worth a name. */
const LONG = 60;

interface Scope {
  readonly lines: string[];
  readonly known: Map<string, string>;
}

/**
 * Writes one kernel. `at` gives an element of any value as an expression: computed where that is possible, loaded where
 * it lies in memory. What was computed once in a scope is not computed again.
 */
export class Emitter {
  readonly loads = new Set<Value>();
  readonly uniforms: Uniform[] = [];
  readonly helpers = new Map<string, string>();
  readonly #around: Surroundings;
  readonly #scopes: Scope[] = [{ lines: [], known: new Map() }];
  readonly #offsets = new Map<Value, string>();
  #count = 0;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  fresh(prefix = 'v'): string {
    return `${prefix}_${this.#count++}`;
  }
  line(text: string): void {
    this.#scopes.at(-1)!.lines.push(text);
  }
  /** Binds an expression to a name. */
  let(expression: string, prefix?: string): string {
    if (/^[a-z]\w*$/i.test(expression)) return expression;
    const name = this.fresh(prefix);
    this.line(`let ${name} = ${expression};`);
    return name;
  }
  /** Runs `body` inside braces after `head`: what it computes is known only there. */
  block(head: string, body: () => void): void {
    this.#scopes.push({ lines: [], known: new Map() });
    body();
    const { lines } = this.#scopes.pop()!;
    this.line(`${head} {`);
    for (const text of lines) this.line(`  ${text}`);
    this.line('}');
  }
  /** A helper function, written once. */
  helper(name: string, text: string): string {
    this.helpers.set(name, text);
    return name;
  }
  uniform(value: Uniform): string {
    this.uniforms.push(value);
    return `uniforms.u${this.uniforms.length - 1}`;
  }
  number(value: number): string {
    return this.uniform({ number: value });
  }

  #key(value: Value, at: readonly Index[]): string {
    return `${value.id}|${at.map(({ text }) => text).join()}`;
  }
  /** What `at` will say of a value at these indices, in this scope. */
  know(value: Value, at: readonly Index[], expression: string): void {
    this.#scopes.at(-1)!.known.set(this.#key(value, this.#short(at)), expression);
  }
  #known(key: string): string | undefined {
    for (let i = this.#scopes.length - 1; i >= 0; i--) {
      const found = this.#scopes[i]!.known.get(key);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  at(value: Value, indices: readonly Index[]): string {
    const named = this.#short(indices);
    const key = this.#key(value, named);
    const known = this.#known(key);
    if (known !== undefined) return known;
    const stored = this.#around.isStored(value) && !this.#around.isOwn(value);
    const expression = stored ? this.#load(value, named) : this.#around.element(this, value, named);
    if (expression === undefined) throw new Unfusable(`${value.op} %${value.id}`);
    const name = this.let(expression);
    this.#scopes.at(-1)!.known.set(key, name);
    return name;
  }

  #short(indices: readonly Index[]): Index[] {
    return indices.map((each) => (each.text.length > LONG ? { ...each, text: this.#named(each.text) } : each));
  }

  /** A long index expression, computed once in a scope. */
  #named(text: string): string {
    const key = `index|${text}`;
    const known = this.#known(key);
    if (known !== undefined) return known;
    const name = this.let(text, 'i');
    this.#scopes.at(-1)!.known.set(key, name);
    return name;
  }

  #place(value: Value, at: readonly Index[]): string {
    const known = this.#offsets.get(value);
    const offset = known ?? this.uniform({ offsetOf: value });
    if (known === undefined) this.#offsets.set(value, offset);
    const { text } = join(at);
    return `${this.#around.bufferOf(value)}[${text === '0' ? offset : `${offset} + ${this.#named(text)}`}]`;
  }

  #load(value: Value, at: readonly Index[]): string {
    this.loads.add(value);
    const word = this.#place(value, at);
    const { dtype } = value.type;
    if (dtype === 'int32') return word;
    return dtype === 'bool' ? `(${word} != 0)` : `bitcast<${wgslTypes[dtype]}>(${word})`;
  }

  store(value: Value, at: readonly Index[], expression: string): void {
    const { dtype } = value.type;
    const word =
      dtype === 'int32' ? expression : dtype === 'bool' ? `select(0, 1, ${expression})` : `bitcast<i32>(${expression})`;
    this.line(`${this.#place(value, at)} = ${word};`);
  }

  text(): string {
    return this.#scopes[0]!.lines.join('\n  ');
  }
}

export const shapeOf = (value: Value): number[] => staticShape(value.type.shape);
export const countOf = (value: Value): number => elementCount(shapeOf(value));
