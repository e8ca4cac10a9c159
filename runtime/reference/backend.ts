import type { Program } from '../../ir/program.ts';
import { emptyTensor, putColumn, type Tensor } from '../../ir/tensor.ts';
import { staticShape } from '../../ir/types.ts';
import type { CompileOptions, Compute, Executable } from '../../nodes/kit/compute.ts';

import type { Arr } from './array.ts';
import { evaluate } from './evaluate.ts';

const toArr = (tensor: Tensor): Arr => ({ shape: tensor.shape, data: Float64Array.from(tensor.data) });
const toTensor = (array: Arr, dtype: Tensor['dtype']): Tensor => {
  const tensor = emptyTensor(dtype, array.shape);
  tensor.data.set(array.data);
  return tensor;
};

/** The interpreter as a device: state stays in float64 between runs, results are rounded on the way out. */
export const referenceCompute: Compute = {
  writesColumns: true,
  device: {
    backend: 'reference',
    title: 'Reference interpreter, float64',
    reason: 'asked for',
    threads: 1,
  },
  compile: (program, options) => Promise.resolve(new ReferenceExecutable(program, options ?? {})),
};

class ReferenceExecutable implements Executable {
  readonly #program: Program;
  readonly #carry: Readonly<Record<string, string>>;
  readonly #state = new Map<string, Arr>();

  constructor(program: Program, { carry = {}, keep = [] }: CompileOptions) {
    this.#program = program;
    this.#carry = carry;
    for (const { name, type } of program.inputs)
      if (name! in carry || keep.includes(name!))
        this.#state.set(name!, toArr(emptyTensor(type.dtype, staticShape(type.shape))));
  }

  async write(state: Readonly<Record<string, Tensor>>): Promise<void> {
    for (const [name, tensor] of Object.entries(state)) {
      if (!this.#state.has(name)) throw new Error(`${name} is not a kept input`);
      this.#state.set(name, toArr(tensor));
    }
  }

  async run(feeds: Readonly<Record<string, Tensor>> = {}): Promise<Readonly<Record<string, Tensor>>> {
    const fed = Object.entries(feeds).map(([name, tensor]) => [name, toArr(tensor)] as const);
    const results = evaluate(this.#program, { ...Object.fromEntries(this.#state), ...Object.fromEntries(fed) });
    for (const [input, output] of Object.entries(this.#carry)) this.#state.set(input, results[output]!);
    const carried = new Set(Object.values(this.#carry));
    return Object.fromEntries(
      this.#program.outputs
        .filter(({ name }) => !carried.has(name))
        .map(({ name, value }) => [name, toTensor(results[name]!, value.type.dtype)]),
    );
  }

  async read(names: readonly string[]): Promise<Readonly<Record<string, Tensor>>> {
    return Object.fromEntries(
      names.map((name) => {
        const input = this.#program.inputs.find((value) => value.name === name);
        const held = this.#state.get(name);
        if (!input || !held) throw new Error(`${name} is not a kept input`);
        return [name, toTensor(held, input.type.dtype)];
      }),
    );
  }

  async writeColumn(name: string, at: number, column: Tensor): Promise<void> {
    const held = this.#state.get(name);
    if (!held) throw new Error(`${name} is not a kept input`);
    putColumn(held.data, column.data, at, held.shape.at(-1)!);
  }

  async dispose(): Promise<void> {
    this.#state.clear();
  }
}
