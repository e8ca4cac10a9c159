import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Calibration } from '../../ir/roofline.ts';
import type { FromChild, ToChild } from '../../runtime/node/compute-messages.ts';
import { memoryEnvironment } from '../../runtime/node/memory.ts';
import { rootFolder } from '../../runtime/node/platform.ts';

export interface ComputeOptions {
  readonly backend: string;
  readonly threads?: string;
  readonly dataFolder: string;
}

/** What the child may know of this process's surroundings: no tokens, no addresses of databases. */
const passed = [
  'PATH',
  'HOME',
  'LANG',
  'TMPDIR',
  'NODE_EXTRA_CA_CERTS',
  'npm_config_registry',
  'PATCHBAY_CHECKPOINT_SECONDS',
];
const graphics = /^(CUDA_|VK_|LD_LIBRARY_PATH|XDG_RUNTIME_DIR)/;

export interface Device {
  /** What it computes with, in words. */
  readonly title: string;
  /** How fast it is, where that was measured before. */
  readonly calibration?: Calibration | undefined;
}

/** A compute child that is started and waits for its job. It does one, then it is gone. */
export class ComputeChild {
  readonly #child: ChildProcess;
  /** What it computes with, once it has started. */
  readonly ready: Promise<Device>;
  /** How it ended, in words. */
  readonly ended: Promise<string>;
  #listener: (message: FromChild) => void = () => undefined;

  constructor({ backend, threads, dataFolder }: ComputeOptions) {
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => passed.includes(name) || graphics.test(name)),
    );
    this.#child = fork(join(rootFolder, 'runtime/node/compute-child.ts'), threads ? [backend, threads] : [backend], {
      cwd: rootFolder,
      env: { ...memoryEnvironment, ...env, NODE_ENV: 'production', PATCHBAY_DATA: dataFolder },
      execArgv: ['--import', 'tsx'],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.ended = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `code ${code}`));
      this.#child.once('error', (error) => resolve(error.message));
    });
    this.ready = new Promise((resolve, reject) => {
      this.#child.on('message', (message: FromChild) => {
        if (message.kind === 'ready') resolve({ title: message.device, calibration: message.calibration });
        else this.#listener(message);
      });
      void this.ended.then((how) => reject(new Error(`the compute process ended (${how})`)));
    });
    this.ready.catch(() => undefined);
  }
  listen(listener: (message: FromChild) => void): void {
    this.#listener = listener;
  }
  send(message: ToChild): void {
    // a child that has just died hears nothing; `ended` tells
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }
  pause(isPaused: boolean): void {
    this.#child.kill(isPaused ? 'SIGSTOP' : 'SIGCONT');
  }
  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
