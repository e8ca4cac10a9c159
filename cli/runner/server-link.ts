import { createReadStream, createWriteStream, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import type { RunEvent } from '../../graph/events.ts';
import type { Calibration } from '../../ir/roofline.ts';
import { type Problem, ProblemError } from '../../lib/problem.ts';
import type { Outputs } from '../../runtime/store.ts';
import {
  batchAnswerSchema,
  CLAIM_SECONDS,
  type Claim,
  claimSchema,
  heartbeatSchema,
  lookedUpSchema,
  registeredSchema,
} from '../../server/runner-protocol.ts';

/** The lease is gone: another runner has the run, or it has ended. */
export class Stale extends Error {}
/** The server can't be reached right now. */
export class Away extends Error {}

const CALL_MS = 30_000;

/** The calls of a runner to its server. */
export class ServerLink {
  readonly #server: string;
  readonly #token: string;

  constructor(server: string, token: string) {
    this.#server = server.replace(/\/+$/, '');
    this.#token = token;
  }

  /** Again where something new is known of the device. */
  register(device: string, calibration?: Calibration) {
    return this.#json('register', registeredSchema, { device, ...(calibration && { calibration }) });
  }
  async claim(signal: AbortSignal): Promise<Claim | null> {
    const patience = AbortSignal.any([signal, AbortSignal.timeout((CLAIM_SECONDS + 10) * 1000)]);
    return (await this.#json('claim', claimSchema, {}, patience)).claim;
  }
  heartbeat({ run, epoch }: Claim) {
    return this.#json(`runs/${run}/heartbeat`, heartbeatSchema, { epoch }, AbortSignal.timeout(5_000));
  }
  events({ run, epoch }: Claim, events: readonly RunEvent[]) {
    return this.#json(`runs/${run}/events`, batchAnswerSchema, { epoch, events });
  }
  /** Without events, the run goes back to the queue. */
  async finish({ run, epoch }: Claim, events: readonly RunEvent[]): Promise<void> {
    await this.#call(`runs/${run}/finish`, post({ epoch, events }));
  }
  async lookup({ run, epoch }: Claim, keys: readonly string[]): Promise<Readonly<Record<string, Outputs>>> {
    const { found } = await this.#json(`runs/${run}/lookup`, lookedUpSchema, { epoch, keys });
    return found as Readonly<Record<string, Outputs>>;
  }
  /** Brings a value to a file; false where there is none that this run may read. */
  getValue({ run, epoch }: Claim, sha256: string, path: string): Promise<boolean> {
    return this.#download(`values/${sha256}?run=${run}&epoch=${epoch}`, path);
  }
  putValue({ run, epoch }: Claim, { sha256, media }: { sha256: string; media: string }, path: string): Promise<void> {
    return this.#upload(`values/${sha256}?run=${run}&epoch=${epoch}`, { path, media });
  }
  getCheckpoint({ run, epoch }: Claim, key: string, path: string): Promise<boolean> {
    return this.#download(`runs/${run}/checkpoints/${key}?epoch=${epoch}`, path);
  }
  putCheckpoint({ run, epoch }: Claim, key: string, path: string): Promise<void> {
    return this.#upload(`runs/${run}/checkpoints/${key}?epoch=${epoch}`, { path, media: 'application/octet-stream' });
  }

  async #json<T>(path: string, schema: z.ZodType<T>, body: unknown, signal?: AbortSignal): Promise<T> {
    const response = await this.#call(path, { ...post(body), ...(signal && { signal }) });
    const answer = schema.safeParse(await response.json().catch(() => undefined));
    if (!answer.success)
      throw new ProblemError({
        code: 'runner/other-version',
        message: `The server at ${this.#server} answers in a way that this runner does not know.`,
        hint: 'Give both the same version of Patchbay.',
      });
    return answer.data;
  }

  async #download(path: string, place: string): Promise<boolean> {
    const response = await this.#call(path, { signal: AbortSignal.timeout(3_600_000) }, [404]);
    if (response.status === 404 || !response.body) return false;
    mkdirSync(dirname(place), { recursive: true });
    await pipeline(Readable.fromWeb(response.body as never), createWriteStream(place)).catch((error: Error) => {
      throw new Away(error.message);
    });
    return true;
  }

  async #upload(path: string, { path: file, media }: { path: string; media: string }): Promise<void> {
    const { size } = statSync(file);
    const body = createReadStream(file);
    // fetch takes a stream that Node knows and its types do not
    const init = {
      method: 'PUT',
      body,
      duplex: 'half',
      signal: AbortSignal.timeout(3_600_000),
    } as unknown as RequestInit;
    await this.#call(path, { ...init, headers: { 'content-type': media, 'content-length': String(size) } });
  }

  async #call(path: string, init: RequestInit, allowed: readonly number[] = []): Promise<Response> {
    const response = await fetch(`${this.#server}/api/runner/${path}`, {
      signal: AbortSignal.timeout(CALL_MS),
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${this.#token}` },
    }).catch((error: Error) => {
      const { cause } = error;
      throw new Away(
        cause instanceof Error ? cause.message || String((cause as { code?: unknown }).code) : error.message,
      );
    });
    if (response.ok || allowed.includes(response.status)) return response;
    if (response.status === 409) throw new Stale();
    const problem = (await response.json().catch(() => undefined)) as Problem | undefined;
    if (response.status >= 500 || response.status === 429 || !problem?.code)
      throw new Away(problem?.message ?? `the server answered ${response.status}`);
    throw new ProblemError(problem);
  }
}

const post = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const LONGEST_WAIT_MS = 5_000;

/** Tries until the server answers, waiting longer each time. What the server refuses is thrown at once. */
export async function persist<T>(
  signal: AbortSignal,
  call: () => Promise<T>,
  onAway?: (error: Away) => void,
): Promise<T> {
  for (let wait = 250; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    signal.throwIfAborted();
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Away)) throw error;
      signal.throwIfAborted();
      onAway?.(error);
      await sleep(wait, undefined, { signal });
    }
  }
}
