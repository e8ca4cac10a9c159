import { z } from 'zod';
import type { Dataset } from '../graph/dataset.ts';
import type { Figure, Metric } from '../graph/values.ts';
import { showShape } from '../ir/types.ts';
import { fail } from '../lib/problem.ts';
import { batchTensor } from '../nodes/kit/batches.ts';
import { dataset, defineStep, figure, many, metrics, tensor } from '../nodes/kit/define-node.ts';
import { parameterState, predictionProgram } from '../nodes/kit/training-step.ts';

/** The step that a plan gets where a layer is asked for: no node type, so it is in no palette. */
export const PROBE = '@probe';

/** How many rows are looked at, and how much of the first is drawn. */
const ROWS = 8;
const MOST_CELLS = 64;

/** "Run to here" on a layer: the part above it, with new weights, over the first rows of its data. */
export const probe = defineStep({
  id: PROBE,
  version: 1,
  title: 'Preview of a layer',
  keywords: [],
  inputs: {
    x: tensor('The layer.'),
    datasets: many(dataset('The data that its network reads, in the order of its inputs.')),
  },
  outputs: { figure: figure('The first row.'), metrics: metrics('What the numbers are like.') },
  params: z.object({}),
  computes: true,
  types: () => ({ figure: { kind: 'figure' }, metrics: { kind: 'metrics' } }),
  async run({ x: layers, datasets }, _params, context) {
    const network = await context.networks.fromLayers(layers);
    if (datasets.length < network.inputs.length)
      return fail('preview/no-data', 'A preview needs a data set on every Input above, one has none.', {
        hint: 'Wire a data set to the Input.',
      });
    const rows = Math.min(ROWS, ...datasets.map((each: Dataset) => each.rows));
    if (rows === 0) return fail('preview/no-rows', 'A preview needs at least one row, the data set has none.');
    const { program, parameters } = predictionProgram(network, rows, (ir, y) => ({ y: ir.cast(y, { to: 'float32' }) }));
    const running = await (await context.compute()).compile(program, { keep: parameters });
    try {
      await running.write(parameterState(network.initialize()));
      const indices = Int32Array.from({ length: rows }, (_, i) => i);
      const feeds = network.inputs.map(({ column, type }, i) => [
        `data:${column}`,
        batchTensor(datasets[i]!.column(column), type.dtype, indices),
      ]);
      const { y } = await running.run(Object.fromEntries(feeds));
      return { figure: firstRow(y!.shape, y!.data), metrics: { values: statistics(y!.data) } };
    } finally {
      await running.dispose();
    }
  },
  docs: { summary: 'Shows what a layer gives for the first rows.', sources: [] },
  example: { nodes: {}, edges: [] },
});

/** The first row as a picture of at most 64 × 64 numbers. */
function firstRow(shape: readonly number[], data: ArrayLike<number>): Figure {
  const own = shape.slice(1);
  const width = own.at(-1) ?? 1;
  const height = own.slice(0, -1).reduce((a, b) => a * b, 1);
  const [columns, rows] = [Math.min(width, MOST_CELLS), Math.min(height, MOST_CELLS)];
  const names = (count: number) => Array.from({ length: count }, (_, i) => String(i));
  return {
    kind: 'heatmap',
    title: `First row of ${showShape(shape)}, with new weights`,
    rows: names(rows),
    columns: names(columns),
    values: Array.from({ length: rows }, (_, r) => Array.from({ length: columns }, (_, c) => data[r * width + c]!)),
  };
}

function statistics(data: ArrayLike<number>): Metric[] {
  const values = Array.from(data);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const numbers = {
    mean,
    'standard deviation': Math.sqrt(variance),
    smallest: values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    largest: values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
    'share of zeros': values.filter((value) => value === 0).length / values.length,
  };
  return Object.entries(numbers).map(([name, value]) => ({ name, value, better: 'lower' }));
}
