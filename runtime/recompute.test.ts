import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { optimise } from '../compiler/optimise.ts';
import { gradients } from '../ir/autodiff.ts';
import { Builder } from '../ir/builder.ts';
import type { Value } from '../ir/operation.ts';
import { makeProgram, type Program, verify } from '../ir/program.ts';
import { stretches } from '../ir/recompute.ts';
import { float32, type Tensor, tensorOf } from '../ir/tensor.ts';
import { onnxNodeCompute } from './onnx/node.ts';
import { referenceCompute } from './reference/backend.ts';
import { documentOf, runDocument, temporaryFolder } from './testing/graphs.ts';
import { randomProgram } from './testing/random-programs.ts';

vi.setConfig({ testTimeout: 120_000 });
const compute = onnxNodeCompute({ threads: 1 });
const folder = temporaryFolder();
const WIDTH = 8;

/** Blocks of x + dropout(gelu(normalize(x) W)), with the gradients of all weights. */
function deep(blocks: number, recompute: boolean): { program: Program; bytes: { all: number; kept: number } } {
  const ir = new Builder();
  const start = ir.input('x', { dtype: 'float32', shape: [16, WIDTH] });
  let x = start;
  const counter = ir.input('counter', { dtype: 'uint32', shape: [2] });
  const weights: Value[] = [];
  for (let block = 0; block < blocks; block++) {
    const weight = ir.input(`w${block}`, { dtype: 'float32', shape: [WIDTH, WIDTH] });
    weights.push(weight);
    const hidden = ir.gelu(ir.matmul(ir.normalize(x, { epsilon: 1e-5 }), weight));
    const uniform = ir.uniform(ir.random(counter, { key: [block, 1], shape: [16, WIDTH] }));
    x = ir.add(x, ir.select(ir.less(uniform, 0.1), 0, hidden));
  }
  const loss = ir.sum(ir.mul(x, x));
  const kept = stretches(ir.values, loss, [start, counter]);
  const all = gradients(ir, loss, weights, recompute ? kept : undefined);
  const outputs = { loss, ...Object.fromEntries(all.map((value, i) => [`d${i}`, value])) };
  return { program: makeProgram(ir, outputs), bytes: kept.bytes };
}

const feedsOf = (program: Program): Record<string, Tensor> =>
  Object.fromEntries(
    program.inputs.map(({ name, type }, k) => {
      const shape = type.shape as number[];
      const count = shape.reduce((a, b) => a * b, 1);
      const data = Array.from({ length: count }, (_, i) => Math.sin(0.7 * i + k) / 2);
      return [name!, type.dtype === 'uint32' ? tensorOf('uint32', shape, [7, 0]) : float32(shape, data)];
    }),
  );

test.each([
  ['reference', referenceCompute],
  ['ONNX Runtime', compute],
])('%s: gradients are bit for bit those without recomputing, with dropout on', async (_, device) => {
  const [plain, again] = [deep(9, false).program, deep(9, true).program];
  verify(again);
  const [want, got] = await Promise.all(
    [plain, again].map(async (program) =>
      (await device.compile(optimise(program, { checked: true }))).run(feedsOf(plain)),
    ),
  );
  for (const [name, tensor] of Object.entries(want!)) expect([...got![name]!.data], name).toEqual([...tensor.data]);
});

test('what is worked out again waits for the backward pass, and only borders are kept', () => {
  const { program, bytes } = deep(16, true);
  const optimised = optimise(program);
  const count = (op: string, of: Program) => of.values.filter((value) => value.op === op).length;
  // all stretches but the last one run their forward pass twice
  expect(count('random', optimised)).toBeGreaterThan(count('random', deep(16, false).program) + 8);
  expect(bytes.kept).toBeLessThan(bytes.all / 2);
});

test('property: random programs have equal gradients either way', async () => {
  await fc.assert(
    fc.asyncProperty(randomProgram, async ({ program, feeds }) => {
      const both = [false, true].map((recompute) => {
        const ir = new Builder();
        const made = new Map<Value, Value>();
        for (const value of program.values)
          made.set(
            value,
            value.op === 'input'
              ? ir.input(value.name!, value.type)
              : ir.emit(value.op, value.args.map((arg) => made.get(arg)!) as never, value.attrs as never),
          );
        const floats = program.outputs.filter(({ value }) => value.type.dtype === 'float32');
        const loss = floats.map(({ value }) => ir.sum(made.get(value)!)).reduce((a, b) => ir.add(a, b));
        const batch = program.inputs.slice(-1).map((value) => made.get(value)!);
        const wrt = program.inputs.filter(({ type }) => type.dtype === 'float32').map((value) => made.get(value)!);
        const all = gradients(ir, loss, wrt, recompute ? stretches(ir.values, loss, batch) : undefined);
        return makeProgram(ir, Object.fromEntries(all.map((value, i) => [`d${i}`, value])));
      });
      const [want, got] = await Promise.all(
        both.map(async (each) => (await referenceCompute.compile(each)).run(feeds)),
      );
      for (const [name, tensor] of Object.entries(want!)) expect([...got![name]!.data]).toEqual([...tensor.data]);
    }),
    { numRuns: 100, seed: 1 },
  );
});

test('a training with Recompute has the losses of one without, and says what it saves', async () => {
  const graph = (recompute: boolean) =>
    documentOf({
      nodes: {
        data: { type: 'data/dataset', params: { dataset: 'iris' } },
        input: { type: 'network/input', params: { column: 'petal length' } },
        first: { type: 'network/linear', params: { units: 16, name: 'first' } },
        drop: { type: 'network/dropout', params: { rate: 0.2 } },
        act: { type: 'network/activation', params: { function: 'gelu' } },
        second: { type: 'network/linear', params: { units: 16, name: 'second' } },
        act2: { type: 'network/activation', params: { function: 'gelu' } },
        third: { type: 'network/linear', params: { units: 16, name: 'third' } },
        act3: { type: 'network/activation', params: { function: 'gelu' } },
        head: { type: 'network/linear', params: { name: 'head' } },
        network: { type: 'network/network', params: { task: 'classification' } },
        objective: { type: 'training/objective' },
        optimizer: { type: 'training/optimizer', params: { learningRate: 0.01 } },
        train: { type: 'training/train', params: { steps: 20, accumulation: 2, batch: 32, recompute } },
      },
      edges: [
        ['data.dataset', 'input.dataset'],
        ['input.y', 'first.x'],
        ['first.y', 'drop.x'],
        ['drop.y', 'act.x'],
        ['act.y', 'second.x'],
        ['second.y', 'act2.x'],
        ['act2.y', 'third.x'],
        ['third.y', 'act3.x'],
        ['act3.y', 'head.x'],
        ['head.y', 'network.x'],
        ['network.model', 'train.model'],
        ['data.dataset', 'train.dataset'],
        ['objective.objective', 'train.objective'],
        ['optimizer.optimizer', 'train.optimizer'],
      ],
    });
  const run = async (recompute: boolean) => {
    const ran = await runDocument(graph(recompute), { folder, compute });
    expect(ran.outcome.status).toBe('succeeded');
    const { series } = await ran.value('train', 'metrics', 'metrics');
    return { ran, losses: series!.find(({ name }) => name === 'loss')!.values };
  };
  const [plain, again] = [await run(false), await run(true)];
  expect(again.losses).toHaveLength(20);
  expect(again.losses).toEqual(plain.losses);
  const said = again.ran.events.flatMap((event) => (event.kind === 'log' ? [event.data.message] : []));
  expect(said.some((line) => line.startsWith('Recompute: '))).toBe(true);
});
