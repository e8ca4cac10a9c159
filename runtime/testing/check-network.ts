import { describe, expect, test } from 'vitest';
import { optimise } from '../../compiler/optimise.ts';
import { gradients } from '../../ir/autodiff.ts';
import { Builder } from '../../ir/builder.ts';
import { makeProgram, verify } from '../../ir/program.ts';
import { emptyTensor, type Tensor } from '../../ir/tensor.ts';
import { substituteTensorType } from '../../ir/types.ts';
import type { Network } from '../../nodes/kit/context.ts';
import type { ExampleGraph } from '../../nodes/kit/define-node.ts';
import { onnxNodeCompute } from '../onnx/node.ts';
import { arr } from '../reference/array.ts';
import { evaluate } from '../reference/evaluate.ts';
import { expectClose, type Numbers, numbersOf } from './fixtures.ts';
import { documentOf, openNetwork } from './graphs.ts';

/** One pass through a whole network, with what another library gives for it. */
export interface NetworkCase {
  readonly name: string;
  /** By column. */
  readonly feeds: Readonly<Record<string, Numbers>>;
  /** By the network's parameter names: all of them, and no others. */
  readonly parameters: Readonly<Record<string, Numbers>>;
  readonly output: Numbers;
  readonly cotangent: Numbers;
  readonly gradients: Readonly<Record<string, Numbers>>;
}

/** A network built from a graph, held against another library's: parameter names, output, every gradient. */
export function checkNetwork(graph: ExampleGraph, networkCase: NetworkCase): void {
  describe(networkCase.name, () => {
    test('the parameters are those of the other library, by name and shape', async () => {
      const network = await openNetwork(documentOf(graph));
      const shapes = Object.fromEntries(network.parameters.map(({ name, shape }) => [name, shape]));
      const wanted = Object.entries(networkCase.parameters).map(([name, { shape }]) => [name, shape]);
      expect(shapes).toEqual(Object.fromEntries(wanted));
    });

    test('the output and every gradient, in the reference and on ONNX Runtime', async () => {
      const network = await openNetwork(documentOf(graph));
      const { program, tensors } = networkProgram(network, networkCase);
      verify(program);
      const wanted = {
        output: networkCase.output,
        ...Object.fromEntries(
          Object.entries(networkCase.gradients).map(([name, numbers]) => [`gradient:${name}`, numbers]),
        ),
      };
      const exact = evaluate(
        program,
        Object.fromEntries(Object.entries(tensors).map(([name, { numbers }]) => [name, numbers])),
      );
      const running = await onnxNodeCompute({ threads: 1 }).compile(optimise(program, { checked: true }));
      const results = await running.run(
        Object.fromEntries(Object.entries(tensors).map(([name, { tensor }]) => [name, tensor])),
      );
      await running.dispose();
      for (const [name, numbers] of Object.entries(wanted)) {
        expect(exact[name]!.shape, name).toEqual(numbers.shape);
        expectClose(exact[name]!.data, numbersOf(numbers), 1e-8, name);
        expectClose(results[name]!.data, numbersOf(numbers), 5e-5, name);
      }
    });
  });
}

function networkProgram(network: Network, { feeds, parameters, output, cotangent }: NetworkCase) {
  const ir = new Builder();
  const rows = output.shape[0]!;
  const tensors: Record<string, { numbers: ReturnType<typeof arr>; tensor: Tensor }> = {};
  const input = (name: string, { dtype = 'float32', shape, ...rest }: Numbers) => {
    const data = numbersOf({ shape, ...rest });
    const tensor = emptyTensor(dtype, shape);
    tensor.data.set(data);
    tensors[name] = { numbers: arr(shape, data), tensor };
    return ir.input(name, { dtype, shape });
  };
  for (const { column, type } of network.inputs)
    expect(substituteTensorType(type, (symbol) => (symbol === 'B' ? rows : undefined)).shape).toEqual(
      feeds[column]!.shape,
    );
  const inputs = Object.fromEntries(network.inputs.map(({ column }) => [column, input(column, feeds[column]!)]));
  const weights = Object.fromEntries(network.parameters.map(({ name }) => [name, input(name, parameters[name]!)]));
  const y = network.forward(ir, { inputs, parameters: weights });
  const loss = ir.sum(ir.mul(y, input('cotangent', cotangent)));
  const names = Object.keys(weights);
  const grads = gradients(
    ir,
    loss,
    names.map((name) => weights[name]!),
  );
  const program = makeProgram(ir, {
    output: y,
    ...Object.fromEntries(grads.map((gradient, i) => [`gradient:${names[i]}`, gradient])),
  });
  return { program, tensors };
}
