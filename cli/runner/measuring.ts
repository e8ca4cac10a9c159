import type { Calibration } from '../../ir/roofline.ts';
import { ComputeChild, type ComputeOptions } from './compute.ts';

/** A run that waits already comes before this; a moment of nothing to do has to last. */
const QUIET_MS = 2_000;

/**
 * Finds out how fast the device is, once, in a compute child of its own, while there is no run: beside each other neither
 * would be itself. What it found lies in the data folder then, and the next start of the runner reads it there.
 */
export class Measuring {
  readonly #compute: ComputeOptions;
  readonly #found: (calibration: Calibration) => void;
  #child: ComputeChild | undefined;
  #waiting: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  constructor(compute: ComputeOptions, found: (calibration: Calibration) => void) {
    this.#compute = compute;
    this.#found = found;
  }

  /** There is nothing else to do: it begins, or goes on with what it does. */
  begin(): void {
    if (!this.#isOver && !this.#child) this.#waiting ??= setTimeout(() => this.#start(), QUIET_MS);
  }

  /** A run has come, or the runner ends. */
  stop(): void {
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
    const child = this.#child;
    this.#child = undefined;
    child?.kill();
  }

  #start(): void {
    this.#waiting = undefined;
    const child = new ComputeChild(this.#compute);
    this.#child = child;
    child.listen((message) => {
      if (message.kind !== 'measured' || child !== this.#child) return;
      this.#isOver = true;
      this.stop();
      this.#found(message.calibration);
    });
    child.send({ kind: 'measure' });
    void child.ended.then(() => {
      // a device that breaks under it is not tried again: runs are not measured, and are computed all the same
      if (child === this.#child) this.#isOver = true;
    });
  }
}
