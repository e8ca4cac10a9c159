import { type Problem, ProblemError } from '../../lib/problem.ts';
import type { DocumentLog } from '../_editor/state/document-log.ts';
import { rebase } from '../_editor/state/rebase.ts';
import { isOffline, problemOfCall, type SaveResult } from './api.ts';
import type { Entry, InFlight, Journal } from './journal.ts';

export type SaveState =
  | { readonly kind: 'saved' }
  | { readonly kind: 'saving' }
  /** Changes are kept on this device; the next try is on its way. */
  | { readonly kind: 'waiting'; readonly problem: Problem }
  /** Trying again would not help: what to do is in the problem. */
  | { readonly kind: 'failed'; readonly problem: Problem };

/** Changes of someone else that came in between. */
export interface Merged {
  /** What they did. */
  readonly theirs: readonly string[];
  /** How many changes of ours had no place any more. */
  readonly lost: number;
  /** How many wires are gone because one side took a node of the other's away. */
  readonly wires: number;
}

export interface AutosaveOptions {
  readonly rev: number;
  readonly journal: Journal | undefined;
  readonly inFlight?: InFlight | undefined;
  read(): DocumentLog;
  write(log: DocumentLog): void;
  save(request: {
    readonly baseRev: number;
    readonly idempotencyKey: string;
    readonly commands: DocumentLog['pending'];
  }): Promise<SaveResult>;
  onState(state: SaveState): void;
  onMerged(merged: Merged): void;
  onSaved(rev: number): void;
}

/** How long typing goes on before it is sent. */
const QUIET_MS = 700;
/** Commands in one request. */
const MOST_COMMANDS = 500;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

/** Problems that pass by themselves. */
const passes = ({ code }: Problem): boolean =>
  ['network/offline', 'network/status', 'internal/error', 'database/away', 'request/too-fast'].includes(code);

/**
 * Sends what was done to the server: soon, in order, once each. Without a connection it is kept on this device and sent
 * later; where someone else saved in between, our changes go on top of theirs.
 */
export class Autosave {
  readonly #options: AutosaveOptions;
  #rev: number;
  #inFlight: InFlight | undefined;
  #sending: Promise<Problem | undefined> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #journalling: Promise<void> | undefined;
  #journalAgain = false;
  #stopped = false;

  constructor(options: AutosaveOptions) {
    this.#options = options;
    this.#rev = options.rev;
    this.#inFlight = options.inFlight;
  }

  /** The newest revision that the server has of us. */
  get rev(): number {
    return this.#rev;
  }
  get isSaved(): boolean {
    return this.#options.read().pending.length === 0;
  }

  /** Something was done, undone or done again. */
  changed(): void {
    this.#journal();
    if (this.isSaved || this.#sending) return;
    this.#options.onState({ kind: 'saving' });
    this.#schedule(QUIET_MS);
  }

  /** Sends everything now. Throws a ProblemError where that can't be done. */
  async flush(): Promise<number> {
    for (let tries = 0; !this.isSaved; tries++) {
      await this.#sending;
      if (this.isSaved) break;
      const problem = await this.#send();
      if (problem) throw new ProblemError(problem);
      if (tries > 100)
        throw new ProblemError({ code: 'save/busy', message: 'The graph changes faster than it saves.' });
    }
    return this.#rev;
  }

  /** The connection may be back: tries at once. */
  retry(): void {
    if (!this.isSaved) this.#schedule(0);
  }

  /** Takes in what someone else saved: another tab, or another person. */
  adopt(rev: number, document: DocumentLog['document'], theirs: readonly string[] = []): void {
    if (rev <= this.#rev || this.#sending || this.#inFlight) return;
    this.#rebase(rev, document, theirs);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(delay: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#send(), delay);
  }

  /**
   * One request at a time: who asks meanwhile waits for that one. Two with the same key would both take away what they
   * carried, and the second what was done since. Gives the problem that stood in the way.
   */
  #send(): Promise<Problem | undefined> {
    clearTimeout(this.#timer);
    this.#sending ??= this.#attempt().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  async #attempt(): Promise<Problem | undefined> {
    const { read, write, save, onState, onSaved } = this.#options;
    await Promise.resolve();
    const { pending } = read();
    if (pending.length === 0 || this.#stopped) return undefined;
    this.#inFlight ??= {
      key: crypto.randomUUID(),
      baseRev: this.#rev,
      count: Math.min(pending.length, MOST_COMMANDS),
    };
    // a tab that dies now asks again with this key
    this.#journal();
    const { key, baseRev, count } = this.#inFlight;
    onState({ kind: 'saving' });
    try {
      const result = await save({ baseRev, idempotencyKey: key, commands: pending.slice(0, count) });
      this.#failures = 0;
      this.#inFlight = undefined;
      if (result.status === 'conflict') this.#rebase(result.rev, result.document, labels(result.commands));
      else {
        this.#rev = Math.max(this.#rev, result.rev);
        const log = read();
        write({ ...log, pending: log.pending.slice(count) });
        this.#journal();
        onSaved(this.#rev);
      }
      if (this.isSaved) onState({ kind: 'saved' });
      else this.#schedule(0);
      return undefined;
    } catch (error) {
      const problem = problemOfCall(error);
      if (passes(problem)) {
        onState({ kind: 'waiting', problem });
        const delay = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures++);
        if (!this.#stopped) this.#schedule(delay);
      } else {
        // what is sent next is another request, and may carry a change that mends this
        this.#inFlight = undefined;
        onState({ kind: 'failed', problem });
      }
      this.#journal();
      return problem;
    }
  }

  #rebase(rev: number, document: DocumentLog['document'], theirs: readonly string[]): void {
    const { log, ...gone } = rebase(this.#options.read(), document);
    this.#rev = rev;
    this.#options.write(log);
    this.#journal();
    this.#options.onMerged({ theirs, ...gone });
  }

  /** Writes what is there to this device: one write at a time, the newest last. */
  #journal(): void {
    const { journal, read } = this.#options;
    if (!journal) return;
    if (this.#journalling) {
      this.#journalAgain = true;
      return;
    }
    const { document, past, future, pending } = read();
    const entry: Entry = {
      rev: this.#rev,
      document,
      past,
      future,
      pending,
      ...(this.#inFlight && { inFlight: this.#inFlight }),
    };
    this.#journalling = journal
      .write(entry)
      .catch(() => undefined)
      .then(() => {
        this.#journalling = undefined;
        if (!this.#journalAgain) return;
        this.#journalAgain = false;
        this.#journal();
      });
  }
}

const labels = (commands: readonly { readonly label: string }[]): string[] => commands.map(({ label }) => label);

export const isWaiting = (state: SaveState): boolean => state.kind === 'waiting' && isOffline(state.problem);
