import type { Attrs, OpName, Value } from '../../ir/operation.ts';
import type { Program } from '../../ir/program.ts';
import { countOf, Emitter, type Surroundings, shapeOf, Unfusable } from './emitter.ts';
import type { Index } from './indices.ts';
import { type Shader, shaderOf } from './kernels.ts';
import { type WebgpuRow, webgpuLowerings } from './lowerings.ts';
import { productKernel } from './products.ts';
import { isRowProduct, mapKernel, type RowSpace, rowCounts, rowSpaceOf, rowsKernel } from './rows.ts';

/** One kernel to be: what it makes, and how its threads are laid over it. */
export interface Kernel {
  readonly kind: 'map' | 'rows' | 'product';
  /** In the order of the program; the first one decides the layout. */
  readonly members: readonly Value[];
  readonly space?: RowSpace;
  readonly home: Home;
}

/** Where a value will lie: in a place of its own, among what goes on to the next run, or within a joined vector. */
export type Home = 'work' | 'next' | Value;

const rowOf = (value: Value): WebgpuRow<OpName> => webgpuLowerings[value.op as OpName];
const kindOf = (value: Value): string => {
  const row = rowOf(value);
  if ('missing' in row) throw new Error(`${value.op} can't run on WebGPU: ${row.missing}`);
  return row.kind;
};
const isElement = (value: Value): boolean => value.op !== 'input' && kindOf(value) === 'element';
/** Only another look at the same numbers: never worth memory of its own. */
export const looks: ReadonlySet<string> = new Set([
  'broadcast',
  'reshape',
  'transpose',
  'slice',
  'stopGradient',
  'constant',
  'iota',
]);

/** What may be computed again in each kernel that needs it, in additions and loads. */
const LIGHT = 4;
/** What one expression may grow to. */
const LARGEST = 48;
/** What an operand may cost that a kernel reads many times. */
const OPERAND = { product: 4, loop: 2 } as const;

/** What computing a value again from stored ones costs. Values whose expression would grow too large are stored. */
function costs(program: Program, stored: Set<Value>): Map<Value, number> {
  const costOf = new Map<Value, number>();
  for (const value of program.values) {
    if (!isElement(value)) {
      costOf.set(value, 1);
      continue;
    }
    const { work } = rowOf(value) as { work: number };
    const args = value.args.map((arg) => (stored.has(arg) ? 1 : costOf.get(arg)!));
    const cost = work + (value.op === 'concat' ? args.length / 2 + Math.max(...args) : args.reduce((a, b) => a + b, 0));
    if (cost > LARGEST && !looks.has(value.op)) stored.add(value);
    costOf.set(value, stored.has(value) ? 1 : cost);
  }
  return costOf;
}

/** Which values lie in memory: what reductions, products and loops make, outputs, and what several kernels would have to compute. */
function storedValues(program: Program, joined: ReadonlyMap<Value, readonly Value[]>) {
  const outputs = new Set(program.outputs.map(({ value }) => value));
  const stored = new Set(program.values.filter((value) => !isElement(value) || outputs.has(value)));
  for (const [whole, parts] of joined) for (const value of [whole, ...parts]) stored.add(value);
  const costOf = costs(program, stored);
  const sinks = new Map<Value, Set<Value>>();
  const behindLooks = (value: Value): Value =>
    looks.has(value.op) && value.args[0] ? behindLooks(value.args[0]) : value;
  for (const value of [...program.values].reverse()) {
    const into = sinks.get(value) ?? new Set();
    if (isElement(value) && !stored.has(value) && into.size > 1 && costOf.get(value)! > LIGHT && !looks.has(value.op))
      stored.add(value);
    const kind = value.op === 'input' ? 'input' : kindOf(value);
    if (kind === 'product' || kind === 'loop')
      for (const arg of value.args) {
        const source = behindLooks(arg);
        if (isElement(source) && costOf.get(source)! > OPERAND[kind] && !looks.has(source.op)) stored.add(source);
      }
    const own = stored.has(value) ? new Set([value]) : into;
    for (const arg of value.args) {
      const known = sinks.get(arg);
      if (!known) sinks.set(arg, new Set(own));
      else for (const each of own) known.add(each);
    }
  }
  return { stored, sinks };
}

/** Fewer parts than this are chosen between where they are read. */
const MANY = 4;

/**
 * Concatenations that cost nothing: the parts are written side by side from the start. The gradient of all parameters is
 * one. Each part has to be made by a kernel of its own, for this one place.
 */
function joinedVectors(program: Program, carried: ReadonlySet<Value>): Map<Value, readonly Value[]> {
  const joined = new Map<Value, readonly Value[]>();
  const taken = new Set<Value>([...carried]);
  const made = (value: Value): Value => (value.op === 'reshape' ? made(value.args[0]!) : value);
  for (const value of program.values) {
    if (value.op !== 'concat' || carried.has(value) || value.args.length < MANY) continue;
    const { axis } = value.attrs as Attrs<'concat'>;
    if (
      shapeOf(value)
        .slice(0, axis)
        .some((size) => size > 1)
    )
      continue;
    const parts: Value[] = [];
    for (const arg of value.args) {
      const source = [made(arg), arg].find((each) => each.op !== 'input' && !taken.has(each) && !parts.includes(each));
      if (source) parts.push(source);
    }
    if (parts.length < value.args.length) continue;
    joined.set(value, parts);
    for (const part of [value, ...parts]) taken.add(part);
  }
  return joined;
}

/** Rows and their width where the rows' elements lie side by side: such spaces fit whatever the shape is called. */
function plainRows(space: RowSpace): RowSpace {
  const { shape, axes } = space;
  const first = shape.length - axes.length;
  if (!axes.every((axis, i) => axis === first + i)) return space;
  const { rows, width } = rowCounts(space);
  return { shape: [rows, width], axes: [1] };
}
const sameSpace = (a: RowSpace, b: RowSpace): boolean =>
  a.shape.join() === b.shape.join() && a.axes.join() === b.axes.join();
/** Enough rows to keep a device busy, or too little work for that to matter. */
const isWide = (space: RowSpace): boolean => {
  const { rows, width } = rowCounts(space);
  return rows >= 16 || rows * width <= 4096;
};

/** The kernel that a value may join, grown by it; undefined where the layouts differ. */
function grown(kernel: Kernel, value: Value): Kernel | undefined {
  const members = [...kernel.members, value];
  const kind = kindOf(value);
  if (kind === 'reduction') {
    const space = plainRows(rowSpaceOf(value));
    if (kernel.kind === 'rows') return sameSpace(kernel.space!, space) ? { ...kernel, members } : undefined;
    const { rows, width } = rowCounts(space);
    const whole = kernel.kind === 'map' && rows * width === countOf(kernel.members[0]!) && width > 1;
    const fits = whole && space.shape.length === 2 && isWide(space) && kernel.members.every(isElement);
    return fits ? { ...kernel, kind: 'rows', space, members } : undefined;
  }
  if (kind !== 'element') return undefined;
  const count = countOf(value);
  if (kernel.kind !== 'rows') return countOf(kernel.members[0]!) === count ? { ...kernel, members } : undefined;
  const { rows, width } = rowCounts(kernel.space!);
  const fits = count === rows || (count === rows * width && isWide(kernel.space!));
  return fits ? { ...kernel, members } : undefined;
}

/** The rows along which a product is added up right away, where it is worth making it within them. */
function rowsOfProduct(value: Value, sinks: ReadonlySet<Value>): RowSpace | undefined {
  const space = plainRows({ shape: shapeOf(value), axes: [shapeOf(value).length - 1] });
  const reduced = [...sinks].some(
    (sink) => sink.op !== 'input' && kindOf(sink) === 'reduction' && sameSpace(plainRows(rowSpaceOf(sink)), space),
  );
  return reduced && isWide(space) && isRowProduct(value, space) ? space : undefined;
}

function kernelFor(value: Value, home: Home, sinks: ReadonlySet<Value>): Kernel {
  const kind = kindOf(value);
  const space = kind === 'product' ? rowsOfProduct(value, sinks) : undefined;
  if (space) return { kind: 'rows', members: [value], space, home };
  if (kind === 'reduction') return { kind: 'rows', members: [value], space: plainRows(rowSpaceOf(value)), home };
  return { kind: kind === 'product' ? 'product' : 'map', members: [value], home };
}

/** What a kernel's text needs to know of where values lie. */
export interface Places {
  bufferOf(value: Value): string;
}

export interface Fusion {
  readonly stored: ReadonlySet<Value>;
  /** Vectors that lie in memory part by part. */
  readonly joined: ReadonlyMap<Value, readonly Value[]>;
  /** In the order in which they run. */
  readonly kernels: readonly Kernel[];
}

/** A kernel's text; throws Unfusable where a member needs another one at a place that is not its own. */
export function write(kernel: Kernel, stored: ReadonlySet<Value>, stores: readonly Value[], places: Places) {
  const own = new Set(kernel.members);
  const around: Surroundings = {
    isStored: (value) => stored.has(value),
    isOwn: (value) => own.has(value),
    bufferOf: (value) => places.bufferOf(value),
    element(e, value, at) {
      const row = rowOf(value) as {
        kind: string;
        at?(e: Emitter, value: Value, at: readonly Index[], attrs: unknown): string;
      };
      return row.kind === 'element' ? row.at!(e, value, at, value.attrs) : undefined;
    },
  };
  const e = new Emitter(around);
  const [first] = kernel.members as readonly [Value];
  const text =
    kernel.kind === 'product'
      ? productKernel(e, first, stores)
      : kernel.kind === 'rows'
        ? rowsKernel(e, kernel.space!, kernel.members, stores)
        : mapKernel(e, { count: countOf(first), loop: kindOf(first) === 'loop' ? first : undefined }, stores);
  return { e, text };
}

const anywhere: Places = { bufferOf: () => 'result' };
const canBeWritten = (kernel: Kernel, stored: ReadonlySet<Value>): boolean => {
  try {
    write(kernel, stored, kernel.members, anywhere);
    return true;
  } catch (error) {
    if (error instanceof Unfusable) return false;
    throw error;
  }
};

/** How many kernels a value tries to join. */
const TRIES = 8;

/**
 * Puts the values of a program into kernels. What is pointwise or only moved is computed inside the kernels that need it;
 * what has to be stored joins the first kernel that comes after all that it needs and is laid out alike.
 */
export function fuse(program: Program, carried: ReadonlySet<Value>): Fusion {
  const joined = joinedVectors(program, carried);
  const { stored, sinks } = storedValues(program, joined);
  const within = new Map([...joined].flatMap(([whole, parts]) => parts.map((part) => [part, whole] as const)));
  const kernels: Kernel[] = [];
  // the last kernel that a value needs, −1 for none
  const after = new Map<Value, number>();
  for (const value of program.values) {
    if (value.op === 'input') {
      after.set(value, -1);
      continue;
    }
    const needed = Math.max(-1, ...value.args.map((arg) => after.get(arg)!));
    if (!stored.has(value) || joined.has(value)) {
      after.set(value, needed);
      continue;
    }
    const home: Home = carried.has(value) ? 'next' : (within.get(value) ?? 'work');
    let tries = 0;
    let at = kernels.findIndex((kernel, i) => {
      if (i < needed || kernel.home !== home || tries >= TRIES) return false;
      const larger = grown(kernel, value);
      if (!larger) return false;
      tries++;
      if (!canBeWritten(larger, stored)) return false;
      kernels[i] = larger;
      return true;
    });
    if (at < 0) at = kernels.push(kernelFor(value, home, sinks.get(value) ?? new Set())) - 1;
    after.set(value, at);
  }
  return { stored, joined, kernels };
}

/** What each kernel really has to write, from the last to the first, and what it reads. */
export function pruned({ stored, joined, kernels }: Fusion, outputs: ReadonlySet<Value>) {
  const wanted = new Set<Value>();
  const want = (value: Value): void => {
    wanted.add(value);
    for (const part of joined.get(value) ?? []) wanted.add(part);
  };
  outputs.forEach(want);
  const left: { kernel: Kernel; stores: readonly Value[]; loads: ReadonlySet<Value> }[] = [];
  for (const kernel of [...kernels].reverse()) {
    const stores = kernel.members.filter((value) => wanted.has(value));
    if (stores.length === 0) continue;
    const { e } = write(kernel, stored, stores, anywhere);
    e.loads.forEach(want);
    left.unshift({ kernel, stores, loads: e.loads });
  }
  return left;
}

export function shaderFor(kernel: Kernel, stored: ReadonlySet<Value>, stores: readonly Value[], places: Places) {
  const reads: string[] = [];
  const { e, text } = write(kernel, stored, stores, {
    bufferOf(value) {
      const name = places.bufferOf(value);
      if (name !== 'result' && !reads.includes(name)) reads.push(name);
      return name;
    },
  });
  return { shader: shaderOf(e, text, reads), uniforms: e.uniforms } satisfies {
    shader: Shader;
    uniforms: Emitter['uniforms'];
  };
}
