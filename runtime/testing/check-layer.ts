import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { optimise } from '../../compiler/optimise.ts';
import { gradients } from '../../ir/autodiff.ts';
import { Builder } from '../../ir/builder.ts';
import type { Value } from '../../ir/operation.ts';
import { makeProgram, type Program, verify } from '../../ir/program.ts';
import { type Size, substitute, symbol } from '../../ir/size.ts';
import { emptyTensor, type Tensor } from '../../ir/tensor.ts';
import { elementCount, staticShape, type TensorType } from '../../ir/types.ts';
import { fail } from '../../lib/problem.ts';
import type { LayerNodeDefinition, Mode, Port, TypeContext, WeightSpec } from '../../nodes/kit/define-node.ts';
import { onnxNodeCompute } from '../onnx/node.ts';
import { type Arr, arr, filled } from '../reference/array.ts';
import { evaluate } from '../reference/evaluate.ts';
import { expectClose, type Numbers, numbersOf, readFixture } from './fixtures.ts';

type Ports = Readonly<Record<string, Port>>;

/** One call of a layer, with what another library gives for it. */
export interface LayerCase<P extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  /** In input form: defaults stand for what is left out. A blank has to be given. */
  readonly params?: z.input<P>;
  readonly inputs: Readonly<Record<string, Numbers>>;
  /** By the layer's own names; what is left out gets irregular numbers. */
  readonly weights?: Readonly<Record<string, Numbers>>;
  readonly outputs?: Readonly<Record<string, Numbers>>;
  /** Cotangents of the outputs, and the gradients that the library gives for them, by input or weight. */
  readonly cotangents?: Readonly<Record<string, Numbers>>;
  readonly gradients?: Readonly<Record<string, Numbers>>;
}

/** Cases of one node from a fixture that holds those of several. */
export const layerCases = <P extends z.ZodObject>(fixture: string, node: string): LayerCase<P>[] => {
  const found = readFixture<{ cases: (LayerCase<P> & { node: string })[] }>(fixture).cases.filter(
    (each) => each.node === node,
  );
  if (found.length === 0) throw new Error(`fixtures/${fixture}.json has no case for ${node}`);
  return found;
};

/** Fixtures are made in float64 and written with ten digits. */
const EXACT = 1e-8;
/** float32 on a device. */
const FLOAT32 = 2e-5;

/** Weights, ids of a whole table and the like are not per row: their first axis is not the batch. */
const unbatched = new Set(['weight']);

/**
 * What a layer owes its users, from a few cases: the numbers of another library, the declared shape, gradients that agree
 * with that library and with finite differences, the same on ONNX Runtime, before and after the compiler's passes.
 */
export function checkLayer<I extends Ports, O extends Ports, P extends z.ZodObject, W extends string>(
  layer: LayerNodeDefinition<I, O, P, W>,
  cases: readonly LayerCase<P>[],
): void {
  const definition = layer as unknown as LayerNodeDefinition;
  describe.each(cases.map((each) => [each.name, each] as const))(`${definition.id}: %s`, (_, layerCase) => {
    const params = definition.params.parse(layerCase.params ?? {});

    test('the type that is declared while editing is the shape that is computed', () => {
      const { rows, types } = symbolicTypes(layerCase.inputs);
      const { outputs } = buildLayer(definition, params, types, layerCase.weights);
      const numbered = buildLayer(definition, params, staticTypes(layerCase.inputs), layerCase.weights).outputs;
      for (const [port, value] of Object.entries(outputs)) {
        const bound = value.type.shape.map((size) => substitute(size, (name) => (name === 'B' ? rows : undefined)));
        expect(bound, port).toEqual(numbered[port]!.type.shape);
        expect(value.type.dtype).toBe(numbered[port]!.type.dtype);
      }
    });

    test('numbers', () => {
      const { program, feeds } = programOf(definition, params, layerCase);
      verify(program);
      const results = evaluate(program, feeds);
      for (const [port, want] of Object.entries(layerCase.outputs ?? {})) {
        expect(results[port]!.shape, port).toEqual(want.shape);
        expectClose(results[port]!.data, numbersOf(want), EXACT, port);
      }
      for (const [name, want] of Object.entries(layerCase.gradients ?? {}))
        expectClose(results[`gradient:${name}`]!.data, numbersOf(want), EXACT, `the gradient of ${name}`);
    });

    test('gradients agree with finite differences in float64', () => {
      const { program, feeds, floats } = programOf(definition, params, layerCase);
      const results = evaluate(program, feeds);
      for (const name of floats) {
        const x = feeds[name]!;
        for (const salt of [1, 2, 3]) {
          const direction = irregular(x.shape, 13 * salt);
          const at = (h: number) => {
            const moved = { shape: x.shape, data: x.data.map((each, i) => each + h * direction.data[i]!) };
            return evaluate(program, { ...feeds, [name]: moved }).loss!.data[0]!;
          };
          const h = 1e-3;
          // five-point stencil: the error is O(h⁴)
          const want = (at(-2 * h) - 8 * at(-h) + 8 * at(h) - at(2 * h)) / (12 * h);
          const gradient = results[`gradient:${name}`]!.data;
          const got = direction.data.reduce((sum, each, i) => sum + each * gradient[i]!, 0);
          expectClose([got], [want], 1e-6, `the gradient of ${name}`);
        }
      }
    });

    test('ONNX Runtime gives the same, with the compiler’s passes and without', async () => {
      const { program, feeds, types } = programOf(definition, params, layerCase);
      const want = evaluate(program, feeds);
      const compute = onnxNodeCompute({ threads: 1 });
      const tensors = Object.fromEntries(
        Object.entries(feeds).map(([name, { shape, data }]) => {
          const tensor = emptyTensor(types[name]!.dtype, shape);
          tensor.data.set(data);
          return [name, tensor satisfies Tensor];
        }),
      );
      const optimised = optimise(program, { checked: true });
      for (const each of [program, optimised]) {
        const running = await compute.compile(each);
        const results = await running.run(tensors);
        for (const [name, { shape, data }] of Object.entries(want)) {
          expect(results[name]!.shape, name).toEqual(shape);
          expectClose(results[name]!.data, data, FLOAT32, name);
        }
        await running.dispose();
      }
    });
  });
}

type Types = Readonly<Record<string, TensorType>>;

const staticTypes = (inputs: LayerCase['inputs']): Types =>
  Object.fromEntries(
    Object.entries(inputs).map(([port, { shape, dtype = 'float32', below }]) => [
      port,
      { dtype, shape, ...(below !== undefined && { below }) },
    ]),
  );

/** The same with the batch as a symbol, as the checker sees it. */
function symbolicTypes(inputs: LayerCase['inputs']): { rows: number | undefined; types: Types } {
  let rows: number | undefined;
  const types = Object.fromEntries(
    Object.entries(staticTypes(inputs)).map(([port, type]): [string, TensorType] => {
      if (unbatched.has(port)) return [port, type];
      rows = type.shape[0] as number;
      return [port, { ...type, shape: [symbol('B') as Size, ...type.shape.slice(1)] }];
    }),
  );
  return { rows, types };
}

/** Irregular numbers in ±0.6, no two alike. */
const irregular = (shape: readonly number[], salt: number): Arr =>
  filled(shape, (i) => ((((i + salt) * 0.618033988749895) % 1) - 0.5) * 1.2);

function buildLayer(
  definition: LayerNodeDefinition,
  params: Readonly<Record<string, unknown>>,
  types: Types,
  given: LayerCase['weights'] = {},
) {
  const ir = new Builder();
  const check: TypeContext = {
    symbol: (name) => symbol(name),
    equal: (a, b) => ir.sizes.equal(a, b),
    fail: (code, message) => fail(code, message),
    warn: () => undefined,
  };
  const specs: Readonly<Record<string, WeightSpec>> =
    definition.weights?.(types as never, params as never, check) ?? {};
  for (const name of Object.keys(given)) if (!(name in specs)) throw new Error(`the layer has no weight ${name}`);
  const all: Record<string, TensorType> = { ...types };
  for (const [name, { shape }] of Object.entries(specs)) all[name] = { dtype: 'float32', shape };
  const values = Object.fromEntries(Object.entries(all).map(([name, type]) => [name, ir.input(name, type)]));
  const predict: Mode = {
    kind: 'predict',
    uniform: () => {
      throw new Error('a prediction takes no random numbers');
    },
  };
  const outputs = definition.build(values as never, params as never, ir, predict) as Record<string, Value>;
  return { ir, types: all, values, weights: Object.keys(specs), outputs };
}

/** Outputs, a loss that weights every output, and its gradients, as one program with its feeds. */
function programOf(
  definition: LayerNodeDefinition,
  params: Readonly<Record<string, unknown>>,
  layerCase: LayerCase,
): { program: Program; feeds: Record<string, Arr>; floats: string[]; types: Types } {
  const { ir, types, values, outputs } = buildLayer(
    definition,
    params,
    staticTypes(layerCase.inputs),
    layerCase.weights,
  );
  const feeds: Record<string, Arr> = {};
  Object.entries(types).forEach(([name, { shape }], i) => {
    const given = layerCase.inputs[name] ?? layerCase.weights?.[name];
    feeds[name] = given ? arr(staticShape(given.shape), numbersOf(given)) : irregular(staticShape(shape), 29 * (i + 1));
  });
  const allTypes: Record<string, TensorType> = { ...types };
  const used = Object.entries(outputs).filter(
    ([port]) => !layerCase.cotangents || layerCase.cotangents[port] !== undefined,
  );
  const terms = used.map(([port, value], i) => {
    const name = `cotangent:${port}`;
    const shape = staticShape(value.type.shape);
    const given = layerCase.cotangents?.[port];
    feeds[name] = given ? arr(shape, numbersOf(given)) : irregular(shape, 101 * (i + 1));
    allTypes[name] = { dtype: 'float32', shape };
    return ir.sum(ir.mul(value, ir.input(name, allTypes[name])));
  });
  const loss = terms.reduce((a, b) => ir.add(a, b));
  // a mask is a number only in form: comparing it with a threshold has no gradient that differences could find
  const floats = layerCase.gradients
    ? Object.keys(layerCase.gradients)
    : Object.keys(types).filter((name) => types[name]!.dtype === 'float32' && name !== 'mask');
  const grads = gradients(
    ir,
    loss,
    floats.map((name) => values[name]!),
  );
  const program = makeProgram(ir, {
    ...outputs,
    loss,
    ...Object.fromEntries(grads.map((gradient, i) => [`gradient:${floats[i]}`, gradient])),
  });
  for (const { shape, data } of Object.values(feeds))
    if (data.length !== elementCount(shape)) throw new Error('ragged');
  return { program, feeds, floats, types: allTypes };
}
