import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TRPCClientError } from '@trpc/client';
import { rootFolder } from '../../db/root.ts';
import { users } from '../../db/schema.ts';
import { emptyDocument, type GraphDocument } from '../../graph/document.ts';
import type { Command } from '../../graph/edit.ts';
import type { RunEvent } from '../../graph/events.ts';
import type { Problem } from '../../lib/problem.ts';
import { newId } from '../secrets.ts';
import type { Server } from '../server.ts';

/** An account, straight in the table. */
export async function makeUser({ database }: Pick<Server, 'database'>): Promise<string> {
  const id = newId();
  await database.db
    .insert(users)
    .values({ id, name: 'Test', email: `${id.toLowerCase()}@example.org`, isAnonymous: true });
  return id;
}

export const setName = (name: string): Command => ({ label: 'Rename', edits: [{ path: ['name'], value: name }] });

/** Adds a note to the description's place in `views`: many writers may each add their own. */
export const addView = (id: string): Command => ({
  label: `Add ${id}`,
  edits: [
    { path: ['views', id], value: { node: 'n', port: 'p', kind: 'k', rect: { x: 0, y: 0, width: 1, height: 1 } } },
  ],
});

export const document = (name = 'Test'): GraphDocument => emptyDocument(name);

/** A graph that computes for a moment without any package: iris, split, nothing more. */
export function smallGpt(params: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {}): GraphDocument {
  const graph = JSON.parse(readFileSync(join(rootFolder, 'templates', 'small-gpt.json'), 'utf8')) as GraphDocument;
  for (const [node, changed] of Object.entries(params)) Object.assign(graph.nodes[node]!.params, changed);
  return graph;
}

export const log = (run: string, seq: number, message = `event ${seq}`): RunEvent => ({
  run,
  seq,
  at: Date.now(),
  kind: 'log',
  data: { message },
});
export const finished = (
  run: string,
  seq: number,
  status: 'succeeded' | 'failed' | 'cancelled' = 'succeeded',
): RunEvent => ({
  run,
  seq,
  at: Date.now(),
  kind: 'finished',
  data: { status, ms: 1 },
});

/** What a call is refused with. */
export async function problemOf(call: Promise<unknown>): Promise<{ status: number; code: string; message: string }> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof TRPCClientError)) throw error;
    const { httpStatus, problem } = error.data as { httpStatus: number; problem: Problem };
    return { status: httpStatus, code: problem.code, message: problem.message };
  }
  throw new Error('it was not refused');
}

/** Waits for what happens soon. */
export async function until(isTrue: () => boolean | Promise<boolean>, timeoutMs = 20_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await isTrue())) {
    if (Date.now() > end) throw new Error(`it did not happen within ${timeoutMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
