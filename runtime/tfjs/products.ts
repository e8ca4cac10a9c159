import type { Attrs, Value } from '../../ir/operation.ts';
import { type Emitter, shapeOf } from './emitter.ts';
import { type Index, index, join, split } from './indices.ts';
import type { KernelText } from './kernels.ts';

/** How far a tile reaches along the inner axis. */
const DEPTH = 16;

/**
 * A matrix product in tiles that a workgroup shares, each thread 4 × 4 elements of the result. Operands are read through
 * whatever moves them (a transposed head costs nothing), and what is pointwise in the result is written along with it.
 */
export function productKernel(e: Emitter, value: Value, stores: readonly Value[]): KernelText {
  const [x, y] = value.args as [Value, Value];
  const { transposeX, transposeY } = value.attrs as Attrs<'matmul'>;
  const shape = shapeOf(value);
  const [rows, columns] = shape.slice(-2) as [number, number];
  const depth = shapeOf(x).at(transposeX ? -2 : -1)!;
  const lead = shape.slice(0, -2);
  const batch = lead.reduce((a, b) => a * b, 1);
  const side = rows > 32 && columns > 32 && batch * rows * columns > 65_536 ? 16 : 8;
  const tile = 4 * side;
  const [down, across] = [Math.ceil(rows / tile), Math.ceil(columns / tile)];

  e.line('let lane = i32(localIndex);');
  e.line(`let tileColumn = (group % ${across}) * ${tile};`);
  e.line(`let tileRow = ((group / ${across}) % ${down}) * ${tile};`);
  e.line(`let batch = min(group / ${across * down}, ${batch - 1});`);
  const leading = split(index('batch', batch), lead);
  e.line(`let row = (lane / ${side}) * 4;`);
  e.line(`let column = (lane % ${side}) * 4;`);
  e.line('var products : array<vec4<f32>, 4>;');

  /** One operand's tile into shared memory as [inner][outer]; neighbours in memory are read by neighbours. */
  const fetch = (operand: Value, name: string, sizes: { outer: number; start: string; innerLast: boolean }): void => {
    e.block(`for (var i = lane; i < ${tile * DEPTH}; i += ${side * side})`, () => {
      const [o, k] = sizes.innerLast ? [`i / ${DEPTH}`, `i % ${DEPTH}`] : [`i % ${tile}`, `i / ${tile}`];
      e.line(`let o = ${o};`);
      e.line(`let k = ${k};`);
      e.line(`let outer = ${sizes.start} + o;`);
      e.line('let inner = start + k;');
      e.line('var element = 0f;');
      e.block(`if (outer < ${sizes.outer} && inner < ${depth})`, () => {
        const [a, b] = [index('outer', sizes.outer), index('inner', depth)];
        const last = sizes.innerLast ? [a, b] : [b, a];
        e.line(`element = ${e.at(operand, [...leading, ...last])};`);
      });
      e.line(`${name}[k * ${tile} + o] = element;`);
    });
  };
  e.block(`for (var start = 0; start < ${depth}; start += ${DEPTH})`, () => {
    fetch(x, 'tileX', { outer: rows, start: 'tileRow', innerLast: !transposeX });
    fetch(y, 'tileY', { outer: columns, start: 'tileColumn', innerLast: transposeY });
    e.line('workgroupBarrier();');
    e.block(`for (var k = 0; k < ${DEPTH}; k++)`, () => {
      const cell = (i: number) => `tileY[k * ${tile} + column + ${i}]`;
      e.line(`let across = vec4<f32>(${[0, 1, 2, 3].map(cell).join(', ')});`);
      for (let i = 0; i < 4; i++) e.line(`products[${i}] += tileX[k * ${tile} + row + ${i}] * across;`);
    });
    e.line('workgroupBarrier();');
  });

  e.block('for (var i = 0; i < 4; i++)', () => {
    e.line('let m = tileRow + row + i;');
    e.block('for (var j = 0; j < 4; j++)', () => {
      e.line('let n = tileColumn + column + j;');
      e.block(`if (m < ${rows} && n < ${columns})`, () => {
        const own: Index[] = [...leading, index('m', rows), index('n', columns)];
        e.know(value, own, e.let('products[i][j]'));
        const at = join(own);
        for (const store of stores) {
          const place = split(at, shapeOf(store));
          e.store(store, place, e.at(store, place));
        }
      });
    });
  });
  const cells = tile * DEPTH;
  const shared = `var<workgroup> tileX : array<f32, ${cells}>;\nvar<workgroup> tileY : array<f32, ${cells}>;`;
  return { shared, groups: down * across * batch, threads: side * side };
}
