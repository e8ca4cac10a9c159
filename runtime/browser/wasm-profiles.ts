import type { InferenceSession } from 'onnxruntime-common';

/**
 * ONNX Runtime Web writes no files: it prints a session's profile, line by line, when it ends. This takes those lines from
 * the console. It has to be made before the library starts, which keeps the function that it finds.
 */
export class WasmProfiles {
  #lines: string[] | undefined;

  constructor() {
    const log = console.log.bind(console);
    console.log = (...said: unknown[]) => {
      if (this.#lines) this.#lines.push(said.join(' '));
      else log(...said);
    };
  }

  end(session: InferenceSession): string {
    this.#lines = [];
    try {
      session.endProfiling();
      return this.#lines.join('\n');
    } finally {
      this.#lines = undefined;
    }
  }
}
