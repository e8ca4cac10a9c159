import type { InferenceSession, Tensor as OrtTensor, TypedTensor } from 'onnxruntime-common';
import type { Program } from '../../ir/program.ts';
import { emptyTensor, putColumn, type Tensor } from '../../ir/tensor.ts';
import { staticShape } from '../../ir/types.ts';
import type { CompileOptions, Compute, DeviceInfo, Executable } from '../../nodes/kit/compute.ts';
import { deviceProblem } from '../device-problems.ts';

import { lowerToOnnx } from './lower.ts';
import type { OnnxTarget } from './lowerings.ts';

/** The part of ONNX Runtime that is the same in onnxruntime-node and onnxruntime-web. */
export interface Ort {
  readonly InferenceSession: {
    create(bytes: Uint8Array, options?: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (type: Tensor['dtype'], data: Tensor['data'], dims: readonly number[]) => OrtTensor;
}

/** Tensor programs on ONNX Runtime: Node's CPU build and the browser's wasm build run the very same model. */
export function onnxCompute(
  ort: Ort,
  device: DeviceInfo,
  session: InferenceSession.SessionOptions,
  { target = 'cpu', writesInPlace = false }: { target?: OnnxTarget; writesInPlace?: boolean } = {},
): Compute {
  return {
    device,
    writesColumns: true,
    async compile(program, options) {
      const { bytes } = lowerToOnnx(program, target);
      const running = await ort.InferenceSession.create(bytes, {
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
        ...session,
      }).catch((error: unknown) => deviceProblem(error, device));
      return new OnnxExecutable(ort, running, program, { ...options, writesInPlace, device });
    },
  };
}

class OnnxExecutable implements Executable {
  readonly #ort: Ort;
  readonly #device: DeviceInfo;
  readonly #session: InferenceSession;
  readonly #program: Program;
  readonly #carry: Readonly<Record<string, string>>;
  /**
   * What kept inputs hold now and, where the runtime writes into given buffers (Node), the buffer that the next run
   * writes: the two swap places. The web build gives new buffers at each run.
   */
  readonly #state = new Map<string, OrtTensor>();
  readonly #next = new Map<string, OrtTensor>();
  readonly #results = new Map<string, Tensor | undefined>();

  constructor(
    ort: Ort,
    session: InferenceSession,
    program: Program,
    options: CompileOptions & { writesInPlace: boolean; device: DeviceInfo },
  ) {
    const { carry = {}, keep = [], writesInPlace, device } = options;
    this.#device = device;
    this.#ort = ort;
    this.#session = session;
    this.#program = program;
    this.#carry = carry;
    for (const value of program.inputs) {
      const name = value.name!;
      if (!(name in carry) && !keep.includes(name)) continue;
      const empty = () => emptyTensor(value.type.dtype, staticShape(value.type.shape));
      this.#state.set(name, this.#wrap(empty()));
      if (name in carry && writesInPlace) this.#next.set(name, this.#wrap(empty()));
    }
    const carried = new Set(Object.values(carry));
    for (const { name, value } of program.outputs)
      if (!carried.has(name))
        this.#results.set(
          name,
          writesInPlace ? emptyTensor(value.type.dtype, staticShape(value.type.shape)) : undefined,
        );
  }

  #wrap(tensor: Tensor): OrtTensor {
    return new this.#ort.Tensor(tensor.dtype, tensor.data, tensor.shape);
  }

  async write(state: Readonly<Record<string, Tensor>>): Promise<void> {
    for (const [name, tensor] of Object.entries(state)) {
      const held = this.#state.get(name) as TypedTensor<'float32'> | undefined;
      if (!held) throw new Error(`${name} is not a kept input`);
      (held.data as Tensor['data'] as Float32Array).set(tensor.data as Float32Array);
    }
  }

  async writeColumn(name: string, at: number, column: Tensor): Promise<void> {
    const held = this.#state.get(name);
    if (!held) throw new Error(`${name} is not a kept input`);
    putColumn(held.data as Float32Array, column.data, at, held.dims.at(-1)!);
  }

  async run(feeds: Readonly<Record<string, Tensor>> = {}): Promise<Readonly<Record<string, Tensor>>> {
    const inputs: Record<string, OrtTensor> = {};
    for (const value of this.#program.inputs) {
      const name = value.name!;
      const fed = feeds[name];
      const held = fed ? this.#wrap(fed) : this.#state.get(name);
      if (!held) throw new Error(`no data for the input ${name}`);
      inputs[`in:${name}`] = held;
    }
    // nothing is fed and fetched through the same buffer in one run
    const fetches: Record<string, OrtTensor | null> = {};
    for (const [input, output] of Object.entries(this.#carry)) fetches[`out:${output}`] = this.#next.get(input) ?? null;
    for (const [name, tensor] of this.#results) fetches[`out:${name}`] = tensor ? this.#wrap(tensor) : null;
    const given = await this.#session
      .run(inputs, fetches)
      .catch((error: unknown) => deviceProblem(error, this.#device));
    for (const [input, output] of Object.entries(this.#carry)) {
      const result = given[`out:${output}`]!;
      const written = this.#next.get(input);
      if (written) {
        this.#next.set(input, this.#state.get(input)!);
        letGo(result, written);
      }
      this.#state.set(input, written ?? result);
    }
    return Object.fromEntries([...this.#results.keys()].map((name) => [name, copyOf(given[`out:${name}`]!)]));
  }

  async read(names: readonly string[]): Promise<Readonly<Record<string, Tensor>>> {
    return Object.fromEntries(
      names.map((name) => {
        const held = this.#state.get(name);
        if (!held) throw new Error(`${name} is not a kept input`);
        return [name, copyOf(held)];
      }),
    );
  }

  /** The two buffers of a carried input swap places: the other one holds what the last run read. */
  async before(names: readonly string[]): Promise<Readonly<Record<string, Tensor>> | undefined> {
    if (!names.every((name) => this.#next.has(name))) return undefined;
    return Object.fromEntries(names.map((name) => [name, copyOf(this.#next.get(name)!)]));
  }

  async dispose(): Promise<void> {
    await this.#session.release();
  }
}

/**
 * ONNX Runtime for Node writes a result into the buffer that it was given and then answers with a copy. Where state is
 * large those copies would be most of the memory in use before anything collects them: moving one to nowhere frees it.
 */
function letGo(result: OrtTensor, written: OrtTensor): void {
  const { buffer } = result.data as Tensor['data'];
  if (buffer !== (written.data as Tensor['data']).buffer && buffer instanceof ArrayBuffer)
    structuredClone(0, { transfer: [buffer] });
}

const copyOf = ({ type, dims, data }: OrtTensor): Tensor => ({
  dtype: type as Tensor['dtype'],
  shape: dims,
  data: (data as Tensor['data']).slice() as Tensor['data'],
});
