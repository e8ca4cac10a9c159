import type { Program } from '../../ir/program.ts';
import type { Tensor } from '../../ir/tensor.ts';

export type BackendName = 'reference' | 'onnx' | 'onnx-webgpu' | 'cuda' | 'wasm' | 'webgpu';

/** What runs the tensor programs of a plan. The page and the run's events say it, so a fallback is never silent. */
export interface DeviceInfo {
  readonly backend: BackendName;
  /** "ONNX Runtime, CPU, 2 threads". */
  readonly title: string;
  /** Why this one was taken. */
  readonly reason: string;
  readonly threads: number;
}

/** Tensors by the name of an input or an output. */
export type Named = Readonly<Record<string, Tensor>>;

/** A compiled program with its state on the device. Calls on one executable run one after the other. */
export interface Executable {
  /** Sets kept inputs. `given`: the caller needs these tensors no more, so that a device may keep them and need not copy. */
  write(state: Named, how?: { readonly given?: boolean }): Promise<void>;
  /** Runs once and gives the outputs that are not carried back; then every carried input has its output's value. */
  run(feeds?: Named): Promise<Named>;
  /** Copies of kept inputs. */
  read(names: readonly string[]): Promise<Named>;
  /**
   * Puts a column [… , 1] into a kept input [… , n], at one place of its last axis: what grows by a column is not copied
   * whole. Only where state lies in memory that can be written to.
   */
  writeColumn?(name: string, at: number, column: Tensor): Promise<void>;
  /**
   * Where what is carried would go to the host and back between two runs: up to `most` runs in one call. The same numbers
   * as so many calls of `run`, and what each gave.
   */
  readonly several?: { readonly most: number; run(feeds: readonly Named[]): Promise<readonly Named[]> };
  /**
   * Copies of carried inputs as they were before the last run, where they are still there: those to `overwrite` are not.
   * Of `several` runs: before one of them, counted from 0.
   */
  before?(names: readonly string[], run?: number): Promise<Named | undefined>;
  dispose(): Promise<void>;
}

export interface CompileOptions {
  /** input → output: after a run the input has the output's value, without leaving the device. */
  readonly carry?: Readonly<Record<string, string>>;
  /** Carried inputs of which nobody will ask what they were `before`: a device may write over them. */
  readonly overwrite?: readonly string[];
  /** Inputs that stay on the device until they are written again. Carried inputs are kept too. */
  readonly keep?: readonly string[];
  /** Many runs will follow each other with nothing asked between them: a device may then offer `several`. */
  readonly repeats?: true;
  /** Matrix products of operands in bfloat16, where the device says that it has them. All else is float32. */
  readonly products?: 'bfloat16';
}

/** Compiles tensor programs for one device: the same program gives the same numbers on each (docs/backends.md). */
export interface Compute {
  readonly device: DeviceInfo;
  /** Its executables have `writeColumn`. */
  readonly writesColumns?: true;
  /** Whether it multiplies in bfloat16: it is tried out. Absent where it never does. */
  multipliesBfloat16?(): Promise<boolean>;
  compile(program: Program, options?: CompileOptions): Promise<Executable>;
}
