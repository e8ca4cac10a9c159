import { fromBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema } from 'onnx-buf';
import { expect, test } from 'vitest';
import { optimise } from '../../compiler/optimise.ts';
import { gradients } from '../../ir/autodiff.ts';
import { Builder } from '../../ir/builder.ts';
import type { Value } from '../../ir/operation.ts';
import { makeProgram, type Program } from '../../ir/program.ts';
import { float32, type Tensor } from '../../ir/tensor.ts';
import { staticShape } from '../../ir/types.ts';
import { keyOf, Random } from '../../lib/random.ts';
import { referenceCompute } from '../reference/backend.ts';
import { lowerToOnnx } from './lower.ts';
import { onnxNodeCompute } from './node.ts';

const [BATCH, HEADS, HEAD] = [2, 3, 4];

interface How {
  readonly causal?: boolean;
  readonly mask?: boolean;
  /** Positions of the keys where they are others than those of the queries. */
  readonly seen?: number;
  /** Something else takes the weights too. */
  readonly shown?: boolean;
}

function attention(
  { causal, mask, seen = 5, shown }: How,
  ir = new Builder(),
): { ir: Builder; y: Value; more: object } {
  const time = causal ? seen : 5;
  const heads = (name: string, length: number): Value => {
    const x = ir.input(name, { dtype: 'float32', shape: [BATCH * length, HEADS * HEAD] });
    return ir.transpose(ir.reshape(x, { shape: [BATCH, length, HEADS, HEAD] }), { order: [0, 2, 1, 3] });
  };
  const [q, k, v] = [heads('q', time), heads('k', seen), heads('v', seen)];
  let scores = ir.matmul(ir.div(q!, Math.sqrt(HEAD)), k!, { transposeY: true });
  if (causal) {
    const [i, j] = [0, 1].map((axis) => ir.iota({ shape: [time, seen], axis }));
    scores = ir.add(scores, ir.select(ir.less(i!, j!), -1e9, 0));
  }
  if (mask) {
    const counts = ir.input('mask', { dtype: 'float32', shape: [BATCH, seen] });
    scores = ir.add(scores, ir.reshape(ir.mul(ir.sub(counts, 1), 1e9), { shape: [BATCH, 1, 1, seen] }));
  }
  const weights = ir.softmax(scores);
  const mixed = ir.transpose(ir.matmul(weights, v!), { order: [0, 2, 1, 3] });
  const y = ir.reshape(mixed, { shape: [BATCH, time, HEADS * HEAD] });
  return { ir, y, more: shown ? { weights } : {} };
}

const programOf = (how: How): Program => {
  const { ir, y, more } = attention(how);
  return optimise(makeProgram(ir, { y, ...more }), { checked: true });
};

const operationsOf = (program: Program, products: 'float32' | 'bfloat16' = 'float32'): string[] =>
  fromBinary(ModelProtoSchema, lowerToOnnx(program, { products }).bytes).graph!.node.map(({ opType }) => opType);

function feedsFor(program: Program): Record<string, Tensor> {
  const random = new Random(keyOf('attention'));
  return Object.fromEntries(
    program.inputs.map((value) => {
      const shape = staticShape(value.type.shape);
      // a position that sees nothing at all has no answer that float32 and float64 agree on: the first one counts
      const one = (_: unknown, i: number) =>
        value.name === 'mask' ? Number(i % shape[1]! === 0 || random.uniform() < 0.7) : random.normal();
      return [value.name!, float32(shape, Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, one))];
    }),
  );
}

test.each<How>([{}, { causal: true }, { mask: true }, { causal: true, mask: true }, { seen: 7, mask: true }])(
  'attention %o is one operation, and gives what its parts give',
  async (how) => {
    const program = programOf(how);
    const operations = operationsOf(program);
    expect(operations).toContain('MultiHeadAttention');
    expect(operations).not.toContain('Softmax');
    expect(operations).not.toContain('MatMul');
    const feeds = feedsFor(program);
    const results = [];
    for (const compute of [referenceCompute, onnxNodeCompute({ threads: 1 })]) {
      const running = await compute.compile(program);
      results.push([...(await running.run(feeds)).y!.data]);
      await running.dispose();
    }
    const [wanted, found] = results as [number[], number[]];
    for (const [i, number] of wanted.entries()) expect(found[i]).toBeCloseTo(number, 5);
  },
);

test('where its weights are taken by more, or its products are rounded, attention stays in parts', () => {
  expect(operationsOf(programOf({ shown: true }))).not.toContain('MultiHeadAttention');
  expect(operationsOf(programOf({}), 'bfloat16')).not.toContain('MultiHeadAttention');
  const { ir, y } = attention({ causal: true });
  const q = makeProgram(ir, { y }).inputs.find(({ name }) => name === 'q')!;
  const [gradient] = gradients(ir, ir.sum(ir.mul(y, y), { axes: [0, 1, 2] }), [q]);
  const step = optimise(makeProgram(ir, { gradient: gradient! }));
  expect(operationsOf(step)).not.toContain('MultiHeadAttention');
});
