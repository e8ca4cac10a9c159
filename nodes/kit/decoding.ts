import type { Model } from '../../graph/values.ts';
import { Builder } from '../../ir/builder.ts';
import type { Value } from '../../ir/operation.ts';
import { makeProgram, type Program } from '../../ir/program.ts';
import { scalar, type Tensor, tensorOf } from '../../ir/tensor.ts';
import { staticShape } from '../../ir/types.ts';
import { fail } from '../../lib/problem.ts';
import type { Compute, Executable } from './compute.ts';
import type { Network } from './context.ts';
import type { NamedProgram } from './define-node.ts';
import { parameterInput, parameterState } from './training-step.ts';

/** Room for so many positions: a short text does not pay for a long window. */
const ROOMS = [64, 256, 1024, 4096, 16_384];

const keptInput = (name: string): string => `kept:${name}`;
const keptOutput = (name: string): string => `next:${name}`;

const ownOutput = (name: string): string => `own:${name}`;

interface Pass {
  readonly program: Program;
  /** What layers keep, by name. */
  readonly kept: readonly string[];
  /** What grows by a column rather than being kept anew. */
  readonly grown: readonly string[];
}

/**
 * One pass of a language model over `rows` sequences of one length. `whole` sees all positions from the first, `start` too
 * and keeps what layers need to go on, `next` sees one position and what was kept. All give the logits of the last.
 */
export function languagePass(
  network: Network,
  kind: 'whole' | 'start' | 'next',
  { rows, room, grows = false }: { readonly rows: number; readonly room: number; readonly grows?: boolean },
): Pass {
  const [{ column, type }] = network.inputs as [Network['inputs'][number]];
  const ir = new Builder();
  const length = kind === 'next' ? 1 : room;
  const ids = ir.input(`data:${column}`, { ...type, shape: [rows, length] });
  const last = ir.input('last', { dtype: 'int32', shape: [] });
  const parameters = Object.fromEntries(
    network.parameters.map(({ name, shape }) => [name, ir.input(parameterInput(name), { dtype: 'float32', shape })]),
  );
  // which row of before each row goes on from: the beams of a search change places
  const parents = kind === 'next' && rows > 1 ? ir.input('parents', { dtype: 'int32', shape: [rows] }) : undefined;
  const outputs: Record<string, Value> = {};
  const kept: string[] = [];
  const grown: string[] = [];
  const counts = ir.cast(ir.less(ir.iota({ shape: [length], axis: 0 }), ir.add(last, 1)), { to: 'float32' });
  const output = network.forward(ir, {
    inputs: { [column]: ids },
    parameters,
    ...(kind !== 'whole' && {
      decode: {
        room,
        positions: kind === 'next' ? ir.reshape(last, { shape: [1] }) : ir.iota({ shape: [length], axis: 0 }),
        ...(kind === 'start' && { counts }),
        state(name, shape) {
          const before = ir.input(keptInput(name), { dtype: 'float32', shape });
          return parents ? ir.gather(before, parents) : before;
        },
        keep(name, value) {
          kept.push(name);
          outputs[keptOutput(name)] = value;
        },
        // beams that change places have to be copied anyway
        ...(kind === 'next' &&
          grows &&
          !parents && {
            append(name: string, column: Value) {
              grown.push(name);
              outputs[ownOutput(name)] = column;
            },
          }),
      },
    }),
  });
  // [B, T, V] → the logits at one position: row b·T + last
  const vocabulary = staticShape(output.type.shape).at(-1)!;
  const first = ir.mul(ir.iota({ shape: [rows], axis: 0 }), length);
  const row = kind === 'next' ? first : ir.add(first, last);
  outputs.logits = ir.gather(ir.reshape(output, { shape: [rows * length, vocabulary] }), row);
  return { program: makeProgram(ir, outputs), kept, grown };
}

/** What people may look at of a generation whose text fits into the smallest room. */
export function generationPrograms(
  network: Network,
  { rows, tokens }: { readonly rows: number; readonly tokens: number },
): readonly NamedProgram[] {
  const window = network.inputs[0]?.type.shape[1];
  if (network.inputs.length !== 1 || typeof window !== 'number')
    return fail('generate/inputs', 'Generate needs a language model that reads tokens and nothing else.');
  if (network.wholeOnly !== undefined)
    return [
      { title: 'A token', program: languagePass(network, 'whole', { rows, room: window }).program, runs: tokens },
    ];
  const room = Math.min(window, ROOMS[0]!);
  const pass = (kind: 'start' | 'next') => languagePass(network, kind, { rows, room, grows: true }).program;
  return [
    { title: 'The prompt', program: pass('start'), runs: 1 },
    { title: 'A further token', program: pass('next'), runs: Math.max(0, tokens - 1) },
  ];
}

/**
 * What a language model says comes next after each of several sequences of one length. Where its layers can, it keeps keys,
 * values and states, so that a further token costs one position; else it computes the whole window for each.
 */
export class NextToken {
  readonly #network: Network;
  readonly #tensors: Model['tensors'];
  readonly #compute: Compute;
  readonly #rows: number;
  readonly #window: number;
  readonly #column: string;
  readonly #compiled = new Map<string, Pick<Pass, 'kept' | 'grown'> & { running: Executable }>();
  /** What is kept, and for which sequences. */
  #kept: { room: number; sequences: readonly (readonly number[])[] } | undefined;

  /** Absent `wholeOnly`, a token costs one position; else the reason why it costs the window. */
  readonly wholeOnly: string | undefined;

  private constructor(network: Network, speaker: Model, compute: Compute, rows: number, window: number) {
    this.#network = network;
    this.#tensors = speaker.tensors;
    this.#compute = compute;
    this.#rows = rows;
    this.#window = window;
    this.#column = network.inputs[0]!.column;
    this.wholeOnly = network.wholeOnly;
  }

  static open(
    network: Network,
    speaker: Model,
    { compute, rows, cached = true }: { compute: Compute; rows: number; cached?: boolean },
  ): NextToken {
    const [input, ...more] = network.inputs;
    const window = input?.type.shape[1];
    if (!input || more.length > 0 || typeof window !== 'number')
      return fail('generate/inputs', 'Generate needs a language model that reads tokens and nothing else.');
    const used = cached ? network : { ...network, wholeOnly: 'Not asked for' };
    return new NextToken(used, speaker, compute, rows, window);
  }

  /** Logits after each sequence. */
  async logits(sequences: readonly (readonly number[])[]): Promise<Float32Array[]> {
    const seen = sequences.map((sequence) => sequence.slice(-this.#window));
    const length = seen[0]!.length;
    const slides = sequences[0]!.length > this.#window;
    if (this.wholeOnly !== undefined || slides) return this.#whole(seen, length);
    const parents = this.#kept && length <= this.#kept.room ? parentsOf(seen, this.#kept.sequences) : undefined;
    const logits = parents ? await this.#next(seen, parents, length) : await this.#start(seen, length);
    this.#kept = { room: parents ? this.#kept!.room : this.#roomFor(length), sequences: seen };
    return logits;
  }

  /** The smallest room that leaves space for one more, up to the window. */
  #roomFor(length: number): number {
    return Math.min(this.#window, ROOMS.find((room) => room > length) ?? this.#window);
  }

  async #whole(seen: readonly (readonly number[])[], length: number): Promise<Float32Array[]> {
    const { running } = await this.#pass('whole', this.#window);
    return this.#rowsOf(await running.run(this.#feeds(seen, this.#window, length - 1)));
  }

  async #start(seen: readonly (readonly number[])[], length: number): Promise<Float32Array[]> {
    const room = this.#roomFor(length);
    const { running, kept } = await this.#pass('start', room);
    const results = await running.run(this.#feeds(seen, room, length - 1));
    const next = await this.#pass('next', room);
    await next.running.write(Object.fromEntries(kept.map((name) => [keptInput(name), results[keptOutput(name)]!])));
    return this.#rowsOf(results);
  }

  async #next(seen: readonly (readonly number[])[], parents: readonly number[], length: number) {
    const { running, grown } = await this.#pass('next', this.#kept!.room);
    const newest = seen.map((sequence) => sequence.slice(-1));
    const feeds = this.#feeds(newest, 1, length - 1);
    const results = await running.run(
      this.#rows > 1 ? { ...feeds, parents: tensorOf('int32', [this.#rows], parents) } : feeds,
    );
    for (const name of grown) await running.writeColumn?.(keptInput(name), length - 1, results[ownOutput(name)]!);
    return this.#rowsOf(results);
  }

  #feeds(seen: readonly (readonly number[])[], length: number, last: number): Record<string, Tensor> {
    const ids = new Int32Array(this.#rows * length);
    seen.forEach((sequence, row) => {
      ids.set(sequence, row * length);
    });
    return {
      [`data:${this.#column}`]: tensorOf('int32', [this.#rows, length], ids),
      last: { ...scalar(0), dtype: 'int32', data: Int32Array.of(last) },
    };
  }

  #rowsOf(results: Readonly<Record<string, Tensor>>): Float32Array[] {
    const { data, shape } = results.logits!;
    const width = shape[1]!;
    return Array.from({ length: this.#rows }, (_, row) => (data as Float32Array).slice(row * width, (row + 1) * width));
  }

  async #pass(kind: 'whole' | 'start' | 'next', room: number) {
    const key = `${kind} ${room}`;
    const known = this.#compiled.get(key);
    if (known) return known;
    const grows = this.#compute.writesColumns === true;
    const { program, kept, grown } = languagePass(this.#network, kind, { rows: this.#rows, room, grows });
    const running = await this.#compute.compile(program, {
      keep: [...this.#network.parameters.map(({ name }) => parameterInput(name)), ...grown.map(keptInput)],
      ...(kind === 'next' && {
        carry: Object.fromEntries(kept.map((name) => [keptInput(name), keptOutput(name)])),
      }),
    });
    await running.write(parameterState(this.#tensors));
    const made = { running, kept, grown };
    this.#compiled.set(key, made);
    return made;
  }

  async close(): Promise<void> {
    for (const { running } of this.#compiled.values()) await running.dispose();
  }
}

/** For each sequence, which of those before it goes on from by one token; undefined where one goes on from none. */
function parentsOf(
  sequences: readonly (readonly number[])[],
  before: readonly (readonly number[])[],
): number[] | undefined {
  const parents = sequences.map((sequence) =>
    before.findIndex((old) => old.length === sequence.length - 1 && old.every((id, i) => id === sequence[i])),
  );
  return parents.includes(-1) ? undefined : parents;
}
