import type { InferenceSession, Tensor as OrtTensor, TypedTensor } from 'onnxruntime-common';
import { Builder } from '../../ir/builder.ts';
import { makeProgram, outputOf, type Program } from '../../ir/program.ts';
import { emptyTensor, float32, putColumn, type Tensor } from '../../ir/tensor.ts';
import { elementCount, staticShape, type TensorType } from '../../ir/types.ts';
import type { CompileOptions, Compute, DeviceInfo, Executable } from '../../nodes/kit/compute.ts';
import { deviceProblem } from '../device-problems.ts';
import { operationsOf, type Tracing } from '../trace.ts';
import { lowerToLoop, OnnxLoopExecutable } from './loop.ts';
import { lowerToOnnx } from './lower.ts';
import type { OnnxProducts } from './lowerings.ts';
import { canOverwrite } from './overwrite.ts';
import { copyOf } from './tensors.ts';

/** The part of ONNX Runtime that is the same in onnxruntime-node and onnxruntime-web. */
export interface Ort {
  readonly InferenceSession: {
    create(bytes: Uint8Array, options?: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (
    type: Tensor['dtype'] | 'int64',
    data: Tensor['data'] | BigInt64Array,
    dims: readonly number[],
  ) => OrtTensor;
}

export interface OnnxHow {
  readonly writesInPlace?: boolean;
  /** Programs that repeat run in an ONNX Loop: what they carry crosses over to the device once a call. */
  readonly loops?: boolean;
  /** How it multiplies in bfloat16, if at all: whether it really does is tried out. */
  readonly bfloat16?: Exclude<OnnxProducts, 'float32'>;
  /** Tells what is done for each program; `end` gives a session's profile. */
  readonly trace?: { readonly begin: Tracing; end(session: InferenceSession): string } | undefined;
}

/** Tensor programs on ONNX Runtime: Node's CPU build and the browser's wasm build run the very same model. */
export function onnxCompute(
  ort: Ort,
  device: DeviceInfo,
  session: InferenceSession.SessionOptions,
  { writesInPlace = false, loops = false, bfloat16, trace }: OnnxHow = {},
): Compute {
  let tried: Promise<boolean> | undefined;
  const compute: Compute = {
    device,
    writesColumns: true,
    ...(bfloat16 && { multipliesBfloat16: () => (tried ??= multiplies(compute)) }),
    async compile(program, options = {}) {
      const products = options.products ? bfloat16 : undefined;
      const inLoop = loops && options.repeats === true;
      const lowering = products ? { products } : {};
      const bytes = inLoop ? lowerToLoop(program, options, lowering) : lowerToOnnx(program, lowering).bytes;
      const began = Date.now();
      const tell = trace?.begin(program);
      const running = await ort.InferenceSession.create(bytes, {
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
        ...(trace && { enableProfiling: true }),
        ...session,
      }).catch((error: unknown) => deviceProblem(error, device));
      const ended = trace && tell && (() => tell(operationsOf(trace.end(running), began)));
      if (inLoop) return new OnnxLoopExecutable({ ort, session: running, program, options, device, ended });
      return new OnnxExecutable(ort, running, program, { ...options, writesInPlace, device, ended });
    },
  };
  return compute;
}

/** Every kind of product once, in bfloat16: a provider may lack kernels, or the device the instructions. */
async function multiplies(compute: Compute): Promise<boolean> {
  const ir = new Builder();
  const x = ir.input('x', { dtype: 'float32', shape: [2, 8, 8] });
  const flat = ir.reshape(x, { shape: [16, 8] });
  const outputs = {
    plain: ir.matmul(x, x),
    turned: ir.matmul(x, x, { transposeY: true }),
    flat: ir.matmul(flat, flat, { transposeX: true }),
  };
  try {
    const running = await compute.compile(makeProgram(ir, outputs), { products: 'bfloat16' });
    const results = await running.run({ x: float32([2, 8, 8], new Float32Array(128).fill(1)) });
    await running.dispose();
    return results.plain!.data[0] === 8 && results.turned!.data[0] === 8 && results.flat!.data[0] === 16;
  } catch {
    return false;
  }
}

class OnnxExecutable implements Executable {
  readonly #ort: Ort;
  readonly #device: DeviceInfo;
  readonly #ended: (() => void) | undefined;
  readonly #session: InferenceSession;
  readonly #program: Program;
  readonly #carry: Readonly<Record<string, string>>;
  readonly #kept = new Map<string, TensorType>();
  /**
   * What kept inputs hold now and, where the runtime writes into given buffers (Node), the buffer that the next run
   * writes: the two swap places. The web build gives new buffers at each run.
   */
  readonly #state = new Map<string, OrtTensor>();
  readonly #next = new Map<string, OrtTensor>();
  /** Carried inputs whose one buffer is read and written in the same run. */
  readonly #overwritten = new Set<string>();
  readonly #results = new Map<string, Tensor | undefined>();

  constructor(
    ort: Ort,
    session: InferenceSession,
    program: Program,
    options: CompileOptions & { writesInPlace: boolean; device: DeviceInfo; ended?: (() => void) | undefined },
  ) {
    const { carry = {}, keep = [], overwrite = [], writesInPlace, device } = options;
    this.#device = device;
    this.#ended = options.ended;
    this.#ort = ort;
    this.#session = session;
    this.#program = program;
    this.#carry = carry;
    for (const value of program.inputs) {
      const name = value.name!;
      if (!(name in carry) && !keep.includes(name)) continue;
      this.#kept.set(name, value.type);
      if (!(name in carry) || !writesInPlace) continue;
      if (overwrite.includes(name) && canOverwrite(program, value, outputOf(program, carry[name]!)))
        this.#overwritten.add(name);
      else this.#next.set(name, this.#empty(value.type));
    }
    const carried = new Set(Object.values(carry));
    for (const { name, value } of program.outputs)
      if (!carried.has(name))
        this.#results.set(
          name,
          writesInPlace ? emptyTensor(value.type.dtype, staticShape(value.type.shape)) : undefined,
        );
  }

  #empty({ dtype, shape }: TensorType): OrtTensor {
    return this.#wrap(emptyTensor(dtype, staticShape(shape)));
  }

  /** What a kept input holds: zeros until something is written. */
  #held(name: string): OrtTensor {
    const held = this.#state.get(name);
    if (held) return held;
    const type = this.#kept.get(name);
    if (!type) throw new Error(`${name} is not a kept input`);
    const empty = this.#empty(type);
    this.#state.set(name, empty);
    return empty;
  }

  #wrap(tensor: Tensor): OrtTensor {
    return new this.#ort.Tensor(tensor.dtype, tensor.data, tensor.shape);
  }

  async write(state: Readonly<Record<string, Tensor>>, { given = false } = {}): Promise<void> {
    for (const [name, tensor] of Object.entries(state)) {
      const type = this.#kept.get(name);
      const fits = type && tensor.dtype === type.dtype && tensor.data.length === elementCount(staticShape(type.shape));
      if (given && fits) this.#state.set(name, this.#wrap({ ...tensor, shape: staticShape(type.shape) }));
      else (this.#held(name) as TypedTensor<'float32'>).data.set(tensor.data as Float32Array);
    }
  }

  async writeColumn(name: string, at: number, column: Tensor): Promise<void> {
    const held = this.#held(name);
    putColumn(held.data as Float32Array, column.data, at, held.dims.at(-1)!);
  }

  async run(feeds: Readonly<Record<string, Tensor>> = {}): Promise<Readonly<Record<string, Tensor>>> {
    const inputs: Record<string, OrtTensor> = {};
    for (const value of this.#program.inputs) {
      const name = value.name!;
      const fed = feeds[name];
      const held = fed ? this.#wrap(fed) : this.#kept.has(name) ? this.#held(name) : undefined;
      if (!held) throw new Error(`no data for the input ${name}`);
      inputs[`in:${name}`] = held;
    }
    // nothing is fed and fetched through the same buffer in one run, unless it is read before it is written
    const fetches: Record<string, OrtTensor | null> = {};
    for (const [input, output] of Object.entries(this.#carry))
      fetches[`out:${output}`] = this.#overwritten.has(input) ? this.#held(input) : (this.#next.get(input) ?? null);
    for (const [name, tensor] of this.#results) fetches[`out:${name}`] = tensor ? this.#wrap(tensor) : null;
    const given = await this.#session
      .run(inputs, fetches)
      .catch((error: unknown) => deviceProblem(error, this.#device));
    for (const [input, output] of Object.entries(this.#carry)) {
      const result = given[`out:${output}`]!;
      if (this.#overwritten.has(input)) {
        letGo(result, this.#held(input));
        continue;
      }
      const written = this.#next.get(input);
      if (written) {
        this.#next.set(input, this.#held(input));
        letGo(result, written);
      }
      this.#state.set(input, written ?? result);
    }
    return Object.fromEntries([...this.#results.keys()].map((name) => [name, copyOf(given[`out:${name}`]!)]));
  }

  async read(names: readonly string[]): Promise<Readonly<Record<string, Tensor>>> {
    return Object.fromEntries(names.map((name) => [name, copyOf(this.#held(name))]));
  }

  /** The two buffers of a carried input swap places: the other one holds what the last run read. */
  async before(names: readonly string[]): Promise<Readonly<Record<string, Tensor>> | undefined> {
    if (!names.every((name) => this.#next.has(name))) return undefined;
    return Object.fromEntries(names.map((name) => [name, copyOf(this.#next.get(name)!)]));
  }

  async dispose(): Promise<void> {
    this.#ended?.();
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
