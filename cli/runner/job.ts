import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventData, RunEvent } from '../../graph/events.ts';
import { type Problem, ProblemError, problemOf } from '../../lib/problem.ts';
import type { FromChild, Question, Questions } from '../../runtime/node/compute-messages.ts';
import { FileStore, FolderBlobs } from '../../runtime/node/file-store.ts';
import { loadManifest } from '../../runtime/values/codec.ts';
import { type Claim, HEARTBEAT_MS } from '../../server/runner-protocol.ts';
import type { ComputeChild } from './compute.ts';
import { Outbox } from './outbox.ts';
import { persist, type ServerLink, Stale } from './server-link.ts';

const RUN_HOURS = Number(process.env.PATCHBAY_RUN_HOURS) || 72;

export interface JobOptions {
  readonly link: ServerLink;
  readonly claim: Claim;
  readonly child: ComputeChild;
  readonly dataFolder: string;
  /** Aborted when the runner itself is told to end: the run then goes back to the queue. */
  readonly signal: AbortSignal;
}
export type JobEnd = 'finished' | 'stale' | 'cancelled' | 'released';

/** One run, from its claim to its end: the child computes, this process keeps the lease and carries what the child makes. */
export class Job {
  readonly #options: JobOptions;
  readonly #outbox: Outbox;
  readonly #blobs: FolderBlobs;
  readonly #store: FileStore;
  /** Ends every call and every wait of this job. */
  readonly #over = new AbortController();
  /** Cache keys whose values came from the server. */
  readonly #onServer = new Set<string>();
  readonly #sent = new Set<string>();
  /** Checkpoints to be sent: of each step only the newest. */
  readonly #checkpoints = new Set<string>();
  readonly #news = new EventEmitter();
  readonly #began = Date.now();
  #finished = false;

  constructor(options: JobOptions) {
    this.#options = options;
    this.#outbox = new Outbox(options.claim.nextSeq);
    const folder = join(options.dataFolder, 'runner');
    this.#blobs = new FolderBlobs(join(folder, 'blobs'));
    this.#store = new FileStore(folder, options.claim.scope);
  }

  async work(): Promise<JobEnd> {
    const { claim, child, signal, link } = this.#options;
    const { run, document, targets, fresh, continues, scope } = claim;
    child.listen((message) => this.#hear(message));
    child.send({ kind: 'run', run, document, targets, fresh, continues, scope });
    void child.ended.then((how) => this.#childEnded(how));
    const tooLong = setTimeout(() => this.#fail(tookTooLong), RUN_HOURS * 3_600_000);

    const released = new Promise<JobEnd>((resolve) => {
      if (signal.aborted) resolve('released');
      signal.addEventListener('abort', () => resolve('released'), { signal: this.#over.signal });
    });
    try {
      const end = await Promise.race([this.#keepLease(), this.#sendEvents(), this.#sendCheckpoints(), released]);
      if (end === 'released') {
        child.kill();
        await link.finish(claim, []).catch(() => undefined); // unheard, the lease runs out
      }
      return end;
    } catch (error) {
      if (error instanceof Stale) return 'stale';
      throw error;
    } finally {
      clearTimeout(tooLong);
      this.#over.abort();
      child.kill();
    }
  }

  #hear(message: FromChild): void {
    if (message.kind === 'event') this.#tell(message.event);
    else if (message.kind === 'saved') {
      this.#checkpoints.add(message.key);
      this.#news.emit('news');
    } else if (message.kind === 'ask') void this.#answer(message);
  }

  #tell(event: RunEvent): void {
    if (this.#finished) return;
    if (event.kind === 'finished') this.#finished = true;
    this.#outbox.add(event);
    this.#news.emit('news');
  }

  /** Ends the run from here, with a problem. */
  #fail(problem: Problem): void {
    const event = { run: this.#options.claim.run, seq: 0, at: Date.now() };
    this.#tell({ ...event, kind: 'problem', data: { problem } });
    this.#tell({ ...event, kind: 'finished', data: { status: 'failed', ms: Date.now() - this.#began } });
    this.#options.child.kill();
  }

  #childEnded(how: string): void {
    if (this.#finished || this.#over.signal.aborted) return;
    this.#fail({
      code: 'run/crashed',
      message: `The process that computed this run broke off (${how}).`,
      hint: how.includes('SIGKILL')
        ? 'Its memory may not have been enough: make the batch or the model smaller.'
        : 'Run it again; if it breaks off again, leave out the step that it stopped at.',
    });
  }

  /** Never ends by itself but with the lease. */
  async #keepLease(): Promise<JobEnd> {
    const { link, claim, child } = this.#options;
    let isPaused = false;
    for (;;) {
      const { cancel, pause } = await persist(this.#over.signal, () => link.heartbeat(claim));
      if (cancel) return 'cancelled';
      if (pause !== isPaused) child.pause(pause);
      isPaused = pause;
      await sleep(HEARTBEAT_MS, undefined, { signal: this.#over.signal });
    }
  }

  async #sendEvents(): Promise<JobEnd> {
    for (;;) {
      await this.#until(() => !this.#outbox.isEmpty);
      await sleep(this.#outbox.waitMs, undefined, { signal: this.#over.signal });
      const events = this.#outbox.take();
      try {
        if (await this.#send(events)) return 'finished';
        this.#outbox.arrived(events);
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        // the server takes no more of this run: its account's storage is full, for example
        if (events.some(({ kind }) => kind === 'finished')) throw error;
        this.#outbox.clear();
        this.#finished = false;
        this.#fail(error.problem);
      }
    }
  }
  /** True where the run has ended with these. */
  async #send(events: readonly RunEvent[]): Promise<boolean> {
    const { link, claim } = this.#options;
    // an event that names values is told when they are there to be read
    for (const event of events) if (event.kind === 'done') await this.#sendValues(event.data);
    if (events.at(-1)?.kind === 'finished') {
      await persist(this.#over.signal, () => link.finish(claim, events));
      return true;
    }
    await persist(this.#over.signal, () => link.events(claim, events));
    return false;
  }

  async #sendValues({ key, outputs }: EventData<'done'>): Promise<void> {
    if (this.#onServer.has(key)) return;
    for (const { sha256 } of Object.values(outputs)) {
      const manifest = await loadManifest(sha256, this.#blobs);
      for (const blob of Object.values(manifest.blobs)) await this.#sendValue(blob);
      await this.#sendValue({ sha256, media: 'application/json' });
    }
  }
  async #sendValue(value: { sha256: string; media: string }): Promise<void> {
    if (this.#sent.has(value.sha256)) return;
    const { link, claim } = this.#options;
    await persist(this.#over.signal, () => link.putValue(claim, value, this.#blobs.path(value.sha256)));
    this.#sent.add(value.sha256);
  }

  /** Never ends by itself. */
  async #sendCheckpoints(): Promise<JobEnd> {
    const { link, claim } = this.#options;
    for (;;) {
      await this.#until(() => this.#checkpoints.size > 0);
      for (const key of [...this.#checkpoints]) {
        this.#checkpoints.delete(key);
        const path = await this.#store.newestCheckpoint(key);
        // taken away meanwhile: its step is done
        if (path) await persist(this.#over.signal, () => link.putCheckpoint(claim, key, path)).catch(unlessMissing);
      }
    }
  }

  async #answer(message: Extract<FromChild, { kind: 'ask' }>): Promise<void> {
    const { child } = this.#options;
    try {
      const answer = await persist(this.#over.signal, () => this.#find(message));
      child.send({ kind: 'answer', id: message.id, answer });
    } catch (error) {
      // a stale lease or a cancelled run: whoever keeps the lease finds out too
      if (error instanceof Stale || this.#over.signal.aborted) return;
      this.#fail(problemOf(error));
    }
  }
  async #find(message: Extract<FromChild, { kind: 'ask' }>): Promise<Questions[Question]['answer']> {
    const { link, claim, dataFolder } = this.#options;
    switch (message.question) {
      case 'lookup': {
        const found = await link.lookup(claim, message.keys);
        for (const key of Object.keys(found)) this.#onServer.add(key);
        return found;
      }
      case 'fetch': {
        const path = incoming(dataFolder);
        if (!(await link.getValue(claim, message.sha256, path))) return false;
        return this.#store.adopt(path, message.sha256);
      }
      case 'checkpoint': {
        const path = incoming(dataFolder);
        return (await link.getCheckpoint(claim, message.key, path)) ? path : null;
      }
    }
  }

  async #until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await once(this.#news, 'news', { signal: this.#over.signal });
  }
}

/** A place for a file that comes from the server. */
export const incomingFolder = (dataFolder: string): string => join(dataFolder, 'runner', 'incoming');
const incoming = (dataFolder: string): string => join(incomingFolder(dataFolder), randomBytes(8).toString('hex'));

const tookTooLong: Problem = {
  code: 'run/too-long',
  message: `A run may take ${RUN_HOURS} hours on this runner, this one takes longer.`,
  hint: 'Train fewer steps, or start the runner with PATCHBAY_RUN_HOURS set higher.',
};

const unlessMissing = (error: unknown): void => {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
};
