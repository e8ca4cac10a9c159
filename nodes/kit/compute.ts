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

/** A compiled program with its state on the device. Calls on one executable run one after the other. */
export interface Executable {
  /** Sets kept inputs. `given`: the caller needs these tensors no more, so that a device may keep them and need not copy. */
  write(state: Readonly<Record<string, Tensor>>, how?: { readonly given?: boolean }): Promise<void>;
  /** Runs once and gives the outputs that are not carried back; then every carried input has its output's value. */
  run(feeds?: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>;
  /** Copies of kept inputs. */
  read(names: readonly string[]): Promise<Readonly<Record<string, Tensor>>>;
  /**
   * Puts a column [… , 1] into a kept input [… , n], at one place of its last axis: what grows by a column is not copied
   * whole. Only where state lies in memory that can be written to.
   */
  writeColumn?(name: string, at: number, column: Tensor): Promise<void>;
  /** Copies of carried inputs as they were before the last run, where they are still there: those to `overwrite` are not. */
  before?(names: readonly string[]): Promise<Readonly<Record<string, Tensor>> | undefined>;
  dispose(): Promise<void>;
}

export interface CompileOptions {
  /** input → output: after a run the input has the output's value, without leaving the device. */
  readonly carry?: Readonly<Record<string, string>>;
  /** Carried inputs of which nobody will ask what they were `before`: a device may write over them. */
  readonly overwrite?: readonly string[];
  /** Inputs that stay on the device until they are written again. Carried inputs are kept too. */
  readonly keep?: readonly string[];
}

/** Compiles tensor programs for one device: the same program gives the same numbers on each (docs/backends.md). */
export interface Compute {
  readonly device: DeviceInfo;
  /** Its executables have `writeColumn`. */
  readonly writesColumns?: true;
  compile(program: Program, options?: CompileOptions): Promise<Executable>;
}
