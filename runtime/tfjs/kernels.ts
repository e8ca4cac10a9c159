import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { env, type Tensor } from '@tensorflow/tfjs-core';
import type { Emitter } from './emitter.ts';

type TfjsProgram = Parameters<WebGPUBackend['runWebGPUProgram']>[0];

/** What a kernel's generator says besides its lines. */
export interface KernelText {
  /** Memory that a workgroup shares. */
  readonly shared: string;
  readonly groups: number;
  readonly threads: number;
}

/** A kernel as WGSL: it writes into the buffer `result` and reads from that one and from the named ones. */
export interface Shader extends KernelText {
  readonly code: string;
  readonly reads: readonly string[];
  readonly uniforms: number;
}

/** A buffer of 32-bit words on the device, as tfjs holds tensors. */
export interface Arena {
  readonly tensor: Tensor;
  readonly buffer: GPUBuffer;
}

/** At most so many workgroups along an axis. */
const WIDEST = 65_535;
/** Dispatches that are handed over together: a long step should not look like a hung device. */
const TOGETHER = 128;

export const shaderOf = (e: Emitter, text: KernelText, reads: readonly string[]): Shader => ({
  ...text,
  reads,
  uniforms: e.uniforms.length,
  code: `
${text.shared}
${[...e.helpers.values()].join('\n')}
fn main(index : i32) {
  let group = i32(workgroupId.x + workgroupId.y * numWorkgroups.x);
  ${e.text()}
}`,
});

/**
 * The one place that uses tfjs's program interface: `runWebGPUProgram` makes a pipeline of our text (cached by its key),
 * binds the buffers, and puts the dispatch into its command queue. Everything lies in a few large buffers of int32, since
 * tfjs gives a program one result only, WebGPU promises no more than eight buffers, and int32 keeps all bits.
 */
export class Kernels {
  readonly #backend: WebGPUBackend;
  #waiting = 0;
  /** Settles when the device goes away. */
  readonly lost: Promise<{ readonly message: string }>;

  constructor(backend: WebGPUBackend) {
    this.#backend = backend;
    this.lost = backend.device.lost;
    // we say when its command queue is handed over
    env().set('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE', Number.MAX_SAFE_INTEGER);
  }

  get device(): GPUDevice {
    return this.#backend.device;
  }
  /** Bytes that one buffer may have in a kernel. */
  get mostBytes(): number {
    const { maxStorageBufferBindingSize, maxBufferSize } = this.device.limits;
    return Math.min(maxStorageBufferBindingSize, maxBufferSize);
  }

  /** Words that are zero. */
  arena(words: number): Arena {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffer = this.device.createBuffer({ size: 4 * words, usage });
    return { buffer, tensor: this.#backend.createTensorFromGPUData({ buffer, zeroCopy: true }, [words], 'int32') };
  }
  free({ tensor, buffer }: Arena): void {
    tensor.dispose();
    buffer.destroy();
  }

  write({ buffer }: Arena, word: number, data: Uint32Array): void {
    this.device.queue.writeBuffer(buffer, 4 * word, data as Uint32Array<ArrayBuffer>);
  }

  run(shader: Shader, inputs: readonly Arena[], output: Arena, uniforms: readonly number[]): void {
    const wide = Math.min(shader.groups, WIDEST);
    const program: TfjsProgram = {
      variableNames: [...shader.reads],
      outputShape: [shader.threads],
      uniforms: uniforms.map((_, i) => `u${i} : i32,`).join(' '),
      workgroupSize: [shader.threads, 1, 1],
      size: true,
      dispatchLayout: { x: [0] },
      dispatch: [wide, Math.ceil(shader.groups / wide), 1],
      shaderKey: shader.code,
      getUserCode: () => shader.code,
    };
    this.#backend.runWebGPUProgram(
      program,
      inputs.map(({ tensor }) => tensor),
      'int32',
      uniforms.map((value) => ({ type: 'int32', data: [value] })),
      output.tensor,
    );
    if (++this.#waiting >= TOGETHER) this.#submit();
  }

  /** The same, measured: milliseconds by the device's own clock where it has one, else until it is done. */
  async time(shader: Shader, inputs: readonly Arena[], output: Arena, uniforms: readonly number[]): Promise<number> {
    const run = () => this.run(shader, inputs, output, uniforms);
    if (this.device.features.has('timestamp-query')) {
      const { kernelMs } = await this.#backend.time(run);
      // tfjs has handed it over itself
      this.#waiting = 0;
      if (typeof kernelMs === 'number') return kernelMs;
    }
    await this.device.queue.onSubmittedWorkDone();
    const began = performance.now();
    run();
    this.#submit();
    await this.device.queue.onSubmittedWorkDone();
    return performance.now() - began;
  }

  /** Hands everything over to the device, and gives copies of some words when it is done. */
  async read(
    pieces: readonly { readonly arena: Arena; readonly word: number; readonly words: number }[],
  ): Promise<Uint32Array[]> {
    const { device } = this;
    if (this.#waiting > 0) this.#submit();
    const total = pieces.reduce((sum, { words }) => sum + words, 0);
    if (total === 0) return [];
    const staging = device.createBuffer({ size: 4 * total, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
    const encoder = device.createCommandEncoder();
    let at = 0;
    for (const { arena, word, words } of pieces) {
      encoder.copyBufferToBuffer(arena.buffer, 4 * word, staging, at, 4 * words);
      at += 4 * words;
    }
    device.queue.submit([encoder.finish()]);
    await Promise.race([
      staging.mapAsync(GPUMapMode.READ),
      this.lost.then(({ message }) => Promise.reject(new Error(`The device was lost: ${message}`))),
    ]);
    const all = new Uint32Array(staging.getMappedRange().slice(0));
    staging.destroy();
    let from = 0;
    return pieces.map(({ words }) => {
      from += words;
      return all.subarray(from - words, from);
    });
  }

  #submit(): void {
    this.#backend.endComputePassEncoder();
    this.#backend.submitQueue();
    this.#waiting = 0;
  }
}
