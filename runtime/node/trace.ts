import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sectionsOf } from '../../compiler/sections.ts';
import { showProgram } from '../../compiler/show-program.ts';
import type { RunEvent } from '../../graph/events.ts';
import { estimate } from '../../ir/estimate.ts';
import type { Compute } from '../../nodes/kit/compute.ts';
import { onnxNodeCompute } from '../onnx/node.ts';
import { operationsOf, type ProgramTimes, Timeline } from '../trace.ts';

interface Traced {
  readonly prefix: string;
  /** When its session was made: ONNX Runtime's profile counts from there. */
  readonly began: number;
  readonly program: ReturnType<Timeline['begin']>;
}

/**
 * Looks at a run from within: every program that it compiles as text, ONNX Runtime's own times of each operation, and
 * both with the steps of the plan on one time line. `see` gets the run's events, so that a program has its node's name.
 */
export class RunTrace {
  readonly compute: Compute;
  readonly #folder: string;
  readonly #timeline = new Timeline();
  readonly #programs: Traced[] = [];

  constructor(folder: string, threads?: number) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    const device = (profile?: string) =>
      onnxNodeCompute({ reason: 'asked for', ...(threads && { threads }), ...(profile && { profile }) });
    const plain = device();
    this.compute = {
      ...plain,
      compile: async (program, options) => {
        const begun = this.#timeline.begin();
        const prefix = join(folder, `profile-${begun.name}`);
        this.#programs.push({ prefix, began: Date.now(), program: begun });
        writeFileSync(
          join(folder, `${begun.name}.txt`),
          showProgram({ ...estimate(program), sections: sectionsOf(program) }),
        );
        return device(prefix).compile(program, options);
      },
    };
  }

  see(event: RunEvent): void {
    this.#timeline.see(event);
  }

  /** Writes trace.json and gives the time of each operation by program. Sessions have to be disposed of by then. */
  finish(): readonly ProgramTimes[] {
    for (const { prefix, began, program } of this.#programs) {
      const profile = this.#profileOf(prefix);
      if (profile !== undefined) program.add(operationsOf(profile, began));
    }
    writeFileSync(join(this.#folder, 'trace.json'), this.#timeline.json());
    return this.#timeline.times();
  }

  /** The file that ONNX Runtime wrote for one session, which then goes. */
  #profileOf(prefix: string): string | undefined {
    const start = prefix.slice(this.#folder.length + 1);
    const file = readdirSync(this.#folder).find((each) => each.startsWith(`${start}_`) && each.endsWith('.json'));
    if (file === undefined) return undefined;
    const profile = readFileSync(join(this.#folder, file), 'utf8');
    rmSync(join(this.#folder, file));
    return profile;
  }
}
