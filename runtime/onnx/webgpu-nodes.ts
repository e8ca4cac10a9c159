/** What ONNX Runtime's WebGPU provider lacks, or does too roughly or wrongly, said with other nodes. */
import type { Value } from '../../ir/operation.ts';
import type { Emitter } from './lowerings.ts';
import { elementTypes } from './model.ts';

const arg = (value: Value, i: number): Value => value.args[i]!;

/** ONNX's own number of float64. No kernel of the provider takes it, so such a node runs on the CPU. */
const DOUBLE = 11;

/** A node over float64: exact, and on the CPU. Results that are not numbers of the network stay as they are. */
export function onCpu(
  e: Emitter,
  op: string,
  x: string,
  { results, attributes }: { results: readonly string[]; attributes: Parameters<Emitter['model']['nodes']>[3] },
): void {
  const { model } = e;
  const wide = model.node('Cast', [x], { to: DOUBLE });
  const first = model.fresh();
  model.nodes(op, [wide], [first, ...results.slice(1)], attributes);
  model.node('Cast', [first], { to: elementTypes.float32 }, results[0]);
}

/** Its LayerNormalization gives y only, so 1/σ is made apart. */
export function inverseDeviationNodes(e: Emitter, value: Value, out: string, epsilon: number): void {
  const { model } = e;
  const x = e.name(arg(value, 0));
  const axes = model.int64s([value.type.shape.length - 1]);
  const centre = model.node('Sub', [x, model.node('ReduceMean', [x, axes], { keepdims: 1 })]);
  const variance = model.node('ReduceMean', [model.node('Mul', [centre, centre]), axes], { keepdims: 1 });
  const shifted = model.node('Add', [variance, model.scalar('float32', epsilon)]);
  model.node('Reciprocal', [model.node('Sqrt', [shifted])], {}, out);
}
