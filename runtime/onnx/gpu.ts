import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-common';
import { Builder } from '../../ir/builder.ts';
import { makeProgram, type Program } from '../../ir/program.ts';
import { emptyTensor, type Tensor } from '../../ir/tensor.ts';
import { staticShape } from '../../ir/types.ts';
import type { CompileOptions, Compute, DeviceInfo, Executable } from '../../nodes/kit/compute.ts';
import { deviceProblem } from '../device-problems.ts';
import type { Ort } from './backend.ts';
import { lowerToOnnx } from './lower.ts';
import { copyOf } from './tensors.ts';

type Location = 'cpu' | 'gpu-buffer';

/**
 * Tensor programs on ONNX Runtime's WebGPU provider. What is kept stays in the GPU's buffers: a carried output is the next
 * run's input as it is. ONNX Runtime for Node ends the process where such a tensor is asked for its data, so that state is
 * read, and put on the device, by a model of its own that only hands its inputs through.
 */
export function onnxGpuCompute(ort: Ort, device: DeviceInfo): Compute {
  const open = (program: Program, locations: Readonly<Record<string, Location>>): Promise<InferenceSession> =>
    ort.InferenceSession.create(lowerToOnnx(program, { target: 'webgpu' }).bytes, {
      executionProviders: ['webgpu'],
      preferredOutputLocation: locations,
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
    }).catch((error: unknown) => deviceProblem(error, device));
  return {
    device,
    async compile(program, options = {}) {
      const carried = new Set(Object.values(options.carry ?? {}));
      const locations = program.outputs.map(
        ({ name }) => [`out:${name}`, carried.has(name) ? 'gpu-buffer' : 'cpu'] as const,
      );
      const session = await open(program, Object.fromEntries(locations));
      return new OnnxGpuExecutable({ ort, session, program, options, device, open });
    },
  };
}

interface Parts {
  readonly ort: Ort;
  readonly session: InferenceSession;
  readonly program: Program;
  readonly options: CompileOptions;
  readonly device: DeviceInfo;
  open(program: Program, locations: Readonly<Record<string, Location>>): Promise<InferenceSession>;
}

class OnnxGpuExecutable implements Executable {
  readonly #parts: Parts;
  readonly #carry: Readonly<Record<string, string>>;
  readonly #kept: ReadonlySet<string>;
  /** What kept inputs hold: on the host until the first run, then on the device. */
  readonly #state = new Map<string, OrtTensor>();
  readonly #movers = new Map<Location, InferenceSession>();

  constructor(parts: Parts) {
    const { carry = {}, keep = [] } = parts.options;
    this.#parts = parts;
    this.#carry = carry;
    this.#kept = new Set([...Object.keys(carry), ...keep]);
    for (const { name, type } of parts.program.inputs)
      if (this.#kept.has(name!)) this.#state.set(name!, this.#wrap(emptyTensor(type.dtype, staticShape(type.shape))));
  }

  #wrap(tensor: Tensor): OrtTensor {
    return new this.#parts.ort.Tensor(tensor.dtype, tensor.data, tensor.shape);
  }

  /** All that is kept, at another place. */
  async #moved(to: Location): Promise<InferenceSession.OnnxValueMapType> {
    let mover = this.#movers.get(to);
    if (!mover) {
      const ir = new Builder();
      const inputs = this.#parts.program.inputs.filter(({ name }) => this.#kept.has(name!));
      const outputs = Object.fromEntries(inputs.map(({ name, type }) => [name!, ir.input(name!, type)]));
      const locations = Object.fromEntries(inputs.map(({ name }) => [`out:${name}`, to]));
      mover = await this.#parts.open(makeProgram(ir, outputs), locations);
      this.#movers.set(to, mover);
    }
    return mover.run(Object.fromEntries([...this.#state].map(([name, held]) => [`in:${name}`, held])));
  }

  #replace(name: string, by: OrtTensor): void {
    const old = this.#state.get(name);
    if (old?.location === 'gpu-buffer') old.dispose();
    this.#state.set(name, by);
  }

  async write(state: Readonly<Record<string, Tensor>>): Promise<void> {
    for (const [name, tensor] of Object.entries(state)) {
      if (!this.#kept.has(name)) throw new Error(`${name} is not a kept input`);
      this.#replace(name, this.#wrap({ ...tensor, data: tensor.data.slice() as Tensor['data'] }));
    }
  }

  async run(feeds: Readonly<Record<string, Tensor>> = {}): Promise<Readonly<Record<string, Tensor>>> {
    try {
      return await this.#run(feeds);
    } catch (error) {
      return deviceProblem(error, this.#parts.device);
    }
  }

  async #run(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>> {
    const { session, program } = this.#parts;
    if ([...this.#state.values()].some(({ location }) => location === 'cpu')) {
      const lifted = await this.#moved('gpu-buffer');
      for (const name of this.#kept) this.#replace(name, lifted[`out:${name}`]!);
    }
    const inputs: Record<string, OrtTensor> = {};
    for (const { name } of program.inputs) {
      const fed = feeds[name!];
      const held = fed ? this.#wrap(fed) : this.#state.get(name!);
      if (!held) throw new Error(`no data for the input ${name}`);
      inputs[`in:${name}`] = held;
    }
    const given = await session.run(inputs);
    for (const [input, output] of Object.entries(this.#carry)) this.#replace(input, given[`out:${output}`]!);
    const carried = new Set(Object.values(this.#carry));
    return Object.fromEntries(
      program.outputs.filter(({ name }) => !carried.has(name)).map(({ name }) => [name, copyOf(given[`out:${name}`]!)]),
    );
  }

  async read(names: readonly string[]): Promise<Readonly<Record<string, Tensor>>> {
    const unknown = names.find((name) => !this.#kept.has(name));
    if (unknown !== undefined) throw new Error(`${unknown} is not a kept input`);
    const all = await this.#moved('cpu');
    return Object.fromEntries(names.map((name) => [name, copyOf(all[`out:${name}`]!)]));
  }

  async dispose(): Promise<void> {
    for (const held of this.#state.values()) if (held.location === 'gpu-buffer') held.dispose();
    this.#state.clear();
    for (const session of [this.#parts.session, ...this.#movers.values()]) await session.release();
  }
}
