import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-common';
import type { Program } from '../../ir/program.ts';
import { emptyTensor, type Tensor } from '../../ir/tensor.ts';
import { elementCount, staticShape, type TensorType } from '../../ir/types.ts';
import type { CompileOptions, DeviceInfo, Executable, Named } from '../../nodes/kit/compute.ts';
import { deviceProblem } from '../device-problems.ts';
import type { Ort } from './backend.ts';
import { emitProgram, type LoweringOptions } from './lower.ts';
import { OnnxModel, valueInfo } from './model.ts';
import { copyOf } from './tensors.ts';

/** Of the runs in one call, and of what is fed to all of them together. */
const MOST_RUNS = 64;
const MOST_BYTES = 64_000_000;

/** A program's inputs by what becomes of them, and the outputs that are not carried. */
function partsOf({ inputs, outputs }: Program, { carry = {}, keep = [] }: CompileOptions) {
  const carried = new Set(Object.values(carry));
  const named = inputs.map(({ name, type }) => ({ name: name!, type }));
  return {
    carried: named.filter(({ name }) => name in carry).map((input) => ({ ...input, output: carry[input.name]! })),
    kept: named.filter(({ name }) => !(name in carry) && keep.includes(name)),
    fed: named.filter(({ name }) => !(name in carry) && !keep.includes(name)),
    results: outputs.filter(({ name }) => !carried.has(name)).map(({ name, value }) => ({ name, type: value.type })),
  };
}

/**
 * A program as the body of an ONNX Loop, which runs it `runs` times. What is carried goes from run to run inside
 * (`first:` in, `last:` out); of what is fed (`all:`) each run takes its row, and of what comes out (`each:`) it gives one;
 * what is kept (`in:`) is the same for all.
 */
export function lowerToLoop(program: Program, options: CompileOptions, lowering: LoweringOptions = {}): Uint8Array {
  const { carried, kept, fed, results } = partsOf(program, options);
  const info = (name: string, { dtype, shape }: TensorType) => valueInfo(name, dtype, staticShape(shape));
  const rows = (name: string, { dtype, shape }: TensorType) => valueInfo(name, dtype, ['runs', ...staticShape(shape)]);

  const body = new OnnxModel();
  for (const { name } of fed) body.node('Gather', [`all:${name}`, 'run'], { axis: 0 }, `in:${name}`);
  emitProgram(body, program, lowering);
  body.node('Identity', ['going'], {}, 'goes on');
  const graph = body.graph(
    [
      valueInfo('run', 'int64', []),
      valueInfo('going', 'bool', []),
      ...carried.map(({ name, type }) => info(`in:${name}`, type)),
    ],
    [
      valueInfo('goes on', 'bool', []),
      ...carried.map(({ output, type }) => info(`out:${output}`, type)),
      ...results.map(({ name, type }) => info(`out:${name}`, type)),
    ],
  );

  const model = new OnnxModel();
  model.nodes(
    'Loop',
    ['runs', '', ...carried.map(({ name }) => `first:${name}`)],
    [...carried.map(({ name }) => `last:${name}`), ...results.map(({ name }) => `each:${name}`)],
    { body: { graph } },
  );
  return model.encode(
    [
      valueInfo('runs', 'int64', []),
      ...carried.map(({ name, type }) => info(`first:${name}`, type)),
      ...kept.map(({ name, type }) => info(`in:${name}`, type)),
      ...fed.map(({ name, type }) => rows(`all:${name}`, type)),
    ],
    [
      ...carried.map(({ name, type }) => info(`last:${name}`, type)),
      ...results.map(({ name, type }) => rows(`each:${name}`, type)),
    ],
  );
}

interface Parts {
  readonly ort: Ort;
  readonly session: InferenceSession;
  readonly program: Program;
  readonly options: CompileOptions;
  readonly device: DeviceInfo;
  readonly ended: (() => void) | undefined;
}

/**
 * A program in a Loop, for devices whose tensors JavaScript can't keep or that copy them: the state goes there and back
 * once a call, however many runs that call takes. The state before the last call is still here, so each run of it can be asked about.
 */
export class OnnxLoopExecutable implements Executable {
  readonly several: NonNullable<Executable['several']>;
  readonly #parts: Parts & ReturnType<typeof partsOf>;
  #state: Readonly<Record<string, OrtTensor>>;
  #last: { readonly state: Readonly<Record<string, OrtTensor>>; readonly feeds: readonly Named[] } | undefined;

  constructor(parts: Parts) {
    this.#parts = { ...parts, ...partsOf(parts.program, parts.options) };
    const { carried, kept, fed } = this.#parts;
    this.#state = Object.fromEntries(
      [...carried, ...kept].map(({ name, type: { dtype, shape } }) => [
        name,
        this.#wrap(emptyTensor(dtype, staticShape(shape))),
      ]),
    );
    const bytes = fed.reduce((sum, { type }) => sum + 4 * elementCount(staticShape(type.shape)), 0);
    const most = Math.max(1, Math.min(MOST_RUNS, Math.floor(MOST_BYTES / Math.max(1, bytes))));
    this.several = { most, run: (feeds) => this.#runs(feeds) };
  }

  #wrap(tensor: Tensor): OrtTensor {
    return new this.#parts.ort.Tensor(tensor.dtype, tensor.data, tensor.shape);
  }

  async write(state: Named, { given = false } = {}): Promise<void> {
    const { carried, kept } = this.#parts;
    const written: Record<string, OrtTensor> = {};
    for (const [name, { dtype, data }] of Object.entries(state)) {
      const type = [...carried, ...kept].find((input) => input.name === name)?.type;
      if (!type) throw new Error(`${name} is not a kept input`);
      const own = given ? data : (data.slice() as Tensor['data']);
      written[name] = this.#wrap({ dtype, data: own, shape: staticShape(type.shape) });
    }
    this.#state = { ...this.#state, ...written };
  }

  async run(feeds: Named = {}): Promise<Named> {
    return (await this.#runs([feeds]))[0]!;
  }

  async #runs(feeds: readonly Named[]): Promise<readonly Named[]> {
    this.#last = undefined;
    const { results } = this.#parts;
    const given = await this.#call(this.#state, feeds);
    this.#last = { state: this.#state, feeds };
    this.#state = this.#after(this.#state, given);
    return feeds.map((_, i) =>
      Object.fromEntries(results.map(({ name, type }) => [name, rowOf(given[`each:${name}`]!, i, type)])),
    );
  }

  async #call(
    state: Readonly<Record<string, OrtTensor>>,
    feeds: readonly Named[],
  ): Promise<InferenceSession.OnnxValueMapType> {
    const { ort, session, device, carried, kept, fed } = this.#parts;
    const inputs: Record<string, OrtTensor> = {
      runs: new ort.Tensor('int64', BigInt64Array.of(BigInt(feeds.length)), []),
    };
    for (const { name } of carried) inputs[`first:${name}`] = state[name]!;
    for (const { name } of kept) inputs[`in:${name}`] = state[name]!;
    for (const { name, type } of fed) inputs[`all:${name}`] = this.#wrap(stacked(name, type, feeds));
    return session.run(inputs).catch((error: unknown) => deviceProblem(error, device));
  }

  #after(
    state: Readonly<Record<string, OrtTensor>>,
    given: InferenceSession.OnnxValueMapType,
  ): Readonly<Record<string, OrtTensor>> {
    const last = this.#parts.carried.map(({ name }) => [name, given[`last:${name}`]!]);
    return { ...state, ...Object.fromEntries(last) };
  }

  async read(names: readonly string[]): Promise<Named> {
    return pick(this.#state, names);
  }

  /** The runs before the one that is asked for are taken again, from the state before the call. */
  async before(names: readonly string[], run = 0): Promise<Named | undefined> {
    if (!this.#last) return undefined;
    const { state, feeds } = this.#last;
    if (run === 0) return pick(state, names);
    return pick(this.#after(state, await this.#call(state, feeds.slice(0, run))), names);
  }

  async dispose(): Promise<void> {
    this.#parts.ended?.();
    await this.#parts.session.release();
  }
}

function pick(state: Readonly<Record<string, OrtTensor>>, names: readonly string[]): Named {
  const unknown = names.find((name) => !(name in state));
  if (unknown !== undefined) throw new Error(`${unknown} is not a kept input`);
  return Object.fromEntries(names.map((name) => [name, copyOf(state[name]!)]));
}

/** One input of all runs, side by side. */
function stacked(name: string, { dtype, shape }: TensorType, feeds: readonly Named[]): Tensor {
  const all = emptyTensor(dtype, [feeds.length, ...staticShape(shape)]);
  const count = all.data.length / feeds.length;
  for (const [i, feed] of feeds.entries()) {
    const tensor = feed[name];
    if (!tensor) throw new Error(`no data for the input ${name}`);
    all.data.set(tensor.data, i * count);
  }
  return all;
}

function rowOf(all: OrtTensor, row: number, type: TensorType): Tensor {
  const shape = staticShape(type.shape);
  const count = elementCount(shape);
  const data = (all.data as Tensor['data']).slice(row * count, (row + 1) * count) as Tensor['data'];
  return { dtype: type.dtype, shape, data };
}
