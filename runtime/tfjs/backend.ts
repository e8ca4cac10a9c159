import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-webgpu';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { emptyTensor, type Tensor } from '../../ir/tensor.ts';
import { elementCount, staticShape } from '../../ir/types.ts';
import { fail } from '../../lib/problem.ts';
import type { Compute, DeviceInfo, Executable } from '../../nodes/kit/compute.ts';
import { deviceProblem } from '../device-problems.ts';
import type { Done, Tracing } from '../trace.ts';
import { TooLarge } from './arenas.ts';
import { type Arena, Kernels } from './kernels.ts';
import { type Plan, planOf } from './plan.ts';

/** WebGPU, through TensorFlow.js's device and programs. `device` says what was found; without an adapter there is none. */
export async function tfjsCompute(device: Omit<DeviceInfo, 'backend' | 'threads'>, trace?: Tracing): Promise<Compute> {
  const info: DeviceInfo = { backend: 'webgpu', threads: 1, ...device };
  const kernels = await openKernels();
  return {
    device: info,
    async compile(program, options = {}) {
      try {
        return await guarded(
          kernels,
          async () =>
            new WebgpuExecutable(kernels, planOf(program, options, kernels.mostBytes), {
              device: info,
              tell: trace?.(program),
            }),
        );
      } catch (error) {
        if (!(error instanceof TooLarge)) return deviceProblem(error, info);
        return fail(
          'backend/memory',
          `The memory of ${info.title} is not enough for this step: ${error.message} is more than a buffer holds.`,
          {
            hint: 'Make the batch or the model smaller.',
          },
        );
      }
    },
  };
}

async function openKernels(): Promise<Kernels> {
  const lost = tf.getBackend() === 'webgpu' && (await isLost(tf.backend() as WebGPUBackend));
  if (lost) {
    const factory = tf.findBackendFactory('webgpu');
    tf.removeBackend('webgpu');
    tf.registerBackend('webgpu', factory);
  }
  await tf.setBackend('webgpu').catch(() => false);
  await tf.ready();
  // setBackend fails silently to another backend
  if (tf.getBackend() !== 'webgpu')
    fail('backend/no-webgpu', 'This browser gives no WebGPU device.', { hint: 'Run on WebAssembly or on the server.' });
  return new Kernels(tf.backend() as WebGPUBackend);
}
const isLost = ({ device }: WebGPUBackend): Promise<boolean> =>
  Promise.race([device.lost.then(() => true), new Promise<boolean>((resolve) => setTimeout(resolve, 0, false))]);

/** WebGPU reports what was wrong later, and elsewhere: here it is thrown. */
async function guarded<T>({ device }: Kernels, body: () => Promise<T>): Promise<T> {
  device.pushErrorScope('validation');
  device.pushErrorScope('out-of-memory');
  const result = body();
  const [memory, wrong] = [device.popErrorScope(), device.popErrorScope()];
  const given = await result;
  const error = (await memory) ?? (await wrong);
  if (error) throw new Error(error.message || 'out of memory');
  return given;
}

/** Elements as the 32-bit words that kernels see; truth values become words too. */
function toWords({ data }: Tensor): Uint32Array {
  return data instanceof Uint8Array
    ? Uint32Array.from(data)
    : new Uint32Array(data.buffer, data.byteOffset, data.length);
}
function fromWords(words: Uint32Array, dtype: Tensor['dtype'], shape: readonly number[]): Tensor {
  const tensor = emptyTensor(dtype, shape);
  if (dtype === 'bool') tensor.data.set(words);
  else new Uint32Array(tensor.data.buffer).set(words);
  return tensor;
}

class WebgpuExecutable implements Executable {
  readonly #kernels: Kernels;
  readonly #plan: Plan;
  readonly #device: DeviceInfo;
  readonly #arenas: Map<string, Arena>;
  readonly #tell: ReturnType<Tracing> | undefined;
  #first = true;

  constructor(
    kernels: Kernels,
    plan: Plan,
    { device, tell }: { readonly device: DeviceInfo; readonly tell: ReturnType<Tracing> | undefined },
  ) {
    this.#tell = tell;
    this.#kernels = kernels;
    this.#plan = plan;
    this.#device = device;
    this.#arenas = new Map([...plan.words].map(([name, words]) => [name, kernels.arena(words)]));
  }

  #put(name: string, tensor: Tensor): void {
    const place = this.#plan.inputs.get(name)?.place;
    if (!place) throw new Error(`${name} is not an input`);
    this.#kernels.write(this.#arenas.get(place.arena)!, place.word, toWords(tensor));
  }

  async write(state: Readonly<Record<string, Tensor>>): Promise<void> {
    for (const [name, tensor] of Object.entries(state)) {
      if (!this.#plan.kept.has(name)) throw new Error(`${name} is not a kept input`);
      this.#put(name, tensor);
    }
  }

  async run(feeds: Readonly<Record<string, Tensor>> = {}): Promise<Readonly<Record<string, Tensor>>> {
    try {
      // shaders are compiled at the first run: what is wrong with one is found out then
      if (!this.#first) return await this.#run(feeds);
      this.#first = false;
      return await guarded(this.#kernels, () => this.#run(feeds));
    } catch (error) {
      return deviceProblem(error, this.#device);
    }
  }

  async #run(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>> {
    const { inputs, kept, dispatches, results } = this.#plan;
    for (const name of inputs.keys()) {
      const fed = feeds[name];
      if (fed) this.#put(name, fed);
      else if (!kept.has(name)) throw new Error(`no data for the input ${name}`);
    }
    const done: Done[] = [];
    for (const { title, shader, output, uniforms } of dispatches) {
      const reads = shader.reads.map((name) => this.#arenas.get(name)!);
      const into = this.#arenas.get(output)!;
      if (!this.#tell) this.#kernels.run(shader, reads, into, uniforms);
      else {
        const ts = 1000 * Date.now();
        done.push({ name: title, ts, dur: 1000 * (await this.#kernels.time(shader, reads, into, uniforms)) });
      }
    }
    this.#tell?.(done);
    const read = await this.#kernels.read(
      results.map(({ place, words }) => ({ ...place, arena: this.#arenas.get(place.arena)!, words })),
    );
    const [state, next] = [this.#arenas.get('state'), this.#arenas.get('next')];
    if (state && next) {
      this.#arenas.set('state', next);
      this.#arenas.set('next', state);
    }
    return Object.fromEntries(results.map(({ name, dtype, shape }, i) => [name, fromWords(read[i]!, dtype, shape)]));
  }

  async #copies(
    names: readonly string[],
    arenaOf: (name: string) => string,
  ): Promise<Readonly<Record<string, Tensor>>> {
    const wanted = names.map((name) => {
      const input = this.#plan.inputs.get(name);
      if (!input || !this.#plan.kept.has(name)) throw new Error(`${name} is not a kept input`);
      return { name, input, shape: staticShape(input.type.shape) };
    });
    const read = await this.#kernels.read(
      wanted.map(({ input, shape }) => ({
        arena: this.#arenas.get(arenaOf(input.place.arena))!,
        word: input.place.word,
        words: elementCount(shape),
      })),
    );
    return Object.fromEntries(
      wanted.map(({ name, input, shape }, i) => [name, fromWords(read[i]!, input.type.dtype, shape)]),
    );
  }

  read(names: readonly string[]): Promise<Readonly<Record<string, Tensor>>> {
    return this.#copies(names, (arena) => arena);
  }

  /** What the last run read lies in the buffer that the next one will write. */
  async before(names: readonly string[]): Promise<Readonly<Record<string, Tensor>> | undefined> {
    if (!names.every((name) => this.#plan.inputs.get(name)?.place.arena === 'state')) return undefined;
    return this.#copies(names, () => 'next');
  }

  async dispose(): Promise<void> {
    for (const arena of this.#arenas.values()) this.#kernels.free(arena);
    this.#arenas.clear();
  }
}
