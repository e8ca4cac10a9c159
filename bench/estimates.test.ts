import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkDocument } from '../compiler/compile.ts';
import { optimise } from '../compiler/optimise.ts';
import type { ModelType } from '../graph/types.ts';
import { estimate } from '../ir/estimate.ts';
import { symbol } from '../ir/size.ts';
import train from '../nodes/training/train.ts';
import { type BenchModel, benchModels, documentOf, openNetwork, stepOf } from './models.ts';

// What PyTorch's counter saw of the same networks (fixtures/step_flops.py): products and convolutions, both ways
const { flops: counted } = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', 'fixtures', 'step_flops.json'), 'utf8'),
) as { flops: Record<string, number> };

const within = (value: number, of: number): void => {
  expect(value / of).toBeGreaterThan(0.75);
  expect(value / of).toBeLessThan(1.25);
};

/** What Train says it costs before anything is compiled. */
async function costOf({ graph, batch, recompute }: BenchModel) {
  const check = await checkDocument(documentOf(graph));
  const model = check.nodes.get('network')!.outputs.model as ModelType;
  const params = train.params.parse({ steps: 1, batch, recompute: recompute === true });
  return train.cost!(
    {
      model,
      dataset: { kind: 'dataset', columns: [], rows: symbol('rows') },
      validation: undefined,
      objective: { kind: 'objective' },
      optimizer: { kind: 'optimizer', slots: 2 },
      schedule: undefined,
    },
    params,
  ) as { flops: number; memory: number };
}

describe.each(benchModels.map((model) => [model.name, model] as const))('%s', (name, model) => {
  test('estimated operations are those that were counted, to 25 %; what Train says beforehand is near', async () => {
    const { program, slots } = stepOf(model, await openNetwork(model));
    // what the passes save (a small table's rows are worked on once) was not counted there
    const { flops } = estimate(program);
    const { memory } = estimate(
      optimise(program),
      slots.map((slot) => slot.name),
    );
    if (counted[name]) within(flops, counted[name]);
    const cost = await costOf(model);
    within(cost.memory, memory);
    // a network's first layer has no gradient of its input: where it is the only one, a third less than Train says
    if (name !== '1 convolution') within(cost.flops, flops);
  });
});

test('every model that is measured was counted', () => {
  const names = benchModels.filter(({ recompute }) => !recompute).map(({ name }) => name);
  expect(Object.keys(counted)).toEqual(names);
});
