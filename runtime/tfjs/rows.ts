import type { Attrs, Value } from '../../ir/operation.ts';
import { countOf, type Emitter, shapeOf, wgslTypes } from './emitter.ts';
import { helpers } from './helpers.ts';
import { type Index, index, join, split, zero } from './indices.ts';
import type { KernelText } from './kernels.ts';
import { loops } from './loops.ts';

/** A space of rows: some axes of a shape are added up, the rest counts rows. */
export interface RowSpace {
  readonly shape: readonly number[];
  readonly axes: readonly number[];
}
export const rowSpaceOf = (reduction: Value): RowSpace => ({
  shape: shapeOf(reduction.args[0]!),
  axes: (reduction.attrs as Attrs<'sum'>).axes,
});
export const rowCounts = ({ shape, axes }: RowSpace): { rows: number; width: number } => {
  const width = axes.reduce((size, axis) => size * shape[axis]!, 1);
  return { rows: shape.reduce((a, b) => a * b, 1) / width, width };
};

/** Threads of a workgroup: how many rows it takes, and how many threads share one. */
function layout({ shape, axes }: RowSpace, width: number): { columns: number; lanes: number } {
  const along = axes.some((axis) => axis === shape.length - 1);
  if (width <= 16) return { columns: 64, lanes: 1 };
  // threads side by side read what lies side by side
  if (!along) return { columns: 16, lanes: 16 };
  return { columns: 1, lanes: Math.min(256, 2 ** Math.ceil(Math.log2(width / 2))) };
}

/** Threads keep the products of a row up to this width and depth: attention's scores, and their gradient. */
const WIDEST_DOTS = 2048;
const DEEPEST_DOTS = 128;

/** A batched product along whose rows something is added up: made within those rows, it is never stored. */
export function isRowProduct(value: Value, space: RowSpace): boolean {
  const { transposeX } = value.attrs as Attrs<'matmul'>;
  const depth = shapeOf(value.args[0]!).at(transposeX ? -2 : -1)!;
  const { width } = rowCounts(space);
  const { columns } = layout(space, width);
  return shapeOf(value).length > 2 && columns === 1 && width <= WIDEST_DOTS && depth <= DEEPEST_DOTS;
}

/** One element of a matrix product, by a loop over the inner axis. */
function dotOf(e: Emitter, value: Value, at: readonly Index[]): string {
  const [x, y] = value.args as [Value, Value];
  const { transposeX, transposeY } = value.attrs as Attrs<'matmul'>;
  const depth = shapeOf(x).at(transposeX ? -2 : -1)!;
  const [lead, [m, n]] = [at.slice(0, -2), at.slice(-2) as [Index, Index]];
  const [dot, name] = [e.fresh('dot'), e.fresh('inner')];
  e.line(`var ${dot} = 0f;`);
  e.block(`for (var ${name} = 0; ${name} < ${depth}; ${name}++)`, () => {
    const k = depth === 1 ? zero : index(name, depth);
    const a = e.at(x, [...lead, ...(transposeX ? [k, m] : [m, k])]);
    const b = e.at(y, [...lead, ...(transposeY ? [n, k] : [k, n])]);
    e.line(`${dot} += ${a} * ${b};`);
  });
  return dot;
}

/** The indices of the space's axes from those of the kept and of the reduced ones. */
function placed({ shape, axes }: RowSpace, row: Index, place: Index): Index[] {
  const kept = split(
    row,
    shape.filter((_, axis) => !axes.includes(axis)),
  );
  const reduced = split(
    place,
    axes.map((axis) => shape[axis]!),
  );
  let [k, r] = [0, 0];
  return shape.map((_, axis) => (axes.includes(axis) ? reduced[r++]! : kept[k++]!));
}

const reductionsIn = (values: readonly Value[]) => values.filter(({ op }) => op === 'sum' || op === 'max');

/** Which reductions each of them waits for: those of one level are taken in one pass over the row. */
function levelsOf(own: readonly Value[]): Value[][] {
  const depth = new Map<Value, number>();
  const within = new Set(own);
  const known = new Map<Value, number>();
  const lowest = own[0]!.id;
  const below = (value: Value): number => {
    if (value.id < lowest) return 0;
    const old = known.get(value);
    if (old !== undefined) return old;
    known.set(value, 0);
    const most = Math.max(0, ...value.args.map((each) => (within.has(each) ? depth.get(each)! + 1 : below(each))));
    known.set(value, most);
    return most;
  };
  for (const value of own) depth.set(value, below(value));
  const levels: Value[][] = [];
  for (const value of own) {
    const level = depth.get(value)!;
    levels[level] ??= [];
    levels[level].push(value);
  }
  return levels.filter(Boolean);
}

/**
 * Rows with reductions along them: pass after pass over a row, each taking all reductions that wait for nothing more,
 * and a last one that writes what belongs to elements. Softmax, normalisation, cross-entropy and their gradients are such.
 */
export function rowsKernel(
  e: Emitter,
  space: RowSpace,
  members: readonly Value[],
  stores: readonly Value[],
): KernelText {
  const { rows, width } = rowCounts(space);
  const { columns, lanes } = layout(space, width);
  const shared: string[] = [];
  const groups = Math.ceil(rows / columns);
  e.line('let lane = i32(localIndex);');
  e.line(`let part = lane ${columns === 1 ? '' : `/ ${columns}`};`);
  const number = columns === 1 ? 'group' : `group * ${columns} + lane % ${columns}`;
  // no branch may stand around a barrier: threads past the end do the last row again, and write nothing
  e.line(`let wanted = ${number};`);
  e.line(`let row = min(wanted, ${rows - 1});`);
  const row = index('row', rows);
  // a thread keeps the products that it makes at the first pass, for its own later ones: no barrier is needed
  const dots = members.filter(({ op }) => op === 'matmul').map((value) => ({ value, cell: e.fresh('dots') }));
  for (const { cell } of dots) shared.push(`var<workgroup> ${cell} : array<f32, ${width}>;`);
  let made = false;
  const overRow = (body: (place: Index) => void): void => {
    const name = e.fresh('place');
    e.block(`for (var ${name} = part; ${name} < ${width}; ${name} += ${lanes})`, () => {
      const place = width === 1 ? zero : index(name, width);
      for (const { value, cell } of dots) {
        const own = split(join(placed(space, row, place)), shapeOf(value));
        if (!made) e.line(`${cell}[${name}] = ${dotOf(e, value, own)};`);
        e.know(value, own, e.let(`${cell}[${name}]`));
      }
      made = true;
      body(place);
    });
  };
  const kept = (value: Value) => split(row, shapeOf(value));
  const reductions = reductionsIn(members);
  for (const level of reductions.length > 0 ? levelsOf(reductions) : []) {
    const sums = level.map((value) => ({ value, name: e.fresh('sum'), type: wgslTypes[value.type.dtype] }));
    for (const { value, name, type } of sums)
      e.line(`var ${name} : ${type} = ${value.op === 'sum' ? '0' : '-uniforms.INFINITY'};`);
    overRow((place) => {
      for (const { value, name } of sums) {
        const operand = value.args[0]!;
        const part = e.at(operand, split(join(placed(space, row, place)), shapeOf(operand)));
        if (value.op === 'sum') e.line(`${name} += ${part};`);
        else e.line(`${name} = ${e.helper('largerOf', helpers.largerOf)}(${name}, ${part});`);
      }
    });
    if (lanes > 1) {
      const cells = sums.map(({ name, type }) => {
        const cell = `cells${shared.length}`;
        shared.push(`var<workgroup> ${cell} : array<${type}, ${columns * lanes}>;`);
        e.line(`${cell}[lane] = ${name};`);
        return cell;
      });
      e.line('workgroupBarrier();');
      for (let half = lanes / 2; half >= 1; half /= 2) {
        e.block(`if (part < ${half})`, () =>
          sums.forEach(({ value }, i) => {
            const [a, b] = [`${cells[i]}[lane]`, `${cells[i]}[lane + ${half * columns}]`];
            e.line(
              value.op === 'sum' ? `${a} += ${b};` : `${a} = ${e.helper('largerOf', helpers.largerOf)}(${a}, ${b});`,
            );
          }),
        );
        e.line('workgroupBarrier();');
      }
      sums.forEach(({ value }, i) => {
        e.know(value, kept(value), e.let(`${cells[i]}[${columns === 1 ? '0' : `lane % ${columns}`}]`));
      });
    } else for (const { value, name } of sums) e.know(value, kept(value), name);
  }
  const ofRows = stores.filter(
    (value) => countOf(value) === rows && (width > 1 || value.op === 'sum' || value.op === 'max'),
  );
  const ofElements = stores.filter((value) => !ofRows.includes(value));
  const mine = columns > 1 ? 'wanted == row' : '';
  const guarded = (body: () => void): void => (mine ? e.block(`if (${mine})`, body) : body());
  if (ofElements.length > 0)
    guarded(() =>
      overRow((place) => {
        const at = join(placed(space, row, place));
        for (const value of ofElements) {
          const own = split(at, shapeOf(value));
          e.store(value, own, e.at(value, own));
        }
      }),
    );
  if (ofRows.length > 0)
    guarded(() =>
      e.block(lanes > 1 ? 'if (part == 0)' : '', () => {
        for (const value of ofRows) e.store(value, kept(value), e.at(value, kept(value)));
      }),
    );
  return { shared: shared.join('\n'), groups, threads: columns * lanes };
}

/** Element by element: a thread for each, all values of one count. One of them may come from a loop. */
export function mapKernel(
  e: Emitter,
  { count, loop }: { readonly count: number; readonly loop: Value | undefined },
  stores: readonly Value[],
): KernelText {
  const threads = 64;
  e.line(`let element = group * ${threads} + i32(localIndex);`);
  e.block(`if (element < ${count})`, () => {
    if (loop) {
      const own = split(index('element', count), shapeOf(loop));
      e.know(loop, own, e.let(loops[loop.op as keyof typeof loops].at(e, loop, own, loop.attrs as never)));
    }
    for (const value of stores) {
      const own = split(index('element', count), shapeOf(value));
      e.store(value, own, e.at(value, own));
    }
  });
  return { shared: '', groups: Math.ceil(count / threads), threads };
}
