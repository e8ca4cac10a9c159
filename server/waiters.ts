/** Runners that asked for a run when there was none: they wait here until one is queued. */
export class Waiters {
  readonly #waiting = new Set<() => void>();
  /** Nobody is to wait any more: the server ends. */
  closed = false;

  /** Ends at `wake`, after a while, or when the signal says so. */
  wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        this.#waiting.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#waiting.add(end);
      signal.addEventListener('abort', end);
      if (signal.aborted || this.closed) end();
    });
  }
  wake(): void {
    for (const end of [...this.#waiting]) end();
  }
  close(): void {
    this.closed = true;
    this.wake();
  }
}
