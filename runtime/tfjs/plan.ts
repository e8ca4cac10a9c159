import type { Value } from '../../ir/operation.ts';
import type { Program } from '../../ir/program.ts';
import { type DType, staticShape, type TensorType } from '../../ir/types.ts';
import type { CompileOptions } from '../../nodes/kit/compute.ts';
import { layOut, type Place } from './arenas.ts';
import { decompose } from './decompose.ts';
import { countOf } from './emitter.ts';
import { fuse, type Kernel, looks, pruned, shaderFor } from './fusion.ts';
import type { Shader } from './kernels.ts';

export interface Dispatch {
  /** What it computes, in words. */
  readonly title: string;
  readonly shader: Shader;
  /** The buffer that it writes. */
  readonly output: string;
  readonly uniforms: readonly number[];
  /** Bytes of the values that it reads and writes, each once. */
  readonly bytes: number;
}

/** A tensor program as kernels over a few buffers. */
export interface Plan {
  readonly words: ReadonlyMap<string, number>;
  readonly inputs: ReadonlyMap<string, { readonly place: Place; readonly type: TensorType }>;
  /** Inputs that stay on the device. */
  readonly kept: ReadonlySet<string>;
  readonly dispatches: readonly Dispatch[];
  /** Outputs that go to the host. */
  readonly results: readonly {
    readonly name: string;
    readonly place: Place;
    readonly words: number;
    readonly dtype: DType;
    readonly shape: readonly number[];
  }[];
}

/** Outputs that are inputs, or that are carried twice, as values of their own. */
function withOwnOutputs(program: Program, carriedNames: ReadonlySet<string>): Program {
  const values = [...program.values];
  const claimed = new Set<Value>();
  let last = Math.max(-1, ...values.map(({ id }) => id));
  const another = (value: Value): Value => {
    const made: Value = { kind: 'value', id: ++last, op: 'stopGradient', args: [value], attrs: {}, type: value.type };
    values.push(made);
    return made;
  };
  const outputs = program.outputs.map(({ name, value }) => {
    const taken = value.op === 'input' || (carriedNames.has(name) && claimed.has(value));
    const own = taken ? another(value) : value;
    if (carriedNames.has(name)) claimed.add(own);
    return { name, value: own };
  });
  return { values, inputs: program.inputs, outputs };
}

/** The operations of a kernel that compute something: `matmul, add, gelu`. */
function titleOf({ members }: Kernel): string {
  const ops = [...new Set(members.map(({ op }) => op))].filter((op) => !looks.has(op));
  return ops.length === 0 ? 'copy' : `${ops.slice(0, 4).join(', ')}${ops.length > 4 ? ' …' : ''}`;
}

export function planOf(source: Program, { carry = {}, keep = [] }: CompileOptions, mostBytes: number): Plan {
  const carriedNames = new Set(Object.values(carry));
  const program = withOwnOutputs(decompose(source), carriedNames);
  const outputOf = new Map(program.outputs.map(({ name, value }) => [name, value]));
  const inputOf = new Map(program.inputs.map((value) => [value.name!, value]));
  const carried = new Map(Object.entries(carry).map(([input, output]) => [inputOf.get(input)!, outputOf.get(output)!]));
  const outputs = new Set(outputOf.values());

  const fusion = fuse(program, new Set(carried.values()));
  const kernels = pruned(fusion, outputs);
  const kept = program.inputs.filter((value) => !carried.has(value) && keep.includes(value.name!));
  const fed = program.inputs.filter((value) => !carried.has(value) && !kept.includes(value));
  const { places, words } = layOut({
    fed,
    kept,
    carried,
    joined: fusion.joined,
    kernels,
    outputs,
    mostWords: Math.floor(mostBytes / 4),
  });

  const dispatches = kernels.map(({ kernel, stores, loads }): Dispatch => {
    const output = places.get(stores[0]!)!.arena;
    const { shader, uniforms } = shaderFor(kernel, fusion.stored, stores, {
      bufferOf: (value) => {
        const { arena } = places.get(value)!;
        return arena === output ? 'result' : arena;
      },
    });
    return {
      title: titleOf(kernel),
      shader,
      output,
      uniforms: uniforms.map((each) => ('number' in each ? each.number : places.get(each.offsetOf)!.word)),
      bytes: 4 * [...new Set([...stores, ...loads])].reduce((sum, value) => sum + countOf(value), 0),
    };
  });
  return {
    words,
    inputs: new Map(program.inputs.map((value) => [value.name!, { place: places.get(value)!, type: value.type }])),
    kept: new Set([...keep, ...Object.keys(carry)]),
    dispatches,
    results: program.outputs
      .filter(({ name }) => !carriedNames.has(name))
      .map(({ name, value }) => ({
        name,
        place: places.get(value)!,
        words: countOf(value),
        dtype: value.type.dtype,
        shape: staticShape(value.type.shape),
      })),
  };
}
