import type { Attrs, Value } from '../../ir/operation.ts';
import type { Program } from '../../ir/program.ts';
import { elementCount, showTensorType, staticShape } from '../../ir/types.ts';
import type { Placed } from '../training/optimizer.ts';
import type { CompileOptions, Compute, Named } from './compute.ts';

/** Bytes of results that one look at a program brings back at most. */
const MOST_BYTES = 256_000_000;

/**
 * The first instruction that makes a number that is not finite, on the device where it happened: the program runs again
 * with every float on the way as an output, some at a time. Undefined where all numbers are finite.
 */
export async function firstNonFinite(
  compute: Compute,
  program: Program,
  inputs: Named,
  options: Pick<CompileOptions, 'products'> = {},
): Promise<Value | undefined> {
  const floats = program.values.filter(({ type, op }) => type.dtype === 'float32' && op !== 'constant');
  for (let at = 0; at < floats.length; ) {
    const part: Value[] = [];
    for (let bytes = 0; at < floats.length && (part.length === 0 || bytes < MOST_BYTES); at++) {
      part.push(floats[at]!);
      bytes += 4 * elementCount(staticShape(floats[at]!.type.shape));
    }
    const outputs = part.map((value, i) => ({ name: `v${i}`, value }));
    const running = await compute.compile({ ...program, outputs }, options);
    try {
      const results = await running.run(inputs);
      const found = part.find((_, i) => !(results[`v${i}`]!.data as Float32Array).every(Number.isFinite));
      if (found) return found;
    } finally {
      await running.dispose();
    }
  }
  return undefined;
}

/** "exp float32[16, 64], near block.0.attention.query.weight": an instruction in words, with a parameter close above it. */
export function describeValue(value: Value, trained: readonly Placed[]): string {
  if (value.op === 'input') return `what goes in as ${value.name}`;
  const parameter = nearestParameter(value, trained);
  return `${value.op} ${showTensorType(value.type)}${parameter ? `, near ${parameter}` : ''}`;
}

/** Breadth first through the operands, to the first piece of the long vector of parameters. */
function nearestParameter(value: Value, trained: readonly Placed[]): string | undefined {
  const seen = new Set<Value>([value]);
  for (let layer = [value]; layer.length > 0; ) {
    for (const each of layer) {
      if (each.op === 'input' && each.name?.startsWith('parameter:')) return each.name.slice('parameter:'.length);
      if (each.op !== 'slice' || each.args[0]!.name !== 'trained') continue;
      const { start } = each.attrs as Attrs<'slice'>;
      return trained.find((placed) => placed.start === start)?.name;
    }
    layer = layer.flatMap(({ args }) => args).filter((arg) => !seen.has(arg) && seen.add(arg));
  }
  return undefined;
}
