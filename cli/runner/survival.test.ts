import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { GraphDocument } from '../../graph/document.ts';
import type { RunEvent } from '../../graph/events.ts';
import sweep from '../../nodes/training/sweep.ts';
import { documentOf, runDocument } from '../../runtime/testing/graphs.ts';
import { localTokenFile } from '../../server/runners.ts';
import { newId } from '../../server/secrets.ts';
import { Visitor } from '../../server/testing/client.ts';
import { type Kind, kinds, makePlace, type Place } from '../../server/testing/databases.ts';
import { smallGpt } from '../../server/testing/fixtures.ts';
import { freePort } from '../../server/testing/postgres.ts';
import { killAll, type Program, startRunner, startServer } from '../../server/testing/processes.ts';

const isLong = Boolean(Number(process.env.PATCHBAY_LONG));
/** How often the server is killed on each database. */
const kills = isLong ? 100 : 3;
/** Who may have a run is tested on both databases in server/runs.test.ts; here again on each when there is time. */
const killedOn = isLong ? kinds : (['postgres'] as const);

/** A small GPT that trains for some seconds on one thread. */
const graph = smallGpt({
  tokenizer: { algorithm: 'character' },
  'train-windows': { length: 32 },
  'validation-windows': { length: 32 },
  embedding: { width: 32 },
  block: { repeat: 2, heads: 2 },
  train: { steps: isLong ? 600 : 400, batch: 8, evaluateEvery: 200, evaluateRows: 32 },
});
const targets = ['train'];

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-survival-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Every point of every curve that was told, by name and step. What was told twice has to be the same, bit for bit. */
function curvesOf(events: readonly RunEvent[]): Record<string, number | null> {
  const told: Record<string, number | null> = {};
  for (const event of events) {
    if (event.kind !== 'points') continue;
    for (const [i, step] of event.data.steps.entries()) {
      const name = `${event.data.series} ${step}`;
      const value = event.data.values[i]!;
      if (name in told) expect([name, value]).toEqual([name, told[name]]);
      told[name] = value;
    }
  }
  return told;
}

/** What a training gave: its curves, and the SHA-256 of its weights. */
interface Result {
  readonly curves: Record<string, number | null>;
  readonly weights: string;
}

interface Served {
  readonly place: Place;
  readonly port: number;
  readonly address: string;
  server: Program;
}

/** One server for all tests on a kind of database; each brings its own account and its own runners. */
const served = new Map<Kind, Promise<Served>>();
async function serve(kind: Kind): Promise<Served> {
  const place = await makePlace(kind);
  const port = await freePort();
  return { place, port, address: `http://127.0.0.1:${port}`, server: await startServer(place, port) };
}
afterAll(async () => {
  await killAll();
  for (const { place } of await Promise.all(served.values())) await place.remove();
}, 60_000);

async function begin(kind: Kind) {
  if (!served.has(kind)) served.set(kind, serve(kind));
  const one = await served.get(kind)!;
  const { place, port, address } = one;
  const runner = async (): Promise<Program> => {
    const program = await startRunner(address, {
      tokenFile: localTokenFile(place.dataFolder),
      dataFolder: temporary(),
    });
    onTestFinished(() => program.kill());
    return program;
  };
  return {
    visitor: await Visitor.arrive(address),
    runner,
    killServer: () => one.server.kill(),
    async serveAgain(): Promise<void> {
      one.server = await startServer(place, port);
    },
  };
}

describe('a training that is disturbed', () => {
  let undisturbed: Result;
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'patchbay-survival-'));
    const { outcome, events } = await runDocument(graph, { folder, targets });
    const { sha256 } = outcome.steps.find(({ step }) => step.id === 'train')!.outputs.model!;
    const { FileStore } = await import('../../runtime/node/file-store.ts');
    const manifest = JSON.parse(new TextDecoder().decode(await new FileStore(folder, 'test').get(sha256)));
    undisturbed = { curves: curvesOf(events), weights: manifest.blobs.weights.sha256 };
    expect(Object.keys(undisturbed.curves).length).toBeGreaterThan(50);
    rmSync(folder, { recursive: true, force: true });
  }, 480_000);

  async function train(kind: Kind) {
    const arena = await begin(kind);
    const { visitor } = arena;
    const { id } = await visitor.api.graphs.create.mutate({
      document: graph as GraphDocument & Record<string, unknown>,
    });
    const start = () => visitor.api.runs.start.mutate({ graph: id, rev: 1, targets });
    const resultOf = async (run: string): Promise<Result> => {
      const events: RunEvent[] = [];
      for await (const event of visitor.events(run)) events.push(event);
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
      const { status, outputs } = await visitor.api.runs.get.query({ id: run });
      expect([status, events.filter((event) => event.kind === 'problem')]).toEqual(['succeeded', []]);
      const response = await visitor.fetch(`/api/values/${outputs.train!.model!.sha256}`);
      const manifest = (await response.json()) as { blobs: { weights: { sha256: string } } };
      return { curves: curvesOf(events), weights: manifest.blobs.weights.sha256 };
    };
    /** Ends when the training is under way and has stored something to go on from. */
    const underWay = async (run: string): Promise<void> => {
      const stop = new AbortController();
      let points = 0;
      for await (const event of visitor.events(run, { signal: stop.signal })) {
        if (event.kind === 'points') points++;
        if (event.kind === 'finished') throw new Error('it finished before it could be disturbed');
        if (points >= 4) break;
      }
      stop.abort();
    };
    return { ...arena, start, underWay, resultOf };
  }

  test.each(killedOn)(
    'goes on with another runner after kill -9 of the first, on %s',
    async (kind) => {
      const { runner, start, underWay, resultOf, visitor } = await train(kind);
      const first = await runner();
      const { run } = await start();
      await underWay(run);
      await first.kill('SIGKILL');
      const killedAt = Date.now();
      await runner();
      expect(await resultOf(run)).toEqual(undisturbed);
      // its lease of 10 s, and the sweep that looks every 5 s
      for await (const event of visitor.events(run))
        if (event.kind === 'log' && event.data.message.startsWith('The runner was lost'))
          expect(event.at - killedAt).toBeLessThan(30_000);
    },
    480_000,
  );

  test.runIf(isLong)(
    'is computed once, though a stopped runner comes back while another one has it',
    async () => {
      const { runner, start, underWay, resultOf } = await train('postgres');
      const zombie = await runner();
      const { run } = await start();
      await underWay(run);
      zombie.signal('SIGSTOP');
      const heir = await runner();
      await heir.says(/^Run .*: finished/, 120_000);
      const before = await resultOf(run);
      zombie.signal('SIGCONT');
      await zombie.says(new RegExp(`^Run ${run}: (stale|taken)`), 30_000);
      expect(await resultOf(run)).toEqual(before);
      expect(before).toEqual(undisturbed);
    },
    480_000,
  );

  test.runIf(isLong)(
    'goes on when the server is killed and comes back: the runner waits with what it has',
    async () => {
      const { killServer, serveAgain, runner, start, underWay, resultOf } = await train('embedded');
      await runner();
      const { run } = await start();
      await underWay(run);
      await killServer();
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await serveAgain();
      expect(await resultOf(run)).toEqual(undisturbed);
    },
    480_000,
  );

  test('is over within 2 s of being cancelled', async () => {
    const { runner, start, underWay, visitor } = await train('embedded');
    const only = await runner();
    const { run } = await start();
    await underWay(run);
    // how long this machine takes to answer at all, at the moment
    const asked = Date.now();
    await visitor.api.session.me.query();
    const began = Date.now();
    const busy = 10 * (began - asked);
    await visitor.api.runs.cancel.mutate({ id: run });
    // by its next heartbeat, or by the answer to events that it sends before that
    await only.says(new RegExp(`^Run ${run}: (cancelled|stale)`), 10_000 + busy);
    expect(Date.now() - began).toBeLessThan(2_000 + busy);
  }, 480_000);
});

describe.each(kinds)('a server that is killed again and again, on %s', (kind) => {
  test(`loses none of the saves that it acknowledged, ${kills} times`, async () => {
    const { visitor, killServer, serveAgain } = await begin(kind);
    const { id } = await visitor.api.graphs.create.mutate({ name: 'Saved' });
    const acknowledged: string[] = [];
    /** The save under way when the server was killed: it may be there or not, once. */
    const unsure = new Set<string>();
    let rev = 1;
    for (let round = 0; round < kills; round++) {
      let isKilled = false;
      let killing: Promise<void> | undefined;
      /** At another moment of a save each time, after some that were acknowledged. */
      const killAfter = async (ms: number): Promise<void> => {
        await new Promise((resolve) => setTimeout(resolve, ms));
        isKilled = true;
        await killServer();
      };
      for (let i = 0; !isKilled; i++) {
        const view = `v${round}-${i}`;
        unsure.add(view);
        const rect = { x: 0, y: 0, width: 1, height: 1 };
        const save = visitor.api.graphs.save.mutate({
          id,
          baseRev: rev,
          idempotencyKey: newId(),
          commands: [
            { label: 'x', edits: [{ path: ['views', view], value: { node: 'n', port: 'p', kind: 'k', rect } }] },
          ],
        });
        const answer = await save.catch(() => undefined);
        if (answer?.status !== 'saved') break;
        acknowledged.push(view);
        unsure.delete(view);
        ({ rev } = answer);
        if (i === 2) killing = killAfter((round * 7) % 40);
      }
      await killing;
      await serveAgain();
      const there = await visitor.api.graphs.get.query({ id });
      expect(acknowledged.filter((view) => !(view in there.document.views))).toEqual([]);
      const more = Object.keys(there.document.views).filter((view) => !acknowledged.includes(view));
      expect(more.filter((view) => !unsure.has(view))).toEqual([]);
      expect(there.rev).toBe(1 + Object.keys(there.document.views).length);
      ({ rev } = there);
      acknowledged.push(...more);
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(3 * kills);
  }, 3_600_000);
});

test('a runner repeats what a sweep varies', async () => {
  const { visitor, runner } = await begin('embedded');
  await runner();
  const { id } = await visitor.api.graphs.create.mutate({
    document: documentOf(sweep.example) as GraphDocument & Record<string, unknown>,
  });
  const { run } = await visitor.api.runs.start.mutate({ graph: id, rev: 1 });
  const events: RunEvent[] = [];
  for await (const event of visitor.events(run)) events.push(event);
  expect(events.filter(({ kind }) => kind === 'problem')).toEqual([]);
  expect(events.at(-1)).toMatchObject({ kind: 'finished', data: { status: 'succeeded' } });
});
