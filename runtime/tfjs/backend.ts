import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-webgpu';
import type { OpName, Value } from '../../ir/operation.ts';
import type { Program } from '../../ir/program.ts';
import { emptyTensor, type Tensor } from '../../ir/tensor.ts';
import { staticShape } from '../../ir/types.ts';
import { fail } from '../../lib/problem.ts';
import type { CompileOptions, Compute, DeviceInfo, Executable } from '../../nodes/kit/compute.ts';
import { deviceProblem } from '../device-problems.ts';
import { tfjsLowerings, tfjsTypes } from './lowerings.ts';

/** TensorFlow.js on WebGPU. `adapter` says what it found; without one there is no such device. */
export async function tfjsCompute(device: Omit<DeviceInfo, 'backend' | 'threads'>): Promise<Compute> {
  await tf.setBackend('webgpu').catch(() => false);
  await tf.ready();
  // setBackend fails silently to another backend
  if (tf.getBackend() !== 'webgpu')
    fail('backend/no-webgpu', 'This browser gives no WebGPU device.', { hint: 'Run on WebAssembly or on the server.' });
  return {
    device: { backend: 'webgpu', threads: 1, ...device },
    compile: (program, options) => Promise.resolve(new TfjsExecutable(program, options ?? {})),
  };
}

const toDevice = ({ dtype, shape, data }: Tensor): tf.Tensor => {
  const view = dtype === 'uint32' ? new Int32Array(data.buffer, data.byteOffset, data.length) : data;
  return tf.tensor(view.slice() as Int32Array, [...shape], tfjsTypes[dtype]);
};

async function toHost(held: tf.Tensor, dtype: Tensor['dtype']): Promise<Tensor> {
  const tensor = emptyTensor(dtype, held.shape);
  tensor.data.set(await held.data());
  return tensor;
}

/** A program value by value, each freed after its last use. */
class TfjsExecutable implements Executable {
  readonly #program: Program;
  readonly #carry: Readonly<Record<string, string>>;
  readonly #state = new Map<string, tf.Tensor>();
  readonly #lastUse = new Map<Value, Value>();
  readonly #constants = new Map<Value, tf.Tensor>();

  constructor(program: Program, { carry = {}, keep = [] }: CompileOptions) {
    this.#program = program;
    this.#carry = carry;
    for (const { name, type } of program.inputs)
      if (name! in carry || keep.includes(name!))
        this.#state.set(name!, toDevice(emptyTensor(type.dtype, staticShape(type.shape))));
    for (const value of program.values) {
      for (const arg of value.args) this.#lastUse.set(arg, value);
      // masks and positions depend on nothing that is fed: made once
      if (value.op !== 'input' && value.args.every((arg) => this.#constants.has(arg)))
        this.#constants.set(value, apply(value, this.#constants));
    }
  }

  async write(state: Readonly<Record<string, Tensor>>): Promise<void> {
    for (const [name, tensor] of Object.entries(state)) {
      const old = this.#state.get(name);
      if (!old) throw new Error(`${name} is not a kept input`);
      old.dispose();
      this.#state.set(name, toDevice(tensor));
    }
  }

  async run(feeds: Readonly<Record<string, Tensor>> = {}): Promise<Readonly<Record<string, Tensor>>> {
    try {
      return await this.#run(feeds);
    } catch (error) {
      return deviceProblem(error, { title: 'WebGPU' });
    }
  }

  async #run(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>> {
    const results = this.#compute(feeds);
    const carried = new Set(Object.values(this.#carry));
    for (const [input, output] of Object.entries(this.#carry)) {
      this.#state.get(input)?.dispose();
      this.#state.set(input, results.get(output)!);
    }
    const given = this.#program.outputs.filter(({ name }) => !carried.has(name));
    const host = await Promise.all(given.map(({ name, value }) => toHost(results.get(name)!, value.type.dtype)));
    for (const { name } of given) results.get(name)!.dispose();
    return Object.fromEntries(given.map(({ name }, i) => [name, host[i]!]));
  }

  #compute(feeds: Readonly<Record<string, Tensor>>): Map<string, tf.Tensor> {
    const { values, outputs } = this.#program;
    const kept = new Set(outputs.map(({ value }) => value));
    const at = new Map<Value, tf.Tensor>(this.#constants);
    const own = new Set<Value>();
    for (const value of values) {
      if (this.#constants.has(value)) continue;
      own.add(value);
      if (value.op === 'input') {
        const fed = feeds[value.name!];
        const held = fed ? toDevice(fed) : this.#state.get(value.name!);
        if (!held) throw new Error(`no data for the input ${value.name}`);
        if (!fed) own.delete(value);
        at.set(value, held);
        continue;
      }
      at.set(value, apply(value, at));
      for (const arg of new Set(value.args))
        if (this.#lastUse.get(arg) === value && own.has(arg) && !kept.has(arg)) at.get(arg)!.dispose();
    }
    return new Map(
      outputs.map(({ name, value }, i) => {
        const first = outputs.findIndex((other) => other.value === value) === i;
        // an output that is an input, or that stands twice, is a tensor of its own
        return [name, first && own.has(value) ? at.get(value)! : tf.clone(at.get(value)!)];
      }),
    );
  }

  async read(names: readonly string[]): Promise<Readonly<Record<string, Tensor>>> {
    const read = await Promise.all(
      names.map(async (name) => {
        const held = this.#state.get(name);
        const input = this.#program.inputs.find((value) => value.name === name);
        if (!held || !input) throw new Error(`${name} is not a kept input`);
        return [name, await toHost(held, input.type.dtype)] as const;
      }),
    );
    return Object.fromEntries(read);
  }

  async dispose(): Promise<void> {
    for (const tensor of [...this.#state.values(), ...this.#constants.values()]) tensor.dispose();
    this.#state.clear();
  }
}

/** One instruction; what it makes on the way is freed. */
function apply(value: Value, at: ReadonlyMap<Value, tf.Tensor>): tf.Tensor {
  const op = value.op as OpName;
  const row = tfjsLowerings[op];
  if (typeof row !== 'function') throw new Error(`${op} can't run on WebGPU: ${row.missing}`);
  const rule = row as (args: readonly tf.Tensor[], attrs: unknown, value: Value) => tf.Tensor;
  const args = value.args.map((arg) => at.get(arg)!);
  return tf.tidy(() => rule(args, value.attrs, value));
}
